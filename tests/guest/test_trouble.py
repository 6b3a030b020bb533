# SPDX-License-Identifier: LGPL-2.1-or-later
"""Jobs that run into trouble: they end, as was asked for, and nothing is lost."""

import json
import re

from harness import fixture, kernel
from harness.module import modules
from harness.qmp import QmpError
from test_system import InstalledCase
from testbed import MemctlCase

MODULE = "/lib/modules/memctl.ko"
MIB = 1 << 20
PARTLY = 64     # memctl's exit status
FENCE = 13      # uapi/memctl.h

class TroubleCase(MemctlCase):
    kernels = ("6.1",)
    sanitized = ("6.1", "6.12")     # few others come by the ways that trouble takes

    def boot_trouble(self, module=True, **options):
        self.boot(**{"dimm": "512M", "memory": "1G", "files": {MODULE: modules(kernel(self.kernel)) / "memctl.ko"},
                     "binaries": [fixture("genl"), fixture("hold")], **options})
        if module:
            self.guest.run(f"insmod {MODULE}")

    def offline(self, options="", status=0, dimm=None, timeout=300):
        return self.memctl(f"dimm offline {(dimm or self.dimm).acpi} {options}", status=status, timeout=timeout)

    def online_again(self):
        self.memctl(f"dimm online {self.dimm.acpi}")
        self.assert_all_as_before()

    def offline_blocks(self, dimm=None):
        return [block for block in (dimm or self.dimm).blocks if self.state(block) == "offline"]

    def state(self, block):
        return self.guest.run(f"cat /sys/devices/system/memory/memory{block}/state").stdout.strip()

    def pinned_by(self):
        return int(self.guest.run("cat /run/pin.pid").stdout)

    def assert_unmovable(self, result, block):
        """The one reason is a page of the pinning process."""
        [reason] = result["reasons"]
        self.assertEqual((reason["code"], reason["block"], reason["pages"], reason["owner"], reason["pids"]),
                         ("unmovable", block, 1, "anon", [self.pinned_by()]))

    def assert_nothing_held(self):
        self.assertEqual(self.guest.run(f"genl {FENCE}").stdout.strip(), "")
        self.assert_nothing_runs()

    def wait_for_all_offline_but(self, block):
        others = [other for other in self.dimm.blocks if other != block]
        self.wait_until(" && ".join(f"grep -qx offline /sys/devices/system/memory/memory{other}/state"
                                    for other in others), "the others are offline")

class Stuck(TroubleCase):
    kernels = ("6.1",)
    def test_what_becomes_of_a_stuck_block(self):
        self.boot_trouble()
        checksum = self.fill(60)
        block = self.pin_a_page()
        others = [other for other in self.dimm.blocks if other != block]
        refused = self.offline(status=3)
        self.assert_unmovable(refused, block)

        result = self.offline("--force", status=1)
        self.assertEqual((result["result"], result["blocks_offlined"]), ("failed", 0))
        self.assert_unmovable(result, block)
        self.assert_all_as_before()

        result = self.offline("--force --stuck skip --partial --eject", status=PARTLY)
        self.assertEqual((result["result"], result["blocks_offlined"], result["ejected"]),
                         ("partial", len(others), False))
        self.assert_unmovable(result, block)
        self.assertEqual(self.offline_blocks(), others)
        self.online_again()

        # the first that is stuck ends it: what went before stays
        result = self.offline("--force --partial", status=None)
        self.assertEqual(result["blocks_offlined"], len(self.offline_blocks()))
        self.assertEqual(result["result"], "partial" if result["blocks_offlined"] else "failed")
        self.assertNotIn(block, self.offline_blocks())
        self.assert_unmovable(result, block)
        self.online_again()

        # it comes right at the second try
        self.start(f"dimm offline {self.dimm.acpi} --force --stuck skip")
        self.wait_for_all_offline_but(block)
        self.unpin()
        result = json.loads(self.finish(status=0))
        self.assertEqual((result["result"], result["reasons"]), ("done", []))
        self.assertEqual(self.checksum(), checksum)
        self.online_again()
        self.assert_nothing_held()


