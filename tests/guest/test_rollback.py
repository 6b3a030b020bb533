# SPDX-License-Identifier: LGPL-2.1-or-later
"""All or nothing: whatever ends an offline job early, every block is back online in the zone it had."""

import json

from testbed import RESULT_KEYS, MemctlCase


class RollBack(MemctlCase):
    """With a page in the DIMM that will not move, a job can only end early, however fast the machine."""

    kernels = ("7.3",)

    def test_a_pinned_page_ends_as_failed(self):
        self.boot()
        before = self.fill(200)
        block = self.pin_a_page()
        result = self.memctl(f"dimm offline --eject {self.dimm.acpi}", status=1)
        self.assertEqual(set(result), RESULT_KEYS | {"ejected"})
        self.assertEqual((result["result"], result["blocks_offlined"], result["ejected"]), ("failed", 0, False))
        [reason] = result["reasons"]
        self.assertEqual((reason["code"], reason["block"]), ("unmovable", block))
        self.assertEqual(set(reason), {"code", "block", "pages", "owner", "pids"})
        self.assertGreaterEqual(reason["pages"], 1)
        self.assert_all_as_before()
        self.assertEqual(self.checksum(), before)

        self.unpin()
        self.assertEqual(self.memctl(f"dimm offline {self.dimm.acpi}")["result"], "done")
        self.assertEqual(self.checksum(), before)

    def test_ctrl_c_cancels(self):
        self.boot()
        self.pin_a_page()
        self.start(f"dimm offline {self.dimm.acpi} --stuck wait")
        self.wait_for_an_offline_block()
        self.signal("INT")
        result = json.loads(self.finish(status=1))
        self.assertEqual((result["result"], result["blocks_offlined"]), ("cancelled", 0), result)
        self.assert_all_as_before()

    def test_time_out(self):
        self.boot()
        self.pin_a_page()
        result = self.memctl(f"dimm offline --timeout 2.5 {self.dimm.acpi}", status=1)
        self.assertEqual((result["result"], result["blocks_offlined"]), ("timeout", 0))
        self.assert_all_as_before()

    def test_memctl_is_killed(self):
        """The private memctld sees its caller go, and puts things back before it goes too."""
        self.boot()
        self.pin_a_page()
        self.start(f"dimm offline {self.dimm.acpi} --stuck wait")
        self.wait_for_an_offline_block()
        self.signal("KILL")
        self.assert_nothing_runs()
        self.assert_all_as_before()

    def test_the_worker_is_killed(self):
        """Another one takes its place; who kills one after the other ends the job."""
        self.boot()
        self.fill(200)
        block = self.pin_a_page()
        self.start(f"dimm offline {self.dimm.acpi}")
        self.wait_for_a_worker_at(block)
        self.guest.run("p=$(pidof memctld-worker); kill -9 $p; while [ -e /proc/$p ]; do sleep 0.1; done")
        self.wait_for_a_worker_at(block)
        self.unpin()
        result = json.loads(self.finish(status=0))
        self.assertEqual((result["result"], result["blocks_offlined"], result["reasons"]),
                         ("done", len(self.dimm.blocks), []))
        self.memctl(f"dimm online {self.dimm.acpi}")

        block = self.pin_a_page()
        self.start(f"dimm offline {self.dimm.acpi}")
        self.wait_for_a_worker_at(block)
        self.guest.run(f"until [ -s /run/status ]; do p=$(pidof memctld-worker); ls -l /proc/$p/fd | grep -q memory{block}/state && "
                       "kill -9 $p; sleep 0.1; done 2> /dev/null", check=False, timeout=120)
        result = json.loads(self.finish(status=1))
        self.assertEqual((result["result"], result["blocks_offlined"]), ("failed", 0))
        self.assertEqual([(reason["code"], reason["block"]) for reason in result["reasons"]], [("block_failed", block)])
        self.assert_all_as_before()

    def wait_for_a_worker_at(self, block):
        # between two blocks it is not missed: the next one gets a new worker
        self.wait_until(f"ls -l /proc/$(pidof memctld-worker)/fd | grep -q memory{block}/state",
                        "the page keeps the worker")


