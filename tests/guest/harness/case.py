# SPDX-License-Identifier: LGPL-2.1-or-later
"""The base class of guest tests: a test is written once and runs on several kernels."""

import functools
import os
import unittest
from pathlib import Path

from .debug import SERIES
from .lean import LEAN
from .machine import Machine
from .source import FOREIGN, SUITE


class GuestCase(unittest.TestCase):
    """Each `test_x` of a subclass becomes `test_x[6.1]`, `test_x[7.3]`: one per kernel.

    `kernels` are those that CI runs it on, `every` those that it can run on: if a class does not say, all of Debian's
    if one of them is in `kernels`, each debug kernel if one is, and each of another architecture if one is.
    """

    kernels = ("6.1", "7.3")
    every = None

    # Not only once or twice what can be done again and again: with --all.
    thorough = "MEMCTL_ALL" in os.environ
    kernel = None       # of the test that runs now

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        every = cls.every or [name for kind in (SUITE, FOREIGN, SERIES) if kind.keys() & set(cls.kernels) for name in kind]
        for name, method in list(vars(cls).items()):
            if name.startswith("test") and callable(method):
                delattr(cls, name)
                in_ci = getattr(method, "in_ci_on", cls.kernels)
                for kernel in dict.fromkeys((*in_ci, *every)):
                    setattr(cls, f"{name}[{kernel}]", _on(kernel, method, kernel in in_ci))

    @property
    def debug_kernel(self) -> bool:
        """Whether this test runs on a kernel that checks itself."""
        return self.kernel in SERIES

    @property
    def series(self) -> str:
        """The kernel's series, be it Debian's or one built here: "7.3"."""
        return FOREIGN[self.kernel][0] if self.kernel in FOREIGN else {**SERIES, **LEAN}.get(self.kernel, self.kernel)

    def machine(self, **options) -> Machine:
        """A booted machine with the kernel of this test. It ends with the test."""
        return self.enterContext(Machine(**{"kernel": self.kernel, **options}))


def in_ci_on(*kernels: str):
    """Of one test, in place of its class's `kernels`: those that CI runs it on."""
    def mark(method):
        method.in_ci_on = kernels
        return method
    return mark


def _on(kernel: str, method, in_ci: bool):
    @functools.wraps(method)
    def test(self):
        self.kernel = kernel
        method(self)
    test.kernel, test.in_ci = kernel, in_ci
    return test


def build_directory() -> Path:
    return Path(os.environ.get("MEMCTL_BUILD", "build")).resolve()


def plain_directory() -> Path:
    """The build with points to crash at and without sanitizers, beside the other: tools/build makes it so for check."""
    return build_directory().parent / "plain"


def memctl_binaries() -> list[Path]:
    """memctld and memctl, for Machine(binaries=...)."""
    return [build_directory() / "daemon/memctld", build_directory() / "cli/memctl"]
