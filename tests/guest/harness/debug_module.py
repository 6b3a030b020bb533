# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compiles a test's own kernel module for a debug kernel, with the host's compiler, into the cache."""

import shutil
from pathlib import Path

from . import cache
from .debug import ENVIRONMENT, debug_build
from .host import call


def debug_module(directory: Path, kernel: str = "debug") -> Path:
    """The one module made of a directory that has a Kbuild and all its sources."""
    build = debug_build(kernel)
    files = [(file.name, file.read_bytes()) for file in sorted(directory.iterdir())]

    def compile_in(path: Path):
        shutil.copytree(directory, path)
        call("make", "-s", "-C", build, f"M={path}", "KCFLAGS=-Werror", "modules", env=ENVIRONMENT)

    module, = cache.entry(f"module-{directory.name}-{cache.key(files, build.parent.name)}", compile_in).glob("*.ko")
    return module
