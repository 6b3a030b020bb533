#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What memctl is shown on and in: narrow terminals, no colours, locales, pipes that close; and names that are no text."""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import unittest

import cases
from test_cli import MEMCTL, Case
from test_plan import smbios

LISTS = (["status"], ["map"], ["movability"], ["why", "PNP0C80:00"], ["block", "list"], ["dimm", "list"], ["dimm", "list", "--failing"],
         ["dimm", "plan", "PNP0C80:00"], ["node", "list"], ["cma", "list"], ["cma", "show", "linux,cma"], ["job", "list"], ["help"])


class Terminal(Case):
    def machine(self):
        root = self.directory / "machine"
        tree = cases.small(root, [(32, 39, "Movable", "PNP0C80:00")], extra="\nCmaTotal: 262144 kB\nCmaFree: 1024 kB")
        tree.pages(40, (33 * 128 * cases.MIB, cases.MIB, "slab"))
        for name, value in (("fail", 544), ("success", 6400)):
            tree.write(f"sys/kernel/mm/cma/linux,cma/alloc_pages_{name}", value)
        return tree

    def on_terminal(self, root, arguments, columns=40, **variables):
        pid, terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            os.execve(MEMCTL, [MEMCTL, "--root", root, *arguments],
                      {**self.environment, "TERM": "xterm", "SYSTEMD_PAGER": "", **variables})
        printed = b""
        while True:
            try:
                more = os.read(terminal, 65536)
            except OSError:
                break
            printed += more
        os.close(terminal)
        os.waitpid(pid, 0)
        return printed.decode("utf-8").replace("\r\n", "\n")

    def test_40_columns(self):
        """A picture is one only where its rows are not broken; the terminal breaks all else by itself."""
        root = self.machine().root
        for columns in (40, 80):
            lines = self.on_terminal(root, ["map", "--no-color"], columns).splitlines()
            rows = [line for line in lines if line.startswith("0x")]
            self.assertGreater(len(rows), 1)
            self.assertLessEqual(max(map(len, rows)), columns)
        self.assertLess(max(map(len, (line for line in self.on_terminal(root, ["map", "--no-color"]).splitlines()
                                      if line.startswith("0x")))), 40)
        for arguments in LISTS:
            self.assertNotIn("Sanitizer", self.on_terminal(root, arguments))
        tables = [self.on_terminal(root, ["block", "list", "-o", "BLOCK,START,END,SIZE"], columns) for columns in (40, 200)]
        self.assertEqual(*tables)       # nothing is left out of a table

    def test_colours(self):
        root = self.machine().root
        self.environment.pop("NO_COLOR", None)
        self.assertIn("\x1b[", self.on_terminal(root, ["map"]))
        for arguments in LISTS:
            for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
                self.assertNotIn("\x1b", self.on_terminal(root, arguments, **variables), arguments)
        self.assertNotIn("\x1b", self.memctl("--root", root, "map").stdout)

    def test_locales(self):
        """The same in each, and in ASCII."""
        root = self.machine().root
        for arguments in LISTS:
            printed = set()
            for locale in ("C", "C.UTF-8", "POSIX", "xx_XX.nowhere"):
                done = subprocess.run([MEMCTL, "--root", root, *arguments], env={**self.environment, "LC_ALL": locale},
                                      capture_output=True, check=False, timeout=120)
                self.assertTrue(done.stdout.isascii() and done.stderr.isascii(), arguments)
                printed.add(re.sub(rb"\d+ ms|\d+\.\d+", b"", done.stdout + done.stderr))
            self.assertEqual(len(printed), 1, arguments)

    def test_pipes_that_close(self):
        """Nobody is told of it: whoever reads has seen enough. It is what other tools end with, too."""
        root = self.machine().root
        for arguments in (*LISTS, ["block", "list", "--json"], ["--version"]):
            reader, writer = os.pipe()
            os.close(reader)
            done = subprocess.run([MEMCTL, "--root", root, *arguments], env=self.environment, stdout=writer, stderr=subprocess.PIPE,
                                  text=True, check=False, timeout=120)
            os.close(writer)
            # 0 and 3: it had nothing to print
            self.assertIn(done.returncode, (0, 3) if {"--failing", "plan", "job"} & {*arguments} else (-signal.SIGPIPE, 1), arguments)
            self.assertNotIn("write", done.stderr)
            self.assertNotIn("ipe", done.stderr)

    def test_labels_that_are_no_text(self):
        """SMBIOS' and EDAC's; errors that are counted under one are told all the same."""
        tree = self.machine()
        table = tree.root / "sys/firmware/dmi/tables/DMI"
        table.parent.mkdir(parents=True)
        table.write_bytes(smbios(("DIMM_X", 32 * 128 * cases.MIB, 40 * 128 * cases.MIB - 1)).replace(b"DIMM_X", b"\xff\xfe\x1b[\xc3A"))
        for number, label in enumerate((b"CPU\xff#\x1b[0m\n", b"\xff\xfe\xfd\n")):
            folder = f"sys/devices/system/edac/mc/mc0/dimm{number}"
            tree.write(f"{folder}/dimm_ce_count", 5 + number)
            tree.write(f"{folder}/dimm_ue_count", 0)
            (tree.root / folder / "dimm_label").write_bytes(label)
        answer = self.json("--root", tree.root, "dimm", "list", "--failing")
        self.assertEqual({row["label"]: row["corrected_errors"] for row in answer["unplaced_errors"]}, {"CPU?#?[0m": 5, "???": 6})
        self.assertEqual(self.json("--root", tree.root, "dimm", "list")["dimms"][0]["label"], "???[?A")
        for arguments in (["dimm", "list"], ["dimm", "list", "--failing"]):
            done = self.memctl("--root", tree.root, *arguments)
            self.assertTrue((done.stdout + done.stderr).isascii())
            self.assertNotIn("\x1b", done.stdout + done.stderr)

    def test_areas_whose_names_are_no_text(self):
        tree = self.machine()
        folder = os.fsencode(tree.root) + b"/sys/kernel/mm/cma/b\xff\x1bd"
        os.mkdir(folder)
        with open(folder + b"/alloc_pages_fail", "w", encoding="ascii") as file:
            file.write("3\n")
        areas = {area["name"]: area["alloc_fail_pages"] for area in self.json("--root", tree.root, "cma", "list")["areas"]}
        self.assertEqual(areas, {"linux,cma": 544, "b??d": 3})
        self.assertEqual(self.json("--root", tree.root, "cma", "show", "b??d")["alloc_fail_pages"], 3)
        self.json("--root", tree.root, "movability")

    def test_drivers_whose_names_are_no_text(self):
        tree = self.machine()
        (tree.root / "proc/iomem").write_bytes(b"100000000-13fffffff : d\xff\x1bx.0\n  100000000-13fffffff : System RAM (km\xffem)\n")
        blocks = self.json("--root", tree.root, "block", "list")["blocks"]
        self.assertTrue(json.dumps(blocks, ensure_ascii=False).isascii())
        self.assertIn(self.memctl("--root", tree.root, "--json", "dimm", "plan", "PNP0C80:00", status=3).stdout[:1], "{")


if __name__ == "__main__":
    unittest.main()
