# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compaction: as many large pieces as were asked for are free, at little cost, and nobody loses a byte."""

from harness import fixture, in_ci_on, kernel
from harness.module import modules
from testbed import MemctlCase

MODULE = "/lib/modules/memctl.ko"
KEYS = {"result", "order", "blocks_before", "blocks_after", "pages_migrated", "seconds", "cpu_seconds", "notes", "reasons"}
HUGE = 9        # order of a huge page

# (pages written, pages kept) of files: page blocks that are nearly empty, half full, nearly full
FILES = ((50000, 2500), (50000, 15000), (30000, 15000), (20000, 18000))


class CompactCase(MemctlCase):
    kernels = ("6.1", "7.3")

    def boot_in_pieces(self, module=True, files=FILES, **options):
        """Free memory is in small pieces, between pages that stay."""
        built = {MODULE: modules(kernel(self.kernel)) / "memctl.ko"} if module else {}
        self.boot(dimm="256M", memory="1G", files=built, **{"binaries": [fixture("spread"), fixture("genl")], **options})
        if module:
            self.guest.run(f"insmod {MODULE}")
        # what the kernel itself would compact meanwhile, or would be short of
        self.guest.run("echo 0 > /proc/sys/vm/compaction_proactiveness; "
                       "echo never > /sys/kernel/mm/transparent_hugepage/enabled; "
                       "mkdir /fill; mount -t tmpfs -o size=100% none /fill")
        for seed, (total, kept) in enumerate(files):
            self.guest.run(f"spread /fill/kept{seed} /fill/other{seed} {total} {kept} {seed}", timeout=120)
        self.guest.run("rm /fill/other*")

    def assert_kept(self, files=FILES):
        for seed, (_, kept) in enumerate(files):
            self.assertEqual(self.guest.run(f"spread check /fill/kept{seed} {kept} {seed}", timeout=120).stdout, "ok\n")

    def free(self, order=HUGE):
        """Pieces of that order that could be had at once."""
        rows = [line.split()[4:] for line in self.guest.run("cat /proc/buddyinfo").stdout.splitlines()]
        return sum(int(number) << index - order for row in rows for index, number in enumerate(row) if index >= order)

    def compact(self, options="", status=0, **more):
        result = self.memctl(f"compact run {options}", status, **more)
        self.assertEqual(set(result), KEYS)
        return result


class Compact(CompactCase):
    def test_by_the_module(self):
        self.boot_in_pieces()
        before = self.free()

        made = self.compact(f"--until {before + 40}")
        self.assertEqual((made["result"], made["order"], made["reasons"]), ("done", HUGE, []))
        self.assertGreaterEqual(made["blocks_after"], before + 40)
        self.assertGreaterEqual(self.free(), before + 30)                   # memctl itself may have had some
        self.assertLess(made["pages_migrated"], 40 * 100)                   # the cheapest have some 26 pages each
        self.assert_kept()

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
        self.assert_nothing_runs()

    @in_ci_on("7.3")
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
