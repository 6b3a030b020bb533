#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who is asked for a password, for what, and what becomes of a Ctrl-C meanwhile; with a polkit of our own."""

import os
import pty
import signal
import subprocess
import time
import unittest

from listening import listens
from test_cli import MEMCTL, MEMCTLD, Case

POLKIT = os.path.join(os.environ["MEMCTL_HELPERS"], "password_polkit")
CONFIG = """<busconfig><type>session</type><listen>unix:path={path}</listen><policy context="default"><allow user="*"/>
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""


class Password(Case):
    def setUp(self):
        super().setUp()
        self.directory.chmod(0o755)
        # memctld asks polkit about everybody but root
        self.nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] if os.geteuid() == 0 else []
        if subprocess.run([*self.nobody, MEMCTL, "--version"], capture_output=True, check=False).returncode != 0:
            self.skipTest(f"somebody else than root cannot run {MEMCTL}")

    def serve(self, answer):
        socket, config = self.directory / "bus", self.directory / "bus.conf"
        config.write_text(CONFIG.format(path=socket), encoding="ascii")
        self.start("dbus-daemon", f"--config-file={config}", "--nofork", stderr=subprocess.DEVNULL)
        self.environment["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={socket}"
        self.wait_for(lambda: listens(socket))
        self.polkit = self.start(POLKIT, answer, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.polkit.stdout.close)
        self.assertEqual(self.polkit.stdout.readline(), "ready\n")
        self.start(MEMCTLD, "--root", str(self.tree()))
        self.wait_for(self.is_served)

    def run_memctl(self, *arguments):
        return subprocess.run([*self.nobody, MEMCTL, *arguments], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=60)

    def test_the_question_names_what_it_is_about(self):
        self.serve("no")
        for arguments, action, target, message in (
                ("dimm offline PNP0C80:00 --eject", "offline", "DIMM PNP0C80:00", "take DIMM PNP0C80:00 offline"),
                ("dimm online PNP0C80:00", "online", "DIMM PNP0C80:00", "bring DIMM PNP0C80:00 online"),
                ("dimm eject PNP0C80:00", "offline", "DIMM PNP0C80:00", "eject DIMM PNP0C80:00"),
                ("block offline 2-3 5", "offline", "memory blocks 2-3,5", "take memory blocks 2-3,5 offline"),
                ("block online " + "1," * 40 + "1", "online", "memory blocks ...", "bring memory blocks ... online")):
            done = self.run_memctl(*arguments.split())
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertIn("not authorized", done.stderr)
            self.assertEqual(self.polkit.stdout.readline(),
                             f"org.memctl1.{action} 0 target={target};polkit.message=Authentication is required to {message};\n")
        # what is no range is nobody's to read
        self.assertEqual(self.run_memctl("block", "offline", "enter your password").returncode, 4)
        self.assertEqual(self.polkit.stdout.readline(), "org.memctl1.offline 0 \n")

    def test_what_is_allowed_is_done_as_asked(self):
        """The call is read from its beginning, although its ranges were read before."""
        self.serve("yes")
        self.assertIn("no such block", self.run_memctl("block", "offline", "2-3,99").stderr)
        self.assertIn("read, never changed", self.run_memctl("block", "offline", "2-3").stderr)

    def test_ctrl_c_while_a_password_is_asked_for(self):
        self.serve("never")
        for signals in ([signal.SIGINT], [signal.SIGTERM], [signal.SIGINT, signal.SIGINT]):
            asking = subprocess.Popen([*self.nobody, MEMCTL, "--json", "dimm", "offline", "PNP0C80:00"], env=self.environment,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.assertIn("org.memctl1.offline", self.polkit.stdout.readline())
            began = time.monotonic()
            for number in signals:
                asking.send_signal(number)
                time.sleep(0.3)
            out, said = asking.communicate(timeout=30)
            self.assertEqual(asking.returncode, 1, said)
            self.assertIn("interrupted before memctld began", said)
            self.assertIn('"code":"interrupted"', out)
            self.assertLess(time.monotonic() - began, 10)

    def in_terminal(self, *arguments):
        """The arguments that the agent on the terminal was started with, once memctl has ended; None: there was none."""
        mark, agent = self.directory / "agent/started", self.directory / "agent/agent"
        agent.parent.mkdir(exist_ok=True)
        agent.parent.chmod(0o777)
        agent.write_text(f'#!/bin/bash\necho "$@" >{mark}\ntrap "echo ended >>{mark}; exit" TERM\neval "exec $2>&-"\n'
                         "while :; do sleep 0.1; done\n", encoding="ascii")
        agent.chmod(0o755)
        mark.unlink(missing_ok=True)
        pid, terminal = pty.fork()
        if pid == 0:
            os.execvpe([*self.nobody, MEMCTL][0], [*self.nobody, MEMCTL, *arguments],
                       {**self.environment, "MEMCTL_AGENT": str(agent), "TERM": "dumb"})
        try:
            while os.read(terminal, 4096):
                pass
        except OSError:
            pass
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 4 if "offline" in arguments else 0)
        return mark.read_text(encoding="ascii").splitlines() if mark.exists() else None

    def test_an_agent_on_the_terminal(self):
        self.serve("no")
        started, ended = self.in_terminal("dimm", "offline", "PNP0C80:00")
        self.assertRegex(started, r"^--notify-fd \d+ --fallback$")
        self.assertEqual(ended, "ended")
        self.assertIn("org.memctl1.offline 1 ", self.polkit.stdout.readline())
        self.assertIsNone(self.in_terminal("dimm", "offline", "PNP0C80:00", "--no-ask-password"))
        self.assertIn("org.memctl1.offline 0 ", self.polkit.stdout.readline())
        self.assertIsNone(self.in_terminal("block", "list"))    # nobody is asked about that


if __name__ == "__main__":
    unittest.main()
