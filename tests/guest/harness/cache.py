# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is expensive to make is kept in ${XDG_CACHE_HOME:-~/.cache}/memctl.

An entry is named by a hash of what went into it, is built beside its place and
renamed into it, under a lock: an entry is whole or missing, and two test
processes do not build the same one twice.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
from pathlib import Path


def root() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(base) / "memctl"
    path.mkdir(parents=True, exist_ok=True)
    return path


def key(*inputs) -> str:
    """A short hash of the inputs; bytes are hashed as they are, all else by repr()."""
    digest = hashlib.sha256()
    for item in inputs:
        data = item if isinstance(item, bytes) else repr(item).encode()
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def lock(name: str):
    """Keep out other processes that take the same name. The kernel drops it when we die."""
    with open(root() / f".lock-{name}", "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def entry(name: str, make) -> Path:
    """The entry's path; `make(path)` creates it, a file or a directory, if it is missing."""
    path = root() / name
    if path.exists():
        return path
    with lock(name):
        if not path.exists():
            unfinished = root() / f".new-{name}"
            _remove(unfinished)
            try:
                make(unfinished)
                unfinished.rename(path)
            finally:
                _remove(unfinished)
    return path


def _remove(path: Path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
