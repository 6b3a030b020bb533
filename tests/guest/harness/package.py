# SPDX-License-Identifier: LGPL-2.1-or-later
"""Debian packages of memctl, built in a root of the suite that they are for, and read by that suite's lintian.

    packages("bookworm") -> a directory with memctl_*.deb, memctl-dkms_*.deb, memctl-dev_*.deb and lintian's words

The root, and the packages of a tree that has not changed, come out of the cache.
"""

import os
import re
import tempfile
from functools import lru_cache
from pathlib import Path

from . import apt, cache
from .host import HostError, call
from .module import TOP, in_copy

SUITES = ("bookworm", "trixie")
TOOLS = ("dpkg-dev", "fakeroot", "lintian", "mandoc")
# Warnings are faults; what lintian only has an opinion on is shown.
LINTIAN = "lintian --allow-root --fail-on error,warning --display-info --tag-display-limit 0"


def _build_depends() -> tuple[str, ...]:
    [text] = re.findall(r"^Build-Depends: (.*\n(?: .*\n)*)", (TOP / "debian/control").read_text("utf-8"), re.MULTILINE)
    names = [name.split()[0] for name in text.replace("\n", " ").split(",")]
    return tuple("dh-dkms" if name == "dh-sequence-dkms" else name for name in names
                 if name != "debhelper-compat") + ("debhelper",)


@lru_cache
def package_root(suite: str) -> Path:
    """A tree to chroot into, with what the packages are built by."""
    wanted = sorted({*_build_depends(), *TOOLS})
    key = cache.key(suite, apt.versions(tuple(wanted), suite), Path(__file__).read_bytes())
    return cache.entry(f"package-root-{suite}-{key}", lambda path: _bootstrap(path, suite, wanted))


def _bootstrap(path: Path, suite: str, wanted: list[str]):
    if os.geteuid() != 0:
        raise HostError("the root that packages are built in can only be made by root (it is chrooted into)")
    with tempfile.TemporaryDirectory(dir=cache.root(), prefix=".root-") as scratch:
        tar = Path(scratch, "root.tar")
        call("mmdebstrap", "--quiet", "--variant=buildd", "--architectures=amd64", f"--include={','.join(wanted)}",
             suite, tar, apt.source(suite))
        path.mkdir()
        call("tar", "-C", path, "--exclude=./dev/*", "-xf", tar)


def sources() -> list[Path]:
    """The files of the tree as it is here, committed or not, relative to its top."""
    said = call("git", "-C", TOP, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return sorted(path for path in map(Path, filter(None, said.split("\0"))) if (TOP / path).is_file())


@lru_cache
def packages(suite: str) -> Path:
    """The directory with the packages."""
    files = [(str(path), (TOP / path).read_bytes(), (TOP / path).stat().st_mode & 0o111) for path in sources()
             if path.parts[0] != "tests"]
    key = cache.key(str(package_root(suite)), *files, Path(__file__).read_bytes())
    return cache.entry(f"packages-{suite}-{key}", lambda path: build(path, suite))


def build(path: Path, suite: str, more=""):
    """Makes the directory and the packages there. more: commands before, in the root, for another environment."""
    path.mkdir()
    with tempfile.TemporaryDirectory(dir=cache.root(), prefix=".package-") as name:
        tree = Path(name, "memctl")
        for file in sources():
            (tree / file).parent.mkdir(parents=True, exist_ok=True)
            call("cp", "-p", TOP / file, tree / file)
        said = in_copy(package_root(suite), Path(name), f"""
            {more}
            mkdir -p /build && cp -r /src/memctl /build/memctl && cd /build/memctl
            dpkg-buildpackage --build=full --no-sign >/build/log 2>&1 || {{ cat /build/log; exit 1; }}
            cd /build && {LINTIAN} memctl_*.changes >/build/lintian 2>&1 || {{ cat /build/lintian; exit 1; }}
            cp ./*.deb ./*.buildinfo ./*.changes ./log ./lintian /src/
            """)
        made = [file for file in Path(name).iterdir() if file.is_file()]
        if sum(file.suffix == ".deb" for file in made) < 3:
            raise HostError(f"not all packages are there:\n{said}")
        for file in made:
            call("cp", file, path / file.name)
