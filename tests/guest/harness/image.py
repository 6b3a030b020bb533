# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disks with an empty file system on them, made once and cached: for Machine(disks=...).

XFS is the one whose page cache has large folios on all of our stock kernels; ext4's has them from 6.16 on.
mkfs.xfs is bookworm's, out of the cache: hosts need not have it.
"""

import os
import tempfile
from pathlib import Path

from . import apt, cache
from .host import call, which

SUITE = "bookworm"
XFS_PACKAGES = ("xfsprogs", "libinih1", "liburcu8")
SIZE = 300 << 20        # mkfs.xfs makes none that is smaller


def ext4_image() -> Path:
    """An empty ext4."""
    program = which("mke2fs")

    def make(path: Path):
        _empty(path)
        call(program, "-q", "-t", "ext4", path / "image")

    return cache.entry(f"ext4-{cache.key(SIZE, program.read_bytes())}", make) / "image"


def xfs_image() -> Path:
    """An empty XFS."""
    key = cache.key([apt.show(package, SUITE)["Version"] for package in XFS_PACKAGES], SIZE)
    return cache.entry(f"xfs-{key}", _make_xfs) / "image"


def _make_xfs(path: Path):
    _empty(path)
    with tempfile.TemporaryDirectory(dir=cache.root(), prefix=".xfs-") as scratch:
        for package in XFS_PACKAGES:
            call("dpkg-deb", "-x", apt.download(package, SUITE), scratch)
        libraries = ":".join(str(Path(scratch, lib)) for lib in ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"))
        program, = Path(scratch).glob("**/mkfs.xfs")
        call(program, "-q", path / "image", env={**os.environ, "LD_LIBRARY_PATH": libraries})


def _empty(path: Path):
    path.mkdir()
    (path / "image").touch()
    os.truncate(path / "image", SIZE)