class Zones(MemctlCase):
    kernels = ("7.3",)

    def test_a_kernel_zone_comes_back_as_one(self):
        """One block in zone Normal, the rest Movable: each returns to where it was."""
        self.boot(cmdline="memhp_default_state=offline")
        first, *rest = self.dimm.blocks
        self.memctl(f"block online --zone kernel {first}")
        self.memctl(f"dimm online {self.dimm.acpi}")
        self.assertEqual(self.blocks()[first], ("online", ["Normal"]))
        before = self.blocks()
        block = self.pin_a_page()
        # with kernel pages in it, the block in zone Normal is refused unless it is to be tried all the same
        self.memctl(f"dimm offline --force {self.dimm.acpi}", status=1)
        self.assertEqual(self.blocks(), before)
        self.assertIn(block, rest + [first])

    def test_online_where_the_zone_is_not_possible(self):
        """Zones do not lie inside one another: between Movable blocks there is no room for Normal."""
        self.boot()
        middle = self.dimm.blocks[4]
        self.memctl(f"block offline {middle}")
        offered = self.blocks()[middle][1]
        if "Normal" in offered:
            self.memctl(f"block online --zone kernel {middle}")
            self.assertEqual(self.blocks()[middle], ("online", ["Normal"]))
        else:
            result = self.memctl(f"block online --zone kernel {middle}", status=3)
            self.assertEqual(result["reasons"], [{"code": "zone_not_possible", "block": middle, "text": "kernel"}])
            self.assertEqual(self.blocks()[middle], ("offline", offered))


class Trouble(MemctlCase):
    kernels = ("7.3",)

    def test_a_dimm_that_leaves_during_the_job(self):
        """The hypervisor asks for the DIMM back while a job works on it: no warning, and an end.

        The kernel's own offlining, which nothing can interrupt, waits for the pinned page and keeps
        everybody else out meanwhile.
        """
        self.boot()
        self.pin_a_page()
        self.start(f"dimm offline {self.dimm.acpi} --stuck wait")
        self.wait_for_an_offline_block()
        self.guest.unplug_request(self.dimm.id)
        self.signal("INT")
        self.unpin()
        self.finish(status=None)        # 65: blocks that are gone by then cannot be put back
        self.assertIn(self.guest.run("cat /run/status").stdout.strip(), ("1", "65"))

    def job_of_which_an_agent_undoes_something(self, agent):
        """A job that a pinned page holds until the agent, a shell's lines about an offline $block, has said so in /run/done."""
        self.pin_a_page()
        self.guest.run("(until [ -s /run/done ]; do for block in /sys/devices/system/memory/memory3[2-9]; do "
                       f"read -r state < $block/state; if [ $state = offline ]; then {agent}; break; fi; done; done) "
                       "> /dev/null 2> /run/agent &")
        self.start(f"dimm offline --eject {self.dimm.acpi} --stuck wait")
        self.wait_until("[ -s /run/done ]", "the agent has seen an offline block")
        self.unpin()

    def test_a_block_that_somebody_brings_online_again(self):
        """Done must be true at the end: a block that was onlined behind the job's back is no success."""
        self.boot()
        self.fill(400)
        self.job_of_which_an_agent_undoes_something("echo online_movable > $block/state && echo $block > /run/done")
        result = json.loads(self.finish(status=1))
        self.assertEqual(result["result"], "failed")
        self.assertEqual(result["reasons"][0]["code"], "block_changed")
        self.assert_all_as_before()

    def test_a_block_that_comes_back_in_another_zone(self):
        """An agent writes "online", and the kernel chooses zone Normal, for Movable ends before this block: mended, or named."""
        self.boot()
        self.fill(100)
        self.job_of_which_an_agent_undoes_something(
            "echo online > $block/state && read -r zone rest < $block/valid_zones && echo $zone > /run/done")
        self.assertEqual(self.guest.run("cat /run/done").stdout, "Normal\n")
        result = json.loads(self.finish(status=None))
        status = int(self.guest.run("cat /run/status").stdout)
        changed = result["reasons"][0]
        self.assertEqual((result["result"], changed["code"]), ("failed", "block_changed"))
        if status == 1:
            self.assert_all_as_before()
            return
        # the kernel has put something there that does not move
        self.assertEqual((status, result["reasons"][1]), (65, {
            "code": "roll_back_failed", "block": changed["block"], "text": "is online again in zone Normal, was in Movable"}))
        self.assertEqual({block for block, state in self.blocks().items() if state != ("online", ["Movable"])}, {changed["block"]})