class Waiting(TroubleCase):
    kernels = ("7.3",)

    def test_waiting_for_a_stuck_block(self):
        self.boot_trouble()
        checksum = self.fill(60)
        block = self.pin_a_page()
        result = self.offline("--force --stuck wait --timeout 24", status=1)
        self.assertEqual((result["result"], result["blocks_offlined"]), ("timeout", 0))
        self.assertGreater(result["seconds"], 23)
        self.assert_unmovable(result, block)
        self.assert_all_as_before()

        result = self.offline("--force --stuck wait --timeout 30 --partial", status=None)
        self.assertEqual(result["result"], "partial" if self.offline_blocks() else "timeout")
        self.assertEqual(result["blocks_offlined"], len(self.offline_blocks()))
        self.assertIn("unmovable", [reason["code"] for reason in result["reasons"]])
        self.online_again()

        self.start(f"dimm offline {self.dimm.acpi} --force --stuck wait")
        self.wait_until("[ -s /run/pin ] && sleep 14", "it is stuck")
        self.assertEqual(self.guest.run("cat /run/status", check=False).stdout, "", "it waits")
        self.unpin()
        result = json.loads(self.finish(status=0))
        self.assertEqual((result["result"], result["reasons"]), ("done", []))
        self.online_again()

        self.pin_a_page()
        self.start(f"dimm offline {self.dimm.acpi} --force --stuck wait")
        self.guest.run("sleep 12")
        self.signal("INT")
        self.assertEqual(json.loads(self.finish(status=1))["result"], "cancelled")
        self.assert_all_as_before()
        self.assertEqual(self.checksum(), checksum)

class Memory(TroubleCase):
    """Memory that fills up while a job is at work: it always ends, and says that memory is short."""

    def eat(self):
        """A process that takes more than is left without the DIMM, and keeps it, unless the kernel kills it for that."""
        free = self.guest.run("grep MemAvailable /proc/meminfo").stdout.split()[1]
        # What runs the test's commands is not to be killed, nor memctl; test_crash is about that. And the kernel, which
        # panics when it finds nobody, looks for the next one while the first is still giving up his memory.
        self.guest.run("for i in $(seq 30); do sh -c 'echo 900 > /proc/$$/oom_score_adj; exec sleep 600' > /dev/null 2>&1 & done")
        self.guest.run("for pid in $(pidof sh memctl memctld memctld-worker); do echo -1000 > /proc/$pid/oom_score_adj; done; "
                       f"sh -c 'echo 1000 > /proc/$$/oom_score_adj; exec hog {int(free) // 1024 - 60}' > /run/hog 2>&1 & "
                       "echo $! > /run/hog.pid")

    def stop_eating(self):
        self.guest.run("kill $(cat /run/hog.pid); while [ -e /proc/$(cat /run/hog.pid) ]; do sleep 0.1; done",
                       check=False)

    def assert_ended(self, checksum):
        self.wait_until("[ -s /run/status ]", "memctl ends", seconds=180)
        status = int(self.guest.run("cat /run/status").stdout)
        eating = self.guest.run("[ -e /proc/$(cat /run/hog.pid) ]", check=False).status == 0
        said = self.guest.run("cat /run/out /run/err; dmesg | grep -iE 'killed process|out of memory'", check=False).output
        self.stop_eating()
        if status == 0:         # there was room again, for the kernel had killed somebody
            self.assertFalse(eating, said)
            self.assertEqual(self.offline_blocks(), list(self.dimm.blocks))
            self.online_again()
        elif status == 1:
            result = json.loads(self.guest.run("cat /run/out").stdout)
            self.assertEqual((result["result"], result["blocks_offlined"]), ("failed", 0), said)
            self.assertEqual({reason["code"] for reason in result["reasons"]}, {"not_enough_memory"}, said)
        else:                   # memctl itself: its memctld puts back what it did
            self.assertEqual(status, 128 + 9, said)
        self.assert_nothing_runs()
        self.assert_all_as_before()
        self.assertEqual(self.checksum(), checksum)

    def test_while_the_fence_is_filled(self):
        self.boot_trouble()
        checksum = self.fill(300)
        self.start(f"dimm offline {self.dimm.acpi} --rate 10M")
        self.wait_until(f"genl {FENCE} | grep -q .", "a fence stands")
        self.eat()
        self.assert_ended(checksum)
        self.assert_nothing_held()

    def test_while_blocks_go_offline(self):
        self.boot_trouble(module=False)
        checksum = self.fill(300)
        self.start(f"dimm offline {self.dimm.acpi} --rate 20M")     # not over before memory is full
        self.wait_for_an_offline_block()
        self.eat()
        self.assert_ended(checksum)

