# SPDX-License-Identifier: LGPL-2.1-or-later
"""memctl as it is installed: systemd, the system bus, polkit, and a memctld that follows the kernel's events."""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

from harness import kernel
from harness.case import build_directory
from harness.module import modules
from testbed import MemctlCase

WARM_SET = "11b8c6e2369d4a7cb0861fa33033b523"       # as in docs/bus.md


class InstalledCase(MemctlCase):
    def boot_installed(self, *binaries, more=None, **options):
        """A systemd guest with `meson install` done, and a DIMM; more: further files, as of Machine."""
        tree = self.enterContext(tempfile.TemporaryDirectory())
        subprocess.run(["meson", "install", "-C", str(self.programs()), "--no-rebuild", "--quiet"], check=True,
                       env={**os.environ, "DESTDIR": tree}, stdout=subprocess.DEVNULL)
        self.boot(**{"root": "systemd", "memory": "2G", **options}, binaries=binaries, files={
            "/usr": f"{tree}/usr", **(more or {}), **{f"/usr/lib/modules/{name}.ko": modules(kernel(self.kernel)) / f"{name}.ko"
                                      for name in ("memctl", "memctl_heap")}})
        self.guest.run("systemctl daemon-reload; busctl call org.freedesktop.DBus /org/freedesktop/DBus "
                       "org.freedesktop.DBus ReloadConfig")

    def entries(self, match):
        """What the system's journal has with such a field."""
        said = self.guest.run(f"journalctl --sync; journalctl -o json {match}").stdout
        return [json.loads(line) for line in said.splitlines()]

    def assert_online(self):
        self.assertEqual(self.blocks(), {block: ("online", ["Movable"]) for block in self.dimm.blocks})


