# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guest kernels that check themselves, with KASAN, lockdep, kmemleak and more, built from Debian's source.

"debug" has the binding with movable_operations, "debug-7.3" the balloon's (kernels from 7.0 on). The
configuration is debug.config with debug-SERIES.config and what they imply. The cache entry has

    vmlinuz, lib/modules/VERSION    what a guest boots
    build                           what it takes to compile modules against it: debug_build()
"""

import os
import shutil
from functools import lru_cache
from pathlib import Path

from . import cache
from .host import HostError, call
from .source import linux_source

SERIES = {"debug": "6.12", "debug-7.3": "7.3"}
CONFIG = Path(__file__).with_name("debug.config")
# Of some GiB of objects, these are what compiling a module needs.
KEEP = (".config", "Makefile", "Module.symvers", "System.map", "arch/x86/include/generated", "include", "scripts",
        "tools/objtool/objtool")
# Nothing of the caller's CC, ARCH, MAKEFLAGS or KBUILD_*.
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


@lru_cache
def debug_home(name: str = "debug") -> Path:
    """The cache entry of one of SERIES. It takes minutes to make."""
    source, config = linux_source(SERIES[name]), _config(name)
    key = cache.key(source.name, config, Path(__file__).read_bytes(), call("gcc", "--version"))
    return cache.entry(f"kernel-{name}-{key}", lambda path: _build(source, config, path))


def debug_build(name: str = "debug") -> Path:
    """Where modules for this kernel are compiled: make -C <here> M=<their directory> modules."""
    return debug_home(name) / "build"


def _config(name: str) -> str:
    """What is asked for: what both have, and what goes by another name in this series or is only there."""
    own = CONFIG.with_name(f"debug-{SERIES[name]}.config")
    return CONFIG.read_text(encoding="ascii") + own.read_text(encoding="ascii")


def _build(source: Path, config: str, path: Path):
    objects = path / "objects"
    objects.mkdir(parents=True)
    wanted = path / "wanted.config"
    wanted.write_text(config, encoding="ascii")
    make = ("make", "-s", "-C", source, f"O={objects}", "ARCH=x86_64", f"-j{os.cpu_count()}")
    call(*make, f"KCONFIG_ALLCONFIG={wanted}", "allnoconfig", env=ENVIRONMENT)
    _check(config, objects / ".config")
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
    # kbuild's own names the place where all this was built.
    (path / "build/Makefile").write_text("export KBUILD_OUTPUT := $(realpath $(dir $(lastword $(MAKEFILE_LIST))))\n"
                                         f"include {source}/Makefile\n", encoding="utf-8")
    shutil.rmtree(objects)


def _check(wanted: str, config: Path):
    """All that is asked for has to be there: kconfig drops what it cannot have and says nothing."""
    got = set(config.read_text(encoding="ascii").splitlines())
    names = {line.split("=")[0] for line in got}
    missing = []
    for line in wanted.splitlines():
        if line.startswith("CONFIG_") and line not in got:
            missing.append(line)
        elif line.endswith(" is not set") and line.split()[1] in names:
            missing.append(line)
    if missing:
        raise HostError("the debug kernel's configuration asks for what it cannot have:\n" + "\n".join(missing))
