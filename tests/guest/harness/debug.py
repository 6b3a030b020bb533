# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guest kernel that checks itself, with KASAN, lockdep, kmemleak and more, built from Debian's source.

Its configuration is debug.config and what that implies. The cache entry has

    vmlinuz, lib/modules/VERSION    what a guest boots
    build                           what it takes to compile modules against it: debug_build()
"""

import os
import shutil
from pathlib import Path

from . import cache
from .host import HostError, call
from .source import linux_source

CONFIG = Path(__file__).with_name("debug.config")
# Of some GiB of objects, these are what compiling a module needs.
KEEP = (".config", "Makefile", "Module.symvers", "System.map", "arch/x86/include/generated", "include", "scripts",
        "tools/objtool/objtool")
# Nothing of the caller's CC, ARCH, MAKEFLAGS or KBUILD_*.
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def debug_home() -> Path:
    """The cache entry. It takes minutes to make."""
    source = linux_source()
    key = cache.key(source.name, CONFIG.read_bytes(), Path(__file__).read_bytes(), call("gcc", "--version"))
    return cache.entry(f"kernel-debug-{key}", lambda path: _build(source, path))


def debug_build() -> Path:
    """Where modules for this kernel are compiled: make -C <here> M=<their directory> modules."""
    return debug_home() / "build"


def _build(source: Path, path: Path):
    objects = path / "objects"
    objects.mkdir(parents=True)
    make = ("make", "-s", "-C", source, f"O={objects}", "ARCH=x86_64", f"-j{os.cpu_count()}")
    call(*make, f"KCONFIG_ALLCONFIG={CONFIG}", "allnoconfig", env=ENVIRONMENT)
    _check(objects / ".config")
    call(*make, "bzImage", "modules", env=ENVIRONMENT)
    call(*make, "modules_install", f"INSTALL_MOD_PATH={path}", "DEPMOD=true", env=ENVIRONMENT)

    version = (objects / "include/config/kernel.release").read_text(encoding="ascii").strip()
    link = path / "lib/modules" / version / "build"
    link.unlink()
    link.symlink_to("../../../build")
    call("busybox", "depmod", "-b", path, version)
    (objects / "arch/x86/boot/bzImage").rename(path / "vmlinuz")
    for name in KEEP:
        kept = path / "build" / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        (objects / name).rename(kept)
    shutil.rmtree(objects)


def _check(config: Path):
    """All that debug.config asks for has to be there: kconfig drops what it cannot have and says nothing."""
    got = set(config.read_text(encoding="ascii").splitlines())
    names = {line.split("=")[0] for line in got}
    missing = []
    for line in CONFIG.read_text(encoding="ascii").splitlines():
        if line.startswith("CONFIG_") and line not in got:
            missing.append(line)
        elif line.endswith(" is not set") and line.split()[1] in names:
            missing.append(line)
    if missing:
        raise HostError("debug.config asks for what this kernel cannot have:\n" + "\n".join(missing))