class Installed(InstalledCase):
    kernels = ("7.3",)

    def job_states(self):
        return [(job["verb"], job["result"]) for job in self.memctl("job list")["jobs"]]

    def test_bus_activation_jobs_and_events(self):
        driver = "/usr/lib/modules/memctl_test_cma.ko"
        self.boot_installed(cmdline="cma=32M", more={driver: modules(kernel(self.kernel)) / "memctl_test_cma.ko"})
        self.assertNotEqual(self.guest.run("systemctl is-active memctld", check=False).status, 0)
        status = self.memctl("status")          # the bus starts it
        self.assertTrue(status["live"])
        self.assertEqual((status["dimms"], status["problems"]), (1, []))
        self.guest.run("systemctl is-active memctld")
        self.assert_picture_follows()

        before = self.fill(200)
        self.guest.run("busctl monitor --json=short org.memctl1 > /run/signals 2> /run/signals.err & echo $! > /run/monitor.pid; "
                       "until [ -s /run/signals.err ]; do sleep 0.1; done")
        self.assertEqual(self.memctl(f"dimm offline {self.dimm.acpi}")["result"], "done")
        self.assertEqual(self.memctl(f"dimm online {self.dimm.acpi}")["result"], "done")
        self.assertEqual(self.job_states(), [("dimm-offline", "done"), ("dimm-online", "done")])
        self.guest.run("kill $(cat /run/monitor.pid)")
        self.assert_only_changes_are_told()
        self.assertEqual(len(self.guest.run("pidof memctld").stdout.split()), 1)     # no worker is left
        self.assert_jobs_are_in_the_journal()
        self.assert_documented("job/1", "Job", 24)
        self.assertIn('memctl_jobs_ended_total{verb="dimm-offline",result="done"} 1\n', self.guest.run("memctl metrics").stdout)
        self.assertEqual(self.checksum(), before)
        self.assert_the_unit_lets_it()
        self.assert_the_module_is_seen()
        self.assert_failures_of_cma_are_told(driver)
        self.assert_a_job_is_left_to_memctld()
        self.assert_two_jobs_do_not_share_a_block()
        self.assert_a_stop_puts_back()
        self.assert_a_restart_ends_jobs()
        self.assert_a_crash_is_mended()

    def assert_only_changes_are_told(self):
        known, changes = {}, 0
        for line in self.guest.run("cat /run/signals").stdout.splitlines():
            message = json.loads(line)
            if message.get("member") != "PropertiesChanged" or message["payload"]["data"][0] != "org.memctl1.Job":
                continue
            changed = {name: value["data"] for name, value in message["payload"]["data"][1].items()}
            self.assertNotEqual(changed, {})
            for name, value in changed.items():
                self.assertNotEqual(known.get((message["path"], name)), value, f"{message['path']} {name} is told twice")
                known[message["path"], name] = value
            changes += 1
        self.assertGreater(changes, 3)
        self.assertEqual(known["/org/memctl1/job/1", "Result"], "done")

    def assert_the_unit_lets_it(self):
        """The unit takes much away from memctld, and nothing of what it needs to write."""
        self.guest.run("memctl cma record && grep -q . /var/lib/memctl/cma-history")
        self.guest.run("systemctl start memctl-cma-history.service")
        self.assert_metrics_are_written()
        self.assertEqual(self.memctl("compact run")["result"], "done")      # without memctl.ko: by the kernel

    def assert_metrics_are_written(self):
        """By their unit, into a folder that is another user's; and with a full disk the file stays as it was."""
        folder, start = "/var/lib/prometheus/node-exporter", "systemctl start memctl-metrics.service"
        self.guest.run(f"{start} && ! test -e {folder}")      # there is no node_exporter
        self.guest.run(f"mkdir -p {folder} && chown 65534 {folder} && {start} && grep -q '^memctl_source_up' {folder}/memctl.prom")
        self.guest.run(f"mount -t tmpfs -o size=4k tmpfs {folder} && echo before > {folder}/memctl.prom")
        self.assertNotEqual(self.guest.run(start, check=False).status, 0)
        self.assertEqual(self.guest.run(f"ls -A {folder} && cat {folder}/memctl.prom").stdout, "memctl.prom\nbefore\n")
        self.guest.run(f"umount {folder} && systemctl reset-failed memctl-metrics.service")

    def assert_jobs_are_in_the_journal(self):
        """Who began what, with what options, and how it ended."""
        started, ended = (self.entries(f"MESSAGE_ID={name}")
                          for name in ("41eea6e7d9614d4da2d47df27af6140a", "b61d5cc6a7a24813b5c875890731b8bb"))
        self.assertEqual([(entry["MEMCTL_VERB"], entry["MEMCTL_TARGET"], entry["MEMCTL_CALLER_UID"], entry["MEMCTL_CALLER_COMM"])
                          for entry in started], [(verb, self.dimm.acpi, "0", "memctl") for verb in ("dimm-offline", "dimm-online")])
        self.assertIn("--cache auto --stuck roll-back", started[0]["MEMCTL_OPTIONS"])
        self.assertEqual([(entry["MEMCTL_JOB"], entry["MEMCTL_RESULT"]) for entry in ended], [("1", "done"), ("2", "done")])

    def assert_picture_follows(self):
        """What others do to memory is seen without asking the kernel again."""
        first = self.dimm.blocks[0]
        for wanted in ("offline", "online_movable"):
            self.guest.run(f"echo {wanted} > /sys/devices/system/memory/memory{first}/state")
            self.assertEqual(self.blocks()[first][0], wanted.split("_", maxsplit=1)[0])

        second = self.guest.hotadd("256M")
        [dimm] = [dimm for dimm in self.memctl("dimm list")["dimms"] if dimm["dimm"] == second.acpi]
        self.assertEqual((dimm["blocks"], dimm["online_bytes"]), (list(second.blocks), second.size))
        self.guest.unplug_request(second.id)
        self.guest.wait_deleted(second.id)
        self.wait_until(f"! memctl dimm list | grep {second.acpi}", "the DIMM is off the list")
        self.assertEqual(len(self.memctl("block list")["blocks"]), len(
            self.guest.run("ls -d /sys/devices/system/memory/memory[0-9]*").stdout.split()))

    def assert_the_module_is_seen(self):
        """A memctld that runs, in its sandbox, finds memctl.ko when it comes, and misses it when it goes."""
        self.assertIsNone(self.memctl("provider list")["module"])
        self.guest.run("insmod /usr/lib/modules/memctl.ko && insmod /usr/lib/modules/memctl_heap.ko")
        self.assertEqual([provider["name"] for provider in self.memctl("provider list")["providers"]], ["heap"])
        self.assertEqual(self.memctl("provider show heap")["providers"][0]["failures"], [])
        self.guest.run("busctl get-property org.memctl1 /org/memctl1/provider/heap org.memctl1.Provider Pages")
        self.assert_documented("provider/heap", "Provider", 11)
        metrics = self.guest.run("memctl metrics").stdout
        for sample in ('memctl_source_up{source="providers"} 1', 'memctl_provider_pages{provider="heap"} ', "memctl_module_info{version=",
                       'memctl_reservations{area=""} 0', "memctl_warm_target_bytes 0", 'memctl_memory_source_info{source="module"} 1'):
            self.assertIn(f"\n{sample}", metrics)
        self.assertEqual(self.guest.run("memctl report --html - | grep -c '<section'").stdout.strip(), "7")
        for size, size_bytes, where in (("4M --node 0", 4 << 20, "0"), ("off", 0, None)):
            self.guest.run(f"memctl cma warm {size}")
            [entry] = self.entries(f"MESSAGE_ID={WARM_SET} MEMCTL_BYTES={size_bytes}")
            self.assertEqual((entry["MEMCTL_CALLER_UID"], entry["MEMCTL_CALLER_COMM"], entry.get("MEMCTL_NODE")), ("0", "memctl", where))
        self.guest.run("rmmod memctl_heap memctl")
        self.assertEqual(self.memctl("provider list"), {"providers": [], "module": None})
        self.assertIn('memctl_source_up{source="providers"} 0\n', self.guest.run("memctl metrics").stdout)

    def assert_failures_of_cma_are_told(self, driver):
        """Of a module that comes, and of one that comes anew; and memctld sleeps while nothing happens."""
        test = "/sys/kernel/debug/memctl_test_cma"
        self.guest.run(f"insmod {driver}; set -- /sys/kernel/mm/cma/*; echo ${{1##*/}} 0 0 > {test}/area; busctl monitor "
                       "--json=short --match \"type='signal',member='CmaFailed'\" org.memctl1 >> /run/failed 2> /run/failed.err & "
                       "echo $! > /run/monitor.pid; until [ -s /run/failed.err ]; do sleep 0.1; done")
        for _ in range(2):
            self.guest.run("insmod /usr/lib/modules/memctl.ko; : > /run/failed")
            # as long as it takes until memctld has heard of the module, and listens
            self.guest.run(f"i=0; until grep -q CmaFailed /run/failed || [ $((i += 1)) -gt 100 ]; do "
                           f"(echo '100000 0' > {test}/alloc) 2> /dev/null; sleep 0.3; done", timeout=120)
            told = json.loads(self.guest.run("head -n 1 /run/failed").stdout)["payload"]["data"]
            self.assertEqual((told[1]["cause"]["data"], "command" in told[1]), ("too_small", False))
            self.guest.run("rmmod memctl")
        self.guest.run("kill $(cat /run/monitor.pid); rmmod memctl_test_cma")
        woken = self.guest.run("for i in 1 2; do grep -h ^voluntary /proc/$(pidof memctld)/status; sleep 12; done").stdout.split()
        self.assertLessEqual(int(woken[3]) - int(woken[1]), 1)     # the watchdog's

    def assert_a_job_is_left_to_memctld(self):
        """--no-block answers with the job's number alone, and the job goes on."""
        first = self.dimm.blocks[0]
        job = self.memctl(f"block offline {first} --no-block")["job"]
        self.assertEqual(self.memctl(f"job wait {job}")["blocks_offlined"], 1)
        self.assertEqual(self.guest.run(f"memctl block online {first} --no-block").stdout, f"job {job + 1}\n")
        self.assertEqual(self.memctl(f"job wait {job + 1}")["result"], "done")

    def assert_documented(self, path, interface, number):
        """docs/bus.md names all members, of which there are so many."""
        documented = (Path(__file__).parents[2] / "docs/bus.md").read_text(encoding="utf-8")
        shown = self.guest.run(f"busctl introspect org.memctl1 /org/memctl1/{path} org.memctl1.{interface}").stdout
        members = re.findall(r"^\.(\w+)", shown, re.MULTILINE)
        self.assertEqual(len(members), number, members)
        self.assertEqual([member for member in members if not re.search(f"`{member}[ `]", documented)], [])

    def assert_two_jobs_do_not_share_a_block(self):
        self.pin_a_page()
        self.start(f"dimm offline {self.dimm.acpi} --stuck wait")
        self.wait_for_an_offline_block()
        said = self.guest.run(f"memctl dimm offline {self.dimm.acpi}", check=False)
        self.assertEqual(said.status, 7)
        self.assertIn("is being worked on by job", said.stderr)
        [job] = [job for job in self.memctl("job list")["jobs"] if job["state"] != "finished"]
        self.memctl_plain(f"job cancel {job['job']}")
        self.assertEqual(json.loads(self.finish(status=1))["result"], "cancelled")
        self.assertEqual(self.memctl(f"job wait {job['job']}", status=1)["result"], "cancelled")
        self.assert_online()

    def assert_a_stop_puts_back(self):
        """A page is still pinned: the job cannot be over when the service is told to stop."""
        self.start(f"dimm offline {self.dimm.acpi} --stuck wait")
        self.wait_for_an_offline_block()
        self.guest.run("systemctl stop memctld", timeout=120)
        self.assertEqual(json.loads(self.finish(status=1))["result"], "cancelled")
        self.assertEqual(self.guest.run("systemctl show -P Result memctld").stdout, "success\n")
        self.assert_online()

    def assert_a_restart_ends_jobs(self):
        """Whoever waits for one hears how it ended, and the next memctld still knows it, and those before."""
        before = self.memctl("job list")["jobs"]
        self.start(f"dimm offline {self.dimm.acpi} --stuck wait")
        self.wait_for_an_offline_block()
        self.guest.run("systemctl restart memctld", timeout=120)
        self.assertEqual(json.loads(self.finish(status=1))["result"], "cancelled")
        *known, last = self.memctl("job list")["jobs"]
        self.assertEqual(known, before)
        self.assertEqual((last["result"], last["recovered"], last["job"]), ("cancelled", False, before[-1]["job"] + 1))
        self.assert_online()

    def assert_a_crash_is_mended(self):
        """systemd starts another memctld, which finds the journal that the first one left, and puts back."""
        self.start(f"dimm offline {self.dimm.acpi} --stuck wait")
        self.wait_for_an_offline_block()
        self.guest.run("kill -9 $(systemctl show -P MainPID memctld)")
        self.finish(status=1)
        self.wait_until("[ $(systemctl show -P NRestarts memctld) = 1 ] && systemctl is-active memctld",
                        "another memctld is there")
        self.wait_until("[ -z \"$(ls /run/memctl/journal)\" ]", "it has put back what the first one did")
        self.assert_online()
        job = self.memctl("job list")["jobs"][-1]
        self.assertEqual((job["recovered"], job["result"]), (True, "failed"))
        self.assertEqual([reason["code"] for reason in job["reasons"]], ["interrupted"])
        self.assertIn("memctld died in this job", self.guest.run("journalctl -u memctld").stdout)
        self.assertIn("is taken over", self.guest.run("journalctl MESSAGE_ID=65651b0d4afb40b2b2d0967efbe103a8").stdout)
        self.unpin()

    def test_the_sandbox_leaves_what_is_needed(self):
        """The service looks into other users' processes, asks memctl.ko, and ejects; others see counts at most."""
        self.boot_installed()
        self.guest.run("insmod /usr/lib/modules/memctl.ko")
        block = self.pin_a_page("setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+sys_admin "
                                "--ambient-caps=+sys_admin")
        pid = int(self.guest.run("pidof pin").stdout)
        why = self.memctl(f"why {self.dimm.acpi}")
        self.assertEqual((why["source"], why["processes"]), ("module", [{"pid": pid, "command": "pin"}]))
        self.assertEqual(self.memctl("movability")["source"], "module")
        [reason] = self.memctl(f"dimm offline {self.dimm.acpi}", status=3)["reasons"]
        self.assertEqual((reason["block"], reason["pids"], reason["owner"]), (block, [pid], "anon"))

        shown = self.guest.run("setpriv --reuid=65534 --clear-groups busctl --json=short call org.memctl1 /org/memctl1 "
                               "org.freedesktop.DBus.ObjectManager GetManagedObjects").stdout
        self.assertIn("unmovable", shown)
        self.assertIn('"processes":{"type":"u","data":1}', shown)
        self.assertNotRegex(shown, rf'pids|commands|owner|anon|"pin"|[\[,]{pid}[,\]]')      # as a number of pages it may be there
        [job] = self.guest.run("setpriv --reuid=65534 --clear-groups memctl --json job list").json()["jobs"]
        self.assertEqual([(reason["pids"], reason["owner"], reason["processes"]) for reason in job["reasons"]], [(None, None, 1)])
        said = self.guest.run("setpriv --reuid=65534 --clear-groups memctl job show 1")
        self.assertIn("mapped by a process", said.stderr)
        self.unpin()
        self.assertEqual(self.memctl(f"dimm offline --eject {self.dimm.acpi}")["result"], "done")
        self.assertEqual(self.guest.run("systemctl show -P MemoryMax memctld").stdout, "1073741824\n")

    def memctl_plain(self, arguments):
        self.guest.run(f"memctl {arguments}")