class Fence(TroubleCase):
    kernels = ("7.3",)      # nothing of this is the kernel's

    def test_the_worker_of_the_fence_is_killed(self):
        """The job goes on without, and each page is still there."""
        self.boot_trouble()
        checksum = self.fill(100)
        self.start(f"dimm offline {self.dimm.acpi} --rate 20M")
        self.wait_until(f"genl {FENCE} | grep -q .", "a fence stands")
        self.guest.run("kill -9 $(pidof memctld-worker)")
        result = json.loads(self.finish(status=0))
        self.assertEqual(result["result"], "done")
        self.assertEqual(self.checksum(), checksum)
        self.assert_nothing_held()
        self.online_again()

    def test_rate_and_max_pause(self):
        self.boot_trouble()
        for options in ("--rate 16M", "--rate 16M --max-pause 20ms"):
            with self.subTest(options=options):
                checksum = self.fill(100)       # anew: into the DIMM
                result = self.offline(options)
                moved = result["pages_migrated"] * 4096
                self.assertGreater(moved, 24 * MIB)
                self.assertLessEqual(moved / result["seconds"], 16 * MIB * 1.2)
                self.assertEqual(self.checksum(), checksum)
                self.online_again()
        # without a fence, the blocks themselves are spaced, and each goes at once: what is over the rate is no
        # more than a block
        self.guest.run("rmmod memctl")
        checksum = self.fill(260)
        result = self.offline("--rate 32M")
        block = self.dimm.size // len(self.dimm.blocks)
        self.assertGreater(result["pages_migrated"] * 4096, block)
        self.assertLessEqual((result["pages_migrated"] * 4096 - block) / result["seconds"], 32 * MIB * 1.2)
        self.assertEqual(self.checksum(), checksum)

