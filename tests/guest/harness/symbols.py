# SPDX-License-Identifier: LGPL-2.1-or-later
"""A kernel's symbols as gdb reads them, made of what a running guest says of itself.

Debian's kernels come without symbols, and modules lie where there was room. /proc/kallsyms has
all functions, those of modules too, at their places. There are no types and no lines.
"""

import tempfile
from collections import Counter
from pathlib import Path

from .host import call

# The kernel's code, its data and modules, on x86-64.
BASE, SIZE = 0xffffffff80000000, 0x7fffffff


def write_symbols(kallsyms: str, path: Path):
    """Write a program of the symbols that /proc/kallsyms has; of several of one name, the second is NAME.2."""
    with tempfile.TemporaryDirectory() as name:
        source, unlinked = Path(name, "symbols.s"), Path(name, "symbols.o")
        source.write_text("\n".join(_assembly(kallsyms)), encoding="ascii")
        call("as", "-o", unlinked, source)
        call("ld", f"--section-start=.kernel={BASE:#x}", "-e", hex(BASE), "-o", path, unlinked)


def _assembly(kallsyms: str):
    yield f'.section .kernel,"ax",@nobits\n.Lbase:\n.skip {SIZE:#x}'
    seen = Counter()
    for line in kallsyms.splitlines():
        address, kind, name = line.split()[:3]
        offset = int(address, 16) - BASE
        if not 0 <= offset < SIZE or kind in "aA":
            continue
        seen[name] += 1
        if seen[name] > 1:
            name = f"{name}.{seen[name]}"
        yield f'.globl {name}\n.set {name},.Lbase + {offset:#x}\n.type {name},@{"function" if kind in "tTwW" else "object"}'
    yield ""
