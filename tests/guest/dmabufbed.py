# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest with memctl_dmabuf.ko, and processes in it that have contiguous buffers."""

from contigbed import ContigCase
from harness import fixture
from harness.kernel import kernel
from harness.module import modules

DMABUF = "/lib/modules/memctl_dmabuf.ko"
DEVICE = "/dev/memctl_contig"
TOTAL = "/sys/class/misc/memctl_contig"
PARAMETER = "/sys/module/memctl_dmabuf/parameters/user_max"
EFAULT, ENODEV, EINVAL, EMFILE, ENOTTY, EDQUOT, ENOMEM = 14, 19, 22, 24, 25, 122, 12


class BufferCase(ContigCase):
    def boot_buffers(self, *binaries, files=(), **options):
        """self.heaps are those of memctl that there are; self.device is the first of them, or the device."""
        built = modules(kernel(self.kernel))
        self.boot(heap=False, dimm=None, memory="1G", nodes=2, binaries=[fixture("dmaheap"), *binaries],
                  files={f"/lib/modules/{name}.ko": built / f"{name}.ko" for name in ("memctl_dmabuf", *files)}, **options)
        self.guest.run(f"rmmod memctl_heap; insmod {DMABUF}")
        self.heaps = self.guest.run("ls /dev/dma_heap | grep memctl", check=False).stdout.split()
        self.device = f"/dev/dma_heap/{self.heaps[0]}" if self.heaps else DEVICE

    def hold(self, size, before="", node=""):
        self.guest.run("rm -f /run/dmaheap")        # what the one before has said
        self.start(f"{before} dmaheap {self.device} hold {size} {node}", "/run/dmaheap")

    def ending(self, signal, word):
        return f"kill -{signal} $(pidof dmaheap); until grep -q {word} /run/dmaheap; do sleep 0.1; done"

    def end(self, signal, word):
        self.guest.run(self.ending(signal, word))

    def killed(self):
        self.guest.run("p=$(pidof dmaheap); kill -9 $p; while [ -e /proc/$p ]; do sleep 0.1; done")

    def assert_buffers(self, buffers, size=0):
        """There are soon so many, of `size` bytes in all; of one that is not counted all memory has been given back."""
        self.guest.run(f"until [ \"$(cat {TOTAL}/buffers {TOTAL}/bytes | xargs)\" = '{buffers} {size}' ]; do sleep 0.1; done")

    def free_pages(self):
        """
        Free pages, with those in the lists of CPUs, where pages go first that are given back, and which MemFree leaves
        out; and with those of slabs, of which KASAN keeps for a while what was freed.
        """
        return int(self.guest.run("awk '/^ *(nr_free_pages |nr_slab_|count:)/ { n += $2 } END { print n }' /proc/zoneinfo").stdout)

    def count(self, size, most, user="nobody"):
        """(buffers, errno)"""
        said = self.guest.run(f"su -s /bin/sh -c 'dmaheap {self.device} count {size} {most}' {user}").stdout
        return tuple(map(int, said.split()))

    def wrong(self, device, which):
        """name -> errno"""
        said = dict(line.split() for line in self.guest.run(f"dmaheap {device} {which}", timeout=120).stdout.splitlines())
        return {name: int(errno) for name, errno in said.items()}
