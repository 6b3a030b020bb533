# SPDX-License-Identifier: LGPL-2.1-or-later
"""A driver that refuses, retries, fails, dawdles and frees what is isolated: no page is lost, none gets another's content."""

from harness import in_ci_on
from providerbed import END_PFN, EVACUATE, MEMORY, NEVER, PAGES, START_PFN, TEST, FaultCase


class Faults(FaultCase):
    def test_each(self):
        self.load()
        for fault in (self.refused, self.again, self.error, self.slow, self.used_meanwhile, self.no_fault):
            with self.subTest(fault=fault.__name__):
                fault()
        self.end()

    def no_fault(self):
        before, after = self.go_through("migrated")
        self.assertGreaterEqual(after["migrated"] - before["migrated"], PAGES // 2)
        self.assertLess(after["prepare"] - before["prepare"], after["prepared"] - before["prepared"])

        self.fill()
        self.write("unmake", PAGES // 2)
        self.compact()
        self.assert_balance()       # the driver is told of a batch that moved some time after the VM has it
        self.assertEqual(self.figures("verify"), {"pages": PAGES, "movable": PAGES - PAGES // 2, "wrong": 0, "pinned": 0,
                                                  "listed": PAGES - PAGES // 2})
        self.write("pages", PAGES)
        self.assert_right(PAGES)
        self.write("free", PAGES // 2)
        self.compact()
        self.assert_right(PAGES - PAGES // 2)
        self.assert_balance()

    def used_meanwhile(self):
        """Somebody reads the pages all the time: they are prepared again, or moved though touched."""
        self.guest.run(f"(while :; do cat {TEST}/verify; done) > /dev/null 2>&1 & echo $! > /run/loop")
        self.go_through("migrated")
        self.guest.run("kill $(cat /run/loop)")

    def refused(self):
        self.go_through("refused", refuse_every=3)
        self.go_through("refused", refuse_every=1, ends=False, seconds=5)

    def again(self):
        self.go_through("again", again=3)
        self.go_through("again", again=12)

    def error(self):
        for error in (12, 16, 2, 22):       # ENOMEM, EBUSY, ENOENT, EINVAL
            with self.subTest(error=error):
                self.go_through("failed", error=error, error_every=5)
        self.go_through("failed", error=16, error_every=1, ends=False, seconds=5)

    def slow(self):
        self.go_through("migrated", slow_us=500)


class Races(FaultCase):
    kernels = ("7.3", "debug")      # one for each binding

    @in_ci_on("6.1", "7.3")
    def test_freed_while_isolated(self):
        self.load()
        for every in (7, 1):
            before, after = self.go_through("freed_isolated", free_isolated=every, pages=None)
            self.assertGreater(after["freed_isolated"], before["freed_isolated"])
        self.end()

    def test_all_at_once(self):
        self.load()
        self.go_through("freed_isolated", refuse_every=7, again=2, error=16, error_every=11, slow_us=100,
                        free_isolated=13, pages=None)
        self.end()

    @in_ci_on("6.1", "7.3")
    def test_freed_while_evacuated(self):
        """memctl's own evacuation has a page, too, when it is freed or unmade."""
        self.load()
        for fault in ({"free_isolated": 1}, {"free_isolated": 3, "slow_us": 100}, {"again": 4, "free_isolated": 5}):
            self.fill()
            self.set(**fault)
            self.evacuate(self.dimm.blocks)
            self.assert_right()
            self.set(**dict.fromkeys(fault, NEVER))
            c = self.assert_balance()
            self.assertGreater(c["migrated"] + c["freed_isolated"], 0)
        self.assertGreater(c["freed_isolated"], 0)
        self.end()

    def test_evacuation_and_the_vm(self):
        """Both want the same pages, while some are freed and some are unmade."""
        self.load()
        start, end = self.dimm.start // 4096, (self.dimm.start + self.dimm.size) // 4096
        self.guest.run(f"(while :; do genl {EVACUATE} dump {START_PFN}:u64:{start} {END_PFN}:u64:{end}; done) "
                       "> /run/evacuated 2>&1 & echo $! > /run/loop; "
                       "(while :; do echo 1 > /proc/sys/vm/compact_memory; done) > /dev/null 2>&1 & "
                       "echo $! >> /run/loop")
        self.set(free_isolated=9, again=1)
        for _ in range(2 if self.debug_kernel else 5):
            self.write("pages", 0)
            self.write("pages", PAGES)
            self.guest.run(f"echo {PAGES // 4} > {TEST}/unmake", check=False, timeout=120)
            self.assert_right()
        self.guest.run("kill $(cat /run/loop)")
        self.set(free_isolated=NEVER, again=NEVER)
        self.assert_balance()
        self.end()


class Loading(FaultCase):
    def test_load_and_unload(self):
        """Again and again, compaction running; memctl.ko stays while the driver uses it."""
        times = 30
        self.boot()
        done = self.guest.run(f"""
            (while :; do echo 1 > /proc/sys/vm/compact_memory; done) & loop=$!
            for i in $(seq {times}); do
                insmod /lib/modules/memctl.ko && insmod /lib/modules/test.ko || exit 1
                case $i in *[02468]) echo 200 > {TEST}/pages || exit 2;; esac
                rmmod memctl 2>/dev/null && exit 3
                rmmod memctl_test_provider && rmmod memctl || exit 4
            done
            kill $loop
            ! grep memctl /proc/modules""", timeout=420)
        self.assertEqual(done.output.strip(), "")
        self.assert_nothing_left()

    def test_unregistered_while_pages_are_isolated(self):
        """The driver goes in the midst of an offlining, or of compaction; it looks at its pages once more then.

        The DIMM has one block, so its pages move to lower addresses: behind who walks over them in order.
        """
        self.boot(dimm="128M")
        self.guest.run("insmod /lib/modules/memctl.ko")
        isolated = 0
        for turn in range(4):
            self.guest.run("insmod /lib/modules/test.ko")
            self.fill()
            self.set(slow_us=200, again=turn // 2)
            block = self.blocks()[0]
            compaction = "echo 1 > /proc/sys/vm/compact_memory;" if turn % 2 else ""
            self.guest.run(f"""
                rm -f /run/offline
                ({compaction} timeout 600 sh -c 'echo offline > {MEMORY}/memory{block}/state'
                echo $? > /run/offline) 2>/run/offline.err &
                until grep -q 'migrated [0-9][0-9]' {TEST}/counters; do :; done""", timeout=120)
            c = self.figures("counters")
            isolated += c["isolated"] - c["migrated"] - c["putback"]
            # From 7.0 on the VM isolates without asking: each page is waited for until it has let go of it.
            self.guest.run("rmmod memctl_test_provider", timeout=600)
            self.guest.run("until [ -e /run/offline ]; do sleep 0.1; done; cat /run/offline.err; [ $(cat /run/offline) = 0 ]",
                           timeout=600)
            self.guest.run(f"echo online_movable > {MEMORY}/memory{block}/state")
        self.assertGreater(isolated, 0)
        self.guest.run("rmmod memctl")
        self.assert_nothing_left()