class Rights(InstalledCase):
    """What polkit and the bus say is no matter of the kernel."""
    kernels = ("6.1",)

    def test_who_may_do_what(self):
        self.boot_installed()
        self.guest.run("useradd --system tester 2>/dev/null || adduser --system --quiet tester")
        as_tester = "setpriv --reuid=tester --clear-groups "
        self.guest.run(f"{as_tester} memctl block list")
        self.guest.run(f"{as_tester} memctl dimm list")
        for verb in (f"dimm offline {self.dimm.acpi}", f"dimm online {self.dimm.acpi}", f"dimm eject {self.dimm.acpi}",
                     f"block offline {self.dimm.blocks[0]}", "block offline --size 128M",
                     f"dimm plan {self.dimm.acpi}", "node plan 0", "node offline 0", "node online 0", "provider list", "provider show heap",
                     "lru-cache status", "lru-cache hold -- touch /tmp/never", "movability", "map",
                     "cma reserve 1M --name x", "cma reserve 1M -- touch /tmp/never", "cma release x", "cma reservations",
                     f"why {self.dimm.acpi}"):
            said = self.guest.run(f"{as_tester} memctl {verb}", check=False)
            self.assertEqual(said.status, 4, f"{verb}: {said.output}")
            self.assertIn("not authorized", said.stderr)
        self.assert_online()
        self.guest.run("! [ -e /tmp/never ]")

        self.guest.run("systemctl stop polkit; systemctl mask --runtime polkit")
        said = self.guest.run(f"{as_tester} memctl block offline {self.dimm.blocks[0]}", check=False)
        self.assertEqual(said.status, 4, said.output)
        self.memctl(f"block offline {self.dimm.blocks[0]}")


