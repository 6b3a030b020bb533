# SPDX-License-Identifier: LGPL-2.1-or-later
"""The DKMS package: installed, built by dkms in a root with each kernel's own compiler, and loaded."""

import tempfile
from pathlib import Path

from harness import GuestCase
from harness.dkms import dkms_module
from harness.kernel import kernel


class Dkms(GuestCase):
    kernels = ("6.1", "7.3")

    def test_built_by_dkms_and_loaded(self):
        with tempfile.TemporaryDirectory() as directory:
            module = Path(directory, "memctl.ko")
            dkms_module(kernel(self.kernel), module)
            guest = self.machine(files={"/lib/modules/memctl.ko": module})
            guest.run("insmod /lib/modules/memctl.ko")
            version = guest.run("cat /sys/module/memctl/version").stdout.strip()
            meson = Path(__file__).resolve().parents[2] / "meson.build"
            self.assertIn(f"version: '{version}'", meson.read_text(encoding="utf-8"))
            guest.run("rmmod memctl")
