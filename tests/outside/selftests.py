# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds the kernel's own selftests, each kernel's from its own source, into the cache."""

import os
import shutil
import tempfile
from pathlib import Path

from harness import cache
from harness.host import HostError, call
from harness.source import linux_source

# Nothing of the caller's CC, ARCH, MAKEFLAGS or OUTPUT.
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
BUILT = ("mm", "damon")
TAKEN = (*BUILT, "memory-hotplug")
# What run_vmtests.sh does for each test, and what it does here: the test runs by `one`, which has a time limit.
RUNS = {"6.1": '\n\t"$@"\n'}
RUNS_LATER = '("$@" 2>&1)'


def selftests(series: str) -> Path:
    """A directory with mm/, damon/ and memory-hotplug/: programs and scripts, ready to run."""
    source = linux_source(series)
    key = cache.key(source.name, Path(__file__).read_bytes(), call("gcc", "--version"))
    return cache.entry(f"selftests-{series}-{key}", lambda path: _make(source, series, path))


def _make(source: Path, series: str, path: Path):
    path.mkdir()
    with tempfile.TemporaryDirectory(dir=cache.root(), prefix=".selftests-") as scratch:
        tree = _tree(source, Path(scratch, "tree"))
        headers = Path(scratch, "headers")
        headers.mkdir()
        call("make", "-s", "-C", source, f"O={headers}", "ARCH=x86_64", "headers", env=ENVIRONMENT)
        tests = tree / "tools/testing/selftests"
        for name in BUILT:
            said = call("make", "-k", "-C", tests / name, f"KHDR_INCLUDES=-isystem {headers}/usr/include", f"OUTPUT={tests / name}",
                        env=ENVIRONMENT)
            (path / f"{name}.log").write_text(said, encoding="utf-8")
        for name in TAKEN:
            shutil.copytree(tests / name, path / name, ignore=shutil.ignore_patterns("*.c", "*.h", "*.o", "local_config*"))
    _put_limits(path / "mm/run_vmtests.sh", RUNS.get(series, RUNS_LATER))


def _tree(source: Path, tree: Path) -> Path:
    """The source with the tests copied, as their makefiles write beside them; all else are links. mm is vm up to 6.2."""
    selftests = tree / "tools/testing/selftests"
    selftests.mkdir(parents=True)
    for folder in ("", "tools", "tools/testing"):
        for child in (source / folder).iterdir():
            link = tree / folder / child.name
            if not link.exists():
                link.symlink_to(child)
    for child in (source / "tools/testing/selftests").iterdir():
        name = "mm" if child.name == "vm" else child.name
        if name in TAKEN:
            shutil.copytree(child, selftests / name, symlinks=True)
        else:
            (selftests / name).symlink_to(child)
    return tree


def _put_limits(script: Path, runs: str):
    text = script.read_text(encoding="utf-8")
    if text.count(runs) != 1:
        raise HostError(f"{script}: not as known, where does it run a test?")
    script.write_text(text.replace(runs, runs.replace('"$@"', '/usr/lib/outside/one "$@"')), encoding="utf-8")
