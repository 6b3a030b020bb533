# SPDX-License-Identifier: LGPL-2.1-or-later
"""The base class of guest tests: a test is written once and runs on several kernels."""

import functools
import os
import unittest
from pathlib import Path

from .machine import Machine


class GuestCase(unittest.TestCase):
    """Each `test_x` of a subclass becomes `test_x[6.1]`, `test_x[7.3]`: one per kernel."""

    kernels = ("6.1", "7.3")
    kernel = None       # of the test that runs now

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for name, method in list(vars(cls).items()):
            if name.startswith("test") and callable(method):
                delattr(cls, name)
                for kernel in cls.kernels:
                    setattr(cls, f"{name}[{kernel}]", _on(kernel, method))

    def machine(self, **options) -> Machine:
        """A booted machine with the kernel of this test. It ends with the test."""
        return self.enterContext(Machine(**{"kernel": self.kernel, **options}))


def _on(kernel: str, method):
    @functools.wraps(method)
    def test(self):
        self.kernel = kernel
        method(self)
    test.kernel = kernel
    return test


def build_directory() -> Path:
    return Path(os.environ.get("MEMCTL_BUILD", "build")).resolve()


def plain_directory() -> Path:
    """The build with points to crash at and without sanitizers, beside the other: tools/build makes it so for check."""
    return build_directory().parent / "plain"


def memctl_binaries() -> list[Path]:
    """memctld and memctl, for Machine(binaries=...)."""
    return [build_directory() / "daemon/memctld", build_directory() / "cli/memctl"]
