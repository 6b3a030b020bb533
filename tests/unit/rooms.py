#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each room of cli/ includes only itself, those above it, and what memctld shares; no file of cli/ itself."""

import re
import sys
from pathlib import Path

SOURCE, ROOMS = Path(sys.argv[1]), ["run", "ask", "daemon", "complete", "show", "metrics", "report", "bundle", "verb"]
wrong, n = [], 0
for number, room in enumerate(ROOMS):
    allowed = tuple(f"cli/{name}/" for name in ROOMS[:number + 1]) + ("basic/", "memctl/")
    for file in sorted((SOURCE / "cli" / room).glob("*.[ch]")):
        for included in re.findall(r'^#include "([^"]+)"', file.read_text(encoding="utf-8"), re.MULTILINE):
            n += 1
            if not included.startswith(allowed) and included != "config.h":
                wrong.append(f"{file.relative_to(SOURCE)} includes {included}")
print("\n".join(wrong) or f"{n} includes, all of rooms above")
sys.exit(bool(wrong) or n < 100)
