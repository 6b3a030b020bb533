# SPDX-License-Identifier: LGPL-2.1-or-later
"""memctl and memctld for guests of another architecture: by meson, with the host's cross compiler, without sanitizers."""

import os
import shutil
import tempfile
from functools import lru_cache, partial
from pathlib import Path

from . import cache
from .architecture import Architecture
from .host import call
from .module import TOP
from .sysroot import sysroot

SOURCES = ("meson.build", "meson_options.txt", "basic", "daemon", "cli", "include", "units", "kernel/meson.build", "kernel/version.h")
OPTIONS = ("--prefix=/usr", "--buildtype=plain", "-Dtests=false", "-Ddocs=false")
BUILT = ("daemon/memctld", "cli/memctl")
CROSS_FILE = """\
[binaries]
c = [{compiler}]
ar = '{triplet}-ar'
strip = '{triplet}-strip'
pkgconfig = 'pkg-config'

[built-in options]
c_args = ['--sysroot={root}']
c_link_args = ['--sysroot={root}']

[properties]
sys_root = '{root}'
pkg_config_libdir = '{root}/usr/lib/{triplet}/pkgconfig:{root}/usr/share/pkgconfig'

[host_machine]
system = 'linux'
cpu_family = '{cpu}'
cpu = '{cpu}'
endian = 'little'
"""


@lru_cache
def cross_binaries(architecture: Architecture) -> Path:
    """A directory with daemon/memctld and cli/memctl, as meson's has them."""
    files = sorted(file for source in SOURCES for file in (TOP / source, *(TOP / source).glob("**/*")) if file.is_file())
    key = cache.key(sysroot(architecture).name, call(f"{architecture.triplet}-gcc", "--version"), Path(__file__).read_bytes(),
                    *((str(file.relative_to(TOP)), file.read_bytes()) for file in files))
    return cache.entry(f"programs-{architecture.debian}-{key}", partial(_build, architecture))


def _build(architecture: Architecture, path: Path):
    compiler = f"{architecture.triplet}-gcc"
    with tempfile.TemporaryDirectory(dir=cache.root(), prefix=".cross-") as name:
        scratch = Path(name)
        (scratch / "cross").write_text(CROSS_FILE.format(
            compiler=", ".join(f"'{word}'" for word in ("ccache", compiler) if shutil.which(word)),
            triplet=architecture.triplet, root=sysroot(architecture), cpu=architecture.triplet.split("-")[0]), encoding="utf-8")
        call("meson", "setup", "--cross-file", scratch / "cross", *OPTIONS, scratch / "build", TOP, env=_environment())
        call("meson", "compile", "-C", scratch / "build", *(Path(built).name for built in BUILT), env=_environment())
        for built in BUILT:
            (path / built).parent.mkdir(parents=True)
            shutil.copy(scratch / "build" / built, path / built)


def _environment() -> dict[str, str]:
    """Nothing of the caller's CC, CFLAGS or PKG_CONFIG_*."""
    return {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "XDG_CACHE_HOME", "TMPDIR")}
