#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service's exposure, as systemd-analyze judges it: test-units-memctld.py UNIT. Prints the score."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LARGEST = 2.1      # of it 0.2 for files of modules, which are looked at; it can load none


def main(unit):
    if not shutil.which("systemd-analyze"):
        print("systemd-analyze is missing")
        return 77
    with tempfile.TemporaryDirectory() as directory:
        # it has to be there under its name
        file = Path(directory) / "memctld.service"
        file.write_text(Path(unit).read_text(encoding="utf-8"), encoding="utf-8")
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", file], capture_output=True,
                              text=True, check=False)
    found = re.search(r"exposure level for memctld.service: ([0-9.]+)", done.stdout)
    if not found:
        print(f"systemd-analyze cannot judge a file: {done.stderr}")
        return 77 if "offline" in done.stderr else 1
    print(f"exposure of memctld.service: {found[1]}, to be at most {LARGEST}")
    if float(found[1]) > LARGEST:
        print("\n".join(line for line in done.stdout.splitlines() if line.startswith("✗")))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
