# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sources of Debian's kernels, unpacked in the cache: to build from, and for their scripts."""

import shutil
from functools import partial
from pathlib import Path

from . import apt, cache
from .host import HostError, call

# The series of kernels that guests boot, and the suite each comes from.
SUITE = {"6.1": "bookworm", "6.12": "bookworm-backports", "7.3": "trixie-backports"}
# Those of another architecture: their series, and Debian's flavour. 16k: pages of 16 KiB.
FOREIGN = {"arm64": ("6.1", "cloud-arm64"), "arm64-16k": ("6.12", "arm64-16k")}


def linux_source(series: str = "7.3") -> Path:
    """The tree of that series' newest source package. All share it: build elsewhere (make O=...)."""
    suite = SUITE[series]
    package = _package(f"linux-source-{series}", suite)
    version = apt.show(package, suite)["Version"]
    return cache.entry(f"linux-source-{version}", partial(_unpack, package, suite))


def _package(wanted: str, suite: str) -> str:
    """That package, or what has taken its place in the suite: a backport goes when its successor has come."""
    names = [name for name in apt.packages("linux-source-", suite) if name.removeprefix("linux-source-")[0].isdigit()]
    if wanted in names:
        return wanted
    if not names:
        raise HostError(f"{suite} has no source of a kernel")
    return max(names, key=lambda name: [int(number) for number in name.removeprefix("linux-source-").split(".")])


def _unpack(package: str, suite: str, path: Path):
    scratch = path / ".package"     # below path, so that it goes with it if we are killed
    scratch.mkdir(parents=True)
    call("dpkg-deb", "-x", apt.download(package, suite), scratch)
    call("tar", "-C", path, "--strip-components=1", "-xf", scratch / f"usr/src/{package}.tar.xz")
    shutil.rmtree(scratch)