class Others(TroubleCase):
    """Others are at work on memory at the same time."""

    def test_jobs_on_different_dimms(self):
        """Of two memctlds that know nothing of each other; and memory that is added and comes online by itself."""
        self.boot_trouble(dimm="256M")
        second = self.guest.hotadd("256M")
        checksum = self.fill(100)
        self.guest.run("cat /sys/devices/system/memory/auto_online_blocks | grep -qx online_movable")
        self.start(f"dimm offline {self.dimm.acpi}")
        third = self.guest.hotadd("256M")
        result = self.offline(dimm=second)
        self.assertEqual(result["result"], "done")
        self.assertEqual(json.loads(self.finish(status=0))["result"], "done")
        self.assertEqual(self.offline_blocks(), list(self.dimm.blocks))
        self.assertEqual(self.offline_blocks(second), list(second.blocks))
        self.assertEqual(self.offline_blocks(third), [])
        self.assertEqual(self.checksum(), checksum)
        self.assert_nothing_held()

    def test_a_roll_back_behind_a_write_that_spins(self):
        """Somebody else's write holds the kernel's lock without end: the roll back gives up, and names what is not back."""
        self.boot_trouble(dimm="256M", module=False)
        other = self.guest.hotadd("256M")
        job, self.dimm = self.dimm, other
        pinned = self.pin_a_page()
        self.dimm = job
        self.fill(480)      # both are full: the second block does not follow the first before the other write begins
        self.start(f"dimm offline {job.acpi} --rate 4M")
        self.wait_for_an_offline_block()
        self.guest.run(f"(echo offline > /sys/devices/system/memory/memory{pinned}/state) > /dev/null 2>&1 & echo $! > /run/spin.pid")
        self.wait_until(f"grep -qx going-offline /sys/devices/system/memory/memory{pinned}/state", "it spins")
        self.signal("INT")
        self.wait_until("[ -s /run/status ]", "memctl ends", seconds=300)
        left = self.offline_blocks()
        result = json.loads(self.finish(status=65))
        self.assertEqual(result["result"], "cancelled")
        self.assertEqual(sorted(reason["block"] for reason in result["reasons"] if reason["code"] == "roll_back_failed"), left)
        self.assertNotEqual(left, [])
        self.guest.run("kill $(cat /run/spin.pid)")
        self.wait_until(f"grep -qx online /sys/devices/system/memory/memory{pinned}/state", "it spins no more")
        self.unpin()
        self.online_again()

    def test_two_on_one_dimm(self):
        """Whoever comes second finds a fence, or nothing to do: both end, and agree with the kernel."""
        self.boot_trouble(dimm="512M")
        checksum = self.fill(100)
        self.start(f"dimm offline {self.dimm.acpi}")
        second = self.guest.run(f"memctl --json dimm offline {self.dimm.acpi}", check=False, timeout=120)
        self.wait_until("[ -s /run/status ]", "memctl ends", seconds=120)
        statuses = (int(self.guest.run("cat /run/status").stdout), second.status)
        self.assertIn(0, statuses, second.output + self.guest.run("cat /run/out /run/err").stdout)
        self.assertLessEqual(max(statuses), 3)
        if max(statuses) == 0:
            self.assertEqual(self.offline_blocks(), list(self.dimm.blocks))
        self.assertEqual(self.checksum(), checksum)
        self.assert_nothing_held()
        self.online_again()

    def test_the_hypervisor_takes_the_dimm(self):
        """In the midst of a job: whoever is first, both end, and no page is lost."""
        self.boot_trouble()
        checksum = self.fill(100)
        for options in ("--rate 20M", ""):
            with self.subTest(options=options):
                self.start(f"dimm offline {self.dimm.acpi} {options}")
                if options:
                    self.wait_until(f"genl {FENCE} | grep -q .", "a fence stands")
                else:
                    self.wait_until("[ -s /run/status ] || grep -lx offline /sys/devices/system/memory/memory*/state",
                                    "it has begun")
                self.guest.unplug_request(self.dimm.id)
                self.wait_until("[ -s /run/status ]", "memctl ends", seconds=120)
                status = int(self.guest.run("cat /run/status").stdout)
                result = json.loads(self.guest.run("cat /run/out").stdout)
                self.assertIn((status, result["result"]), ((0, "done"), (1, "failed"), (3, "refused")), result)
                if status == 3:     # the kernel was at it before memctl could look
                    self.assertEqual({reason["code"] for reason in result["reasons"]}, {"bad_state"}, result)
                self.assert_answered()
                self.assertEqual(self.checksum(), checksum)
                self.assert_nothing_held()
                self.dimm = self.guest.hotadd("512M")
                self.fill(60, "/data/second")

    def assert_answered(self):
        """The DIMM is gone; or the kernel has told the hypervisor that it is busy, and brought it online as it likes."""
        try:
            self.guest.wait_deleted(self.dimm.id, timeout=30)
        except QmpError:
            said = [event["data"]["info"]["status"] for event in self.guest.events
                    if event["event"] == "ACPI_DEVICE_OST" and event["data"]["info"]["device"] == self.dimm.id]
            self.assertIn(130, said)        # 0x82, busy

