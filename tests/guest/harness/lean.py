# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guest kernels built like those that check themselves (debug.py), but without the checks: for measures.

"cma-7.3" has CMA's debugfs, which Debian's kernels do not have, and is as quick as they are. It has what debug.config
asks for up to "What it checks", and lean.config. Its cache entry has what theirs have.
"""

import re
from functools import lru_cache
from pathlib import Path

from . import cache
from .debug import CONFIG, _build
from .host import call
from .source import linux_source

LEAN = {"cma-7.3": "7.3"}
OWN = Path(__file__).with_name("lean.config")


@lru_cache
def lean_home(name: str = "cma-7.3") -> Path:
    """The cache entry of one of LEAN. It takes minutes to make."""
    source, config = linux_source(LEAN[name]), _config()
    key = cache.key(source.name, config, call("gcc", "--version"))
    return cache.entry(f"kernel-{name}-{key}", lambda path: _build(source, config, path))


def lean_build(name: str = "cma-7.3") -> Path:
    """Where modules for this kernel are compiled, as debug_build()."""
    return lean_home(name) / "build"


def _config() -> str:
    """What OWN says of an option goes before what debug.config says of it: kconfig is asked for each once."""
    machine, _, _ = CONFIG.read_text(encoding="ascii").partition("# What it checks\n")
    own = OWN.read_text(encoding="ascii")
    named = set(map(_option, own.splitlines()))
    return "".join(line for line in machine.splitlines(keepends=True) if _option(line) not in named) + own


def _option(line: str) -> str:
    """The option that a line of a configuration is about."""
    found = re.search(r"\bCONFIG_\w+", line)
    return found[0] if found else line
