# SPDX-License-Identifier: LGPL-2.1-or-later
"""The source of Debian's 6.12 kernel, unpacked in the cache: to build from, and for its scripts."""

import shutil
from pathlib import Path

from . import apt, cache
from .host import call

PACKAGE = "linux-source-6.12"
SUITE = "bookworm-backports"


def linux_source() -> Path:
    """The tree of the newest source package. All share it: build elsewhere (make O=...)."""
    version = apt.show(PACKAGE, SUITE)["Version"]
    return cache.entry(f"linux-source-{version}", _unpack)


def _unpack(path: Path):
    scratch = path / ".package"     # below path, so that it goes with it if we are killed
    scratch.mkdir(parents=True)
    call("dpkg-deb", "-x", apt.download(PACKAGE, SUITE), scratch)
    call("tar", "-C", path, "--strip-components=1", "-xf", scratch / f"usr/src/{PACKAGE}.tar.xz")
    shutil.rmtree(scratch)
