# SPDX-License-Identifier: LGPL-2.1-or-later
"""A driver that refuses, retries, fails, dawdles and frees what is isolated: no page is lost, none gets another's content.

The driver is in provider/: its parameters are in faults.c, its files in control.c.
"""

import time

from harness import GuestCase, fixture, kernel
from harness.module import modules

PAGES = 5000
NEVER = 0           # parameters' values
TEST = "/sys/kernel/debug/memctl_test"
PARAMETERS = "/sys/module/memctl_test_provider/parameters"
MEMORY = "/sys/devices/system/memory"
EVACUATE, START_PFN, END_PFN, NEXT_PFN = 3, 9, 10, 13      # of uapi/memctl.h


class FaultCase(GuestCase):
    kernels = ("6.1", "7.3")        # one for each binding to the VM; the debug kernel is a 6.12

    def boot(self, dimm="256M"):
        """A guest with the modules in it, not loaded, and a DIMM that is online in zone Movable."""
        built = modules(kernel(self.kernel))
        self.guest = self.machine(files={"/lib/modules/memctl.ko": built / "memctl.ko",
                                         "/lib/modules/test.ko": built / "memctl_test_provider.ko"},
                                  binaries=[fixture("genl")])
        self.dimm = self.guest.hotadd(dimm)
        self.block_pages = self.dimm.size // len(self.dimm.blocks) // 4096
        self.guest.run("grep -q ' /sys/kernel/debug ' /proc/mounts || mount -t debugfs none /sys/kernel/debug")

    def load(self):
        self.boot()
        self.guest.run("insmod /lib/modules/memctl.ko && insmod /lib/modules/test.ko")

    def unload(self):
        self.guest.run("rmmod memctl_test_provider && rmmod memctl", timeout=120)

    def write(self, file, number):
        self.guest.run(f"echo {number} > {TEST}/{file}", timeout=120)

    def set(self, **parameters):
        self.guest.run("\n".join(f"echo {value} > {PARAMETERS}/{name}" for name, value in parameters.items()))

    def figures(self, file):
        lines = self.guest.run(f"cat {TEST}/{file}", timeout=120).stdout.splitlines()
        return {name: int(value) for name, value in (line.split() for line in lines)}

    def fill(self, pages=PAGES):
        """So many pages, none of them older than this, most of them in the DIMM."""
        self.write("pages", 0)
        self.guest.run("\n".join(f"grep -qx online {MEMORY}/memory{block}/state || "
                                 f"echo online_movable > {MEMORY}/memory{block}/state" for block in self.dimm.blocks))
        self.write("pages", pages)
        self.assertTrue(self.blocks(), "no page is in the DIMM")

    def blocks(self):
        """The DIMM's blocks that hold pages of the driver."""
        pfns = map(int, self.guest.run(f"cat {TEST}/pfns", timeout=120).stdout.split())
        return sorted({pfn // self.block_pages for pfn in pfns} & set(self.dimm.blocks))

    def compact(self, times=1):
        self.guest.run("\n".join(["echo 1 > /proc/sys/vm/compact_memory"] * times))

    def offline(self, block, seconds):
        """Offline a block, which the kernel tries for as long as it is let; True when it is."""
        self.guest.run(f"grep -qx offline {MEMORY}/memory{block}/state || "
                       f"timeout {seconds} sh -c 'echo offline > {MEMORY}/memory{block}/state' 2>/dev/null",
                       check=False, timeout=seconds + 60)
        return self.guest.run(f"cat {MEMORY}/memory{block}/state").stdout.strip() == "offline"

    def assert_right(self, pages=None):
        verify = self.figures("verify")
        self.assertEqual(verify["wrong"], 0)
        if pages is not None:
            self.assertEqual((verify["pages"], verify["movable"]), (pages, pages))

    def assert_balance(self, seconds=30):
        """All that was let go has come back, been moved or been freed; it may take the VM and memctl a moment."""
        deadline = time.monotonic() + seconds
        while True:
            c = self.figures("counters")
            try:
                self.assertEqual(c["violations"], 0, c)
                self.assertEqual(c["asked"], c["refused"] + c["isolated"], c)
                self.assertEqual(c["isolated"], c["migrated"] + c["putback"] + c["freed_isolated"], c)
                self.assertEqual(c["prepare"], c["done"], c)
                self.assertEqual(c["migrate"], c["migrated"] + c["again"] + c["failed"], c)
                self.assertEqual(c["allocated"], c["freed"] + self.figures("verify")["pages"], c)
                return c
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.2)

    def assert_nothing_left(self):
        """After unloading: each page has returned to the allocator, for the DIMM becomes empty."""
        for block in self.dimm.blocks:
            self.guest.run(f"grep -qx offline {MEMORY}/memory{block}/state || "
                           f"timeout 60 sh -c 'echo offline > {MEMORY}/memory{block}/state'", timeout=90)
        balloon = self.guest.run("echo 1 > /proc/sys/vm/stat_refresh; grep '^nr_balloon_pages ' /proc/vmstat", check=False).stdout.split()
        self.assertIn(balloon, ([], ["nr_balloon_pages", "0"]))

    def go_through(self, counter, seconds=60, ends=True, pages=PAGES, **fault):
        """Compaction and offlining with a fault; then offlining without. The counters, before and after.

        counter: which of them shows that the fault has happened; ends: is offlining possible in spite of it?
        """
        self.fill()
        before = self.figures("counters")
        self.set(**fault)
        self.compact()
        self.assert_right(pages)
        blocks = self.blocks() or list(self.dimm.blocks)
        done = [self.offline(block, seconds) for block in blocks]
        self.assert_right(pages)
        self.assertEqual(all(done), ends, f"{fault}: {dict(zip(blocks, done))}")
        self.assertGreater(self.figures("counters")[counter], before[counter], fault)

        self.set(**dict.fromkeys(fault, NEVER))
        for block in self.dimm.blocks:
            self.assertTrue(self.offline(block, 60), f"block {block}, after {fault}")
        self.assertEqual(self.blocks(), [])
        self.assert_right(pages)
        return before, self.assert_balance()

    def end(self):
        self.unload()
        self.assert_nothing_left()


class Faults(FaultCase):

    def test_no_fault(self):
        self.load()
        before, after = self.go_through("migrated")
        self.assertGreaterEqual(after["migrated"] - before["migrated"], PAGES // 2)
        self.assertLess(after["prepare"] - before["prepare"], after["prepared"] - before["prepared"])

        self.fill()
        self.write("unmake", PAGES // 2)
        self.compact()
        self.assertEqual(self.figures("verify"), {"pages": PAGES, "movable": PAGES - PAGES // 2, "wrong": 0})
        self.write("pages", PAGES)
        self.assert_right(PAGES)
        self.write("free", PAGES // 2)
        self.compact()
        self.assert_right(PAGES - PAGES // 2)
        self.assert_balance()
        self.end()

    def test_used_meanwhile(self):
        """Somebody reads the pages all the time: they are prepared again, or moved though touched."""
        self.load()
        self.guest.run(f"(while :; do cat {TEST}/verify; done) > /dev/null 2>&1 & echo $! > /run/loop")
        self.go_through("migrated")
        self.guest.run("kill $(cat /run/loop)")
        self.end()

    def test_refused(self):
        self.load()
        self.go_through("refused", refuse_every=3)
        self.go_through("refused", refuse_every=1, ends=False, seconds=5)
        self.end()

    def test_again(self):
        self.load()
        self.go_through("again", again=3)
        self.go_through("again", again=12)
        self.end()

    def test_error(self):
        self.load()
        for error in (12, 16, 2, 22):       # ENOMEM, EBUSY, ENOENT, EINVAL
            with self.subTest(error=error):
                self.go_through("failed", error=error, error_every=5)
        self.go_through("failed", error=16, error_every=1, ends=False, seconds=5)
        self.end()

    def test_slow(self):
        self.load()
        self.go_through("migrated", slow_us=500)
        self.end()


class Races(FaultCase):
    kernels = ("6.1", "7.3", "debug")

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

    def test_freed_while_evacuated(self):
        """memctl's own evacuation has a page, too, when it is freed or unmade."""
        self.load()
        start = self.dimm.start // 4096
        for fault in ({"free_isolated": 1}, {"free_isolated": 3, "slow_us": 100}, {"again": 4, "free_isolated": 5}):
            self.fill()
            self.set(**fault)
            for at in range(start, start + self.dimm.size // 4096, 32768):
                self.guest.run(f"genl {EVACUATE} {START_PFN}:u64:{start} "
                               f"{END_PFN}:u64:{start + self.dimm.size // 4096} {NEXT_PFN}:u64:{at}", timeout=120)
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
        self.guest.run(f"(while :; do for at in $(seq {start} 32768 {end - 1}); do genl {EVACUATE} "
                       f"{START_PFN}:u64:{start} {END_PFN}:u64:{end} {NEXT_PFN}:u64:$at; done; done) "
                       "> /run/evacuated 2>&1 & echo $! > /run/loop; "
                       "(while :; do echo 1 > /proc/sys/vm/compact_memory; done) > /dev/null 2>&1 & "
                       "echo $! >> /run/loop")
        self.set(free_isolated=9, again=1)
        for _ in range(5):
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
        """100 times on one kernel, compaction running; memctl.ko stays while the driver uses it."""
        times = 100 if self.kernel == "6.1" else 30
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
                ({compaction} timeout 60 sh -c 'echo offline > {MEMORY}/memory{block}/state'
                echo $? > /run/offline) 2>/dev/null &
                until grep -q 'migrated [0-9][0-9]' {TEST}/counters; do :; done""", timeout=120)
            c = self.figures("counters")
            isolated += c["isolated"] - c["migrated"] - c["putback"]
            self.guest.run("rmmod memctl_test_provider", timeout=120)
            self.guest.run("until [ -e /run/offline ]; do sleep 0.1; done; [ $(cat /run/offline) = 0 ]", timeout=120)
            self.guest.run(f"echo online_movable > {MEMORY}/memory{block}/state")
        self.assertGreater(isolated, 0)
        self.guest.run("rmmod memctl")
        self.assert_nothing_left()
