# SPDX-License-Identifier: LGPL-2.1-or-later
"""A full systemd root: Debian packages in an ext4 image, made once and cached.

Guests never write to the cached image; what a test adds comes in an overlay
archive that /init unpacks over the root before systemd starts.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import apt, cache
from .host import HostError, call, which

SUITE = "bookworm"
PACKAGES = ("systemd", "systemd-sysv", "dbus", "polkitd", "udev", "kmod", "util-linux", "procps",
            "libsystemd0", "libudev1", "libjson-c5", "libsmartcols1", "libnl-3-200", "libnl-genl-3-200")
IMAGE_SIZE = "1G"       # sparse: what is not used costs nothing
AGENT_UNIT = """\
[Unit]
Description=Test agent
After=dbus.socket

[Service]
ExecStart=/usr/lib/memctl-test/agent
KillMode=process

[Install]
WantedBy=multi-user.target
"""
MASKED = ("systemd-timesyncd.service", "apt-daily.timer", "apt-daily-upgrade.timer",
          "dpkg-db-backup.timer", "fstrim.timer", "e2scrub_all.timer", "systemd-networkd.service")


@dataclass(frozen=True)
class Root:
    image: Path                 # ext4, read only by convention
    paths: frozenset[str]       # what is in it, relative to /


def systemd_root(packages=(), suite=SUITE) -> Root:
    """The image with PACKAGES and these; rebuilt when one of them has a new version."""
    packages = sorted({*PACKAGES, *packages})
    versions = [(package, apt.show(package, suite)["Version"]) for package in packages]
    key = cache.key(suite, versions, IMAGE_SIZE, Path(__file__).read_bytes())
    home = cache.entry(f"root-{key}", lambda path: _build(path, packages, suite))
    return Root(home / "image", frozenset((home / "paths").read_text(encoding="utf-8").splitlines()))


def _build(path: Path, packages: list[str], suite: str):
    if os.geteuid() != 0:
        raise HostError("the systemd root can only be built by root (files need their owners)")
    path.mkdir()
    sources = [apt.source(name) for name in (suite, f"{suite}-updates") if name in apt.SUITES["amd64"]]
    with tempfile.TemporaryDirectory(dir=cache.root(), prefix=".root-") as scratch:
        tar, tree = Path(scratch, "root.tar"), Path(scratch, "tree")
        call("mmdebstrap", "--quiet", "--variant=essential", "--architectures=amd64",
             f"--include={','.join(packages)}", suite, tar, *sources)
        tree.mkdir()
        call("tar", "-C", tree, "--exclude=./dev/*", "-xf", tar)
        _configure(tree)
        (path / "paths").write_text("\n".join(
            str(Path(base, name).relative_to(tree))
            for base, dirs, files in os.walk(tree) for name in dirs + files), encoding="utf-8")
        call(which("mke2fs"), "-q", "-t", "ext4", "-d", tree, path / "image", IMAGE_SIZE)


def _configure(tree: Path):
    units = tree / "etc/systemd/system"
    (units / "memctl-test-agent.service").write_text(AGENT_UNIT, encoding="ascii")
    wants = units / "multi-user.target.wants"
    wants.mkdir(exist_ok=True)
    (wants / "memctl-test-agent.service").symlink_to("../memctl-test-agent.service")
    for unit in MASKED:
        (units / unit).unlink(missing_ok=True)
        (units / unit).symlink_to("/dev/null")
    (tree / "etc/fstab").write_text("", encoding="ascii")
    (tree / "etc/hostname").write_text("guest\n", encoding="ascii")
    (tree / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n", encoding="ascii")
