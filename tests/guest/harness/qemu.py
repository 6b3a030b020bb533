# SPDX-License-Identifier: LGPL-2.1-or-later
"""One QEMU process: its command line, its sockets, its end.

The sockets are socket pairs handed down, so nothing of them is in the file
system and both ends see at once when the other is gone.
"""

import os
import socket
import subprocess
from pathlib import Path

from .host import die_with_parent, which

# What the agent in the guest speaks through: a virtio port, or the second serial line, ttyS1.
PORT = ("-device", "virtio-serial-pci", "-device", "virtserialport,chardev=agent,name=org.memctl.agent")
SERIAL = ("-serial", "chardev:agent")


class Qemu:
    def __init__(self, machine: tuple[str, ...], directory: Path, arguments: list[str], serial_agent=False):
        self.console_file = directory / "console"
        self._errors = directory / "errors"
        self.qmp_socket, qmp = socket.socketpair()
        self.agent_socket, agent = socket.socketpair()
        argv = [
            # One thread for all CPUs: with one each, QEMU lets a CPU run into the breakpoint of a jump label
            # that another has long patched away, and the guest dies of it once in some ten boots.
            # QEMU 10.0 of bookworm-backports was tried in its place on 7.3, in CPU time of the host: a boot and some
            # work took 5.4 to 6.2 s and 6.3 to 6.9 s with 7.2, 6.0 s and 7.4 s with 10.0; with a thread a CPU, 10.0
            # took 7.9 s and 9.7 s where it took 5.5 s and 5.8 s with one. So it is the host's.
            str(which(machine[0])), *machine[1:], "-accel", "tcg,thread=single", "-nodefaults", "-display", "none", "-no-reboot",
            "-chardev", f"file,id=console,path={self.console_file}", "-serial", "chardev:console",
            "-chardev", f"socket,id=qmp,fd={qmp.fileno()}", "-mon", "chardev=qmp,mode=control",
            "-chardev", f"socket,id=agent,fd={agent.fileno()}", *(SERIAL if serial_agent else PORT), *arguments]
        with qmp, agent, open(self._errors, "wb") as errors:
            self.process = subprocess.Popen(    # pylint: disable=consider-using-with
                argv, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                pass_fds=(qmp.fileno(), agent.fileno()), start_new_session=True,
                env={**os.environ, "TMPDIR": str(directory)},
                preexec_fn=die_with_parent(os.getpid()))

    def console(self) -> str:
        """All that the guest has written to its console."""
        try:
            return self.console_file.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
        except FileNotFoundError:
            return ""

    def errors(self) -> str:
        """What QEMU itself has to say."""
        return self._errors.read_text(encoding="utf-8", errors="replace")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.qmp_socket.close()
        self.agent_socket.close()