class Clients(InstalledCase):
    kernels = ("7.3",)

    def test_leases_of_clients(self):
        """Held by memctld, and for no longer than the client is on the bus."""
        self.boot_installed(build_directory() / "tests/guest/bus_leases")
        self.guest.run("insmod /usr/lib/modules/memctl.ko")
        self.assertEqual(self.leases(), [])
        self.client("one")
        [number, usec] = self.ask("one", "hold", "held")
        self.assertEqual(usec, "60000000")
        pid = int(self.guest.run("cat /run/one.pid").stdout)
        [(shown, command)] = self.leases()
        self.assertEqual((shown, command), (pid, "bus_leases"))
        said = self.guest.run("memctl lru-cache hold -- memctl --json lru-cache status").json()
        self.assertEqual([lease["command"] for lease in said["leases"]], ["bus_leases", "memctl"])

        self.client("two")
        self.assertIn("another's", self.ask("two", f"release {number}", "error")[-1])
        self.assertEqual(self.leases(), [(pid, "bus_leases")])
        self.assertEqual(self.ask("one", f"release {number}", "released"), ["1"])
        self.assertEqual(self.ask("one", f"release {number}", "released"), ["0"])
        self.assertEqual(self.leases(), [])

        self.guest.run("yes hold | head -n 4 > /run/one.in")
        self.wait_until("[ $(grep -c held /run/one.out) = 5 ]", "four more leases are held")
        self.assertIn("a client may have 4 leases", self.ask("one", "hold", "error")[-1])
        [number, usec] = self.ask("two", "hold 1500000", "held")
        self.assertEqual(usec, "2000000")
        self.guest.run(f"kill -9 {pid}")
        self.wait_until("[ $(memctl --json=short lru-cache status | grep -o pid | wc -l) -lt 2 ]", "its leases are gone")
        self.wait_until("memctl lru-cache status | grep -q 'in use'", "the other's lease ends by itself")
        self.assertEqual(self.ask("two", f"release {number}", "released"), ["0"])

        self.ask("two", "hold", "held")
        self.guest.run("kill -9 $(pidof memctld); sleep 1")       # systemd starts another
        self.assertEqual(self.leases(), [])
        self.assert_there_is_room_for_jobs()

    def assert_there_is_room_for_jobs(self):
        self.guest.run("echo 3600 > /sys/module/memctl/parameters/lru_longest_seconds")
        for name in range(8):
            self.client(name)
            self.guest.run(f"yes hold | head -n 4 > /run/{name}.in")
        self.client("late")
        self.wait_until("[ $(cat /run/[0-9].out | grep -c held) = 32 ]", "32 leases are held")
        self.assertIn("user 0 has 32 leases", self.ask("late", "hold", "error")[-1])
        self.assertEqual(len(self.leases()), 32)
        self.assertEqual(self.memctl(f"dimm offline {self.dimm.acpi}")["result"], "done")
        self.guest.run("systemctl stop memctld")
        self.assertEqual(self.leases(), [])

    def client(self, name):
        """A bus_leases that answers what is asked through ask()."""
        self.guest.run(f"mkfifo /run/{name}.in; : > /run/{name}.out; (exec 3<> /run/{name}.in; exec bus_leases <&3 "
                       f"> /run/{name}.out) > /dev/null 2>&1 & echo $! > /run/{name}.pid")

    def ask(self, name, line, answer):
        """The words behind the answer; the last are one."""
        lines = int(self.guest.run(f"wc -l < /run/{name}.out").stdout)
        self.guest.run(f"echo '{line}' > /run/{name}.in")
        self.wait_until(f"[ $(wc -l < /run/{name}.out) -gt {lines} ]", f"{name} answers {line}")
        words = self.guest.run(f"tail -n 1 /run/{name}.out").stdout.strip().split(" ", 2)
        self.assertEqual(words[0], answer, words)
        return words[1:]

    def leases(self):
        return [(lease["pid"], lease["command"]) for lease in self.memctl("lru-cache status")["leases"]]
