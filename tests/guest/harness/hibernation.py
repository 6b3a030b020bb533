# SPDX-License-Identifier: LGPL-2.1-or-later
"""A machine sleeps on its disk, and goes on in another QEMU: for real, image and all.

Its agent is on a serial line, for on 7.3 a virtio port is dead after the machine has woken up: docs/upstream.md.
"""

import contextlib
import subprocess

from .agent import Agent, AgentSilent, Result
from .qemu import Qemu
from .qmp import PATIENCE, Qmp

SERIAL_AGENT = "memctl.agent=ttyS1"     # on the kernel's command line, for the agent in the guest
POWER_OFF = 60      # seconds from the image's last byte to the end of QEMU


class Hibernation:
    """Of a Machine that hibernates=True, has a disk as swap, and no memory plugged in: the second QEMU begins without."""

    def hibernate(self, device="vda", timeout: float = PATIENCE) -> Result:
        """Write the image to the swap on this disk, power off, boot and resume. What `echo disk` came to: a status
        other than 0 is a refusal, and the machine has run on."""
        self._agent.post("echo shutdown > /sys/power/disk && echo disk > /sys/power/state", timeout)
        with contextlib.suppress(AgentSilent):
            return self._agent.answer(timeout)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._qemu.process.wait(POWER_OFF)
        self._past += self._qemu.console()
        self._qemu.stop()
        *arguments, cmdline = self._arguments
        self._qemu = Qemu(self.kernel.architecture.qemu, self._directory,
                          [*arguments, f"{cmdline} memctl.resume={device}"], serial_agent=True)
        self.qmp = Qmp(self._qemu.qmp_socket)
        self._agent = Agent(self._qemu.agent_socket)
        return self._agent.answer(timeout)
