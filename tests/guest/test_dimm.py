# SPDX-License-Identifier: LGPL-2.1-or-later
"""The main job: a DIMM with data on the machine is listed, planned, taken offline and ejected."""

import json

from harness import in_ci_on
from testbed import PLAN_KEYS, RESULT_KEYS, MemctlCase


class Dimm(MemctlCase):
    kernels = ("6.12", "7.3")

    def test_offline_and_eject_keeps_the_data(self):
        self.boot()
        before = self.fill(400)
        [dimm] = self.memctl("dimm list")["dimms"]
        self.assertEqual(dimm, {
            "dimm": self.dimm.acpi, "label": None,
            "start": f"0x{self.dimm.start:016x}", "end": f"0x{self.dimm.start + self.dimm.size - 1:016x}",
            "size": self.dimm.size, "node": 0, "blocks": list(self.dimm.blocks),
            "online_bytes": self.dimm.size, "offline_bytes": 0, "ejectable": True,
            "corrected_errors": None, "uncorrected_errors": None, "bad_pages": 0})

        plan = self.memctl(f"dimm plan {self.dimm.acpi}")
        self.assertEqual(set(plan), PLAN_KEYS)
        self.assertEqual(plan["result"], "done")
        self.assertEqual(sorted(plan["blocks"]), list(self.dimm.blocks))
        self.assertLessEqual(plan["needed_bytes"], plan["available_bytes"])
        self.assertEqual(plan["needed_bytes"], plan["pages_in_use"] * 4096)
        self.assertGreater(plan["pages_in_use"], 90_000)    # most of the 400 MiB
        self.assert_all_as_before()

        result = self.memctl(f"dimm offline {self.dimm.acpi} --eject")
        self.assertEqual(set(result), RESULT_KEYS | {"ejected"})
        self.assertEqual((result["result"], result["blocks_offlined"], result["ejected"], result["reasons"]),
                         ("done", 8, True, []))
        self.assertGreater(result["pages_migrated"], 0)
        self.guest.wait_deleted(self.dimm.id)
        self.assertEqual(self.memctl("dimm list")["dimms"], [])
        self.assertEqual(self.checksum(), before)
        self.assert_nothing_runs()

    @in_ci_on("7.3")
    def test_refused_when_the_data_fits_nowhere(self):
        self.boot()
        before = self.fill(1100)
        migrated = self.guest.run("grep pgmigrate_success /proc/vmstat").stdout
        result = self.memctl(f"dimm offline --eject {self.dimm.acpi}", status=3)
        self.assertEqual((result["result"], result["blocks_offlined"], result["ejected"]), ("refused", 0, False))
        [reason] = result["reasons"]
        self.assertEqual(set(reason), {"code", "needed_bytes", "available_bytes"})
        self.assertEqual(reason["code"], "not_enough_memory")
        self.assertGreater(reason["needed_bytes"], reason["available_bytes"])
        self.assertEqual(self.memctl(f"dimm plan {self.dimm.acpi}", status=3)["result"], "refused")
        self.assert_all_as_before()
        self.assertEqual(self.guest.run("grep pgmigrate_success /proc/vmstat").stdout, migrated)
        self.assertEqual(self.checksum(), before)

    @in_ci_on("7.3")
    def test_eject_of_an_online_dimm_is_refused(self):
        self.boot()
        self.memctl(f"block offline {self.dimm.blocks[0]}")
        result = self.memctl(f"dimm eject {self.dimm.acpi}", status=3)
        self.assertEqual([(reason["code"], reason["block"], reason["last_block"]) for reason in result["reasons"]],
                         [("blocks_online", self.dimm.blocks[1], self.dimm.blocks[-1])])
        self.assertEqual(len(self.memctl("dimm list")["dimms"]), 1)

        self.memctl(f"dimm offline {self.dimm.acpi}")
        self.assertTrue(self.memctl(f"dimm eject {self.dimm.acpi}")["ejected"])
        self.guest.wait_deleted(self.dimm.id)


class Blocks(MemctlCase):
    kernels = ("7.3",)

    def test_offline_and_online_by_range_and_size(self):
        self.boot(nodes=2, node=1)
        first, last = self.dimm.blocks[0], self.dimm.blocks[-1]
        self.assertEqual({block["node"] for block in self.memctl(f"block show {first}-{last}")["blocks"]}, {1})

        size = self.dimm.size // 8
        start = self.dimm.start + size
        result = self.memctl(f"block offline {last} 0x{start:x}-0x{start + 2 * size - 1:x}")
        self.assertEqual((result["result"], result["blocks_offlined"]), ("done", 3))
        offline = {block for block, (state, _) in self.blocks().items() if state == "offline"}
        self.assertEqual(offline, {first + 1, first + 2, last})
        # those offline already are no error, and not counted
        self.assertEqual(self.memctl(f"block offline {first + 1},{first + 3}")["blocks_offlined"], 1)

        result = self.memctl(f"block online {first}-{last}")
        self.assertEqual((result["result"], result["blocks_onlined"]), ("done", 4))
        self.assert_all_as_before()

        self.assertEqual(self.memctl("block offline --size 256M --node 1")["blocks_offlined"], 2)
        offline = {block for block, (state, _) in self.blocks().items() if state == "offline"}
        self.assertEqual(len(offline), 2)       # which ones, test_planner knows
        self.memctl(f"dimm online {self.dimm.acpi}")
        self.assert_all_as_before()

    def test_agrees_with_lsmem(self):
        self.boot(binaries=["lsmem"])
        self.memctl(f"block offline {self.dimm.blocks[2]}")
        theirs = json.loads(self.guest.run("lsmem -a -b -J -o RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES").stdout)
        ours = [{"range": f"{block['start']}-{block['end']}", "size": block["size"], "state": block["state"],
                 "removable": block["removable"], "block": str(block["block"]), "node": block["node"],
                 "zones": "/".join(block["zones"]) or "None"} for block in self.memctl("block list")["blocks"]]
        self.assertEqual(ours, theirs["memory"])


class Progress(MemctlCase):
    kernels = ("7.3",)

    def test_a_line_on_a_terminal_and_none_elsewhere(self):
        self.boot(binaries=["script"])
        self.fill(200)
        command = f"memctl dimm offline {self.dimm.acpi}"
        seen = self.guest.run(f"script -qec '{command}' /dev/null", timeout=120).stdout
        self.assertRegex(seen, rf"{self.dimm.acpi}  offlining block \d+ (\[[#.]+\] \d/8|\d/8 blocks)  \d+/\d+ pages moved  \d+ s")
        self.assertRegex(seen, rf"{self.dimm.acpi}: offline, blocks: 8, pages in use: \d+, moved: \d+")
        self.memctl(f"dimm online {self.dimm.acpi}")
        result = self.guest.run(command, timeout=120)
        self.assertEqual(result.stderr, "")
        self.assertNotIn("#", result.stdout)
