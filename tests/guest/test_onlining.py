# SPDX-License-Identifier: LGPL-2.1-or-later
"""New memory goes where the rules say, unless somebody else decides; what was taken offline stays so."""

import os
import random

from test_system import InstalledCase

OWN = "/etc/memctl/memctl.conf.d/50-memctl-set.conf"
MEMORY, SEEN = "/sys/devices/system/memory/memory", "/run/memctl/seen-blocks"
AUTO_ONLINE = "/sys/devices/system/memory/auto_online_blocks"
RULE = "/etc/udev/rules.d/80-hotplug-cpu-mem.rules"
KEYS = {"enabled", "running", "force", "zone", "movable_ratio", "movable_bytes", "kernel_bytes", "auto_online_blocks",
        "wanted_auto_online_blocks", "memmap_on_memory", "wanted_memmap_on_memory", "next_memmap_on_memory", "fault", "not_set", "warnings", "rules",
        "deciders", "memory"}


class OnliningCase(InstalledCase):
    kernels = ("7.3",)
    every = ("6.1", "6.12", "7.3")

    def boot_onlining(self, **options):
        """The DIMM that is there before memctld is no concern of its."""
        self.boot_installed(**{"nodes": 2, "dimm": "128M", "maxmem": "32G", **options},
                            cmdline="memhp_default_state=offline")
        self.guest.run("systemctl start memctld")

    def policy(self, what="show"):
        policy = self.memctl(f"policy online {what}")
        self.assertEqual(set(policy), KEYS | ({"would"} if what == "dry-run" else set()))
        return policy

    def set(self, values, status=0):
        return self.memctl(f"policy online set {values}", status)

    def said(self, what):
        """How often the journal has it."""
        return int(self.guest.run(f"journalctl --sync; journalctl -u memctld | grep -c -- '{what}'", check=False).stdout)

    def memory(self):
        """What became of new memory, by name."""
        return {memory["name"]: memory for memory in self.policy()["memory"]}

    def wait_for_end(self, *dimms):
        """Until memctld is done with them; what became of each. A name comes again with the slot, a block's number does not."""
        condition = " && ".join(
            f"[ $(sed -n 's/^mark //p' {SEEN}) -ge $(stat -c %i {MEMORY}{dimm.blocks[-1]}) ] && "
            f"! grep -qE '^block ({'|'.join(map(str, dimm.blocks))}) ' {SEEN}" for dimm in dimms)
        try:
            self.wait_until(condition, "memctld is done with them", seconds=300)
        except AssertionError as error:
            error.add_note(self.guest.run("memctl policy online show; journalctl -u memctld -n 30", check=False).output)
            raise
        memory = self.memory()
        return [memory[dimm.acpi] for dimm in dimms]

    def where(self, dimm):
        """The zones of its blocks: {"movable"}, {"kernel"}, {"offline"}."""
        found = set()
        for block in self.memctl("block list")["blocks"]:
            if block["dimm"] == dimm.acpi:
                found.add("offline" if block["state"] == "offline" else
                          "movable" if block["zones"] == ["Movable"] else "kernel")
        return found

    def take_out(self, dimm):
        """True: it is out. Memory in a kernel zone may stay."""
        where = self.where(dimm)
        if where != {"offline"}:
            said = self.guest.run(f"memctl dimm offline {dimm.acpi} --eject --force --timeout 60", check=False, timeout=180)
        else:
            said = self.guest.run(f"memctl dimm eject {dimm.acpi} --timeout 60", check=False, timeout=180)
        if said.status != 0:
            self.assertNotEqual(where, {"movable"}, said.output)
            return False
        self.guest.wait_deleted(dimm.id)
        return True


