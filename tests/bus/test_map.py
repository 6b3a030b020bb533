#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""map, movability and why: pictures and sums of trees whose every page is known."""

import array
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from test_cli import MEMCTL, MEMORY, SOURCE, Case

PAGES = 32768                       # of a block
LRU, SLAB, BUDDY, ANON, MMAP = 1 << 5, 1 << 7, 1 << 10, 1 << 12, 1 << 11
SVG = "{http://www.w3.org/2000/svg}"


class Machine(Case):
    def machine(self):
        """Block 0 free, 1 half anon, 2 with 300 pages of slab, 3 with a quarter, 4 full of it, 5 offline."""
        root = self.tree(6)
        (root / MEMORY / "memory5/state").write_text("offline\n", encoding="ascii")
        anon = LRU | ANON | MMAP
        flags = array.array("Q")
        for used in ((), ((anon, PAGES // 2),), ((SLAB, 300), (anon, 100)), ((SLAB, PAGES // 4),), ((SLAB, PAGES),), ()):
            pages = [flag for flag, n in used for _ in range(n)]
            flags.extend(pages + [BUDDY] * (PAGES - len(pages)))
        (root / "proc").mkdir()
        (root / "proc/kpageflags").write_bytes(flags.tobytes())
        return root


class Pages(Machine):
    def test_map(self):
        root = self.machine()
        answer = self.json("map", "--root", root)
        self.assertEqual(set(answer), {"source", "block_size", "blocks"})
        self.assertEqual((answer["source"], answer["block_size"]), ("kpageflags", 128 << 20))
        self.assertEqual(
            [(block["block"], block["state"], block["free"], block["movable"], block["unmovable"], block["unknown"])
             for block in answer["blocks"]],
            [(0, "online", PAGES, 0, 0, 0), (1, "online", PAGES // 2, PAGES // 2, 0, 0),
             (2, "online", PAGES - 400, 100, 300, 0), (3, "online", PAGES * 3 // 4, 0, PAGES // 4, 0),
             (4, "online", 0, 0, PAGES, 0), (5, "offline", None, None, None, None)])
        done = self.memctl("map", "--root", root)
        self.assertEqual(done.stdout.splitlines()[0], "0x000000000  . o + x|# -|")
        self.assertIn("1 cell = 1 block = 128 MiB", done.stdout)
        for word in ("- offline", ". free", "o all movable", "+ up to 5 %", "x up to half", "# mostly", "| a DIMM"):
            self.assertIn(word, done.stdout)
        self.assertNotIn("cannot be told", done.stdout)
        self.assertIn("kpageflags, so pinned", done.stderr)
        self.assertTrue(all(line == line.rstrip() for line in done.stdout.splitlines()))

    def rows(self, root, *arguments):
        answer = self.json("movability", "--root", root, *arguments)
        self.assertEqual(set(answer), {"source", "by", "page_size", "cma", "unknown", "totals", "owners"})
        for row in answer["owners"]:
            self.assertEqual(set(row) - {"block", "node", "order"},
                             {"owner", "class", "kind", "movable", "pages", "migrated", "failed", "source"})
            self.assertEqual(row["pages"] is None, row["class"] in answer["unknown"], row)
        self.assertIn("pinned", answer["unknown"])
        self.assertEqual({row["class"] for row in answer["totals"]} & set(answer["unknown"]), set())
        return [row for row in answer["owners"] if row["pages"] is not None]

    def test_movability(self):
        root = self.machine()
        slab = 300 + PAGES // 4 + PAGES
        sums = {row["class"]: (row["kind"], row["movable"], row["pages"]) for row in self.rows(root)}
        self.assertEqual(sums, {"free": ("free", True, PAGES * 5 - slab - 100 - PAGES // 2),
                                "lru_anon": ("lru", True, PAGES // 2 + 100), "slab": ("unmovable", False, slab)})
        self.assertEqual({(row["block"], row["class"]): row["pages"] for row in self.rows(root, "--by", "block")},
                         {(0, "free"): PAGES, (1, "free"): PAGES // 2, (1, "lru_anon"): PAGES // 2,
                          (2, "free"): PAGES - 400, (2, "slab"): 300, (2, "lru_anon"): 100,
                          (3, "free"): PAGES * 3 // 4, (3, "slab"): PAGES // 4, (4, "slab"): PAGES})
        for by in ("node", "order"):
            rows = self.rows(root, "--by", by)
            self.assertEqual(sum(row["pages"] for row in rows), 5 * PAGES)
            self.assertEqual({row[by] for row in rows if by == "node" or row["class"] != "free"}, {0})
        table = self.memctl("movability", "--root", root).stdout
        self.assertRegex(table, rf"(?m)^slab +slab +unmovable +no +{slab} +.*kpageflags")
        self.assertRegex(table, r"(?m)^pinned +pinned +unmovable +no +- +- +kpageflags")
        self.assertRegex(self.memctl("movability", "--by=node", "--root", root).stdout, r"(?m)^NODE +OWNER")

    def test_svg(self):
        root, target = self.machine(), self.directory / "map.svg"
        target.write_text("what was there", encoding="ascii")
        self.assertEqual(self.memctl("map", "--svg", target, "--root", root).stdout, "")
        svg = ElementTree.parse(target).getroot()
        self.assertEqual(svg.tag, f"{SVG}svg")
        cells = [(cell.get("class"), cell.findtext(f"{SVG}title")) for cell in svg.iter(f"{SVG}rect")
                 if cell.find(f"{SVG}title") is not None]
        self.assertEqual([kind for kind, _ in cells], ["free", "movable", "few", "some", "mostly", "offline"])
        self.assertIn("block 2, 0x0000000010000000-0x0000000017ffffff", cells[2][1])
        self.assertIn("100 movable, 300 unmovable", cells[2][1])
        self.assertIn("DIMM PNP0C80:00", cells[4][1])
        self.assertNotIn("DIMM", cells[3][1])
        self.assertEqual(svg.findtext(f"{SVG}title"), "Memory blocks by movability")
        self.assertIn("mostly unmovable", [text.text for text in svg.iter(f"{SVG}text")])
        self.assertNotRegex(target.read_text(encoding="ascii"), r"href|url\(|@import|<script")
        self.assertEqual([path.name for path in self.directory.glob("map*")], ["map.svg"])
        # both at once
        self.assertEqual(self.json("map", "--svg", target, "--root", root), self.json("map", "--root", root))

    def test_svg_that_cannot_be_written(self):
        root = self.machine()
        (self.directory / "folder").mkdir()
        for name, says in (("nowhere/map.svg", "No such file or directory"), ("folder", "accepted is"),
                           ("tree/proc/kpageflags/map.svg", "Not a directory"), ("x" * 300, "File name too long")):
            done = self.memctl("map", "--svg", self.directory / name, "--root", root, status=1)
            self.assertIn(says, done.stderr)
            self.assertEqual(done.stdout, "")
        self.assertIn("accepted is", self.memctl("map", "--svg", "/dev/null", "--root", root, status=1).stderr)

    def on_terminal(self, root, *arguments, **environment):
        master, terminal = pty.openpty()
        with open(master, "rb", buffering=0) as reader:
            subprocess.run([MEMCTL, "map", "--no-pager", "--root", root, *arguments], check=True, stdin=subprocess.DEVNULL, stdout=terminal,
                           stderr=subprocess.DEVNULL, env={**self.environment, "TERM": "xterm", **environment})
            os.close(terminal)
            text = b""
            try:
                while chunk := reader.read(65536):
                    text += chunk
            except OSError:
                pass
        return text.decode().replace("\r\n", "\n")

    def test_colour(self):
        root = self.machine()
        plain = self.memctl("map", "--root", root).stdout
        self.assertNotIn("\033", plain)
        self.environment.pop("NO_COLOR", None)
        coloured = self.on_terminal(root)
        self.assertIn("\033[31m#\033[0m", coloured)
        self.assertEqual(re.sub(r"\033\[\d+m", "", coloured), plain)
        self.assertEqual(self.on_terminal(root, "--no-color"), plain)
        self.assertEqual(self.on_terminal(root, NO_COLOR="1"), plain)
        self.assertEqual(self.on_terminal(root, TERM="dumb"), plain)
        self.assertEqual(self.on_terminal(root, NO_COLOR=""), coloured)

    def test_standard_output_that_is_full(self):
        root = self.machine()
        for arguments in (["map"], ["map", "--json"], ["movability"], ["movability", "--json"], ["why", "4"]):
            self.assert_says_that_output_is_full(root, arguments)


class Why(Machine):
    def test_what_keeps_a_block(self):
        root = self.machine()
        answer = self.json("why", "2,5", "--root", root)
        self.assertEqual(set(answer), {"target", "source", "unknown", "blocks", "offline", "reasons", "owners", "keepers", "processes",
                                       "allocations"})
        self.assertEqual((answer["target"], answer["source"], answer["blocks"], answer["offline"]),
                         ("2,5", "kpageflags", [2], [5]))
        [owner] = answer["owners"]
        self.assertEqual(set(owner), {"owner", "class", "kind", "movable", "pages", "advice"})
        self.assertEqual((owner["class"], owner["kind"], owner["movable"], owner["pages"]),
                         ("slab", "unmovable", False, 300))
        keeper = answer["keepers"][0]
        self.assertEqual(set(keeper), {"block", "start", "end", "pages", "class", "owner", "pids", "allocated_by"})
        self.assertEqual((keeper["block"], keeper["start"], keeper["end"], keeper["pages"]),
                         (2, "0x0000000010000000", "0x000000001012bfff", 300))
        self.assertIsNone(answer["allocations"])
        done = self.memctl("why", "2,5", "--root", root)
        self.assertIn("2,5: 300 pages keep it from going offline\n", done.stdout)
        self.assertIn("block 5 is offline: nothing is in it", done.stdout)
        self.assertRegex(done.stdout, r"(?m)^ +2 0x0000000010000000 0x000000001012bfff +300 slab")
        self.assertRegex(done.stdout, r"what can be done:\n  slab: ")
        self.assertIn("kpageflags, so pinned", done.stderr)

    def test_what_nothing_keeps(self):
        root = self.machine()
        # pinned pages cannot be told from here
        self.assertEqual(self.memctl("why", "1", "--root", root).stdout, "1: nothing is known to keep it\n")
        self.assertEqual(self.memctl("why", "5", "--root", root).stdout,
                         "block 5 is offline: nothing is in it, and nothing keeps it\n")
        self.assertEqual(self.json("why", "5", "--root", root)["blocks"], [])
        shutil.rmtree(root / "proc")
        self.assertIn("proc/kpageflags", self.memctl("why", "1", "--root", root, status=1).stderr)
        self.assertIn("block 5 is offline", self.memctl("why", "5", "--root", root).stdout)

    def test_dimm(self):
        root = self.machine()
        blocks = self.json("why", "4-5", "--root", root)
        dimm = self.json("why", "PNP0C80:00", "--root", root)
        self.assertEqual(dimm.pop("target"), "PNP0C80:00")
        self.assertEqual(blocks.pop("target"), "4-5")
        self.assertEqual(dimm, blocks)
        self.assertIn("PNP0C80:00: 32768 pages keep it", self.memctl("why", "PNP0C80:00", "--root", root).stdout)

    def test_bad_targets(self):
        root = self.machine()
        for target, status, says in (("6", 6, "no such block"), ("0-99999", 6, "no such block"), ("3-1", 2, "backwards"),
                                     ("1,1", 2, "named twice"), ("1x", 2, "accepted"), ("99999999999999999999", 2, "accepted"),
                                     ("0x1", 2, "accepted"), ("PNP0C80:01", 6, "no such DIMM"), ("PNP0C80", 2, "accepted"),
                                     ("", 2, "accepted"), ("../1", 2, "accepted"), ("x" * 5000, 2, "accepted")):
            done = self.memctl("why", target, "--root", root, status=status)
            self.assertIn(says, done.stderr, target)
            self.assertEqual(done.stdout, "")


class OtherMachines(Case):
    def test_real_machines_that_tell_nothing(self):
        for name, blocks in (("x86_64-16g", 128), ("s390-zvm-6g", 24)):
            root = self.real_machine(name)
            answer = self.json("map", "--root", root)
            self.assertEqual((answer["source"], len(answer["blocks"])), ("none", blocks))
            for block in answer["blocks"]:
                self.assertEqual([block[key] for key in ("free", "movable", "unmovable", "unknown")], [None] * 4)
            done = self.memctl("map", "--root", root)
            self.assertIn("who owns pages cannot be told", done.stderr)
            self.assertIn("? cannot be told", done.stdout)
            cells = "".join(re.findall(r"^0x\w+ ([?|-].*)$", done.stdout, re.MULTILINE))
            self.assertEqual(len(re.sub(r"[ |]", "", cells)), blocks)
            self.assertEqual(cells.count("-"), sum(block["state"] == "offline" for block in answer["blocks"]))
            rows = self.json("movability", "--root", root)["owners"]
            self.assertGreater(len(rows), 10)
            self.assertEqual({row["pages"] for row in rows}, {None})

    def test_a_large_machine(self):
        # 700,000 files: in memory
        root = Path(self.enterContext(tempfile.TemporaryDirectory(dir="/dev/shm"))) / "large"
        subprocess.run([sys.executable, SOURCE / "tests/bench/mktree.py", root, "100000"], check=True)
        for columns, widest in (("200", 80), ("x", 80), ("35", 35), ("1", 35)):
            self.environment["COLUMNS"] = columns
            lines = self.memctl("map", "--root", root).stdout.splitlines()
            self.assertLessEqual(len(lines), 45)
            self.assertLessEqual(max(map(len, lines)), widest, columns)
            [legend] = [line for line in lines if line.startswith("1 cell")]
            per_cell = int(re.match(r"1 cell = (\d+) blocks = \d+ [GT]iB", legend)[1])
            cells = sum(len(line.split()[1]) for line in lines if line.startswith("0x"))
            self.assertEqual(cells, -(-100000 // per_cell))
        self.assertEqual(len(self.json("map", "--root", root)["blocks"]), 100000)
        target = self.directory / "large.svg"
        self.memctl("map", "--root", root, "--svg", target)
        titles = [cell.findtext(f"{SVG}title") for cell in ElementTree.parse(target).iter(f"{SVG}rect")]
        self.assertLess(target.stat().st_size, 2 << 20)
        self.assertIn("blocks 0-31, ", "".join(filter(None, titles)))

    def test_a_block_whose_state_cannot_be_read(self):
        root = self.tree()
        (root / MEMORY / "memory2/state").unlink()
        done = self.memctl("map", "--json", "--root", root, status=1)
        self.assertIn("memory2/state", done.stderr)
        self.assertEqual(json.loads(done.stdout)["blocks"][2]["state"], "unknown")


class Usage(Case):
    def test_command_lines(self):
        root = self.tree()
        for arguments, says in ((["map", "3"], "accepted is: memctl map"), (["map", "--by", "owner"], "--by does not go with map"),
                                (["map", "--svg", ""], "accepted is the name of a file"), (["map", "--svg"], "accepted is the name of a file"),
                                (["movability", "all"], "accepted is: memctl movability"),
                                (["movability", "--by", "zone"], "accepted is owner, block, node or order"),
                                (["movability", "--by", ""], "accepted is owner, block, node or order"),
                                (["movability", "--svg", "x"], "--svg does not go with movability"),
                                (["movability", "--no-color"], "--no-color does not go with movability"),
                                (["why"], "accepted is: memctl why RANGE | DIMM"), (["why", "1", "2"], "accepted is"),
                                (["why", "1", "--force"], "--force does not go with why"),
                                (["dimm", "online", "PNP0C80:00", "--force"], "--force does not go with dimm online"),
                                (["block", "online", "1", "--force"], "--force does not go with block online"),
                                (["why", "1", "--svg", "x"], "--svg does not go with why")):
            self.assertIn(says, self.memctl("--root", root, *arguments, status=2).stderr)
        self.assertFalse((self.directory / "x").exists())

    def test_force_is_an_option_of_plans(self):
        root = self.tree()
        self.assertEqual(self.json("dimm", "plan", "PNP0C80:00", "--force", "--root", root)["result"], "done")


if __name__ == "__main__":
    unittest.main()
