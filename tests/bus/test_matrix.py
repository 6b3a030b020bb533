#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""matrix: what was kept is shown, and what is wrong is told. Nothing is tried here: that is for guests."""

import json
import unittest

from test_cli import Case

RELEASE = "7.3.4-test"
CELL = {"errno": None, "pages": 512, "moved": 512, "folios": 0, "folios_kept": 0, "seconds": 0.1, "note": None, "known": None}
ANSWER = {"cells": [{"kind": "anon-4k", "operation": "compaction", "verdict": "works", **CELL},
                    {"kind": "pinned-long", "operation": "compaction", "verdict": "fails", **CELL, "moved": 0, "errno": "EBUSY",
                     "note": "none moved"},
                    {"kind": "anon-4k", "operation": "soft_offline", "verdict": "not_supported", **CELL, "note": "the kernel cannot"},
                    {"kind": "pinned-long", "operation": "soft_offline", "verdict": "not_tried", **CELL, "note": "the kernel cannot",
                     "known": "not of what was not tried"}],
          "date": "2026-01-31T12:00:00Z", "kernel": RELEASE, "seconds": 12.5, "not_put_back": []}


class Matrix(Case):
    def kept(self, text):
        """A tree in which that is kept as the result."""
        root = self.tree()
        for folder in ("proc/sys/kernel", "var/lib/memctl"):
            (root / folder).mkdir(parents=True)
        (root / "proc/sys/kernel/osrelease").write_text(f"{RELEASE}\n", encoding="ascii")
        if text is not None:
            (root / f"var/lib/memctl/matrix-{RELEASE}.json").write_text(text, encoding="utf-8")
        return root

    def test_shown(self):
        root = self.kept(json.dumps(ANSWER))
        self.assertEqual(self.json("matrix", "--root", root), ANSWER)
        text = self.memctl("matrix", "--root", root).stdout
        self.assertIn(f"Kernel {RELEASE}, tried on 2026-01-31T12:00:00Z in 12 s", text)
        self.assertRegex(text, r"(?m)^anon-4k +works .* n/a")
        self.assertRegex(text, r"(?m)^pinned-long +EBUSY ")
        self.assertIn("anon-4k x soft_offline: the kernel cannot (and 1 other cells)", text)
        self.assertNotIn("not of what", text)
        rows = self.memctl("matrix", "--root", root, "-n", "-o", "KIND,VERDICT,ERRNO").stdout.split("\n")
        self.assertEqual(rows[1].split(), ["pinned-long", "fails", "EBUSY"])

    def test_nothing_to_show(self):
        for text, status, says in ((None, 6, "memctl matrix --run"), ("", 1, "is no result"), ("[1, 2]", 1, "is no result"),
                                   ('{"cells": 7}', 1, "is no result")):
            with self.subTest(text=text):
                done = self.memctl("matrix", "--json", "--root", self.kept(text), status=status)
                self.assertIn(says, json.loads(done.stdout)["error"]["message"])
        done = self.memctl("matrix", "--root", self.tree(), status=6)
        self.assertIn("osrelease", done.stderr)

    def test_command_lines(self):
        root = self.kept(None)
        for arguments, says in ((("--run", "--root", root), "--root is not that"), (("-H", "other"), "run memctl on other"),
                                (("--run", "-H", "other"), "run memctl on other"), (("anon-4k", "--root", root), "accepted is: memctl matrix"),
                                (("--run=yes", "--root", root), "--run takes no value"), (("-o", "COLOUR", "--root", root), "accepted is KIND"),
                                (("--node", "0", "--root", root), "--node does not go with matrix")):
            with self.subTest(arguments=arguments):
                self.assertIn(says, self.memctl("matrix", *arguments, status=2).stderr)


if __name__ == "__main__":
    unittest.main()
