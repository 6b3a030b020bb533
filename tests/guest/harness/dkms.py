# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds memctl.ko as a user's machine does: installed as a DKMS source, built by dkms."""

import lzma
import tempfile
from pathlib import Path

from . import cache
from .host import HostError, call
from .kernel import Kernel
from .module import TOP, build_root, in_root


def dkms_module(kernel: Kernel, path: Path):
    """Write to `path` the memctl.ko that dkms has made of what `meson install` installs with -Ddkms=true."""
    with tempfile.TemporaryDirectory(dir=cache.root(), prefix=".dkms-") as scratch:
        call("meson", "setup", "-Ddkms=true", "-Dtests=false", "--prefix=/usr", f"{scratch}/build", TOP)
        call("meson", "install", "-C", f"{scratch}/build", "--no-rebuild", "--tags", "dkms",
             "--destdir", f"{scratch}/root")
        source, = Path(scratch, "root/usr/src").iterdir()
        name, version = source.name.rsplit("-", 1)
        tree = "--dkmstree /src/dkms --sourcetree /src/root/usr/src"
        said = in_root(build_root(kernel), Path(scratch),
                       f"mkdir -p /src/dkms; dkms add -m {name} -v {version} {tree}; "
                       f"dkms build -m {name} -v {version} -k {kernel.version} {tree}")
        built = list(Path(scratch, "dkms").glob(f"**/{kernel.version}/**/memctl.ko*"))
        if len(built) != 1:
            raise HostError(f"dkms has built no memctl.ko for {kernel.version}:\n{said}")
        data = built[0].read_bytes()
        path.write_bytes(lzma.decompress(data) if built[0].suffix == ".xz" else data)
