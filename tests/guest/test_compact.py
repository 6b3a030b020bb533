# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compaction: as many large pieces as were asked for are free, at little cost, and nobody loses a byte."""

import subprocess

from compactbed import FILES, HUGE, Pieces
from harness import fixture, in_ci_on, kernel
from harness.case import build_directory
from harness.module import modules
from testbed import MemctlCase

MODULE = "/lib/modules/memctl.ko"
KEYS = {"result", "order", "blocks_before", "blocks_after", "pages_migrated", "seconds", "cpu_seconds", "notes", "reasons"}


class CompactCase(Pieces, MemctlCase):
    kernels = ("6.1", "7.3")

    def boot_in_pieces(self, module=True, files=FILES, first=None, **options):
        built = {MODULE: modules(kernel(self.kernel)) / "memctl.ko"} if module else {}
        self.boot(dimm="256M", memory="1G", files=built, **{"binaries": [fixture("spread"), fixture("genl")], **options})
        if module:
            self.guest.run(f"insmod {MODULE}")
        self.make_pieces(files, first)

    def compact(self, options="", status=0, **more):
        result = self.memctl(f"compact run {options}", status, **more)
        self.assertEqual(set(result), KEYS)
        return result


class Compact(CompactCase):
    every = ("6.1", "6.12", "7.3", "debug", "debug-7.3")

    def test_by_the_module(self):
        self.boot_in_pieces()
        before = self.free()
        self.assert_same_indices()

        made = self.compact(f"--until {before + 40}")
        self.assertEqual((made["result"], made["order"], made["reasons"]), ("done", HUGE, []))
        self.assertGreaterEqual(made["blocks_after"], before + 40)
        self.assertGreaterEqual(self.free(), before + 30)                   # memctl itself may have had some
        self.assertLess(made["pages_migrated"], 40 * 100)                   # the cheapest have some 26 pages each
        self.assert_kept()

        self.assert_same_indices()

        again = self.compact(f"--until {before + 30}")                      # there are
        self.assertEqual((again["result"], again["blocks_before"]), ("done", again["blocks_after"]))

        for _ in range(4):      # a place is free as one at once: in a CPU's list it would be in pieces, and not seen
            one = self.compact(f"--until {self.free() + 1}")
            self.assertEqual(one["result"], "done")

        small = self.compact("--order 3 --node 0 --until 1")
        self.assertEqual((small["result"], small["order"]), ("done", 3))

        all_of_it = self.compact("")
        self.assertEqual(all_of_it["result"], "done")
        self.assertGreater(all_of_it["blocks_after"], before + 120)
        self.assert_kept()

        more = all_of_it["blocks_after"] + 200                              # than there is memory for
        part = self.compact(f"--until {more}", status=None)
        self.assertIn(part["result"], ("partial", "failed"))
        reasons = {reason["code"]: reason for reason in part["reasons"]}
        self.assertEqual(reasons["not_enough_memory"]["needed_bytes"], more << HUGE + 12)
        self.assertIn("unmovable", reasons)
        self.assertGreater(sum(reason["pages"] for reason in part["reasons"] if reason["code"] == "unmovable"), 1000)
        self.assert_kept()

        cut = self.compact("--timeout 0.001", status=1)                     # it is said what there was, all the same
        self.assertEqual((cut["result"], cut["order"]), ("timeout", HUGE))
        self.assertGreater(cut["blocks_after"], 0)
        self.assert_nothing_runs()

    @in_ci_on("7.3")
    def assert_same_indices(self):
        """How far free memory has gone to pieces, by our arithmetic and by the kernel's, of the same moment."""
        files = ("/proc/buddyinfo", *(f"/sys/kernel/debug/extfrag/{name}" for name in ("unusable_index", "extfrag_index")))
        self.guest.run("mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug; until "
                       f"for file in {' '.join(files)}; do cat $file; echo --; done > /run/extfrag; "
                       "{ cat /proc/buddyinfo; echo --; } > /run/after; head -n $(wc -l < /run/after) /run/extfrag | cmp -s - /run/after; "
                       "do :; done", timeout=60)
        said = subprocess.run([build_directory() / "tests/guest/extfrag"], input=self.guest.run("cat /run/extfrag").stdout,
                              capture_output=True, text=True, check=False)
        self.assertEqual(said.stderr, "")
        self.assertGreaterEqual(int(said.stdout), 2 * 2 * 11)

    def test_without_the_module(self):
        self.boot_in_pieces(module=False)
        before = self.free()
        made = self.compact()
        self.assertEqual(made["result"], "done")
        self.assertGreater(made["blocks_after"], before + 40)
        self.assert_kept()

    @in_ci_on("7.3")
    def test_bad_input(self):
        self.boot(dimm="256M", memory="512M")
        for options, status, says in (("--order 11", 3, "accepted on this kernel are 0 to 10"),
                                      ("--order 32", 2, "an order of the page allocator"),
                                      ("--order -1", 2, "an order of the page allocator"),
                                      ("--order x", 2, "an order of the page allocator"),
                                      ("--until 0", 2, "a number of pieces above 0"),
                                      ("--until 99999999999999999999", 2, "a number of pieces above 0"),
                                      ("--node 7", 6, "the machine has no such node"),
                                      ("--node x", 2, "the number of a NUMA node"),
                                      ("--timeout 0", 2, "a number of seconds above 0"),
                                      ("now", 2, "memctl compact run")):
            said = self.guest.run(f"memctl compact run {options}", check=False)
            self.assertEqual(said.status, status, f"{options}\n{said.stdout}{said.stderr}")
            self.assertIn(says, said.stderr, options)


