# SPDX-License-Identifier: LGPL-2.1-or-later
"""The LRU caches held off: for a command, for an offline job, and never for longer than whoever asked lives."""

import json

from harness import fixture, kernel
from harness.module import modules
from testbed import MemctlCase

MODULE = "/lib/modules/memctl.ko"

# uapi/memctl.h
LRU_CACHE, LRU_HOLD = 7, 8
DISABLED, LEASE = 19, 20


class LruHold(MemctlCase):
    kernels = ("7.3",)

    def boot_with_module(self, parameters=""):
        self.boot(binaries=[fixture("genl")], files={MODULE: modules(kernel(self.kernel)) / "memctl.ko"})
        self.guest.run(f"insmod {MODULE} {parameters}")

    def load_again(self, parameters):
        self.guest.run(f"rmmod memctl && insmod {MODULE} {parameters}")

    def status(self):
        return self.memctl("lru-cache status")

    def held(self):
        """The kernel's own count of who holds the caches off, in which all leases are one; and the leases."""
        words = self.guest.run(f"genl {LRU_CACHE}").stdout.split()
        return (int(next(word.split("=")[1] for word in words if word.startswith(f"{DISABLED}="))),
                sum(word.startswith(f"{LEASE}=") for word in words))

    def wait_until_free(self):
        self.wait_until(f"genl {LRU_CACHE} | grep -qw {DISABLED}=0", "the caches are in use again", seconds=30)
        self.assertEqual(self.held(), (0, 0))
        self.assertEqual(self.status()["leases"], [])

    def hold(self, command, status=0, options=""):
        """`memctl lru-cache hold`; what it and the command printed."""
        done = self.guest.run(f"memctl lru-cache hold {options} -- {command}", check=False)
        self.assertEqual(done.status, status, done.output)
        return done

    def start_holding(self, name, command="sleep 1000", options=""):
        """In the background; its pid is in /run/NAME.pid, and it has taken its lease."""
        self.guest.run(f"rm -f /run/{name}.status /run/{name}.held; ( sh -c 'echo $$ > /run/{name}.pid; "
                       f"exec memctl lru-cache hold {options} -- sh -c \"echo > /run/{name}.held; exec {command}\"' "
                       f"2> /run/{name}.err; echo $? > /run/{name}.status ) > /dev/null 2>&1 & "
                       f"until [ -e /run/{name}.held ]; do sleep 0.1; done")

    def ended(self, name):
        """The exit status of one that was started, and what it said."""
        self.wait_until(f"[ -s /run/{name}.status ]", f"{name} ends")
        return (int(self.guest.run(f"cat /run/{name}.status").stdout), self.guest.run(f"cat /run/{name}.err").stdout)

    def test_a_command_with_the_caches_off(self):
        self.boot_with_module()
        before = self.status()
        self.assertEqual(before, {"supported": True, "reason": None, "disabled": False, "longest_seconds": 60.0,
                                  "leases": []})
        self.assertIn("in use", self.guest.run("memctl lru-cache status").stdout)

        said = self.hold("memctl --json lru-cache status").json()
        [lease] = said["leases"]
        self.assertTrue(said["disabled"])
        self.assertEqual(set(lease), {"pid", "command", "seconds", "seconds_left"})
        self.assertEqual(lease["command"], "memctld")       # of the private one: to the second, a process like any
        self.assertAlmostEqual(lease["seconds"] + lease["seconds_left"], 60, places=2)
        self.assertLess(lease["seconds"], 30)
        self.assertEqual(self.held(), (0, 0))
        self.assertRegex(self.hold("memctl lru-cache status").stdout, r"held off.*\n *PID COMMAND.*\n *\d+ memctld")

        self.assert_exit_statuses()
        self.assert_times()
        self.assert_two_at_once()
        self.assert_killed()
        self.assert_signals()
        self.assert_all_taken()
        self.assertEqual(self.status(), before)
        self.guest.run("rmmod memctl")

    def assert_exit_statuses(self):
        for command, status, says in (("true", 0, ""), ("sh -c 'exit 42'", 42, ""), ("sh -c 'kill -9 $$'", 137, ""),
                                      ("sh -c 'kill -TERM $$'", 143, ""), ("/nonexistent", 127, "No such file"),
                                      ("no-such-command", 127, "No such file"), ("/etc", 126, "Permission denied")):
            said = self.hold(command, status).stderr
            self.assertIn(says, said)
            self.assertEqual(said.count("\n"), int(bool(says)), said)
            self.assertEqual(self.held(), (0, 0))
        self.assertEqual(self.hold("sh -c 'read line; echo got $line' <<E\nthis\nE\n").stdout, "got this\n")
        self.assertEqual(self.hold("echo --json -- x").stdout, "--json -- x\n")

    def assert_times(self):
        for seconds, whole in (("30", 30), ("59.5", 60)):
            said = self.hold("memctl --json lru-cache status", options=f"--timeout {seconds}").json()
            [lease] = said["leases"]
            self.assertAlmostEqual(lease["seconds"] + lease["seconds_left"], whole, places=2)
        self.assertIn("after 1.000 s", self.hold("sleep 3", options="--timeout 0.000001").stderr)
        for seconds in ("60.1", "604800"):
            said = self.hold("touch /run/never", status=2, options=f"--timeout {seconds}")
            self.assertIn("accepted is 1 to 60 s", said.stderr)
        self.guest.run("! [ -e /run/never ]")

    def assert_two_at_once(self):
        self.start_holding("one")
        self.start_holding("two")
        self.assertEqual(self.held(), (1, 2))
        self.guest.run("kill -9 $(cat /run/one.pid)")
        self.wait_until(f"[ $(genl {LRU_CACHE} | grep -o {LEASE}= | wc -l) = 1 ]", "one is gone")
        self.assertEqual(self.held(), (1, 1))
        self.assertTrue(self.status()["disabled"])
        self.guest.run("kill $(cat /run/two.pid)")
        self.assertEqual(self.ended("two"), (143, ""))
        self.wait_until_free()

    def assert_killed(self):
        for victim in ("$(cat /run/one.pid)", "$(pidof memctld)"):
            self.start_holding("one")
            self.assertEqual(self.held(), (1, 1))
            self.guest.run(f"kill -9 {victim}")
            self.wait_until_free()
            self.guest.run("kill $(pidof sleep)")
            status, said = self.ended("one")
            if "pidof" in victim:       # the command went on, and memctl waited for it
                self.assertEqual(status, 143)
                self.assertIn("the lease ended before the command did, with memctld", said)
            else:
                self.assertEqual(status, 137)

    def assert_signals(self):
        """What is sent to memctl reaches the command, whose answer it is."""
        self.guest.run("echo 'trap \"exit 7\" $1; > /run/trapped; while :; do sleep 0.1; done' > /run/trap.sh")
        for name in ("HUP", "TERM"):        # the shell lets what it starts with & ignore the others
            self.start_holding("one", f"sh /run/trap.sh {name}")
            self.guest.run(f"until [ -e /run/trapped ]; do sleep 0.1; done; rm /run/trapped; kill -{name} $(cat /run/one.pid)")
            self.assertEqual(self.ended("one"), (7, ""), name)
            self.assertEqual(self.held(), (0, 0))

    def assert_all_taken(self):
        """Others have all 64: plain words, and nothing is run."""
        self.guest.run(f"(yes {LRU_HOLD} | head -n 64; echo wait 1000) | genl session > /dev/null 2>&1 & "
                       f"until [ $(genl {LRU_CACHE} | grep -o {LEASE}= | wc -l) = 64 ]; do sleep 0.1; done")
        self.assertEqual(self.held(), (1, 64))
        self.assertEqual(len(self.status()["leases"]), 64)
        said = self.hold("touch /run/never", status=7).stderr        # busy
        self.assertEqual(said.count("\n"), 1, said)
        self.assertIn("as many leases are held as there may be", said)
        self.guest.run("! [ -e /run/never ]; killall genl")
        self.wait_until_free()

    def test_a_lease_ends_before_its_command(self):
        self.boot_with_module("lru_longest_seconds=2")
        self.assertEqual(self.status()["longest_seconds"], 2)
        said = self.hold("sh -c 'sleep 4; memctl --json lru-cache status; exit 9'", status=9)
        self.assertEqual(said.json()["leases"], [])
        self.assertEqual(said.stderr, "memctl: the lease ended after 2.000 s, before the command did: the LRU caches "
                                      "came on again\n")
        said = self.hold("sleep 3", options="--timeout 1")
        self.assertIn("after 1.000 s", said.stderr)
        self.assertEqual(self.held(), (0, 0))

    def test_an_offline_job_holds_a_lease(self):
        """Kept for as long as the job lasts, and gone when it rolls back, is cancelled, or is done."""
        self.boot_with_module("lru_longest_seconds=1")
        self.pin_a_page()
        self.start(f"dimm offline --force {self.dimm.acpi}")
        self.wait_for_an_offline_block()
        seen = self.guest.run("end=$(($(date +%s) + 4)); while [ $(date +%s) -lt $end ]; do "
                              f"genl {LRU_CACHE} | grep -o {LEASE}= | wc -l; done", timeout=120).stdout.split()
        self.assertLessEqual(set(seen), {"1", "2"}, seen)       # for seconds, of which a lease lasts one
        self.assertGreater(len(seen), 10)
        self.assertGreaterEqual(self.held()[0], 1)
        said = self.status()
        self.assertEqual((said["disabled"], said["leases"][0]["command"]), (True, "memctld"))
        self.signal("INT")
        self.assertEqual(json.loads(self.finish(status=1))["result"], "cancelled")
        self.assertEqual(self.held(), (0, 0))

        result = self.memctl(f"dimm offline --force {self.dimm.acpi}", status=1)
        self.assertEqual((result["result"], self.held()), ("failed", (0, 0)))
        self.start(f"dimm offline --force {self.dimm.acpi}")
        self.wait_for_an_offline_block()
        self.guest.run("kill -9 $(pidof memctld)")
        self.wait_until_free()
        self.finish(status=1)

        self.unpin()
        self.memctl(f"dimm online {self.dimm.acpi}")
        self.assertEqual(self.memctl(f"dimm offline --eject {self.dimm.acpi}")["result"], "done")
        self.assertEqual(self.held(), (0, 0))

    def test_without_the_module(self):
        self.boot()
        reason = "memctl.ko is not loaded"
        self.assertEqual(self.status(), {"supported": False, "reason": reason, "disabled": None,
                                         "longest_seconds": None, "leases": []})
        said = self.hold("touch /run/never", status=1).stderr
        self.assertEqual(said, f"memctl: the LRU caches cannot be held off: {reason}\n")
        self.guest.run("! [ -e /run/never ]")
        done = self.guest.run(f"memctl --json dimm offline {self.dimm.acpi}", timeout=120)
        self.assertEqual((done.json()["result"], done.stderr), ("done", ""))
        self.assert_nothing_runs()
