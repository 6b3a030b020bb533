# SPDX-License-Identifier: LGPL-2.1-or-later
"""What movable.h promises a driver, on both bindings: tried by one that uses all of it (provider/own.c, pin.c, refused.c)."""

from providerbed import MEMORY, NEVER, PAGES, TEST, FaultCase

EINVAL = 22


class Promises(FaultCase):

    def test_promises(self):
        """In one guest: what one leaves behind does not disturb the next."""
        self.load()
        for part in (self.own_list, self.taken_back, self.pinned, self.failing_pages_only, self.declined, self.refused):
            with self.subTest(part=part.__name__):
                part()
        self.end()

    def own_list(self):
        """The driver has a list of its own, which pages leave when they are isolated, and come back to."""
        self.fill()
        self.compact()
        self.assertTrue(self.offline(self.blocks()[0], 60))
        self.evacuate(self.dimm.blocks)
        self.assert_right(PAGES)
        c = self.assert_balance()
        self.assertGreater(c["migrated"], PAGES // 4)
        self.assertEqual(c["told"], c["migrated"])

    def taken_back(self):
        """A page taken back is the driver's, with all its fields: nothing takes it for one that moves."""
        self.fill()
        self.write("unmake", PAGES)
        self.assertEqual(self.figures("verify")["movable"], 0)
        migrated = self.figures("counters")["migrated"]
        self.compact(2)
        block = self.blocks()[-1]
        self.assertFalse(self.offline(block, 5), "a page that does not move was offlined")
        self.evacuate(self.dimm.blocks)
        self.assert_right()
        c = self.assert_balance()
        self.assertEqual(c["migrated"], migrated)
        self.write("pages", PAGES // 2)         # the rest is made movable again
        self.assert_right(PAGES // 2)
        self.compact()
        self.assert_balance()
        self.write("pages", 0)
        self.assertTrue(self.offline(block, 60))

    def pinned(self):
        """A pinned page stays, with its block, until it is let go."""
        self.fill()
        self.write("pin", PAGES)
        before = self.figures("counters")["migrated"]
        self.compact()
        self.evacuate(self.dimm.blocks)
        block = self.blocks()[0]
        self.assertFalse(self.offline(block, 5), "a block went with a pinned page")
        self.assertEqual(self.figures("verify")["pinned"], PAGES)
        self.assertEqual(self.figures("counters")["migrated"], before)
        self.write("pin", 0)
        self.assertTrue(self.offline(block, 60))
        self.assert_right(PAGES)
        self.assertGreater(self.assert_balance()["migrated"], before)

    def failing_pages_only(self):
        """A page that fails with -ENOMEM is put back, and no other with it."""
        self.fill()
        before = self.assert_balance()
        self.set(error=12, error_every=8)
        self.assertTrue(self.offline(self.blocks()[0], 60))
        self.set(error=NEVER, error_every=1)
        after = self.assert_balance()
        failed, back = (after[name] - before[name] for name in ("failed", "putback"))
        self.assertGreater(failed, 0)
        # with all others that would be eight times as many; kcompactd may give some back untried meanwhile
        self.assertLess(back, 2 * failed + (after["again"] - before["again"]))

    def declined(self):
        """A driver that declines in mode ASYNC loses nothing in others: offlining has none of that mode."""
        self.fill()
        self.set(decline_async=1)
        before = self.assert_balance()
        self.assertTrue(all(self.offline(block, 60) for block in self.dimm.blocks))
        self.set(decline_async=0)
        self.assertGreater(self.assert_balance()["migrated"], before["migrated"])
        self.assert_right(PAGES)

    def refused(self):
        self.assertEqual(self.figures("refused"), {"twice": EINVAL, "large": EINVAL, "private": EINVAL})
        self.assert_balance()


class Left(FaultCase):

    def test_left_at_the_end(self):
        """Pages that are there when their provider goes come back as plain ones, with the VM at work."""
        self.boot()
        self.guest.run("insmod /lib/modules/memctl.ko; touch /run/go; "
                       "(while [ -e /run/go ]; do echo 1 > /proc/sys/vm/compact_memory; done) > /dev/null 2>&1 &")
        for _ in range(3):
            self.guest.run("insmod /lib/modules/test.ko")
            self.write("pages", PAGES)
            self.write("unmake", 100)
            self.guest.run("rmmod memctl_test_provider", timeout=120)     # which warns of what is wrong
        self.guest.run("rm /run/go; rmmod memctl")
        self.assert_nothing_left()


class Balloon(FaultCase):
    kernels = ("7.3",)

    def test_beside_a_balloon(self):
        """virtio-balloon's pages are of the same kind to the VM: both move, and none is taken for the other's."""
        self.load(balloon=True)
        self.fill()
        self.guest.inflate("64M")
        before = self.figures("counters")["migrated"]
        self.compact(2)
        for block in self.blocks():
            self.assertTrue(self.offline(block, 60))
            self.guest.run(f"echo online_movable > {MEMORY}/memory{block}/state")
        self.assert_right(PAGES)
        self.assertGreater(self.assert_balance()["migrated"], before)
        balloon = self.guest.run("echo 1 > /proc/sys/vm/stat_refresh; grep '^nr_balloon_pages ' /proc/vmstat").stdout
        self.assertEqual(int(balloon.split()[1]), PAGES + (64 << 20) // 4096)
        self.write("unmake", PAGES // 2)
        self.guest.inflate(0)
        self.compact()
        self.assert_right()
        self.end()
