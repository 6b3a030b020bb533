# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest with QEMU's edu device behind an IOMMU, memctl_edu.ko, and a process that lets the device work."""

from harness import fixture
from harness.kernel import kernel
from harness.module import modules
from heapbed import HeapCase

EDU = "/lib/modules/memctl_edu.ko"
POWER = "/sys/bus/pci/drivers/memctl_edu/0*/power"


class EduCase(HeapCase):
    kernels = ("6.1", "7.3")

    def boot_edu(self, dimm="256M", **options):
        """self.guest, its self.dimm, the modules loaded, and an edu process that takes orders at /run/heap."""
        self.boot(dimm=dimm, heap=False, memory="512M", edu=True,
                  binaries=[fixture("edu"), *options.pop("binaries", ())],
                  files={EDU: modules(kernel(self.kernel)) / "memctl_edu.ko", **options.pop("files", {})}, **options)
        self.guest.run(f"insmod {EDU}; edu /run/heap < /dev/null > /run/edu.log 2>&1 & "
                       "until [ -p /run/heap.out ]; do sleep 0.1; done")

    def info(self):
        """The driver's own counts: mapped, unmapped, invalidations, transfers."""
        said = self.guest.run("echo info > /run/heap.in; head -n 1 /run/heap.out").stdout
        return dict(zip(("mapped", "unmapped", "invalidations", "transfers"), map(int, said.split())))

    def counted(self, action):
        """What an action made of these numbers: pages migrated, rounds, invalidations by QEMU's word and the driver's."""
        def now():
            counters = self.counters("edu")
            return (counters["migrated"], counters["batches"], self.guest.iotlb_invalidations(),
                    self.info()["invalidations"])
        before = now()
        action()
        return [after - was for after, was in zip(now(), before)]

    def stop(self):
        """The device's background work ends: how many pages it has copied meanwhile."""
        said = self.guest.run("echo stop > /run/heap.in; head -n 1 /run/heap.out").stdout.split()
        self.assertEqual(said[0], "ok", said)
        return int(said[1])
