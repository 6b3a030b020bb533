#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plans, nodes and failing DIMMs of trees: what is answered to people and to scripts."""

import struct
import unittest

from test_cli import MEMORY, Case

NODES = "sys/devices/system/node"
EDAC = "sys/devices/system/edac/mc/mc0"


def smbios(*devices):
    """A table with memory devices, each (locator, first byte, last byte)."""
    table = b""
    for number, (locator, first, last) in enumerate(devices):
        device = struct.pack("<BBH12xB", 17, 0x28, number, 1)
        table += device.ljust(0x28, b"\0") + locator.encode() + b"\0\0"
        mapped = struct.pack("<BBHIIH", 20, 0x23, 0x100 + number, first // 1024, last // 1024, number)
        table += mapped.ljust(0x23, b"\0") + b"\0\0"
    return table + b"\x7f\x04\x7f\0\0\0"


class Plans(Case):
    def test_without_the_module_there_is_no_fence(self):
        root = self.tree()
        plan = self.json("dimm", "plan", "PNP0C80:00", "--root", root)
        self.assertFalse(plan["fence"])
        self.assertFalse(plan["take_used"])
        self.assertIsNone(plan["to_node"])
        self.assertIsNone(plan["estimated_seconds"])
        self.assertEqual(plan["cache"]["mode"], "keep")
        [note] = plan["notes"]
        self.assertRegex(note, "^no fence ")
        said = self.memctl("dimm", "plan", "PNP0C80:00", "--root", root)
        self.assertRegex(said.stdout, rf"(?m)^PNP0C80:00: can go offline, blocks: 4, .*\nfence:  none\n(?:.*\n)*"
                                      rf"note:   {note}\norder:  7-4\n$")
        self.assertEqual(said.stderr, "")

    def test_what_was_asked_for_and_needs_a_fence(self):
        root = self.tree()
        for options, says in ((["--cache", "drop"], "not dropped"), (["--max-pause", "5ms"], "in one step")):
            notes = self.json("dimm", "plan", "PNP0C80:00", *options, "--root", root)["notes"]
            self.assertEqual(len(notes), 2, notes)
            self.assertIn(says, notes[1])

    def test_a_refused_plan(self):
        root = self.tree()
        (root / MEMORY / "memory5/removable").write_text("0\n", encoding="ascii")
        plan = self.json("dimm", "plan", "PNP0C80:00", "--root", root, status=3)
        self.assertEqual((plan["result"], plan["blocks"]), ("refused", []))
        done = self.memctl("dimm", "plan", "PNP0C80:00", "--root", root, status=3)
        self.assertEqual(done.stdout, "")

    def test_nothing_to_do(self):
        root = self.tree()
        for number in range(4, 8):
            (root / MEMORY / f"memory{number}/state").write_text("offline\n", encoding="ascii")
        done = self.memctl("dimm", "plan", "PNP0C80:00", "--root", root)
        self.assertRegex(done.stdout, r"^PNP0C80:00: can go offline, blocks: 0, [^\n]*\n$")


class Nodes(Case):
    def machine(self):
        """Node 0 has blocks 0 to 3, node 2 has 4 to 7, of which 6 is offline."""
        root = self.tree()
        for number in range(8):
            node, block = (0 if number < 4 else 2), root / MEMORY / f"memory{number}"
            (block / "node0").unlink()
            (block / f"node{node}").symlink_to(f"../../node/node{node}")
            (root / NODES / f"node{node}").mkdir(parents=True, exist_ok=True)
            (root / NODES / f"node{node}/memory{number}").symlink_to(f"../../memory/memory{number}")
        for node, (total, free) in {0: (524288, 1000), 2: (393216, 77)}.items():
            (root / NODES / f"node{node}/meminfo").write_text(
                f"Node {node} MemTotal:    {total} kB\nNode {node} MemFree:     {free} kB\n", encoding="ascii")
        (root / MEMORY / "memory6/state").write_text("offline\n", encoding="ascii")
        return root

    def test_list_and_show(self):
        root = self.machine()
        nodes = self.json("node", "list", "--root", root)["nodes"]
        self.assertEqual(nodes, [
            {"node": 0, "total_bytes": 512 << 20, "free_bytes": 1000 << 10, "blocks": [0, 1, 2, 3],
             "online_bytes": 512 << 20, "offline_bytes": 0},
            {"node": 2, "total_bytes": 384 << 20, "free_bytes": 77 << 10, "blocks": [4, 5, 6, 7],
             "online_bytes": 384 << 20, "offline_bytes": 128 << 20}])
        self.assertEqual(self.json("node", "show", "2", "--root", root)["nodes"], nodes[1:])
        self.assertEqual(self.json("node", "show", "2", "0", "--root", root)["nodes"], nodes)
        self.assertRegex(self.memctl("node", "list", "--root", root).stdout,
                         r"(?m)^ *NODE +TOTAL +FREE +ONLINE +OFFLINE\n *0 +512 MiB .*\n *2 +384 MiB .* 128 MiB\n")

    def test_no_such_node(self):
        root = self.machine()
        for verb in ("show", "plan", "offline", "online"):
            self.assertEqual(self.memctl("node", verb, "1", "--root", root, status=6).stderr,
                             "memctl: node 1: the machine has no such node\n")


class Failing(Case):
    def machine(self):
        """DIMM 00 in A1, with errors; 01 in B1, without; 02 of which nobody counts."""
        root = self.tree(12)
        for number in range(4, 12):
            link = root / MEMORY / f"memory{number}/firmware_node"
            if number > 4:
                link.unlink()
                link.symlink_to(f"../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:{(number - 4) // 3:02x}")
        block = 128 << 20
        tables = root / "sys/firmware/dmi/tables"
        tables.mkdir(parents=True)
        (tables / "DMI").write_bytes(smbios(("A1", 4 * block, 7 * block - 1), ("B1", 7 * block, 10 * block - 1)))
        for number, (label, corrected, uncorrected) in enumerate((("A1", 5, 0), ("B1", 0, 0))):
            dimm = root / EDAC / f"dimm{number}"
            dimm.mkdir(parents=True)
            for name, value in (("dimm_label", label), ("dimm_ce_count", corrected), ("dimm_ue_count", uncorrected)):
                (dimm / name).write_text(f"{value}\n", encoding="ascii")
        return root

    def failing(self, root):
        return [dimm["dimm"] for dimm in self.json("dimm", "list", "--failing", "--root", root)["dimms"]]

    def test_only_those_with_errors(self):
        root = self.machine()
        dimms = {dimm["dimm"]: (dimm["label"], dimm["corrected_errors"], dimm["uncorrected_errors"])
                 for dimm in self.json("dimm", "list", "--root", root)["dimms"]}
        self.assertEqual(dimms, {"PNP0C80:00": ("A1", 5, 0), "PNP0C80:01": ("B1", 0, 0), "PNP0C80:02": (None, None, None)})
        self.assertEqual(self.failing(root), ["PNP0C80:00"])
        (root / EDAC / "dimm1/dimm_ue_count").write_text("1\n", encoding="ascii")
        self.assertEqual(self.failing(root), ["PNP0C80:00", "PNP0C80:01"])

    def test_what_nobody_counts_is_not_none(self):
        done = self.memctl("dimm", "list", "--failing", "--root", self.machine())
        self.assertIn("PNP0C80:00", done.stdout)
        self.assertNotIn("PNP0C80:01", done.stdout)
        self.assertRegex(done.stderr, "^memctl: PNP0C80:02: nobody counts its errors [^\n]*\n$")


if __name__ == "__main__":
    unittest.main()