class Plugs(OnliningCase):
    SIZES = ("128M", "256M", "384M", "512M")
    RULES = ("Node=1 Size=512M- Zone=offline --rule large", "Node=1 Zone=kernel --rule second",
             "Driver=acpi Size=256M Zone=kernel --rule middle", "Driver=virtio_mem Zone=offline --rule none")
    SLOTS, TOGETHER = 32, 4

    @staticmethod
    def expected(size, node):
        """What these rules say."""
        if node == 1:
            return "offline" if size == "512M" else "kernel"
        return "kernel" if size == "256M" else "movable"

    def plugs(self):
        return int(os.environ.get("MEMCTL_PLUGS", 1000 if self.thorough else 12))

    def test_random_plugs(self):
        """Again and again in another guest, when memory that did not come out fills the slots."""
        dice, left, plugged = random.Random(os.environ.get("MEMCTL_SEED", 7)), self.plugs(), {}
        while left > 0:
            done = self.plug_in_a_guest(dice, left, plugged)
            self.assertGreater(done, 0)
            left -= done
        if self.plugs() >= 12:
            self.assertEqual(set(plugged), {"movable", "kernel", "offline"}, plugged)

    def plug_in_a_guest(self, dice, most, plugged):
        """So many at most, as long as there are slots for some together; how many it was."""
        self.boot_onlining(slots=self.SLOTS)
        first = self.dimm
        for rule in self.RULES:
            self.set(rule)
        self.set("Enabled=yes MovableRatio=none")
        used, number = 1, 0
        while number < most and used + self.TOGETHER <= self.SLOTS:
            kinds = [(dice.choice(self.SIZES), dice.randrange(2)) for _ in range(min(dice.randint(1, self.TOGETHER), most - number))]
            dimms = [self.guest.hotadd(size, node=node) for size, node in kinds]
            self.wait_for_end(*dimms)
            for dimm, (size, node) in zip(dimms, kinds):
                zone = self.expected(size, node)
                self.assertEqual(self.where(dimm), {zone}, f"plug {number}: {size} on node {node}")
                plugged[zone] = plugged.get(zone, 0) + 1
                number += 1
            used += sum(not self.take_out(dimm) for dimm in dimms)
        self.assertEqual(self.where(first), {"offline"})
        jobs = [job for job in self.memctl("job list")["jobs"] if job["verb"] == "dimm-online"]
        self.assertEqual({job["result"] for job in jobs} - {"done"}, set())
        self.assertEqual(self.guest.run(f"grep -c ^block {SEEN}", check=False).stdout.strip(), "0")
        return number


