#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What memctl prints, as asked: columns, bytes, headings, JSON and its errors, help, a pager."""

import json
import os
import pty
import re
import subprocess
import unittest

from test_cli import MEMCTL, MEMORY, Case


def in_terminal(argv, environment):
    """What argv prints on a terminal, and its exit status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(argv[0], list(map(str, argv)), environment)
    printed = b""
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError:     # its other end is closed
            break
        if not more:
            break
        printed += more
    os.close(terminal)
    return printed.decode(errors="replace").replace("\r\n", "\n"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class Tables(Case):
    def test_columns(self):
        root = self.tree()
        lines = self.memctl("--root", root, "block", "list", "-n", "-o", "state,BLOCK").stdout.splitlines()
        self.assertEqual([line.split() for line in lines], [["online", str(number)] for number in range(8)])
        self.assertRegex(self.memctl("--root", root, "block", "list", "-o", "+DRIVER").stdout, r"^BLOCK .*DIMM +DRIVER\n")
        blocks = self.json("--root", root, "block", "list", "-o", "zones,block")["blocks"]
        self.assertEqual(blocks, [{"zones": ["Movable"], "block": number} for number in range(8)])
        [dimm] = self.json("--root", root, "dimm", "list", "-o", "DIMM,BLOCKS")["dimms"]
        self.assertEqual(dimm, {"dimm": "PNP0C80:00", "blocks": [4, 5, 6, 7]})
        self.assertEqual(self.json("--root", root, "provider", "list", "-o", "PROVIDER")["providers"], [])

    def test_bytes(self):
        root = self.tree()
        self.assertIn("128 MiB", self.memctl("--root", root, "block", "show", "3").stdout)
        self.assertIn(" 134217728 ", self.memctl("--root", root, "block", "show", "3", "-b").stdout)
        self.assertIn("1073741824 online", self.memctl("--root", root, "status", "--bytes").stdout)

    def test_numbers_in_order(self):
        root = self.tree(blocks=6)
        for number in range(6):
            (root / MEMORY / f"memory{number}/firmware_node").unlink(missing_ok=True)
            name = ("PNP0C80:ff", "PNP0C80:100", "PNP0C80:0a", "PNP0C80:10", "PNP0C80:09", "PNP0C80:200")[number]
            (root / MEMORY / f"memory{number}/firmware_node").symlink_to(f"../../../LNXSYSTM:00/LNXSYBUS:00/{name}")
        names = [dimm["dimm"] for dimm in self.json("--root", root, "dimm", "list")["dimms"]]
        self.assertEqual(names, [f"PNP0C80:{n}" for n in ("09", "0a", "10", "ff", "100", "200")])

    def test_quiet(self):
        root = self.tree()
        self.assertIn("no providers", self.memctl("--root", root, "provider", "list").stderr)
        self.assertEqual(self.memctl("--root", root, "provider", "list", "-q").stderr, "")
        self.assertIn("no such block", self.memctl("--root", root, "block", "show", "99", "-q", status=6).stderr)


class Json(Case):
    def test_errors(self):
        root = self.tree()
        for arguments, status, code in (
                (["block", "lists"], 2, "usage"), (["--frob"], 2, "usage"), (["dimm", "plan", "PNP0C80:00", "--rate", "1"], 2, "usage"),
                (["block", "show", "x"], 2, "invalid_argument"), (["block", "show", "99"], 6, "not_found"),
                (["job", "show", "7"], 6, "not_found"), (["node", "show", "7"], 6, "not_found"),
                (["block", "offline", "0"], 1, "not_supported"), (["block", "offline"], 2, "usage"),
                (["map", "--svg", "/dev/null"], 1, "failed")):
            for form in ("-J", "--json=short"):
                done = self.memctl("--root", root, *arguments, form, status=status)
                error = json.loads(done.stdout)
                self.assertEqual((set(error), set(error["error"]), error["error"]["code"]),
                                 ({"error"}, {"code", "message"}, code), arguments)
                self.assertEqual(done.stderr, f"memctl: {error['error']['message']}\n")
            self.assertEqual(self.memctl("--root", root, *arguments, "-J", "--json=off", status=status).stdout, "")

    def test_an_answer_is_the_only_one(self):
        """A refusal is an answer, and so are blocks of which one could not be read."""
        root = self.tree()
        (root / MEMORY / "memory5/removable").write_text("0\n", encoding="ascii")
        (root / MEMORY / "memory2/state").unlink()
        self.assertEqual(self.json("--root", root, "dimm", "plan", "PNP0C80:00", status=3)["result"], "refused")
        self.assertEqual(len(self.json("--root", root, "block", "list", status=1)["blocks"]), 8)

    def test_no_such_tree(self):
        self.assertEqual(set(self.json("--root", "/nonexistent", "block", "list", status=1)), {"error"})


class Help(Case):
    def test_width_and_content(self):
        text = self.memctl("--help").stdout
        self.assertEqual(text, self.memctl("help").stdout)
        verbs = re.findall(r"^  ((?:[a-z-]+ )?[a-z]+)(?: .*)?$", text[:text.index("A RANGE")], re.MULTILINE)
        names = [verb for verb in verbs if not verb.startswith(("why", "help", "block offline", "lru-cache hold"))]
        self.assertGreater(len(names), 20)
        for verb in [*names, "why", "block offline", "lru-cache hold"]:
            page = self.memctl("help", *verb.split()).stdout
            self.assertRegex(page, rf"^memctl {verb}\b")
            self.assertIn("\nExample:\n  memctl ", page)
            self.assertEqual(page, self.memctl(*verb.split(), "--help").stdout)
            text += page
        self.assertEqual([line for line in text.splitlines() if len(line) > 80], [])
        page = self.memctl("help", "dimm", "offline").stdout
        self.assertIn("--eject", page)
        self.assertNotIn("--zone", page)
        self.assertIn("Columns: BLOCK", self.memctl("block", "list", "-h").stdout)
        self.assertNotIn("node list", self.memctl("help", "dimm").stdout)

    def test_did_you_mean(self):
        for arguments, meant in ((["blok", "list"], "block"), (["dimm", "oflfine"], "offline"), (["stauts"], "status"),
                                 (["status", "--no-pagr"], "--no-pager"), (["help", "nod"], "node")):
            self.assertIn(f"did you mean {meant}?", self.memctl(*arguments, status=2).stderr)
        self.assertNotIn("did you mean", self.memctl("xyzzy", status=2).stderr)
        done = subprocess.run([MEMCTL, b"--\xff", b"\xff"], env=self.environment, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (2, b'memctl: "--?": no such option; see memctl --help\n'))


class Pager(Case):
    def shown(self, *arguments, **variables):
        environment = {name: value for name, value in self.environment.items()
                       if name not in ("PAGER", "SYSTEMD_PAGER", "SYSTEMD_PAGERSECURE", "LESS", "SYSTEMD_LESS")}
        text, status = in_terminal([MEMCTL, "--root", self.root, *arguments],
                                   {**environment, "TERM": "xterm", **variables})
        self.assertEqual(status, 0, text)
        return text

    def test_on_a_terminal(self):
        self.root = self.tree()
        ours = {"SYSTEMD_PAGER": "sed s/^/paged:/", "SYSTEMD_PAGERSECURE": "0"}
        self.assertRegex(self.shown("block", "list", **ours), r"^paged:BLOCK")
        self.assertRegex(self.shown("status", "-J", **ours), r"^paged:\{")
        self.assertRegex(self.shown("--help", **ours), r"^paged:memctl")
        self.assertRegex(self.shown("map", **ours), r"^paged:0x")
        self.assertRegex(self.shown("block", "list", "--no-pager", **ours), r"^BLOCK")
        self.assertRegex(self.shown("block", "list", **ours, TERM="dumb"), r"^BLOCK")
        self.assertRegex(self.shown("version", **ours), r"^memctl")
        for off in ({"SYSTEMD_PAGER": "", "PAGER": "false"}, {"PAGER": "cat"}):
            self.assertRegex(self.shown("block", "list", **off), r"^BLOCK")
        # a reader who leaves early is no error
        self.assertEqual(self.shown("block", "list", SYSTEMD_PAGER="true", SYSTEMD_PAGERSECURE="0"), "")

    def test_elsewhere(self):
        self.environment.update(SYSTEMD_PAGER="sed s/^/paged:/", SYSTEMD_PAGERSECURE="0", TERM="xterm")
        self.assertRegex(self.memctl("--root", self.tree(), "block", "list").stdout, r"^BLOCK")


if __name__ == "__main__":
    unittest.main()
