# SPDX-License-Identifier: LGPL-2.1-or-later
"""Contiguous buffers as dma-bufs: the kernel's own test of heaps, who pays for them, and how they go."""

import tempfile
from pathlib import Path

from contigbed import A_PAGES
from dmabufbed import DEVICE, EDQUOT, EFAULT, EINVAL, ENODEV, ENOMEM, PARAMETER, BufferCase
from harness import cache
from harness.host import call
from harness.source import linux_source
from surveybed import MIB, PAGE

CGROUP = "/sys/fs/cgroup/buyer"
WARM_SET = 33         # uapi/memctl.h
NEAR = 2 * MIB      # what CPUs have charged in advance, and the process itself
MAGIC = 0x6d656d63746c0000
WRONG = {"empty": EINVAL, "huge": ENOMEM, "endless": EINVAL, "fd_flags": EINVAL, "heap_flags": EINVAL,
         "high_heap_flags": EINVAL, "fd": EINVAL, "address": EFAULT, "beyond": EINVAL, "behind": EINVAL, "private": EINVAL, "sync": EINVAL}


def selftest():
    """The kernel's tools/testing/selftests/dmabuf-heaps, from the newest source."""
    source = linux_source()
    tests = source / "tools/testing/selftests"

    def make(path):
        path.mkdir()
        call("gcc", "-O2", "-static", "-D__user=", f"-I{tests}", "-idirafter", source / "include/uapi", "-o", path / "dmabuf-heap",
             tests / "dmabuf-heaps/dmabuf-heap.c")

    return cache.entry(f"dmabuf-heap-{cache.key(source.name, call('gcc', '--version'))}", make) / "dmabuf-heap"


class DmaBuf(BufferCase):
    kernels = ("6.1", "7.3")
    every = ("6.1", "6.12", "7.3", "debug", "debug-7.3")

    def test_buffers(self):
        has_heaps = self.series == "7.3"
        self.boot_buffers(*([selftest()] if has_heaps else []), modules=["vgem"] if self.debug_kernel else [])
        if has_heaps:
            self.selftest()
        else:
            self.assertEqual((self.heaps, self.device), ([], DEVICE))
        self.assertEqual(self.wrong(self.device, "wrong"), WRONG)
        self.assertEqual(self.guest.run(f"dmaheap {self.device} churn 100", timeout=120).stdout, "ok\n")
        self.contiguous()
        self.quota()
        self.who_pays()
        self.unloading()

    def selftest(self):
        self.assertEqual(self.heaps, ["memctl", "memctl_node0", "memctl_node1"])
        said = self.guest.run("dmabuf-heap", timeout=300, check=False)
        self.assertNotIn("not ok", said.output)
        self.assertEqual(said.status, 0, said.output)
        for heap in self.heaps:
            self.assertIn(f"Testing heap: {heap}\n", said.output)
        if self.debug_kernel:
            self.assertNotIn("SKIP", said.output)   # a device has been attached

    def contiguous(self):
        """By what QEMU says is in the guest's memory; and all of it returns, closed or killed."""
        size = 24
        self.hold(size)
        with tempfile.TemporaryDirectory() as directory:
            image = Path(directory, "memory")
            self.guest.qmp.command("pmemsave", val=0, size=1 << 30, filename=str(image))
            memory = memoryview(image.read_bytes())
        first = MAGIC.to_bytes(8, "little") * 2
        starts = [at for at in range(0, len(memory), PAGE) if memory[at:at + 16] == first]
        self.assertEqual(len(starts), 1)
        self.assertEqual(starts[0] % MIB, 0)
        pages = [int.from_bytes(memory[at:at + 8], "little") for at in range(starts[0], starts[0] + size * MIB, PAGE)]
        self.assertEqual(pages, list(range(MAGIC, MAGIC + size * MIB // PAGE)))
        self.end("USR1", "ok")
        self.assert_buffers(1, size * MIB)
        held = self.free_pages()
        self.end("USR2", "closed")
        self.assert_buffers(0)
        self.assertGreater(self.free_pages(), held + (size - 1) * MIB // PAGE)
        self.killed()
        self.hold(size)
        held = self.free_pages()
        self.killed()
        self.assert_buffers(0)
        self.assertGreater(self.free_pages(), held + (size - 1) * MIB // PAGE)

    def quota(self):
        self.guest.run(f"chmod 666 {self.device}; echo {5 * MIB} > {PARAMETER}")
        self.assertEqual(self.count(1, 10), (5, EDQUOT))
        self.assertEqual(self.count(1, 10), (5, EDQUOT))            # and it has all back
        self.assertEqual(self.count(6, 10), (0, EDQUOT))
        self.assertEqual(self.count(1, 10, "root"), (10, 0))
        self.guest.run(f"echo 0 > {PARAMETER}")
        self.assertEqual(self.count(1, 10), (10, 0))

    def who_pays(self):
        self.guest.run("mount -t cgroup2 none /sys/fs/cgroup; echo +memory > /sys/fs/cgroup/cgroup.subtree_control; "
                       f"mkdir {CGROUP}; echo {48 * MIB} > {CGROUP}/memory.max")
        within = f"sh -c 'echo 0 > {CGROUP}/cgroup.procs; exec \"$@\"' sh"
        self.hold(24, within)
        self.assertGreater(self.charged(), 24 * MIB)
        self.end("USR2", "closed")
        self.assertLess(self.charged(), 2 * NEAR)
        self.killed()
        self.hold(24, within)
        self.assertGreater(self.charged(), 24 * MIB)
        # Back into a warm reserve, which is being filled: nobody pays for that.
        self.guest.run(f"genl {WARM_SET} {A_PAGES}:u64:80000 && {self.ending('USR2', 'closed')}")
        self.assertLess(self.charged(), 2 * NEAR)
        self.guest.run(f"genl {WARM_SET} {A_PAGES}:u64:0")
        self.killed()
        said = self.guest.run(f"{within} dmaheap {self.device} count 20 4").stdout.split()
        self.assertEqual(said, ["2", str(ENOMEM)])
        self.guest.run(f"grep -qx 'oom_kill 0' {CGROUP}/memory.events")
        self.is_refused_early(within)
        self.assertLess(self.charged(), NEAR)

    def is_refused_early(self, within):
        """Who may not have so much has not taken it from others first, but for a part of 64 MiB."""
        free = "awk '/^MemFree/ { print $2 }' /proc/meminfo"
        self.guest.run(f"touch /run/look; (while [ -e /run/look ]; do {free}; done) > /run/free & until [ -s /run/free ]; "
                       "do sleep 0.1; done")
        self.assertEqual(self.guest.run(f"{within} dmaheap {self.device} count 300 1; rm /run/look").stdout, f"0 {ENOMEM}\n")
        seen = [int(line) // 1024 for line in self.guest.run("cat /run/free").stdout.splitlines()]
        self.assertLess(seen[0] - min(seen), 200)

    def charged(self):
        return int(self.guest.run(f"cat {CGROUP}/memory.current").stdout)

    def unloading(self):
        """memctl.ko goes when there is no buffer, and requests are told so then."""
        self.hold(1)
        self.assertNotEqual(self.guest.run("rmmod memctl", check=False).status, 0)
        self.killed()
        self.guest.run("rmmod memctl")
        self.assertEqual(self.count(1, 2, "root"), (0, ENODEV))
        self.guest.run("insmod /lib/modules/memctl.ko")
        self.assertEqual(self.count(1, 2, "root"), (2, 0))
        self.assertEqual(self.guest.run("rmmod memctl_dmabuf", check=False).status == 0, not self.heaps)
        self.guest.run("rmmod memctl")