class Others(OnliningCase):
    def test_others_and_restarts(self):
        self.boot_onlining()
        with self.subTest("off"):
            self.check_off()
        with self.subTest("bad input"):
            self.check_bad_input()
        with self.subTest("on"):
            self.check_on()
        with self.subTest("stays offline"):
            self.check_stays_offline()
        with self.subTest("restarts"):
            self.check_restarts()
        with self.subTest("taken out"):
            self.check_taken_out()
        with self.subTest("udev"):
            self.check_udev()
        with self.subTest("the kernel"):
            self.check_kernel()

    def check_off(self):
        """Nothing is done unasked."""
        policy = self.policy()
        self.assertEqual((policy["enabled"], policy["running"], policy["zone"], policy["movable_ratio"], policy["deciders"]),
                         (False, True, "movable", "301%", []))
        self.off = self.guest.hotadd("128M")
        [memory] = self.wait_for_end(self.off)
        self.assertEqual((memory["state"], memory["why"], memory["job"]), ("left", "off", None))
        self.assertEqual(self.where(self.off), {"offline"})
        self.assertEqual(self.memctl("job list")["jobs"], [])
        would = {memory["name"]: memory for memory in self.policy("dry-run")["would"]}
        self.assertEqual((would[self.off.acpi]["zone"], would[self.off.acpi]["now"]), ("movable", "offline"))

    def check_bad_input(self):
        for values, status, says in (
                ("Zone=Movable", 2, f"{OWN}:3: \"Movable\": accepted is movable, kernel or offline"),
                ("Zne=movable", 2, "\"Zne\": accepted is Enabled, Zone"),
                ("Node=7 --rule a", 2, "\"7\": accepted is a node that this machine may have"),
                ("Zone=kernel --rule a/b", 2, "a rule's name: accepted are up to 63 letters"),
                ("Zone", 2, "expected KEY=VALUE"),
                ("", 2, "expected KEY=VALUE")):
            said = self.guest.run(f"memctl policy online set {values}", check=False)
            self.assertEqual(said.status, status, f"{values}: {said.output}")
            self.assertIn(says, said.stderr, values)
        said = self.guest.run("su -s /bin/sh -c 'memctl policy online set Enabled=yes' nobody < /dev/null", check=False)
        self.assertEqual(said.status, 4, said.output)
        self.assertEqual(self.guest.run(f"cat {OWN}", check=False).stdout, "")

    def check_on(self):
        """What it says beforehand, and what it does; the bound on movable memory."""
        policy = self.set("Enabled=yes MovableRatio=50%")
        self.assertTrue(policy["enabled"])
        self.assertTrue(any("does not come out again reliably" in warning for warning in policy["warnings"]), policy)
        [entry] = self.entries("MEMCTL_SETTINGS='[Online] Enabled=yes MovableRatio=50%'")
        self.assertEqual(entry["MEMCTL_CALLER_COMM"], "memctl")
        self.inside = self.guest.hotadd("512M")
        [memory] = self.wait_for_end(self.inside)
        self.assertEqual((memory["state"], memory["zone"], memory["why"]), ("done", "movable", "default"))
        self.assertEqual(self.where(self.inside), {"movable"})
        over = self.guest.hotadd("1G")
        [memory] = self.wait_for_end(over)
        self.assertEqual((memory["state"], memory["zone"], memory["why"]), ("done", "kernel", "movable_ratio"))
        self.assertEqual(self.where(over), {"kernel"})
        self.assertEqual(self.said(f"new memory: {over.acpi} .*to zone kernel.*MovableRatio=50%.*does not come out again"), 1)
        self.assertEqual(self.where(self.off), {"offline"})     # it was new while nothing was to be done
        self.set("MovableRatio=none")

    def check_stays_offline(self):
        """Whatever comes, and whoever begins anew: it is not new."""
        self.assertEqual(self.memctl(f"dimm offline {self.inside.acpi}")["result"], "done")
        another = self.guest.hotadd("128M", node=1)
        self.wait_for_end(another)
        self.guest.run("systemctl reload memctld; systemctl restart memctld")
        one_more = self.guest.hotadd("128M")
        self.wait_for_end(one_more)
        for dimm in (self.inside, self.off, self.dimm):
            self.assertEqual(self.where(dimm), {"offline"}, dimm.acpi)
        for dimm in (another, one_more):
            self.assertEqual(self.where(dimm), {"movable"}, dimm.acpi)
            self.assertTrue(self.take_out(dimm))

    def check_restarts(self):
        """What came while memctld was away is new, and so is what it died over."""
        self.guest.run("systemctl stop memctld")
        away = self.guest.hotadd("256M")
        self.guest.run("systemctl start memctld")
        [memory] = self.wait_for_end(away)
        self.assertEqual((memory["state"], self.where(away)), ("done", {"movable"}))
        dimm = self.guest.hotadd("2G", node=1)
        self.guest.run(f"until journalctl -u memctld | grep -q 'new memory: {dimm.acpi} .*by job'; do sleep 0.05; done; "
                       "kill -9 $(systemctl show -P MainPID memctld)", timeout=120)
        self.wait_until("systemctl is-active memctld", "memctld is there again")
        self.wait_until(f"[ $(cat {' '.join(f'{MEMORY}{block}/state' for block in dimm.blocks)} | grep -cx online) = "
                        f"{len(dimm.blocks)} ]", "all is online", seconds=300)
        self.wait_until(f"! grep -q ^block {SEEN}", "nothing is left to be done")
        self.assertEqual(self.where(dimm), {"movable"})
        for one in (away, dimm):
            self.assertTrue(self.take_out(one))

    def check_taken_out(self):
        """A DIMM goes while its job runs: nothing is left of it, and the next one is as any."""
        dimm = self.guest.hotadd("2G", node=1)
        self.guest.run(f"until journalctl -u memctld | grep -q 'new memory: {dimm.acpi} .*by job'; do sleep 0.05; done", timeout=120)
        self.guest.unplug_request(dimm.id)
        self.guest.wait_deleted(dimm.id)
        self.wait_until("! memctl job list | grep -q running", "no job runs")
        self.wait_until(f"! memctl policy online show | grep -E '^{dimm.acpi}: ' | grep -qE 'is (brought|tried)'", "it is given up",
                        seconds=300)
        self.assertEqual(self.where(dimm), set())
        self.wait_until(f"! grep -q ^block {SEEN}", "nothing is left")
        again = self.guest.hotadd("128M", node=1)
        [memory] = self.wait_for_end(again)
        self.assertEqual((memory["state"], self.where(again)), ("done", {"movable"}))
        self.assertTrue(self.take_out(again))

    def udev(self, rule):
        self.guest.run(f"cat > {RULE} << 'EOF'\n{rule}\nEOF\nudevadm control --reload")

    def check_udev(self):
        """A rule of the distribution's decides as long as there is one, and is named."""
        self.udev('SUBSYSTEM!="memory", GOTO="end"\nACTION!="add", GOTO="end"\n'
                  'ATTR{state}=="offline", ATTR{state}="online_kernel"\nLABEL="end"')
        [decider] = self.policy()["deciders"]
        self.assertEqual((decider["kind"], decider["source"], decider["acts"]), ("udev", f"{RULE}:3", True))
        theirs = self.guest.hotadd("128M", node=1)
        [memory] = self.wait_for_end(theirs)
        self.assertEqual((memory["state"], memory["zone"], memory["job"]), ("there", "kernel", None))
        self.assertIn(f"{RULE}:3", memory["reason"])
        self.assertEqual(self.where(theirs), {"kernel"})

        # one that says it would, and does not: memctld keeps out all the same, unless it is told not to
        self.udev('SUBSYSTEM=="memory", ACTION=="add", PROGRAM=="/bin/false", ATTR{state}="online_kernel"')
        left = self.guest.hotadd("128M", node=1)
        [memory] = self.wait_for_end(left)
        self.assertEqual((memory["state"], memory["why"], self.where(left)), ("left", "others", {"offline"}))
        self.assertIn(f"left to udev's rule {RULE}:1", memory["reason"])
        self.set("Force=yes")
        forced = self.guest.hotadd("128M", node=1)
        [memory] = self.wait_for_end(forced)
        self.assertEqual((memory["state"], self.where(forced), self.where(left)), ("done", {"movable"}, {"offline"}))
        self.set("Force=default")
        self.guest.run(f"ln -sf /dev/null {RULE}; udevadm control --reload")
        self.assertEqual(self.policy()["deciders"], [])
        for dimm in (theirs, left, forced):
            self.take_out(dimm)

    def check_kernel(self):
        """The kernel's own setting is told, set where that is asked for, and put back."""
        self.guest.run(f"echo online > {AUTO_ONLINE}")
        [decider] = self.policy()["deciders"]
        self.assertEqual((decider["kind"], decider["acts"]), ("kernel", True))
        policy = self.set("AutoOnlineBlocks=offline")
        self.assertEqual((policy["auto_online_blocks"], policy["deciders"]), ("offline", []))
        dimm = self.guest.hotadd("128M", node=1)
        [memory] = self.wait_for_end(dimm)
        self.assertEqual((memory["state"], self.where(dimm)), ("done", {"movable"}))
        self.guest.run("systemctl stop memctld")
        self.assertEqual(self.guest.run(f"cat {AUTO_ONLINE}").stdout.strip(), "online")
        self.guest.run("systemctl start memctld")
        self.wait_until(f"grep -qx offline {AUTO_ONLINE}", "it is set again")
        self.guest.run(f"echo online_movable > {AUTO_ONLINE}; systemctl reload memctld")
        self.wait_until("memctl policy online show | grep -q 'somebody has set it to online_movable'", "nobody is fought")
        self.assertEqual(self.guest.run(f"cat {AUTO_ONLINE}").stdout.strip(), "online_movable")
        self.set("AutoOnlineBlocks=default")
        self.assertEqual(self.guest.run(f"cat {AUTO_ONLINE}").stdout.strip(), "online_movable")