class Pages(TroubleCase):
    """Pages that do not move like others."""

    def hold(self, kind, what):
        log = f"/run/hold.{kind}"
        self.guest.run(f"rm -f {log}; hold {kind} {what} > {log} 2>&1 & until grep -qE '^(ready|hold:)' {log}; do sleep 0.1; done",
                       timeout=120)
        said = self.guest.run(f"cat {log}").stdout
        self.assertIn("ready", said)
        return [(int(first, 16), int(end, 16)) for first, end in re.findall(r"pfns (\w+) (\w+)", said)]

    def in_dimm(self, runs):
        first, end = self.dimm.start // 4096, (self.dimm.start + self.dimm.size) // 4096
        return [pfn for start, behind in runs for pfn in range(max(start, first), min(behind, end))]

    def test_pages_that_are_locked_or_poisoned(self):
        self.boot_trouble()
        self.guest.run("hog 200 7 > /run/hog & echo $! > /run/hog.pid; until grep -q ready /run/hog; do sleep 0.1; done",
                       timeout=120)
        locked = self.in_dimm(self.hold("mlock", "60M"))
        self.assertGreater(len(locked), 1000)
        self.start(f"dimm offline {self.dimm.acpi} --rate 20M")
        self.wait_until(f"genl {FENCE} | grep -q .", "a fence stands")
        for pfn in locked[::len(locked) // 20]:     # their content goes elsewhere, they are never used again
            self.guest.run(f"echo {pfn * 4096:#x} > /sys/devices/system/memory/soft_offline_page", check=False)
        result = json.loads(self.finish(status=0))
        self.assertEqual((result["result"], result["blocks_offlined"]), ("done", len(self.dimm.blocks)))
        self.guest.run("kill -USR1 $(cat /run/hog.pid); until grep -qE 'ok|bad' /run/hog; do sleep 0.1; done; "
                       "grep -qx ok /run/hog; pidof hold", timeout=120)
        self.assert_nothing_held()

    def test_huge_pages_without_room(self):
        """There is memory enough elsewhere, and hardly any in one piece: the job ends, and says why if it failed."""
        self.boot_trouble(cmdline="memhp_default_state=offline")
        free = int(self.guest.run("grep MemAvailable /proc/meminfo").stdout.split()[1]) // 1024
        self.guest.run(f"ulimit -n 8192; pin {free - 60} 1 thin > /run/thin & "
                       "until grep -q pinned /run/thin; do sleep 0.1; done", timeout=120)
        self.memctl(f"dimm online {self.dimm.acpi}")
        self.guest.run("echo 120 > /proc/sys/vm/nr_hugepages", timeout=120)
        self.assertGreater(len(self.in_dimm(self.hold("hugetlb", "160M"))), 60 * 256)
        self.guest.run("echo 80 > /proc/sys/vm/nr_hugepages")       # none is free
        result = self.offline(status=None)
        if result["result"] == "done":      # the kernel has found room, or made it
            self.guest.run("pidof hold")
            self.online_again()
        else:
            self.assertEqual((result["result"], result["blocks_offlined"]), ("failed", 0))
            [reason] = result["reasons"]
            self.assertEqual(reason["code"], "no_room_for_huge_pages", result)
            self.assertGreater(reason["needed_bytes"], reason["available_bytes"])
            self.assert_all_as_before()
        self.guest.run("pidof hold && kill $(pidof hold); while pidof hold; do sleep 0.1; done")
        self.assertEqual(self.offline()["result"], "done")

class Seen(InstalledCase):
    """What a memctld on the bus says of a job in trouble, and that others go on meanwhile."""

    kernels = ("7.3",)

    def job(self, number, name):
        return self.guest.run(f"busctl get-property org.memctl1 /org/memctl1/job/{number} org.memctl1.Job {name}").stdout

    def test_a_stuck_job_and_others(self):
        self.boot_installed(fixture("pin"))
        self.guest.run("insmod /usr/lib/modules/memctl.ko")
        second = self.guest.hotadd("256M")
        block = self.pin_a_page()
        self.start(f"dimm offline {self.dimm.acpi} --force --stuck wait")
        self.wait_until("busctl get-property org.memctl1 /org/memctl1/job/1 org.memctl1.Job Stage | grep -q stuck && "
                        "busctl get-property org.memctl1 /org/memctl1/job/1 org.memctl1.Job Notes | grep -q pin", "stuck")
        self.assertRegex(self.job(1, "Notes"), rf"block {block} does not get empty: 1 pages of anon do not move: processes \d+ pin")
        self.assertIn('"unmovable"', self.job(1, "Reasons"))
        self.assertIn("running", self.job(1, "State"))

        busy = self.guest.run(f"memctl --json dimm offline {self.dimm.acpi}", check=False)
        self.assertNotEqual(busy.status, 0)
        self.assertIn("being worked on by job 1", busy.output)
        self.assertEqual(self.memctl(f"dimm offline {second.acpi}")["result"], "done")

        self.unpin()
        result = json.loads(self.finish(status=0))
        self.assertEqual((result["result"], result["reasons"]), ("done", []))
        self.assertRegex(self.job(1, "Stage"), '^s ""')
        # a job that nothing held up tells how long the next takes
        self.memctl(f"dimm online {second.acpi}")
        self.memctl(f"dimm offline {second.acpi}")
        past = json.loads(self.guest.run("tail -n 1 /var/lib/memctl/history").stdout)
        self.assertEqual((past["blocks"], past["bounded"]), (len(second.blocks), False))
        self.memctl(f"dimm online {second.acpi}")
        self.assertGreater(self.memctl(f"dimm plan {second.acpi}")["estimated_seconds"], 0)
