# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds memctl's modules, and drivers on them, as a user's machine does: by dkms, from what `meson install` installs."""

import lzma
import re
import tempfile
from pathlib import Path

from . import cache
from .host import HostError, call
from .kernel import Kernel
from .module import TOP, build_root, in_copy

GUIDE = TOP / "docs/drivers.md"
MODULES = ("memctl", "memctl_heap", "mydev", "maybe")


def guide() -> dict:
    """The guide's files and scripts for a shell: name -> text."""
    return dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))


def dkms_modules(kernel: Kernel, path: Path) -> str:
    """
    Write to `path` the modules that dkms has made of what `meson install` installs with -Ddkms=true, and of the
    guide's driver, by the guide's commands in a folder that has the guide's files; return what was said at the end.
    The kernel is made to look as if it had no dma-bufs: a module that is not built must not be waited for.
    """
    told = guide()
    with tempfile.TemporaryDirectory(dir=cache.root(), prefix=".dkms-") as name:
        scratch = Path(name)
        call("meson", "setup", "-Ddkms=true", "-Dtests=false", "--prefix=/usr", scratch / "build", TOP)
        call("meson", "install", "-C", scratch / "build", "--no-rebuild", "--tags", "dkms", "--destdir", scratch / "root")
        [source] = (scratch / "root/usr/src").glob("memctl-*")
        for directory in ("driver", "made"):
            (scratch / directory).mkdir()
        for file in ("mydev.c", "maybe.c", "Makefile", "dkms.conf"):
            (scratch / "driver" / file).write_text(told[file], encoding="utf-8")
        (scratch / "script").write_text(told["build"], encoding="utf-8")
        version = source.name.rsplit("-", 1)[1]
        installed = f"/lib/modules/{kernel.version}/updates/dkms"
        kept = f"/var/lib/memctl/symvers/{kernel.version}/Module.symvers"
        said = in_copy(build_root(kernel), scratch, f"""
            cp -a /src/root/. /
            cd /lib/modules/{kernel.version}/build
            sed -i /CONFIG_DMA_SHARED_BUFFER=/d .config include/config/auto.conf
            dkms install -m memctl -v {version} -k {kernel.version}
            grep -q memctl_page_make {kept}
            cd /src/driver
            export KVER={kernel.version}
            sh -e /src/script
            cp {installed}/* /src/made
            ls {installed}
            depmod {kernel.version}       # dkms does, where the kernel itself is installed too
            grep mydev.ko /lib/modules/{kernel.version}/modules.dep
            dkms remove -m memctl -v {version} -k {kernel.version}
            [ -e {kept} ] || echo "symvers: gone"
            """)
        for name in MODULES:
            built = list((scratch / "made").glob(f"{name}.ko*"))
            if len(built) != 1:
                raise HostError(f"dkms has installed no {name}.ko for {kernel.version}:\n{said}")
            data = built[0].read_bytes()
            (path / f"{name}.ko").write_bytes(lzma.decompress(data) if built[0].suffix == ".xz" else data)
        return said
