# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest in which all that memctl matrix tries can be tried: two nodes, a DIMM, disks, zram, a balloon, memctl's modules."""

import json

from harness import GuestCase, ext4_image, xfs_image
from harness.kernel import kernel
from harness.module import modules
from testbed import MEMCTLD, MemctlCase

MATRIX = "/usr/libexec/memctl-matrix"
BALLOON = "16M"
MODULES = {"6.1": ("zram", "lzo_rle", "fuse", "xfs"), "6.12": ("zram", "xfs", "hwpoison_inject"),
           "7.3": ("zram", "xfs", "hwpoison_inject")}
# What a run may change.
SETTINGS = ("/sys/kernel/mm/transparent_hugepage/enabled", "/sys/kernel/mm/transparent_hugepage/shmem_enabled",
            "/sys/kernel/mm/transparent_hugepage/hugepages-*/enabled", "/sys/kernel/mm/transparent_hugepage/hugepages-*/shmem_enabled",
            "/sys/kernel/mm/ksm/run", "/sys/kernel/mm/ksm/pages_to_scan", "/sys/kernel/mm/ksm/sleep_millisecs",
            "/sys/kernel/mm/hugepages/*/nr_*hugepages", "/sys/module/zswap/parameters/enabled", "/sys/module/damon_stat/parameters/enabled",
            "/sys/kernel/mm/damon/admin/kdamonds/nr_kdamonds", "/sys/devices/system/memory/memory*/state",
            "/sys/devices/system/memory/memory*/valid_zones", "/proc/sys/vm/*hugepages", "/proc/swaps")


class MatrixGuest(MemctlCase):
    """self.guest has all that can be had."""

    def boot_for_matrix(self, memory="2G", dimm="1G", **options):
        built = modules(kernel(self.kernel))
        programs = self.programs()
        names = ("memctl", "memctl_heap")
        self.guest = self.machine(
            memory=memory, nodes=2, balloon=True, cmdline="secretmem.enable=1", disks=[ext4_image(), xfs_image()], modules=MODULES.get(self.series, ("zram",)),
            binaries=[programs / "cli/memctl"],
            files={MEMCTLD: programs / "daemon/memctld", MATRIX: programs / "matrix/memctl-matrix",
                   **{f"/lib/modules/{name}.ko": built / f"{name}.ko" for name in names}}, **options)
        self.dimm = self.guest.hotadd(dimm)
        self.guest.run("mkdir -p /var/tmp /xfs /run/memctl; mount /dev/vda /var/tmp; mount /dev/vdb /xfs; "
                       + "; ".join(f"insmod /lib/modules/{name}.ko" for name in names))
        self.guest.inflate(BALLOON)

    def state(self):
        """All that a run is to leave as it was."""
        said = self.guest.run(f"grep -s . {' '.join(SETTINGS)}; lsmod | sed 's/ .*//' | sort; ls /sys/block /run/memctl; "
                              "grep HardwareCorrupted /proc/meminfo; cat /proc/mounts", check=False)
        return said.stdout.splitlines()

    def matrix(self, seconds=400):
        """The answer of memctl matrix --run --json, once it ended well."""
        result = self.guest.run("memctl matrix --run --json", timeout=seconds)
        return json.loads(result.stdout), result.stderr


__all__ = ["BALLOON", "GuestCase", "MATRIX", "MatrixGuest"]