class BusyCase(CompactCase):
    """A FUSE server has stopped to answer: what it was asked for is locked, or under writeback, for ever."""
    every = ("6.1", "6.12", "7.3")              # the debug kernels have no FUSE
    TOGETHER, TIMES = 4, 80                     # such pages, in so many page blocks
    LOCKED = TOGETHER * TIMES

    def boot_stalled(self, what):
        """The page blocks that cost least by far are those with some of its pages."""
        self.boot_in_pieces(first=lambda: self.stall(what), binaries=[fixture("spread"), fixture("fuse")], modules=["fuse"])

    def stall(self, what):
        self.guest.run(f"mkdir /fuse; fuse {what} /fuse {self.TOGETHER} {self.TIMES} /fill/otherfuse {512 - self.TOGETHER} "
                       "> /run/fuse 2>&1 & echo $! > /run/fuse.pid")
        self.wait_until(f"grep -qx 'stalled {self.LOCKED}' /run/fuse", "the server is asked for all of the file")

    def start_waiting(self, command):
        """What waits for the server, and says "ok" then."""
        self.guest.run(f"> /run/waits; {command} >> /run/waits 2>&1 &")

    def assert_waited(self):
        self.wait_until("[ -s /run/waits ]", "the server has answered")
        self.assertEqual(self.guest.run("cat /run/waits").stdout, "ok\n")

    def assert_nobody_waits(self):
        """None is in a sleep that no signal ends, but who asked the server for something."""
        self.wait_until("! cat /proc/[0-9]*/stat 2>/dev/null | grep -E '^[0-9]+ \\(.*\\) D ' | grep -vE '^[0-9]+ \\(fuse'",
                        "nobody else waits")

    def migrations_failed(self):
        return int(self.guest.run("awk '/^pgmigrate_fail / { print $2 }' /proc/vmstat").stdout)

    def go_through(self, what, waits):
        """Compaction beside the server, and once it goes on; `waits` is a command that waits for it."""
        read = f"fuse check /fuse/file {self.TOGETHER} {self.TIMES}"
        self.boot_stalled(what)
        self.start_waiting(waits or read)
        before, failed = self.free(), self.migrations_failed()

        made = self.compact(f"--until {before + 60}")
        self.assertEqual((made["result"], made["reasons"]), ("done", []))
        self.assertGreaterEqual(made["blocks_after"], before + 60)
        self.assert_nobody_waits()

        part = self.compact("")                                             # all that can be had now
        self.assertEqual(part["result"], "done")
        self.assert_nobody_waits()
        self.assertLess(self.migrations_failed(), failed + self.TIMES // 2)     # its pages were not even tried
        self.assert_kept()

        self.assertEqual(self.guest.run("cat /run/waits").stdout, "")       # nothing was answered meanwhile
        self.guest.run("kill -USR1 $(cat /run/fuse.pid)")
        self.assert_waited()
        more = self.compact("")
        self.assertEqual(more["result"], "done")
        self.assertGreater(more["blocks_after"], part["blocks_after"] + self.TIMES // 2)
        self.assert_kept()
        self.start_waiting(read)
        self.assert_waited()
        self.assert_nobody_waits()
        self.assert_nothing_runs()


class Locked(BusyCase):
    def test_pages_that_are_read(self):
        self.go_through("read", None)


class Written(BusyCase):
    kernels = every = ("7.3",)                  # before 6.16, FUSE wrote back a copy

    def test_pages_under_writeback(self):
        self.go_through("write", "fuse sync /fuse/file")
