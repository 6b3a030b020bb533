# SPDX-License-Identifier: LGPL-2.1-or-later
"""Headers of a kernel of another architecture, to compile modules against on this host, with its cross compiler.

The packages are unpacked and not installed. kbuild's own programs, which run here, are this architecture's.
"""

import re
from functools import partial
from pathlib import Path

from . import apt, cache
from .host import HostError
from .kernel import Kernel
from .source import FOREIGN, SUITE


def foreign_build(kernel: Kernel) -> Path:
    """Where modules for this kernel are compiled: make -C <here> M=<their directory> modules."""
    package, suite = f"linux-headers-{kernel.version}", SUITE[FOREIGN[kernel.name][0]]
    fields = apt.show(package, suite, kernel.architecture.debian)
    others = [re.search(rf"\b{name}", fields["Depends"]) for name in (r"linux-headers-\S+-common\b", r"linux-kbuild-[^\s,]+")]
    if None in others:
        raise HostError(f"{package} depends on no common headers or no kbuild: {fields['Depends']}")
    common, kbuild = (found[0] for found in others)
    versions = [apt.show(name, suite)["Version"] for name in (common, kbuild)]
    key = cache.key(fields["Version"], versions, Path(__file__).read_bytes())
    home = cache.entry(f"headers-{kernel.version}-{key}", partial(
        _unpack, {package: fields["Version"]}, dict(zip((common, kbuild), versions)), kernel.architecture.debian))
    return home / "usr/src" / package


def _unpack(headers: dict[str, str], host: dict[str, str], architecture: str, path: Path):
    apt.unpack(headers, path, architecture)
    apt.unpack(host, path)
    for types in path.glob("usr/src/*/vmlinux"):          # with it, modules get BTF, for which pahole would be needed
        types.unlink()
    for makefile in path.glob("usr/src/*/Makefile"):        # they name where they would be installed
        text = makefile.read_text(encoding="utf-8")
        if "include /usr/src/" in text:
            makefile.write_text(f"include $(dir $(lastword $(MAKEFILE_LIST)))../{text.split('include /usr/src/')[1]}",
                                encoding="utf-8")


def cross_options(kernel: Kernel) -> str:
    """What make is told beside. Without debug information, which is 97 % of memctl.ko, the guest has less to unpack."""
    triplet = kernel.architecture.triplet
    return f"ARCH={kernel.architecture.debian} CROSS_COMPILE={triplet}- CC={triplet}-gcc KCFLAGS=-g0"
