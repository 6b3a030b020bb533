# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stock Debian kernels, unpacked in the cache, and what their modules depend on; and those built here.

    kernel("7.3")   -> Kernel(name="7.3", version="7.3.4+deb13-cloud-amd64", vmlinuz, moddir)
    kernel("arm64") -> Kernel(name="arm64", version="6.1.0-50-cloud-arm64", vmlinuz, moddir, ARM64)
    kernel("debug") -> Kernel(name="debug", version="7.3.4-debug", vmlinuz, moddir)
"""

import lzma
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from . import apt, cache
from .architecture import AMD64, ARM64, Architecture
from .debug import SERIES, debug_home
from .host import HostError, call
from .lean import LEAN, lean_home
from .source import FOREIGN, SUITE


@dataclass(frozen=True)
class Kernel:
    """A kernel image with its tree of modules. A test may bring its own instead of a stock one."""
    name: str           # what tests ask for: "6.1"
    version: str        # what uname -r says
    vmlinuz: Path
    moddir: Path        # .../lib/modules/<version>
    architecture: Architecture = AMD64

    @cached_property
    def _deps(self) -> dict[str, tuple[str, list[str]]]:
        """Module name -> its file and its dependencies' files, relative to moddir."""
        deps = {}
        for line in (self.moddir / "modules.dep").read_text(encoding="ascii").splitlines():
            file, _, needs = line.partition(":")
            deps[_module_name(file)] = (file, needs.split())
        return deps

    @cached_property
    def _builtin(self) -> set[str]:
        text = (self.moddir / "modules.builtin").read_text(encoding="ascii")
        return {_module_name(line) for line in text.splitlines()}

    def load_order(self, names) -> list[Path]:
        """The files of these modules and all they depend on, each after what it needs."""
        order: dict[str, None] = {}
        for name in (_module_name(name) for name in names):
            if name in self._builtin:
                continue
            if name not in self._deps:
                raise HostError(f"kernel {self.version} has no module {name}")
            file, needs = self._deps[name]
            order.update(dict.fromkeys([*reversed(needs), file]))
        return [self.moddir / file for file in order]


@lru_cache
def kernel(name: str) -> Kernel:
    """The newest stock cloud kernel of that series, or one that is built here: "debug", "debug-7.3", "cma-7.3"."""
    if name in SERIES or name in LEAN:
        return built_kernel(name)
    if name not in SUITE and name not in FOREIGN:
        raise HostError(f"no kernel {name}: there are {', '.join((*SUITE, *FOREIGN, *SERIES, *LEAN))}")
    series, flavour = FOREIGN.get(name, (name, "cloud-amd64"))
    architecture = ARM64 if name in FOREIGN else AMD64
    suite, version = SUITE[series], _newest(series, flavour, architecture.debian)
    image = f"linux-image-{version}"
    fields = apt.show(image, suite, architecture.debian)
    # Newer ones are split: the image package is empty and depends on its parts.
    parts = [image, *re.findall(rf"\blinux-(?:base|binary|modules)-{re.escape(version)}", fields["Depends"])]

    def unpack(path: Path):
        for part in parts:
            call("dpkg-deb", "-x", apt.download(part, suite, architecture.debian), path)
        if (path / "usr/lib/modules").exists():     # merged /usr
            (path / "lib").mkdir(exist_ok=True)
            (path / "usr/lib/modules").rename(path / "lib/modules")
        _decompress(path)
        call("busybox", "depmod", "-b", path, version)

    home = cache.entry(f"kernel-{version}-{cache.key(fields['Version'])}", unpack)
    moddir = home / "lib/modules" / version
    images = (home / f"boot/vmlinuz-{version}", moddir / "vmlinuz")
    return Kernel(name, version, next(filter(Path.exists, images)), moddir, architecture)


def _newest(series: str, flavour: str, architecture: str) -> str:
    """What uname -r says of the suite's newest kernel of that series.

    A backport gives way to the next series while its packages are still there; headers, without which our
    modules can't be built, go first. Once they have, the next series is what there is to test.
    """
    suite, meta = SUITE[series], f"linux-image-{flavour}"
    package = re.search(r"\blinux-image-(\d\S+)", apt.show(meta, suite, architecture)["Depends"])
    if package and re.match(re.escape(series) + r"\b", package[1]):
        return package[1]
    headers = f"linux-headers-{series}."
    versions = [name.removeprefix("linux-headers-") for name in apt.packages(headers, suite, architecture)
                if name.endswith(f"-{flavour}")]
    if versions:
        return max(versions, key=lambda version: [int(number) for number in re.findall(r"\d+", version)])
    if not package:
        raise HostError(f"{suite} has no kernel: {meta} depends on none")
    return package[1]


def built_kernel(name: str) -> Kernel:
    """Debian's source with KASAN, lockdep, kmemleak and more, or without; built if need be, which takes minutes."""
    home = debug_home(name) if name in SERIES else lean_home(name)
    moddir, = (home / "lib/modules").iterdir()
    return Kernel(name, moddir.name, home / "vmlinuz", moddir)


def _decompress(tree: Path):
    """Store modules uncompressed: every guest can load them then."""
    for file in tree.glob("**/*.ko.xz"):
        file.with_suffix("").write_bytes(lzma.decompress(file.read_bytes()))
        file.unlink()


def _module_name(path: str) -> str:
    return Path(path).name.split(".")[0].replace("-", "_")
