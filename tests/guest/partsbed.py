# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest in which each kind of page can be made on purpose, and what memctl says of them."""

from dataclasses import dataclass

from harness import ext4_image, fixture, kernel, xfs_image
from harness.module import modules
from testbed import MemctlCase

MODULE = "/lib/modules/memctl.ko"
HEAP_MODULE = "/lib/modules/memctl_heap.ko"
PAGE = 4096
MIB = 1 << 20


@dataclass(frozen=True)
class Held:
    pid: int
    runs: list      # (first pfn, the one behind the last)


class PartsCase(MemctlCase):
    kernels = ("6.12", "7.3")

    def boot_parts(self, module=True, **options):
        """A guest with an ext4 at /ext4, an XFS at /xfs (not on the debug kernel), zram0, and a balloon."""
        xfs = not self.debug_kernel
        mine = ("zram", *(["xfs"] if xfs else []), *(["lzo_rle"] if self.series == "6.1" else []))
        binaries = [fixture(name) for name in ("hold", "fill", "heap")]
        built = modules(kernel(self.kernel)) if module else None
        files = {MODULE: built / "memctl.ko", HEAP_MODULE: built / "memctl_heap.ko"} if module else {}
        self.boot(**{"disks": [ext4_image(), *([xfs_image()] if xfs else [])], "modules": mine, "balloon": True,
                     "binaries": binaries, "files": files, **options})
        # Huge pages only for those who ask: memctl itself would have one now and then.
        self.guest.run("mkdir /ext4; mount /dev/vda /ext4; echo madvise > /sys/kernel/mm/transparent_hugepage/enabled")
        if xfs:
            self.guest.run("mkdir /xfs; mount /dev/vdb /xfs")
        if module:
            self.guest.run(f"insmod {MODULE}")

    # What is made

    def hold(self, kind, what):
        """A process that holds such memory; see fixtures/hold.c."""
        log = f"/run/hold.{kind}"
        self.guest.run(f"rm -f {log}; hold {kind} {what} > {log} 2>&1 & until grep -qE '^(ready|hold:)' {log}; do sleep 0.1; done",
                       timeout=120)
        said = [line.split() for line in self.guest.run(f"cat {log}").stdout.splitlines()]
        self.assertEqual(said[-1], ["ready"], said)
        return Held(int(said[0][1]), [(int(line[1], 16), int(line[2], 16)) for line in said if line[0] == "pfns"])

    def release(self, held):
        self.guest.run(f"kill {held.pid}; while [ -e /proc/{held.pid} ]; do sleep 0.1; done")

    def zram(self, mebibytes):
        """Fills zram0 with what compresses to half; nothing of it stays in the page cache."""
        self.guest.run(f"echo {mebibytes}M > /sys/block/zram0/disksize; fill /dev/zram0 {mebibytes * MIB}", timeout=300)
        self.drop_caches()

    def zram_pages(self):
        return int(self.guest.run("cat /sys/block/zram0/mm_stat").stdout.split()[2]) // PAGE

    def drop_caches(self):
        self.guest.run("sync; echo 1 > /proc/sys/vm/drop_caches", timeout=120)

    def heap(self, pages):
        """A process with movable buffers of a device."""
        self.guest.run(f"insmod {HEAP_MODULE}; heap /run/heap < /dev/null > /run/heap.log 2>&1 & until [ -p /run/heap.out ]; do sleep 0.1; done")
        self.order(f"alloc {pages}", f"ok {pages}")

    def order(self, line, expect):
        said = self.guest.run(f"echo '{line}' > /run/heap.in; head -n 1 /run/heap.out", timeout=120)
        self.assertEqual(said.stdout.strip(), expect, line)

    def pinned(self):
        """(address of the page that pin_a_page() has pinned, pid of its process)"""
        return (int(self.guest.run("head -n 1 /run/pin").stdout, 16) * PAGE,
                int(self.guest.run("cat /run/pin.pid").stdout))

    def kernel_counter(self, name, file="/proc/vmstat"):
        """A counter of the kernel's own, with what its CPUs have not added yet."""
        self.guest.run("echo 1 > /proc/sys/vm/stat_refresh", check=False)
        return int(self.guest.run(f"grep -E '^{name}:? ' {file}").stdout.split()[1])

    # What memctl says

    def rows(self, by="owner"):
        """The rows of a report, as its own source counted them."""
        report = self.memctl(f"movability --by {by}")
        self.assertEqual(report["by"], by)
        return [row for row in report["owners"] if row["source"] == report["source"]]

    @staticmethod
    def pages(rows, name, owner=None, **where):
        """Pages of a class in these rows; `where` takes a value, or several."""
        def fits(row):
            return (row["class"] == name and owner in (None, row["owner"]) and
                    all(row[key] in (values if isinstance(values, (range, tuple)) else (values,))
                        for key, values in where.items()))
        return sum(row["pages"] for row in rows if fits(row))

    def assert_near(self, found, expected, tolerance, what=""):
        """Within this share of what is expected."""
        self.assertLessEqual(abs(found - expected), abs(expected) * tolerance, f"{what}: {found}, not {expected}")
