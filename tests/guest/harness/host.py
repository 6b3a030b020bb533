# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the harness takes from the host, and gives back whatever happens.

A temporary directory that names its owner (so that one left by a `kill -9` is
swept up by the next run), child processes that die with their parent, SIGTERM
as an exception so that context managers unwind.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

PREFIX = "memctl-guest-"
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


class HostError(Exception):
    """The host lacks something, or a host command failed."""


def call(*argv, **kwargs) -> str:
    """Run a host command; its standard output, or HostError with what it said."""
    argv = [str(arg) for arg in argv]
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, errors="replace", **kwargs)
    except FileNotFoundError as error:
        raise HostError(f"{argv[0]} is not installed") from error
    if done.returncode != 0:
        raise HostError(f"{' '.join(argv)}: exit status {done.returncode}\n"
                        f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def which(name: str) -> Path:
    """A program's path; the sbin directories count even when PATH lacks them."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise HostError(f"{name} is not installed")
    return Path(path)


def die_with_parent(parent: int):
    """A preexec_fn: the child gets SIGKILL when `parent` is gone.

    The kernel ties this to the thread that forked, so start machines from a
    thread that outlives them.
    """
    def preexec():
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    return preexec


@contextlib.contextmanager
def temporary_directory():
    """A directory of this process under $TMPDIR, removed at exit."""
    _sweep()
    path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _sweep():
    """Remove what processes that no longer exist have left behind."""
    for path in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        owner = path.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not os.path.exists(f"/proc/{owner}"):
            shutil.rmtree(path, ignore_errors=True)


def unwind_on_sigterm():
    """Let SIGTERM raise SystemExit, unless the program has its own handler."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
