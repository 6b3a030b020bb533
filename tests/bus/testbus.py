# SPDX-License-Identifier: LGPL-2.1-or-later
"""A bus of the test's own with memctld on it, a polkit that says what the test wants, and callers without rights."""

import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import schema
from listening import listens

MEMCTL, MEMCTLD, HELPERS = os.environ["MEMCTL"], os.environ["MEMCTLD"], Path(os.environ["MEMCTL_HELPERS"])
SOURCE = Path(os.environ["MEMCTL_SOURCE"])
NOBODY = 65534
MEMORY = "sys/devices/system/memory"
CONFIG = """<busconfig><type>system</type><listen>unix:path={path}</listen><policy context="default"><allow user="*"/>
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
<limit name="max_message_size">{largest}</limit></busconfig>"""


class BusCase(unittest.TestCase):
    message_max = 32 << 20      # as dbus-daemon has it for a system bus

    def setUp(self):
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.directory.chmod(0o755)
        self.environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.directory}/bus", "LC_ALL": "C.UTF-8"}
        (self.directory / "bus.conf").write_text(CONFIG.format(path=self.directory / "bus", largest=self.message_max), encoding="ascii")
        self.bus = self.start("dbus-daemon", f"--config-file={self.directory}/bus.conf", "--nofork", stderr=subprocess.DEVNULL)
        self.wait_for(lambda: listens(self.directory / "bus"))

    def start(self, *argv, **kwargs):
        process = subprocess.Popen(argv, env=self.environment, text=True, **kwargs)
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        for file in (process.stdin, process.stdout):
            if file:
                file.close()
        process.terminate()
        process.wait(60)

    def wait_for(self, condition):
        for _ in range(600):
            if condition():
                return
            time.sleep(0.1)
        self.fail("waited for 60 s in vain")

    def tree(self, blocks=8):
        root = self.directory / "tree"
        for number in range(blocks):
            block = root / MEMORY / f"memory{number}"
            block.mkdir(parents=True)
            for name, text in (("state", "online"), ("valid_zones", "Movable"), ("removable", "1")):
                (block / name).write_text(f"{text}\n", encoding="ascii")
            if number >= 4:
                (block / "firmware_node").symlink_to("../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00")
        (root / MEMORY / "block_size_bytes").write_text("8000000\n", encoding="ascii")
        return root

    def serve(self, root):
        """A memctld on the bus, with the tree."""
        daemon = self.start(MEMCTLD, "--root", str(root))
        self.wait_for(lambda: self.memctl("version").returncode == 0)
        return daemon

    def polkit(self, **rules):
        """rules: what is said of org.memctl1.NAME, with _ for -."""
        polkit = self.start(HELPERS / "fake_polkit", *(f"org.memctl1.{name.replace('_', '-')}={rule}"
                                                      for name, rule in rules.items()), stdout=subprocess.PIPE)
        self.assertEqual(polkit.stdout.readline(), "ready\n")
        return polkit

    def fake(self, *arguments):
        """Something that answers as memctld, see fake_memctld.py."""
        fake = self.start(SOURCE / "tests/bus/fake_memctld.py", *arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.assertEqual(fake.stdout.readline(), "ready\n")
        return fake

    def read_lines(self, process, number):
        return [process.stdout.readline().strip() for _ in range(number)]

    @staticmethod
    def as_nobody():
        """Root is not asked for rights; whoever else runs the tests is nobody enough."""
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}

    def run_it(self, *argv, **kwargs):
        return subprocess.run([str(argument) for argument in argv], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=1800, **kwargs)

    def memctl(self, *arguments):
        done = self.run_it(MEMCTL, *arguments)
        self.assertIsNone(schema.check(arguments, done.stdout, done.returncode), arguments)
        return done

    def busctl(self, *arguments, **kwargs):
        return self.run_it("busctl", f"--address=unix:path={self.directory}/bus", *arguments, **kwargs)

    def call(self, path, member, *arguments):
        """By nobody."""
        interface, method = member.split(".")
        return self.busctl("call", "--", "org.memctl1", f"/org/memctl1{path}", f"org.memctl1.{interface}", method, *arguments,
                           **self.as_nobody())

    def flood(self, number, size):
        """So many calls at once by nobody, of so many bytes each."""
        binary = self.directory / "bus_flood"      # where nobody can run it
        if not binary.exists():
            binary.write_bytes((HELPERS / "bus_flood").read_bytes())
            binary.chmod(0o755)
        flood = self.start(binary, str(number), str(size), stdin=subprocess.PIPE, stdout=subprocess.PIPE, **self.as_nobody())
        self.assertEqual(flood.stdout.readline(), "sent\n")
        return flood

    def assert_runs(self, daemon):
        self.assertIsNone(daemon.poll())
        self.assertEqual(self.memctl("version").returncode, 0)

    def stop(self, daemon):
        daemon.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(60), 0)
