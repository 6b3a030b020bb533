#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No line of user space's C, and none of the docs' prose, is wider than .editorconfig sets."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WIDTH = int(re.search(r"(?m)^\[\*\]$(?:\n.+)*?\nmax_line_length = (\d+)$", (ROOT / ".editorconfig").read_text("utf-8"))[1])


def prose(text):
    """Numbered lines; those of tables, code and links that cannot be broken are left out."""
    code = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            code = not code
        elif not code and not line.startswith(("|", "    ")) and " " in line.strip("-* "):
            yield number, line


class Width(unittest.TestCase):
    def test_width(self):
        self.assertEqual(WIDTH, 109)
        found = []
        for room in ("basic", "daemon", "matrix", "cli", "tests/unit"):
            for path in sorted((ROOT / room).rglob("*.[ch]")):
                found += [f"{path.relative_to(ROOT)}:{number}" for number, line
                          in enumerate(path.read_text("utf-8").splitlines(), 1) if len(line.expandtabs(8)) > WIDTH]
        for path in (*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
            found += [f"{path.relative_to(ROOT)}:{number}" for number, line in prose(path.read_text("utf-8"))
                      if len(line) > WIDTH]
        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
