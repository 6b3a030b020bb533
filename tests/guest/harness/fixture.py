# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compiles the small C programs of tests/guest/fixtures, statically, into the cache."""

from pathlib import Path

from . import cache
from .host import call

FIXTURES = Path(__file__).parent.parent / "fixtures"
UAPI = Path(__file__).resolve().parents[3] / "include/uapi"
COMPILE = ("gcc", "-std=gnu17", "-O2", "-static", "-pthread", "-Wall", "-Wextra", "-Werror")


def fixture(name: str) -> Path:
    """The program made of fixtures/<name>.c."""
    source = FIXTURES / f"{name}.c"
    headers = [header.read_bytes() for directory in (UAPI, FIXTURES) for header in sorted(directory.glob("*.h"))]
    key = cache.key(source.read_bytes(), *headers, COMPILE, call("gcc", "--version"))
    home = cache.entry(f"fixture-{name}-{key}", lambda path: _compile(source, path))
    return home / name


def _compile(source: Path, path: Path):
    path.mkdir()
    call(*COMPILE, f"-I{UAPI}", "-o", path / source.stem, source)
