# SPDX-License-Identifier: LGPL-2.1-or-later
"""What programs of another architecture are linked with and loaded with: Debian's libraries, unpacked, not installed."""

import re
from functools import lru_cache
from pathlib import Path

from . import apt, cache
from .architecture import Architecture
from .host import HostError, call

SUITE = "bookworm"      # the suite of the host's cross compiler
DEVELOPMENT = ("libc6-dev", "linux-libc-dev", "libcrypt-dev", "libsystemd-dev", "libudev-dev", "libnl-3-dev", "libnl-genl-3-dev",
               "libjson-c-dev", "libsmartcols-dev", "libbytesize-dev", "zlib1g-dev", "libkmod-dev", "libarchive-dev")
RUNTIME = ("libc6", "libgcc-s1", "libcrypt1", "libsystemd0", "libcap2", "libgcrypt20", "libgpg-error0", "liblz4-1", "liblzma5",
           "libzstd1", "libudev1", "libnl-3-200", "libnl-genl-3-200", "libjson-c5", "libsmartcols1", "libbytesize1", "libgmp10",
           "libmpfr6", "libpcre2-8-0", "zlib1g", "libkmod2", "libssl3")
PROGRAMS = ("busybox-static",)


@lru_cache
def sysroot(architecture: Architecture) -> Path:
    """A tree with /lib and /usr, for the compiler's --sysroot; /bin/busybox is in it, too."""
    versions = apt.versions((*DEVELOPMENT, *RUNTIME, *PROGRAMS), SUITE, architecture.debian)

    def unpack(path: Path):
        path.mkdir()
        apt.unpack(versions, path, architecture.debian)

    return cache.entry(f"sysroot-{architecture.debian}-{cache.key(versions)}", unpack)


def libraries(program: Path, architecture: Architecture) -> dict[str, Path]:
    """What the dynamic linker of that architecture loads for a program: path in the guest -> file; nothing if it is static."""
    root = sysroot(architecture)
    found, todo = {}, [program]
    while todo:
        said = call("readelf", "--wide", "--program-headers", "--dynamic", todo.pop())
        names = re.findall(r"\(NEEDED\) +Shared library: \[(.+)\]", said)
        linker = re.search(r"program interpreter: (/.+)\]", said)
        if linker:
            found[linker[1]] = root / linker[1][1:]
        for name in names:
            path = next((f"/{directory}/{architecture.triplet}/{name}" for directory in ("lib", "usr/lib")
                         if (root / directory / architecture.triplet / name).exists()), None)
            if path is None:
                raise HostError(f"{program} needs {name}, which no package of {Path(__file__).name} has")
            if path not in found:
                found[path] = root / path[1:]
                todo.append(found[path])
    return found
