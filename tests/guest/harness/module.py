# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds our kernel modules, each stock kernel in a root with that kernel's own headers and compiler.

Kernels that the host's compiler has built (debug.py, lean.py) get modules built by that one too; those of another
architecture by the host's cross compiler.

    modules(kernel("7.3")) -> a directory with memctl.ko and memctl_test_provider.ko

Roots and modules are cached; a module is built again when a source of ours or
the kernel's package has changed.
"""

import os
import tempfile
from functools import lru_cache
from pathlib import Path

from . import apt, cache
from .debug import ENVIRONMENT, SERIES, debug_build
from .headers import cross_options, foreign_build
from .host import HostError, call
from .kernel import Kernel
from .lean import LEAN, lean_build
from .source import FOREIGN, SUITE

TOP = Path(__file__).resolve().parents[3]
SOURCES = ("kernel", "include", "tests/guest/provider")
# The suites whose compiler the headers ask for, and sparse, which reads our code as the kernel's own does.
SUITES = {"bookworm": ("bookworm",), "bookworm-backports": ("bookworm", "bookworm-backports"),
          "trixie-backports": ("trixie", "trixie-backports")}
PACKAGES = ("gcc", "make", "kmod", "sparse", "dkms")


def build_root(kernel: Kernel) -> Path:
    """A tree to chroot into: headers of exactly this kernel, and what compiles against them."""
    suite = SUITE[kernel.name]
    headers = f"linux-headers-{kernel.version}"
    version = apt.show(headers, suite)["Version"]
    key = cache.key(headers, version, SUITES[suite], PACKAGES)
    return cache.entry(f"build-{kernel.version}-{key}", lambda path: _bootstrap(path, suite, headers))


def _bootstrap(path: Path, suite: str, headers: str):
    if os.geteuid() != 0:
        raise HostError("the root that modules are built in can only be made by root (it is chrooted into)")
    with tempfile.TemporaryDirectory(dir=cache.root(), prefix=".root-") as scratch:
        tar = Path(scratch, "root.tar")
        call("mmdebstrap", "--quiet", "--variant=apt", "--architectures=amd64",
             f"--include={','.join([headers + '/' + suite if '-' in suite else headers, *PACKAGES])}",
             SUITES[suite][0], tar, *(apt.source(name) for name in SUITES[suite]))
        path.mkdir()
        call("tar", "-C", path, "--exclude=./dev/*", "-xf", tar)


@lru_cache
def modules(kernel: Kernel) -> Path:
    """The directory that holds the modules built for this kernel."""
    files = sorted(file for source in SOURCES for file in (TOP / source).glob("**/*") if file.is_file())
    build = kernel.moddir.parents[2].name       # the version alone does not tell one debug kernel from the next
    key = cache.key(build, *((str(file.relative_to(TOP)), file.read_bytes()) for file in files))
    return cache.entry(f"modules-{kernel.version}-{key}", lambda path: make(kernel, path))


def make(kernel: Kernel, path: Path, *options: str):
    """Compile copies of the sources below `path`, and leave nothing but the modules and the compiler's words."""
    path.mkdir()
    with tempfile.TemporaryDirectory(dir=cache.root(), prefix=".build-") as scratch:
        for source in SOURCES:
            call("mkdir", "-p", Path(scratch, source).parent)
            call("cp", "-r", TOP / source, Path(scratch, source))
        said = _compile(kernel, Path(scratch), " ".join(options))
        complaints = [line for line in said.splitlines() if "warning:" in line]
        if complaints:      # of the compiler with W=1, or of sparse
            raise HostError("\n".join([f"building for {kernel.version}:", *complaints]))
        (path / "log").write_text(said, encoding="utf-8")
        for module in Path(scratch).glob("**/*.ko"):
            call("cp", module, path / module.name)


def _compile(kernel: Kernel, sources: Path, options: str) -> str:
    here, how = sources, f"W=1 C=1 {options}"
    if kernel.name in SERIES:
        build = debug_build(kernel.name)
    elif kernel.name in LEAN:
        build = lean_build(kernel.name)
    elif kernel.name in FOREIGN:
        build, how = foreign_build(kernel), f"W=1 {cross_options(kernel)} {options}"    # sparse has read it for others
    else:
        build, here = f"/lib/modules/{kernel.version}/build", "/src"
    script = (f"make -C {build} M={here}/kernel {how} modules && "
              f"make -C {build} M={here}/tests/guest/provider "
              f"KBUILD_EXTRA_SYMBOLS={here}/kernel/Module.symvers {how} modules")
    if here == sources:
        return call("sh", "-ec", f"exec 2>&1; {script}", env=ENVIRONMENT)
    return in_root(build_root(kernel), sources, script)


def in_root(root: Path, sources: Path, script: str) -> str:
    """Run a script in the root with the sources at /src; its mounts end with it."""
    return call("unshare", "--mount", "--propagation", "private", "sh", "-ec",
                'mkdir -p "$1/src"; mount -t proc proc "$1/proc"; mount -t tmpfs none "$1/dev"; '
                'mknod -m 666 "$1/dev/null" c 1 3; mount --bind "$2" "$1/src"; exec chroot "$1" sh -ec "exec 2>&1; $3"',
                "sh", root, sources, script)


def in_copy(root: Path, sources: Path, script: str) -> str:
    """The same in a copy of the root that is gone afterwards: what is installed there does not stay."""
    with tempfile.TemporaryDirectory(dir=cache.root(), prefix=".copy-") as scratch:
        return call("unshare", "--mount", "--propagation", "private", "sh", "-ec",
                    'mount -t tmpfs none "$4"; mkdir "$4/upper" "$4/work" "$4/root"; '
                    'mount -t overlay -o "lowerdir=$1,upperdir=$4/upper,workdir=$4/work" none "$4/root"; cd "$4/root"; mkdir -p src; '
                    'mount -t proc proc proc; mount -t tmpfs none dev; mknod -m 666 dev/null c 1 3; '
                    'mount --bind "$2" src; exec chroot . sh -ec "exec 2>&1; $3"',
                    "sh", root, sources, script, scratch)
