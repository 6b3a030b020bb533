# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compaction by itself: as much as was asked for, no more than it may cost, and what is wrong changes nothing."""

import json

from compactbed import HUGE, Pieces
from harness import fixture
from servicebed import Service
from test_compact import BusyCase
from test_system import InstalledCase
from testbed import MEMCTLD

OWN = "/etc/memctl/memctl.conf.d/50-memctl-set.conf"
PROACTIVENESS, DEFRAG_MODE = "/proc/sys/vm/compaction_proactiveness", "/proc/sys/vm/defrag_mode"
KEYS = {"enabled", "running", "cpu_permille", "quiet", "fault", "not_set", "vm.compaction_proactiveness", "vm.defrag_mode", "nodes"}


class Waits:
    """For what the policy says of a node."""
    LOG = "journalctl -u memctld -n 20"

    def wait_for(self, state):
        try:
            self.wait_until(f"memctl compact policy show | grep -q 'node 0: {state}:'", f"it is {state}", seconds=240)
        except AssertionError as error:
            error.add_note(self.guest.run(f"memctl compact policy show; {self.LOG}", check=False).output)
            raise


class Policy(Waits, Pieces, InstalledCase):
    kernels = ("7.3",)
    every = ("6.1", "6.12", "7.3")

    def policy(self, what="show"):
        policy = self.memctl(f"compact policy {what}")
        self.assertEqual(set(policy), KEYS)
        return policy

    def node(self, what="show"):
        [node] = self.policy(what)["nodes"]
        return node

    def set(self, values, status=0):
        return self.memctl(f"compact policy set {values}", status)

    def said(self, what):
        """How often the journal has it."""
        return int(self.guest.run(f"journalctl --sync; journalctl -u memctld | grep -c -- '{what}'", check=False).stdout)

    def read(self, path):
        return self.guest.run(f"cat {path} 2>/dev/null", check=False).stdout.strip()


    def test_by_itself(self):
        self.boot_installed(fixture("spread"), memory="1G")
        self.guest.run("insmod /usr/lib/modules/memctl.ko")
        self.make_pieces()
        before = self.free()
        with self.subTest("off"):
            policy = self.policy()
            self.assertEqual((policy["enabled"], policy["running"], policy["cpu_permille"], policy["fault"]), (False, True, 10, None))
            [node] = policy["nodes"]
            self.assertEqual((node["node"], node["order"], node["state"]), (0, HUGE, "off"))
        with self.subTest("bad input"):
            self.check_bad_input()
        with self.subTest("dry run"):
            self.assertEqual(self.set("Free=5000")["enabled"], False)
            node = self.node("dry-run")
            self.assertEqual((node["state"], node["would_compact"]), ("wanted", True))
            self.assertGreater(node["small_pages"], 10000)
            self.assertEqual(self.said("pieces gained"), 0)
        with self.subTest("reached"):
            wanted = before + 60
            policy = self.set(f"Enabled=yes Free={wanted} CPU=100%")
            self.assertEqual((policy["enabled"], policy["nodes"][0]["target"]), (True, wanted))
            self.check_who_set_it(f"Enabled=yes Free={wanted} CPU=100%")
            self.wait_for("reached")
            self.assertGreaterEqual(self.free(), wanted - wanted // 8)
            self.assertGreater(self.said(f"node 0: wanted: .* pieces free of {wanted}"), 0)
            self.assert_kept()
        with self.subTest("small orders"):          # as of kernel stacks, and of buffers
            for order in (2, 3, 4):
                self.set(f"Enabled=no Order={order} Free=1000000")
                small = self.node("dry-run")["small_pages"]         # half of which can surely be had together
                self.assertGreater(small >> order, 20)
                wanted = self.free(order) + (small >> order) // 2
                self.set(f"Enabled=yes Free={wanted}")
                self.wait_for("reached")
                self.assertGreaterEqual(self.free(order), wanted - wanted // 8)
            self.set("Order=default")
        with self.subTest("nothing to gain"):
            attempts = self.said("node 0: wanted")
            self.set("Free=5000")
            self.wait_for("backing_off")
            gained = self.free()
            self.assertGreater(gained, before + 100)
            self.assertLess(self.said("node 0: wanted") - attempts, 30)
            self.assert_kept()
        with self.subTest("quiet"):
            self.set("Quiet=00:00-24:00")
            self.assertEqual(self.node()["state"], "quiet")
            self.set("Quiet=default Free=default CPU=default Enabled=default")
            self.assertEqual(self.node()["state"], "off")
        self.check_settings()
        self.check_faults_of_files()

    def check_who_set_it(self, settings):
        [entry] = self.entries(f"MEMCTL_SETTINGS='{settings}'")
        self.assertEqual((entry["MEMCTL_CALLER_UID"], entry["MEMCTL_CALLER_COMM"], entry.get("MEMCTL_NODE")), ("0", "memctl", None))

    def check_bad_input(self):
        for values, status, says in (
                ("Free=0", 2, f"{OWN}:3: \"0\": accepted is a number of pieces, or a share"),
                ("CPU=101%", 2, "accepted is a share of one CPU, from 0.1% to 100%"),
                ("Fee=1", 2, "\"Fee\": accepted is Enabled, Order, Free"),
                ("Free=1 --node 70", 2, f"{OWN}:2: \"Compaction 70\": accepted is a node of this machine"),
                ("CPU=1% --node 0", 2, "accepted is Enabled, Order and Free, of one node"),
                ("Free", 2, "expected KEY=VALUE"),
                ("", 2, "expected KEY=VALUE")):
            said = self.guest.run(f"memctl compact policy set {values}", check=False)
            self.assertEqual(said.status, status, f"{values}: {said.stdout}{said.stderr}")
            self.assertIn(says, said.stderr, values)
        self.assertEqual(self.guest.run("memctl compact policy see", check=False).status, 2)
        self.assertEqual(self.read(OWN), "")
        said = self.guest.run("su -s /bin/sh -c 'memctl compact policy set Enabled=yes' nobody < /dev/null", check=False)
        self.assertEqual(said.status, 4, said.stderr)
        self.assertEqual(self.read(OWN), "")

    def check_settings(self):
        """The kernel's settings are set where that is asked for, and put back."""
        with self.subTest("settings"):
            before, has_defrag_mode = self.read(PROACTIVENESS), self.read(DEFRAG_MODE) != ""
            policy = self.set("Proactiveness=7 DefragMode=yes")
            self.assertEqual(self.read(PROACTIVENESS), "7")
            self.assertEqual(self.read(DEFRAG_MODE), "1" if has_defrag_mode else "")
            if not has_defrag_mode:
                self.assertIn("vm.defrag_mode: this kernel has no such setting", policy["not_set"])
            self.guest.run("systemctl stop memctld")
            self.assertEqual(self.read(PROACTIVENESS), before)
            self.guest.run("systemctl start memctld; memctl compact policy show > /dev/null")
            self.wait_until(f"grep -qx 7 {PROACTIVENESS}", "it is set again")
            self.guest.run(f"kill -9 $(systemctl show -P MainPID memctld)")     # the next one knows what was there before
            self.wait_until("systemctl is-active memctld", "memctld is there again")
            self.guest.run(f"echo 33 > {PROACTIVENESS}")
            policy = self.set("Proactiveness=8")
            self.assertIn("somebody has set it to 33 since memctl set it to 7", policy["not_set"])
            self.set("Proactiveness=default DefragMode=default")
            self.assertEqual(self.read(PROACTIVENESS), "33")
            self.assertEqual(self.read(DEFRAG_MODE), "0" if has_defrag_mode else "")

    def check_faults_of_files(self):
        """Files are read at a reload; with a fault in one what was in force stays so."""
        with self.subTest("files"):
            self.guest.run("printf '[Compaction]\\nEnabled=yes\\nFree=1\\n' > /etc/memctl/memctl.conf; systemctl reload memctld")
            self.wait_for("reached")
            self.guest.run("printf '[Compaction]\\n\\nFree=lots\\n' > /etc/memctl/memctl.conf.d/60-bad.conf; systemctl reload memctld")
            fault = "/etc/memctl/memctl.conf.d/60-bad.conf:3: \"lots\": accepted is a number of pieces"
            self.wait_until("memctl compact policy show | grep -q 'has a fault'", "the fault is told")
            policy = self.policy()
            self.assertIn(fault, policy["fault"])
            self.assertEqual((policy["enabled"], policy["nodes"][0]["target"]), (True, 1))
            self.assertGreater(self.said("what was in force before stays so"), 0)
            said = self.guest.run("memctl compact policy set Free=2", check=False)
            self.assertIn(fault, said.stderr)
            self.guest.run("rm /etc/memctl/memctl.conf.d/60-bad.conf; systemctl reload memctld")
            self.wait_until("! memctl compact policy show | grep -q 'has a fault'", "the fault is gone")
            self.assertEqual(json.loads(self.guest.run("memctl --json compact policy show").stdout)["nodes"][0]["state"], "reached")


class Stalled(Waits, Service, BusyCase):
    LOG = "tail -n 20 /run/memctld.log"
    kernels = ("7.3",)
    every = ("6.1", "6.12", "7.3")

    def boot(self, **options):
        binaries, files = self.service_options()
        super().boot(**{**options, "binaries": [*options.get("binaries", ()), *binaries],
                        "files": {**options.get("files", {}), **files}})


    def test_a_server_that_does_not_answer(self):
        """It is reached without its pages, nobody waits for them, and there is an answer at any time."""
        self.boot_stalled("read")
        self.start_waiting(f"fuse check /fuse/file {self.TOGETHER} {self.TIMES}")
        before, failed = self.free(), self.migrations_failed()
        self.start_service(MEMCTLD)
        self.guest.run(f"memctl compact policy set Enabled=yes CPU=100% Free={before + 60}")
        self.wait_for("reached")
        self.assert_nobody_waits()
        self.guest.run("memctl compact policy set Free=5000")
        self.wait_for("backing_off")
        self.assert_nobody_waits()
        self.assertLess(self.migrations_failed(), failed + self.TIMES // 2)
        self.assert_kept()
        self.assertEqual(self.guest.run("cat /run/waits").stdout, "")
        self.guest.run("kill -USR1 $(cat /run/fuse.pid)")
        self.assert_waited()
        self.guest.run("kill $(cat /run/memctld.pid)")
        self.assert_nothing_runs()
