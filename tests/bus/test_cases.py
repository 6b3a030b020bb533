#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Machines that people have told of, and the right answers about them: on trees of the test's own, and on those of
../shared/cases where they are."""

import os
import subprocess
import unittest

import cases
from cases import GIB, MIB
from test_cli import MEMCTL, MEMORY, SHARED, Case
from testbus import BusCase


class Cases(Case):
    def root(self, make, *arguments):
        root = self.directory / make.__name__
        root.mkdir()
        make(root, *arguments)
        return root

    def shared(self, name):
        make = SHARED / "cases/make"
        if not make.exists():
            self.skipTest(f"{make} is missing")
        out = self.directory / "shared"
        out.mkdir(exist_ok=True)
        subprocess.run([make, out, name], check=True)
        return out / name

    def said(self, root, *arguments, status=0):
        done = self.memctl("--root", root, *arguments, status=status)
        return done.stdout + done.stderr

    def reasons(self, root, *arguments, status=0):
        return self.json("--root", root, *arguments, status=status)["reasons"]


class PageSize(Cases):
    """The pages of a tree are those of its machine, not of this one."""

    def check_ppc64(self, root):
        why = self.json("--root", root, "why", "17")
        self.assertEqual([(keeper["block"], keeper["start"], keeper["pages"], keeper["class"]) for keeper in why["keepers"]],
                         [(17, "0x0000000110000000", 4096, "slab")])
        self.assertEqual(self.json("--root", root, "why", "1")["keepers"], [])
        slab = [row for row in self.json("--root", root, "movability")["owners"] if row["class"] == "slab"]
        self.assertEqual([row["pages"] for row in slab], [4096])
        self.assertIn("256 MiB", self.said(root, "movability"))
        blocks = {block["block"]: block for block in self.json("--root", root, "map")["blocks"]}
        self.assertEqual((blocks[17]["unmovable"], blocks[1]["unmovable"], blocks[33]["movable"]), (4096, 0, 4096))
        plan = self.json("--root", root, "node", "plan", "1")
        self.assertEqual((plan["result"], plan["needed_bytes"]), ("done", 256 * MIB))
        self.assertAlmostEqual(plan["available_bytes"] / GIB, 5.95, delta=0.06)

    def test_ppc64(self):
        self.check_ppc64(self.root(cases.ppc64))

    def test_ppc64_shared(self):
        self.check_ppc64(self.shared("ppc64-slab-in-17"))
        root = self.shared("ppc64-lmb-256M")
        self.assertEqual(self.json("--root", root, "why", "0")["keepers"][0]["pages"], 4096)

    def check_arm64(self, root, free, size):
        answer = self.json("--root", root, "movability")
        self.assertEqual(answer["page_size"], 16384)
        by_zoneinfo = [row["pages"] for row in answer["totals"] if row["owner"] == "free" and row["source"] == "zoneinfo"]
        self.assertEqual([pages * 16384 for pages in by_zoneinfo], [free])
        said = self.said(root, "movability")
        self.assertIn(size, said)
        self.assertIn("by /proc/zoneinfo", said)

    def test_arm64(self):
        self.check_arm64(self.root(cases.arm64), GIB, "1024 MiB")

    def test_arm64_shared(self):
        self.check_arm64(self.shared("arm64-16k"), 4 * GIB, "4 GiB")

    def test_not_told(self):
        root = self.root(cases.ppc64)
        (root / "proc/meminfo").unlink()
        for node in (0, 1):
            (root / f"{cases.NODES}/node{node}/meminfo").unlink()
        os.truncate(root / "proc/kpageflags", 4096)
        said = self.said(root, "why", "17", status=1)
        self.assertIn("the size of its pages cannot be told", said)
        plan = self.json("--root", root, "node", "plan", "1")
        self.assertIsNone(plan["pages_in_use"])
        self.assertIsNone(plan["available_bytes"])


class WhyIsThePlan(Cases):
    """What a plan refuses for, why says; and nothing is said to keep what nothing keeps."""

    def check(self, root, target, code, **keys):
        [reason] = self.reasons(root, "why", target)
        self.assertEqual({"code": code, **keys}, {key: reason.get(key) for key in ("code", *keys)})
        said = self.said(root, "why", target)
        self.assertNotIn("nothing is known to keep it", said)
        return said

    def test_zones(self):
        self.check(self.root(cases.zones_none), "32", "mixed_zones", block=32)
        self.assertEqual(self.reasons(self.root(cases.kmem), "why", "3"), [])

    def test_zones_shared(self):
        self.check(self.shared("zones-none-free"), "32", "mixed_zones", block=32)

    def test_driver(self):
        said = self.check(self.root(cases.kmem), "40-63", "driver_owned", block=40, last_block=63, text="dax0.0")
        self.assertIn("blocks 40-63, each: belongs to a driver that manages it itself", said)
        self.assertIn("daxctl offline-memory dax0.0", said)

    def test_driver_shared(self):
        self.check(self.shared("cxl-kmem-free"), "16-19", "driver_owned", block=16, last_block=19, text="dax0.0")

    def test_huge_page(self):
        for root in (self.root(cases.gigantic),):
            self.check(root, "PNP0C80:00", "no_room_for_huge_pages", needed_bytes=GIB, available_bytes=0)
            self.assertEqual(self.reasons(root, "dimm", "plan", "PNP0C80:00", status=3),
                             self.reasons(root, "why", "PNP0C80:00"))

    def test_huge_page_shared(self):
        self.check(self.shared("gigantic"), "PNP0C80:00", "no_room_for_huge_pages", needed_bytes=GIB)

    def test_hole(self):
        root = self.root(cases.hole)
        said = self.check(root, "40", "hole", block=40, bytes=64 * MIB, text="Reserved")
        self.assertIn("a hole of 64 MiB (Reserved in /proc/iomem)", said)
        for options in ((), ("--force",)):
            self.assertEqual([reason["code"] for reason in self.reasons(root, "block", "offline", "40", *options, status=3)],
                             ["hole"])
        self.assertIn("a hole of 64 MiB", self.said(root, "block", "offline", "39-40", status=3))

    def test_hole_of_nobody(self):
        [reason] = self.reasons(self.root(cases.hole, None), "why", "40")
        self.assertNotIn("text", reason)

    def test_hole_shared(self):
        root = self.shared("hole-in-block")
        self.check(root, "15", "hole", block=15, bytes=64 * MIB, text="Reserved")
        self.assertEqual([reason["code"] for reason in self.reasons(root, "block", "offline", "15", status=3)], ["hole"])

    def test_crash_kernel(self):
        root = self.root(cases.hole)
        said = self.check(root, "32", "reserved", block=32, bytes=64 * MIB, text="Crash kernel")
        self.assertIn("the kernel keeps 64 MiB of it until the next boot: Crash kernel", said)
        # seven of the nine in zone Movable may be taken
        self.assertIn("read, never changed", self.said(root, "block", "offline", "--size", "896M", status=1))
        said = self.said(root, "block", "offline", "--size", "1G", status=3)
        self.assertIn(f"only {896 * MIB} bytes are online in zone Movable; 32: reserved; 40: hole", said)

    def check_virtio(self, root, target, memory):
        self.check(root, target, "driver_owned", text="virtio0", driver="virtio_mem", memory_bytes=memory,
                   device_bytes=4 * GIB)
        said = self.said(root, "why", target)
        self.assertNotIn("unload the driver", said)
        self.assertIn("shrink it on the hypervisor", said)
        said = self.said(root, "block", "offline", "--size", "128M", status=3)
        self.assertNotIn("on the node asked for", said)
        self.assertIn("virtio0 manages it: shrink the device on the hypervisor", said)
        self.assertIn(f"{memory} of its {4 * GIB} bytes", said)

    def test_virtio_mem(self):
        self.check_virtio(self.root(cases.virtio), "47", GIB)

    def test_virtio_mem_shared(self):
        self.check_virtio(self.shared("virtio-mem"), "47", 9 * 128 * MIB)

    def test_many_blocks_shared(self):
        root = self.shared("cxl-512-blocks")
        [reason] = self.reasons(root, "node", "plan", "1", status=3)
        self.assertEqual((reason["code"], reason["block"], reason["last_block"]), ("driver_owned", 512, 1023))
        self.assertEqual(self.memctl("--root", root, "node", "plan", "1", status=3).stderr.count("\n"), 1)

    def test_more_reasons_than_are_told(self):
        root = self.root(cases.many)
        for number in range(32, 332, 2):
            (root / f"{MEMORY}/memory{number}/valid_zones").write_text("none\n", encoding="ascii")
        reasons = self.reasons(root, "node", "plan", "0", status=3)
        blocks = [reason for reason in reasons if "block" in reason]
        [more] = [reason for reason in reasons if reason["code"] == "more_reasons"]
        self.assertEqual(len(blocks) + more["count"], 150)
        self.assertIn(f"and {more['count']} more reasons", self.said(root, "node", "plan", "0", status=3))


class Nodes(Cases):
    def check(self, root, block, stays, rest):
        [shown] = self.json("--root", root, "block", "show", block)["blocks"]
        self.assertEqual((shown["node"], shown["nodes"]), (1, [1, 2]))
        self.assertRegex(self.said(root, "block", "show", block), r" 1/2 ")
        for node in (1, 2):
            [listed] = self.json("--root", root, "node", "show", str(node))["nodes"]
            self.assertIn(int(block), listed["blocks"])
        plan = self.json("--root", root, "node", "plan", "1")
        self.assertEqual(sorted(plan["blocks"]), rest)
        self.assertIn(f"block {block} lies in nodes 1 and 2, so it cannot go offline: {stays} of node 1 stays",
                      "\n".join(plan["notes"]))
        self.assertEqual([(reason["code"], reason["block"]) for reason in self.reasons(root, "why", block)],
                         [("mixed_zones", int(block))])

    def test_border(self):
        self.check(self.root(cases.shared_block), "16", "64 MiB", list(range(8, 16)))

    def test_border_shared(self):
        self.check(self.shared("node-shared-above"), "32", "1 GiB", list(range(16, 32)))

    def test_no_border(self):
        root = self.root(cases.zones_none)
        self.assertEqual({tuple(block["nodes"]) for block in self.json("--root", root, "block", "list")["blocks"]}, {(0,)})


class Failing(Cases):
    def check_edac(self, root, label):
        answer = self.json("--root", root, "dimm", "list", "--failing")
        self.assertEqual(answer["dimms"], [])
        self.assertEqual([count for count in answer["unplaced_errors"] if count["corrected_errors"]],
                         [{"label": label, "controller": 1, "corrected_errors": 5539, "uncorrected_errors": 0}])
        self.assertIn(f"{label} (EDAC's mc1): 5539 corrected and 0 uncorrected errors; no DIMM of this list is known to be it",
                      self.said(root, "dimm", "list", "--failing"))

    def test_edac(self):
        self.check_edac(self.root(cases.edac), "CPU_SrcID#1_DIMM#0")
        self.assertNotIn("EDAC", self.said(self.root(cases.uncounted), "dimm", "list"))

    def test_edac_shared(self):
        self.check_edac(self.shared("edac-no-acpi-dimms"), "CPU_SrcID#1_MC#0_Chan#0_DIMM#0")

    def check_poison(self, root):
        [dimm] = self.json("--root", root, "dimm", "list", "--failing")["dimms"]
        self.assertEqual((dimm["dimm"], dimm["bad_pages"]), ("PNP0C80:01", 3))
        plan = self.json("--root", root, "dimm", "plan", "PNP0C80:01")
        self.assertEqual((plan["result"], plan["blocks"][-1]), ("done", 41))
        self.assertIn("block 41 has 3 bad (hwpoison) pages: once offline it cannot come back online", "\n".join(plan["notes"]))
        self.assertNotIn("hwpoison", "\n".join(self.json("--root", root, "dimm", "plan", "PNP0C80:00")["notes"]))

    def test_poison(self):
        root = self.root(cases.poison)
        self.check_poison(root)
        self.assertIn("hwpoison", self.said(root, "dimm", "plan", "PNP0C80:01"))
        # where the kernel has none, nobody looks
        meminfo = root / "proc/meminfo"
        meminfo.write_text(meminfo.read_text("ascii").replace("12 kB", "0 kB"), encoding="ascii")
        self.assertEqual(self.json("--root", root, "dimm", "list", "--failing")["dimms"], [])
        self.assertEqual({dimm["bad_pages"] for dimm in self.json("--root", root, "dimm", "list")["dimms"]}, {0})

    def test_poison_shared(self):
        self.check_poison(self.shared("hwpoison"))


class Served(BusCase):
    def test_errors_are_read_anew(self):
        """They grow without a word; anybody may ask."""
        root = self.directory / "edac"
        root.mkdir()
        cases.edac(root)
        daemon = self.serve(root)
        self.assertRegex(self.call("", "Manager.ListErrorCounts").stdout, r'"CPU_SrcID#1_DIMM#0" 1 5539 0 false.* -1$')
        for counter in root.glob("sys/devices/system/edac/mc/mc1/*/dimm_ce_count"):
            counter.write_text("5540\n", encoding="ascii")
        (root / "proc").mkdir(exist_ok=True)
        with open(root / "proc/meminfo", "a", encoding="ascii") as meminfo:
            meminfo.write("HardwareCorrupted:    12 kB\n")
        self.assertRegex(self.call("", "Manager.ListErrorCounts").stdout, r'"CPU_SrcID#1_DIMM#0" 1 5540 0 false.* 12288$')
        self.assertEqual(self.call("", "Manager.ListCmaAreas").returncode, 0)
        self.stop(daemon)


class Others(Cases):
    def test_room_that_nobody_counted(self):
        """What a DIMM may hold free is no room elsewhere."""
        root = self.root(cases.uncounted)
        plan = self.json("--root", root, "dimm", "plan", "PNP0C80:00")
        self.assertIsNone(plan["pages_in_use"])
        self.assertLessEqual(plan["available_bytes"], 20 * 128 * MIB)

    def test_room_that_nobody_counted_shared(self):
        plan = self.json("--root", self.shared("container-nonroot"), "dimm", "plan", "PNP0C80:00")
        self.assertLessEqual(plan["available_bytes"], 4 * GIB - 200000 * 4096)

    def check_many(self, root):
        names = [f"PNP0C80:{i:02x}" for i in range(300)]
        self.assertEqual([dimm["dimm"] for dimm in self.json("--root", root, "dimm", "list")["dimms"]], names)
        lines = self.memctl("--root", root, "dimm", "list").stdout.splitlines()[1:]
        self.assertEqual([line.split()[0] for line in lines], names)

    def test_dimms_by_number(self):
        self.check_many(self.root(cases.many))

    def test_dimms_by_number_shared(self):
        self.check_many(self.shared("many-dimms"))

    def test_list_of_ranges(self):
        lines = self.memctl("--root", self.root(cases.zones_none), "block", "list").stdout.splitlines()[1:]
        self.assertEqual([line.split()[0] for line in lines], ["0-23", "32", "33-39"])
        self.assertEqual(lines[2].split()[1:5], ["0x0000000108000000", "0x000000013fffffff", "896", "MiB"])
        shown = self.memctl("--root", self.directory / "zones_none", "block", "show", "33-39").stdout.splitlines()[1:]
        self.assertEqual([line.split()[0] for line in shown], [str(number) for number in range(33, 40)])

    def check_no_hotplug(self, root):
        status = self.json("--root", root, "status")
        self.assertEqual((status["block_size"], status["blocks"]), (None, 0))
        for works in (("status",), ("movability",), ("movability", "--json"), ("lru-cache", "status"), ("node", "list"),
                      ("provider", "list"), ("version",), ("cma", "list"), ("job", "list")):
            self.said(root, *works)
        for needs in (("block", "list"), ("block", "show", "1"), ("dimm", "list"), ("dimm", "show", "PNP0C80:00"),
                      ("map",), ("why", "1"), ("why", "PNP0C80:00"), ("node", "plan", "0"), ("node", "offline", "0"),
                      ("dimm", "plan", "PNP0C80:00"), ("block", "offline", "1"), ("block", "offline", "--size", "128M"),
                      ("block", "online", "1")):
            self.assertIn("CONFIG_MEMORY_HOTPLUG", self.said(root, *needs, status=1), needs)

    def test_no_hotplug(self):
        self.check_no_hotplug(self.root(cases.no_hotplug))

    def test_no_hotplug_with_pages(self):
        """Whose pages there are is told without blocks, too."""
        root = self.root(cases.no_hotplug)
        (root / "proc/zoneinfo").write_text(
            f"Node 0, zone   Normal\n  pages free     {GIB // 4096}\n        spanned  {256 * MIB // 4096}\n"
            f"        managed  {8 * GIB // 4096}\n  start_pfn:           {128 * MIB // 4096}\n", encoding="ascii")
        pages = 384 * MIB // 4096
        (root / "proc/kpageflags").write_bytes(
            (cases.FLAGS["free"].to_bytes(8, "little") * (pages - 100)) + cases.FLAGS["slab"].to_bytes(8, "little") * 100)
        rows = {row["class"]: row["pages"] for row in self.json("--root", root, "movability")["owners"]}
        self.assertEqual((rows["slab"], rows["free"]), (100, 256 * MIB // 4096 - 100))
        self.assertIn("CONFIG_MEMORY_HOTPLUG", self.said(root, "movability", "--by", "block", status=1))

    def test_no_hotplug_shared(self):
        self.check_no_hotplug(self.shared("no-hotplug"))

    def test_no_tree(self):
        done = self.memctl("--root", self.directory, "status", status=1)
        self.assertIn("sys/devices/system/memory", done.stderr)

    def check_cma(self, root):
        answer = self.json("--root", root, "movability")["cma"]
        self.assertEqual(answer, {"total_bytes": 256 * MIB, "free_bytes": MIB, "alloc_success": 100, "alloc_fail": 17})
        said = "CMA: 256 MiB in all areas, 1024 KiB of it free; 17 of 117 allocations failed"
        self.assertIn(said, self.said(root, "movability"))
        self.assertIn(said, self.said(root, "cma", "list"))
        [area] = self.json("--root", root, "cma", "list")["areas"]
        self.assertEqual((area["name"], area["size"], area["used"], area["alloc_success"], area["alloc_fail"]),
                         ("linux,cma", 256 * MIB, 255 * MIB, 100, 17))

    def test_cma(self):
        self.check_cma(self.root(cases.cma))
        self.assertIsNone(self.json("--root", self.root(cases.uncounted), "movability")["cma"])

    def test_cma_in_a_plan(self):
        """Which blocks have it nobody can tell without memctl.ko: that is said."""
        said = "256 MiB of CMA areas may lie in these blocks"
        self.assertIn(said, "\n".join(self.json("--root", self.root(cases.cma), "node", "plan", "0", status=3)["notes"]))
        root = self.root(cases.poison)
        with open(root / "proc/meminfo", "a", encoding="ascii") as meminfo:
            meminfo.write("CmaTotal: 262144 kB\n")
        self.assertNotIn("CMA", "\n".join(self.json("--root", root, "dimm", "plan", "PNP0C80:00")["notes"]))

    def test_cma_shared(self):
        self.check_cma(self.shared("cma-area"))

    def test_all_shared_cases_are_tried(self):
        """A case that comes to the others is to have a test here."""
        make = SHARED / "cases/make"
        if not make.exists():
            self.skipTest(f"{make} is missing")
        out = self.directory / "all"
        subprocess.run([make, out], check=True)
        for root in out.iterdir():
            done = subprocess.run([MEMCTL, "--root", root, "status"], env=self.environment, capture_output=True,
                                  text=True, check=False, timeout=60)
            self.assertEqual(done.returncode, 0, f"{root}: {done.stderr}")


if __name__ == "__main__":
    unittest.main()
