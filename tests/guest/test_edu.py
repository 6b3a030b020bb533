# SPDX-License-Identifier: LGPL-2.1-or-later
"""memctl_edu.ko: a device that does DMA through an IOMMU to pages that move meanwhile."""

import errno

from edubed import EDU, EduCase, POWER

PAGES = 20_000


class Edu(EduCase):
    def test_dma_while_pages_move(self):
        self.boot_edu()
        self.order(f"alloc {PAGES}", f"ok {PAGES}")
        self.order("refused", "ok 33")
        self.order("copy 5", "ok 5")
        self.order("verify", f"ok {PAGES}")

        self.begin("run")
        self.finish("ok 0")
        migrated, rounds, invalidations, told = self.counted(self.move)
        self.assertGreater(self.stop(), 0)
        self.order("verify", f"ok {PAGES}")
        self.assert_few(migrated, rounds, invalidations, told)

        self.check_suspended()
        self.check_pin()
        self.order("copy 5", "ok 5")
        self.order("verify", f"ok {PAGES + 64}")
        self.check_unbound()
        self.assertNotIn("DMAR: [DMA", self.guest.console)      # no access that was not mapped
        self.end()

    def move(self):
        """With one CPU gone: blocks go offline and come back, and the rest is compacted."""
        self.guest.run("echo 0 > /sys/devices/system/cpu/cpu1/online")
        for block in self.dimm.blocks:
            self.offline(block)
            self.online(block)
        self.compact()
        self.guest.run("echo 1 > /sys/devices/system/cpu/cpu1/online")

    def assert_few(self, migrated, rounds, invalidations, told):
        """One invalidation a round, and some for pages that the device used between prepare and migrate."""
        self.assertGreater(migrated, PAGES // 2)
        self.assertGreater(rounds, 0)
        self.assertEqual(invalidations, told)
        self.assertGreater(invalidations, 0)
        self.assertLessEqual(invalidations, rounds + 20)
        self.assertLess(invalidations * 50, migrated)

    def check_pin(self):
        """A pinned page stays when all others go, and goes when it is unpinned."""
        for block in self.dimm.blocks:
            self.online(block)
        self.order("alloc 64", "ok 64")     # in the DIMM, for zone Movable comes first
        self.order("pin 3", "ok 3")
        start, end = self.pfns()
        self.assertEqual(self.evacuate(start, end), (63, 1))
        self.order("unpin 3", "ok 3")
        self.assertEqual(self.evacuate(start, end), (1, 0))

    def check_suspended(self):
        """A device that sleeps is not told, nor woken; its first transfer afterwards finds the pages."""
        status = f"cat {POWER}/runtime_status"
        self.guest.run(f"echo auto > $(echo {POWER})/control; until [ $({status}) = suspended ]; do sleep 0.1; done")
        migrated, _, invalidations, told = self.counted(self.offline_all)
        self.assertGreater(migrated, 0)
        self.assertEqual((invalidations, told), (0, 0))
        self.assertEqual(self.guest.run(status).stdout, "suspended\n")
        before = self.info()["invalidations"]
        self.order("copy 1", "ok 1")
        self.assertEqual(self.info()["invalidations"], before + 1)

    def offline_all(self):
        for block in self.dimm.blocks:
            self.offline(block)

    def check_unbound(self):
        """The device goes while it works: its buffers keep their content, and move on without it."""
        driver, more = "/sys/bus/pci/drivers/memctl_edu", 2000
        self.order(f"alloc {more}", f"ok {more}")
        device = self.guest.run(f"basename {driver}/0*").stdout.strip()
        self.begin("run")
        self.finish("ok 0")
        self.guest.run(f"echo {device} > {driver}/unbind")
        self.order("stop", f"bad {errno.ENODEV}")
        migrated, _, invalidations, told = self.counted(self.offline_all)
        self.assertGreaterEqual(migrated, more)
        self.assertEqual((invalidations, told), (0, 0))     # of an address space that nobody uses any more
        self.order("copy 1", f"bad {errno.ENODEV}")
        self.order("verify", f"ok {PAGES + 64 + more}")
        # The provider's name is taken until the last of its buffers is closed.
        self.assertNotEqual(self.guest.run(f"echo {device} > {driver}/bind", check=False).status, 0)
        self.order("verify", f"ok {PAGES + 64 + more}")

    def end(self):
        """The module goes, finds the device as it was, and goes again."""
        self.guest.run("echo quit > /run/heap.in; until ! pidof edu; do sleep 0.1; done")
        self.guest.run(f"rmmod memctl_edu && insmod {EDU} && rmmod memctl_edu memctl_heap memctl")


class Together(EduCase):
    """The three modules, on each kernel that they are for: loaded, at work side by side, and gone."""

    kernels = ("6.1", "6.12", "7.3")

    def test_three_modules(self):
        pages = 2000
        self.boot_edu(dimm="128M")
        self.start_heap("process")
        self.order(f"alloc {pages}", f"ok {pages}")
        self.assertEqual(self.process(f"alloc {pages}"), f"ok {pages}")
        for block in self.dimm.blocks:
            self.offline(block)
        for provider in ("edu", "heap"):
            self.assertGreaterEqual(self.counters(provider)["migrated"], pages)
        self.order("copy 5", "ok 5")
        self.order("verify", f"ok {pages}")
        self.assertEqual(self.process("verify"), f"ok {pages}")
        self.assertEqual(self.process("device"), f"ok {pages}")

        self.assertNotEqual(self.guest.run("rmmod memctl", check=False).status, 0)      # who uses it keeps it
        self.guest.run("echo quit > /run/heap.in; echo quit > /run/process.in; while pidof edu heap; do sleep 0.1; done")
        self.guest.run("rmmod memctl_edu memctl_heap memctl && ! grep memctl /proc/modules")

    def process(self, line):
        """What the heap process answers to an order."""
        return self.guest.run(f"echo '{line}' > /run/process.in; head -n 1 /run/process.out").stdout.strip()
