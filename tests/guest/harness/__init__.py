# SPDX-License-Identifier: LGPL-2.1-or-later
"""Boots Linux guests with hot-pluggable memory, for tests. Start at machine.py and case.py."""

from . import log
from .case import GuestCase, build_directory, in_ci_on, memctl_binaries
from .debug import debug_build
from .debug_module import debug_module
from .fixture import fixture
from .free_pages import free_pages
from .host import HostError
from .image import ext4_image, xfs_image
from .kernel import Kernel, kernel
from .machine import Dimm, GuestError, GuestTimeout, Machine
from .qmp import PATIENCE

__all__ = ["Dimm", "GuestCase", "GuestError", "GuestTimeout", "HostError", "Kernel", "Machine",
           "PATIENCE", "build_directory", "debug_build", "debug_module", "ext4_image", "fixture", "free_pages", "in_ci_on",
           "kernel", "log", "memctl_binaries", "xfs_image"]
