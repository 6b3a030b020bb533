# SPDX-License-Identifier: LGPL-2.1-or-later
"""memctld answers while others keep the kernel waiting: here a process whose address space nobody can look into."""

import time

from harness import fixture
from partsbed import PartsCase

COMMANDS = "/proc/[0-9]*/comm 2> /dev/null"
PATIENT = 30        # seconds that an answer may take beside a process that is stuck for ever


class Loop(PartsCase):
    kernels = ("7.3",)

    def boot_stuck(self):
        """A process that is stuck, and one behind it that keeps a block; its block and pid."""
        self.boot_parts(modules=("zram", "xfs", "fuse"), binaries=[fixture("stuck")])
        self.guest.run("mkdir -p /stuck; stuck /stuck > /run/stuck 2>&1 & echo $! > /run/stuck.pid")
        self.wait_until("grep -q stuck /run/stuck", "a process is stuck")
        victim = int(self.guest.run("awk '{print $2; exit}' /run/stuck").stdout)
        # the premise: to read its pagemap is to wait
        looked = self.guest.run(f"timeout 3 dd if=/proc/{victim}/pagemap of=/dev/null bs=8 count=1", check=False)
        self.assertIn(looked.status, (124, 143), looked.output)
        block = self.pin_a_page()
        _, pid = self.pinned()
        self.assertGreater(pid, victim)
        return block, pid

    def timed(self, command, status):
        start = time.monotonic()
        answer = self.memctl(command, status=status, timeout=4 * PATIENT)
        self.assertLess(time.monotonic() - start, PATIENT, command)
        return answer

    def assert_memctld_ends(self):
        """And its helpers with it. Not by pidof, which looks into address spaces itself."""
        self.wait_until(f"! grep -q ^memctld {COMMANDS}", "memctld is gone", seconds=PATIENT)

    def test_beside_a_process_that_is_stuck(self):
        block, pid = self.boot_stuck()

        # who maps the page is found behind the one that is passed over
        answer = self.timed(f"why {block}", status=0)
        [keeper] = [keeper for keeper in answer["keepers"] if keeper["class"] == "pinned"]
        self.assertEqual(keeper["pids"], [pid])
        for verb in (f"dimm plan {self.dimm.acpi}", f"block offline {block}"):
            [reason] = self.timed(verb, status=3)["reasons"]
            self.assertEqual((reason["code"], reason["block"]), ("unmovable", block))
        self.assert_memctld_ends()
        self.assertEqual(self.blocks(), {block: ("online", ["Movable"]) for block in self.dimm.blocks})

        # SIGTERM is heard in the middle of it
        self.guest.run(f"memctl why {block} > /dev/null 2>&1 &")
        self.wait_until(f"grep -qx memctld-mapper {COMMANDS}", "memctld looks into processes")
        self.guest.run(f"kill -TERM $(grep -lx memctld {COMMANDS} | cut -d / -f 3)")
        self.assert_memctld_ends()

        self.guest.run("kill $(cat /run/stuck.pid)")
        self.unpin()
