# SPDX-License-Identifier: LGPL-2.1-or-later
"""What memctl shows of plans, jobs and nodes of a running machine, without memctl.ko and with it."""

import re

from harness import kernel
from harness.module import modules
from testbed import PLAN_KEYS, MemctlCase

MODULE = "/lib/modules/memctl.ko"
NUMBER = "[0-9]+"


class Shown(MemctlCase):
    kernels = ("7.3",)

    def test_plans_and_progress(self):
        self.boot(memory="1536M", binaries=["script"], files={MODULE: modules(kernel(self.kernel)) / "memctl.ko"})
        self.checksum_before = self.fill(400)
        self.assert_nodes()
        self.assert_plan_without_the_module()
        self.guest.run(f"insmod {MODULE}")
        self.assert_plan_with_the_module()
        # With a rate the fence takes its time, however quick the machine is.
        self.assert_progress("--rate 200M", rf"fencing \[\.+\] 0/8  {NUMBER}/{NUMBER} pages moved, {NUMBER} held  {NUMBER} s")
        self.memctl(f"dimm online {self.dimm.acpi}")
        self.checksum_before = self.fill(400)
        self.assert_progress("", rf"offlining block {NUMBER} \[#+\.+\] [1-7]/8  {NUMBER}/{NUMBER} pages moved  {NUMBER} s")
        self.assert_estimate()
        self.assert_size()
        self.assertEqual(self.checksum(), self.checksum_before)

    def assert_nodes(self):
        [node] = self.memctl("node list")["nodes"]
        self.assertEqual(self.memctl("node show 0")["nodes"][0]["blocks"], node["blocks"])
        states = [block["state"] for block in self.memctl("block list")["blocks"]]
        block = self.dimm.size // len(self.dimm.blocks)
        self.assertEqual((node["node"], node["online_bytes"], node["offline_bytes"]), (0, len(states) * block, 0))
        self.assertGreater(node["total_bytes"], node["free_bytes"])
        self.assertEqual(self.guest.run("memctl node plan 1", check=False).status, 6)
        # the kernel's own memory is on it
        result = self.memctl("node plan 0", status=3)
        self.assertEqual((result["result"], result["blocks"]), ("refused", []))
        self.assertEqual(self.memctl("node offline 0", status=3)["blocks_offlined"], 0)

    def assert_plan_without_the_module(self):
        plan = self.memctl(f"dimm plan {self.dimm.acpi}")
        self.assertEqual(set(plan), PLAN_KEYS)
        self.assertEqual((plan["result"], plan["fence"], plan["take_used"]), ("done", False, False))
        [note] = [note for note in plan["notes"] if "no fence" in note]
        self.assertIn("memctl.ko is not loaded", note)
        said = self.guest.run(f"memctl dimm plan {self.dimm.acpi}").stdout
        self.assertIn(f"\nnote:   {note}\n", said)
        self.assertIn("\nfence:  none\n", said)

    def assert_plan_with_the_module(self):
        plan = self.memctl(f"dimm plan {self.dimm.acpi} --cache keep")
        self.assertEqual((plan["result"], plan["fence"]), ("done", True))
        self.assertEqual(plan["cache"]["mode"], "keep")
        self.assertIsNone(plan["estimated_seconds"])
        self.assertFalse([note for note in plan["notes"] if "no fence" in note])

    def assert_progress(self, options, shown):
        """On a terminal, from what the bus tells of the job; and the result adds up."""
        plan = self.memctl(f"dimm plan {self.dimm.acpi} --cache keep")
        typed = self.guest.run(f"script -qefc 'stty cols 120; memctl dimm offline {self.dimm.acpi} {options}' /dev/null",
                               timeout=300).stdout
        lines = re.split(r"\r\x1b\[K|\r?\n", typed)
        self.assertTrue([line for line in lines if re.fullmatch(rf"{self.dimm.acpi}  {shown}", line)], typed)
        [ended] = [re.fullmatch(rf"{self.dimm.acpi}: offline, blocks: 8, pages in use: ({NUMBER}), moved: ({NUMBER}), .* s", line)
                   for line in lines if ": offline, " in line]
        in_use, moved = map(int, ended.groups())
        self.assertAlmostEqual(in_use, plan["pages_in_use"], delta=3000)
        self.assertLessEqual(moved, in_use * 1.1)       # test_fenced has the measure

    def assert_estimate(self):
        """A job has been seen: the next plan says how long it will take."""
        self.memctl(f"dimm online {self.dimm.acpi}")
        self.guest.run("dd if=/dev/zero of=/data/more bs=1M count=400 2>/dev/null", timeout=120)
        plan = self.memctl(f"dimm plan {self.dimm.acpi} --cache keep")
        self.assertGreater(plan["estimated_seconds"], 0.1)
        said = self.guest.run(f"memctl dimm plan {self.dimm.acpi} --cache keep").stdout
        self.assertRegex(said, r"\ntime:   about [0-9.]+ s\n")

    def assert_size(self):
        """The cheapest blocks: those with nothing, or least, in them."""
        offline = {block for block, (state, _) in self.blocks().items() if state == "offline"}
        self.assertEqual(offline, set())
        order = self.memctl(f"dimm plan {self.dimm.acpi}")["blocks"]
        result = self.memctl("block offline --size 256M --partial")
        self.assertEqual((result["result"], result["blocks_offlined"]), ("done", 2))
        offline = {block for block, (state, _) in self.blocks().items() if state == "offline"}
        self.assertLessEqual(offline, set(order[:4]))
        self.memctl(f"dimm online {self.dimm.acpi}")
