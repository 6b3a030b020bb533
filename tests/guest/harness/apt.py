# SPDX-License-Identifier: LGPL-2.1-or-later
"""Debian packages of several suites, through a private apt in the cache.

The mirror is the one this machine's own apt uses; so are its proxy settings.
Lists, sources and state are ours: the machine's apt is only read.
"""

import email
import os
import tempfile
import time
from functools import lru_cache
from pathlib import Path

from . import cache
from .host import HostError, call

# By architecture: of arm64 only what kernels and libraries of ours come from.
SUITES = {"amd64": ("bookworm", "bookworm-updates", "bookworm-backports", "trixie", "trixie-backports"),
          "arm64": ("bookworm", "bookworm-backports")}
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
MAX_AGE = 24 * 3600     # seconds after which the package lists are fetched again

CONFIG = """\
#clear APT::Update;
#clear DPkg::Post-Invoke;
APT::Architecture "{architecture}";
APT::Architectures {{ "{architecture}"; }};
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Etc::SourceList "{dir}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "{dir}";
Dir::State::Lists "{dir}/lists";
Dir::State::Status "{dir}/status";
Dir::Cache "{dir}";
"""


@lru_cache
def mirror() -> str:
    """The URI of the Debian archive that this machine's apt is set up for."""
    targets = call("apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)")
    for line in targets.splitlines():
        origin, label, uri = line.split("|", 2)
        if origin == label == "Debian":
            return uri.rstrip("/")
    raise HostError("apt knows no Debian archive: is it set up, and was `apt-get update` run?")


def source(suite: str, architecture="amd64") -> str:
    """One line of a sources.list."""
    return f"deb [arch={architecture} signed-by={KEYRING}] {mirror()} {suite} main"


def _put(file: Path, text: str):
    """What is there already stays: others read it, without the lock, and must not find it half written."""
    if not file.exists() or file.read_text(encoding="ascii") != text:
        unfinished = file.with_suffix(".new")
        unfinished.write_text(text, encoding="ascii")
        unfinished.rename(file)


@lru_cache
def config(architecture="amd64") -> Path:
    """The configuration file of the private apt, with package lists a day old at most."""
    sources = "".join(source(suite, architecture) + "\n" for suite in SUITES[architecture])
    home = cache.root() / f"apt-{cache.key(sources, CONFIG)}"
    conf, stamp = home / "apt.conf", home / "stamp"
    with cache.lock(home.name):
        for sub in ("lists/partial", "archives/partial"):
            (home / sub).mkdir(parents=True, exist_ok=True)
        (home / "status").touch()
        _put(home / "sources.list", sources)
        _put(conf, CONFIG.format(dir=home, architecture=architecture))
        if not stamp.exists() or time.time() - stamp.stat().st_mtime > MAX_AGE:
            try:
                call("apt-get", "-c", conf, "-qq", "--error-on=any", "update")
                stamp.touch()
            except HostError:
                if not stamp.exists():      # older lists are better than no test
                    raise
    return conf


@lru_cache
def show(package: str, suite: str, architecture="amd64") -> dict[str, str]:
    """The control fields of a package as it is in that suite."""
    text = call("apt-cache", "-c", config(architecture), "show", "--no-all-versions", f"{package}/{suite}")
    return dict(email.message_from_string(text).items())


@lru_cache
def versions(names: tuple[str, ...], suite: str, architecture="amd64") -> dict[str, str]:
    """The version of each package as it is in that suite."""
    text = call("apt-cache", "-c", config(architecture), "show", "--no-all-versions", *(f"{name}/{suite}" for name in names))
    found = (email.message_from_string(one) for one in text.strip().split("\n\n"))
    return {fields["Package"]: fields["Version"] for fields in found}


def packages(prefix: str, suite: str, architecture="amd64") -> list[str]:
    """The names with this prefix of packages that are in that suite."""
    names = call("apt-cache", "-c", config(architecture), "pkgnames", prefix).split()
    if not names:
        return []
    rows = (line.split("|") for line in call("apt-cache", "-c", config(architecture), "madison", *names).splitlines())
    return sorted({row[0].strip() for row in rows if row[2].split()[1] == f"{suite}/main"})


def download(package: str, suite: str, architecture="amd64") -> Path:
    """The package file, in the cache."""
    fields = show(package, suite, architecture)
    name = f"{package}_{fields['Version']}_{fields['SHA256'][:8]}.deb"

    def fetch(path: Path):
        path.mkdir()
        call("apt-get", "-c", config(architecture), "-qq", "download", f"{package}={fields['Version']}", cwd=path)
        file, = path.glob("*.deb")
        os.rename(file, path / "package.deb")

    return cache.entry(name, fetch) / "package.deb"


def unpack(wanted: dict[str, str], path: Path, architecture="amd64"):
    """Packages in these versions, all in one go, below path; the files that they came in are not kept."""
    with tempfile.TemporaryDirectory(dir=cache.root(), prefix=".debs-") as scratch:
        call("apt-get", "-c", config(architecture), "-qq", "download",
             *(f"{package}={version}" for package, version in wanted.items()), cwd=scratch)
        for file in sorted(Path(scratch).glob("*.deb")):
            call("dpkg-deb", "-x", file, path)
