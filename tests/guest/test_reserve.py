# SPDX-License-Identifier: LGPL-2.1-or-later
"""Contiguous memory for a command, by a name, at boot; whose it is, and what ends it."""

import json
import tempfile
from pathlib import Path

from harness import kernel
from harness.module import modules
from test_system import InstalledCase
from testbed import MemctlCase

MODULE = "/lib/modules/memctl.ko"
MIB = 1 << 20
ROW = {"id", "name", "area", "start", "size", "align", "node", "zone", "pid", "command", "seconds", "pages_moved"}
MADE = {"id", "name", "area", "start", "size", "align", "node", "zone", "pages_moved", "places_failed", "seconds"}


class ReserveCase(MemctlCase):
    def reservations(self):
        return self.memctl("cma reservations")["reservations"]

    def held(self):
        return [(row["name"], row["size"]) for row in self.reservations()]

    def fails(self, arguments, status, says):
        """It does, in one line."""
        done = self.guest.run(f"memctl cma {arguments}", check=False)
        self.assertEqual(done.status, status, f"{arguments}: {done.output}")
        self.assertEqual((done.stdout, done.stderr.count("\n")), ("", 1), done.output)
        self.assertIn(says, done.stderr)

    def start_holding(self, name, size="16M"):
        """`memctl cma reserve` for a command that goes on; their pids are in /run/NAME.pid and /run/NAME.command."""
        self.guest.run(f"rm -f /run/{name}.status /run/{name}.held; ( sh -c 'echo $$ > /run/{name}.pid; exec memctl cma reserve "
                       f"{size} -- sh -c \"echo \\$\\$ > /run/{name}.command; echo \\$MEMCTL_RESERVATION_ID > /run/{name}.held; "
                       "exec sleep 1000\"' "
                       f"2> /run/{name}.err; echo $? > /run/{name}.status ) > /dev/null 2>&1 & "
                       f"until [ -s /run/{name}.held ]; do sleep 0.1; done", timeout=120)
        return int(self.guest.run(f"cat /run/{name}.held").stdout)

    def end(self, name):
        """Ends the command. The exit status of memctl, and what it said, if it was not killed."""
        self.guest.run(f"kill $(cat /run/{name}.command)")
        self.wait_until(f"[ -s /run/{name}.status ]", f"{name} ends")
        return (int(self.guest.run(f"cat /run/{name}.status").stdout), self.guest.run(f"cat /run/{name}.err").stdout)

    def assert_contiguous(self, made, size, align=4096):
        self.assertEqual(set(made), MADE)
        self.assertEqual((made["size"], made["align"]), (size, align))
        self.assertEqual(int(made["start"], 16) % align, 0)

    def assert_apart(self):
        ends = sorted((int(row["start"], 16), int(row["start"], 16) + row["size"]) for row in self.reservations())
        for (_, end), (start, _) in zip(ends, ends[1:]):
            self.assertLessEqual(end, start, ends)


class Reserve(ReserveCase):
    kernels = ("7.3",)

    def test_without_a_service(self):
        self.boot(files={MODULE: modules(kernel(self.kernel)) / "memctl.ko"})
        self.fails("reserve 16M --name camera", 1, "memctl.ko is not loaded, and it is what reserves memory")
        self.assertEqual(self.held(), [])
        self.guest.run(f"insmod {MODULE}")
        before = self.fill(300)
        self.assert_named()
        self.assert_commands()
        self.assert_more_than_there_is()
        self.assert_from_files()
        self.assertEqual(self.held(), [])
        self.assertEqual(self.checksum(), before)
        self.guest.run("rmmod memctl")

    def assert_named(self):
        made = self.memctl("cma reserve 16M --align 2M --name camera")
        self.assert_contiguous(made, 16 * MIB, 2 * MIB)
        [row] = self.reservations()
        self.assertEqual(set(row), ROW)
        self.assertEqual({key: row[key] for key in ("id", "name", "start", "size")},
                         {key: made[key] for key in ("id", "name", "start", "size")})
        self.assertEqual(self.memctl("cma list")["reservations"][0]["name"], "camera")
        self.assertIn("Reserved: 16 MiB in 1 place", self.guest.run("memctl cma list").stdout)
        self.assertNotEqual(self.guest.run("rmmod memctl", check=False).status, 0)
        self.fails("reserve 1M --name camera", 7, "there is a reservation of that name")
        self.memctl("cma release camera")
        self.fails("release camera", 6, "there is no reservation camera (any more)")
        self.fails(f"release {made['id']}", 6, f"there is no reservation {made['id']} (any more)")
        said = self.guest.run("memctl cma reserve 20K --name small").stdout
        self.assertRegex(said, r"^small: 20 KiB at 0x[0-9a-f]{16}, node 0, zone \w+; \d+ pages? moved, \d+\.\d{3} s\n$")
        self.memctl("cma release small")

    def assert_commands(self):
        done = self.guest.run("memctl cma reserve 4M -- sh -c 'memctl --json cma reservations; env | grep MEMCTL_; exit 42'",
                              check=False)
        self.assertEqual(done.status, 42, done.output)
        self.assertRegex(done.stderr, "^memctl: reserved: 4 MiB at 0x")
        [row] = json.loads(done.stdout[:done.stdout.rindex("}") + 1])["reservations"]
        self.assertEqual((row["name"], row["size"], row["pid"]), (None, 4 * MIB, None))
        environment = dict(line.split("=") for line in done.stdout[done.stdout.rindex("}") + 1:].split())
        self.assertEqual(environment, {"MEMCTL_RESERVATION_ID": str(row["id"]), "MEMCTL_RESERVATION_SIZE": str(4 * MIB),
                                       "MEMCTL_RESERVATION_START": hex(int(row["start"], 16))})
        self.assertEqual(self.held(), [])
        for command, status in (("true", 0), ("no-such-command", 127), ("sh -c 'kill -TERM $$'", 143)):
            self.assertEqual(self.guest.run(f"memctl -q cma reserve 1M -- {command}", check=False).status, status)
        for victim, status, says in (("$(cat /run/one.pid)", 137, ""), ("$(pidof memctld)", 143, "with memctld")):
            number = self.start_holding("one")
            self.assertEqual(self.held(), [(None, 16 * MIB)])
            self.fails(f"release {number}", 4, f"reservation {number} has no name: it ends with")
            self.guest.run(f"kill -9 {victim}")
            self.wait_until("! memctl cma reservations | grep -q M", "it is released")
            ended, said = self.end("one")
            self.assertEqual(ended, status)
            self.assertIn(says, said)

    def assert_more_than_there_is(self):
        """tests/bus has what is refused without the kernel."""
        for arguments, says in (("reserve 1T --name x", "bytes of memory in all"),
                                ("reserve 1900M --name x", "more than all memory that it may be in")):
            self.fails(arguments, 3, says)

    def assert_from_files(self):
        """A bad file keeps no other; again, what is held stays."""
        self.guest.run("mkdir -p /run/reserve.d/dir.conf; cd /run/reserve.d; printf '[Reservation]\\nName=one\\nSize=4M\\n' > 1.conf; "
                       "printf '[Reservation]\\nName=two\\nSize=4Q\\n' > 2.conf; echo nothing > other; "
                       "printf '# x\\n[Reservation]\\nName = three\\nSize=1M\\nAlign=64K\\nNode=0\\n' > 3.conf")
        for result in ("reserved", "held"):
            done = self.guest.run("memctl --json cma reserve --from /run/reserve.d", check=False)
            self.assertEqual(done.status, 1, done.output)
            self.assertEqual([(row["file"], row["name"], row["result"]) for row in json.loads(done.stdout)["reservations"]],
                             [("1.conf", "one", result), ("2.conf", None, "failed"), ("3.conf", "three", result),
                              ("dir.conf", None, "failed")])
            self.assertIn('/run/reserve.d/2.conf:3: "4Q": accepted is an amount of memory', done.stderr)
        self.assertEqual(self.held(), [("one", 4 * MIB), ("three", MIB)])
        self.fails("reserve --from /nonexistent", 6, "/nonexistent: No such file")
        self.guest.run("memctl cma release one && memctl cma release three")


class Service(ReserveCase, InstalledCase):
    kernels = ("7.3",)

    def boot_with_files(self):
        """The module is there, and files ask for memory, before systemd begins."""
        directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name, text in (("camera", "[Reservation]\nName=camera\nSize=32M\nAlign=2M\n"), ("bad", "[Reservation]\nName=bad\n")):
            (directory / f"{name}.conf").write_text(text, encoding="ascii")
        drop_in = directory / "drop-in"      # modprobe finds no module that is not below the kernel's directory
        drop_in.write_text("[Service]\nExecStartPre=-/sbin/insmod /usr/lib/modules/memctl.ko\n", encoding="ascii")
        self.boot_installed(cmdline="systemd.wants=memctl-reserve.service", memory="2G", more={
            "/etc/memctl/reserve.d/camera.conf": directory / "camera.conf",
            "/etc/memctl/reserve.d/bad.conf": directory / "bad.conf",
            "/etc/systemd/system/memctl-reserve.service.d/test.conf": drop_in})

    def test_at_boot_and_on_the_bus(self):
        self.boot_with_files()
        self.assert_made_at_boot()
        self.assert_it_outlives_memctld()
        self.assert_whose_they_are()
        self.assert_objects()
        self.assert_many_at_once()
        self.assert_a_job_is_left_alone()
        self.memctl("cma release camera")
        self.assertEqual(self.held(), [])
        self.guest.run("systemctl stop memctld && rmmod memctl")

    def assert_made_at_boot(self):
        """Before the bus, by a memctld that is gone; the bad file failed the unit and kept no other."""
        self.assertIn('bad.conf:2: Size= is missing', self.guest.run("journalctl -u memctl-reserve").stdout)
        self.assertEqual(self.held(), [("camera", 32 * MIB)])
        times = self.guest.run("systemctl show -P ExecMainStartTimestampMonotonic memctl-reserve; "
                               "systemctl show -P ActiveEnterTimestampMonotonic dbus.socket").stdout.split()
        self.assertLess(int(times[0]), int(times[1]))
        self.guest.run("rm /etc/memctl/reserve.d/bad.conf; systemctl restart memctl-reserve")
        self.assertEqual(self.held(), [("camera", 32 * MIB)])

    def assert_it_outlives_memctld(self):
        self.memctl("cma reserve 8M --name second")
        [_, second] = self.reservations()
        self.assertIsNotNone(second["pid"])
        for end in ("systemctl restart memctld", "kill -9 $(systemctl show -P MainPID memctld); sleep 1"):
            self.start_holding("lost")
            self.assertEqual(len(self.held()), 3)
            self.guest.run(end)
            self.assertEqual(self.held(), [("camera", 32 * MIB), ("second", 8 * MIB)])
            self.assertEqual([(row["pid"], row["command"]) for row in self.reservations()],
                             [(None, None), (second["pid"], "memctl")])
            self.assertIn("released before the command ended, with memctld", self.end("lost")[1])
        self.assertNotEqual(self.guest.run("rmmod memctl", check=False).status, 0)
        self.memctl("cma release second")
        said = self.guest.run("journalctl --sync; journalctl -o json MEMCTL_NAME=second").stdout
        self.assertEqual([json.loads(line)["MEMCTL_CALLER_COMM"] for line in said.splitlines()], ["memctl", "memctl"])

    def assert_whose_they_are(self):
        number = self.start_holding("one")
        pid = int(self.guest.run("cat /run/one.pid").stdout)
        row = self.reservations()[1]
        self.assertEqual((row["id"], row["pid"], row["command"]), (number, pid, "memctl"))
        self.fails(f"release {number}", 4, "it ends with the process that it was made for")
        as_nobody = "setpriv --reuid=65534 --clear-groups "
        for verb in ("reserve 1M --name x", "reserve 1M -- true", f"release {number}", "release camera", "reservations"):
            said = self.guest.run(f"{as_nobody} memctl cma {verb}", check=False)
            self.assertEqual(said.status, 4, f"{verb}: {said.output}")
        self.assertIsNone(self.guest.run(f"{as_nobody} memctl --json cma list").json()["reservations"])
        self.guest.run(f"kill -9 {pid}")
        self.wait_until(f"! memctl cma reservations | grep -q '^ *{number} '", "it ends with its process")
        self.assertEqual(self.end("one")[0], 137)

    def assert_objects(self):
        """On the bus, a reservation is an object once somebody has looked."""
        made = self.memctl("cma reserve 2M --name object")
        call = "busctl --json=short call org.memctl1 /org/memctl1"
        path = f"/reservation/{made['id']}"
        found = self.guest.run(f"{call} org.memctl1.Manager GetReservation s object").json()["data"]
        self.assertEqual(found, [f"/org/memctl1{path}"])
        [told] = self.guest.run(f"{call}{path} org.memctl1.Reservation Get").json()["data"]
        self.assertEqual({key: told[key]["data"] for key in ("id", "name", "size", "start")},
                         {"id": made["id"], "name": "object", "size": 2 * MIB, "start": int(made["start"], 16)})
        self.guest.run(f"{call}{path} org.memctl1.Reservation Release")
        said = self.guest.run(f"{call}{path} org.memctl1.Reservation Get", check=False)
        self.assertIn(f"there is no reservation {made['id']} (any more)", said.stderr)
        said = self.guest.run(f"{call}{path} org.memctl1.Reservation Get", check=False)
        self.assertIn("Unknown object", said.stderr)

    def assert_many_at_once(self):
        self.guest.run("pids=; for i in $(seq 12); do memctl -q cma reserve 2M --align 2M --name many.$i > /run/many.$i 2>&1 & "
                       "pids=\"$pids $!\"; done; for pid in $pids; do wait $pid || exit 1; done", timeout=240)
        self.assertEqual(len(self.held()), 13)
        self.assert_apart()
        self.guest.run("pids=; for i in $(seq 12); do memctl cma release many.$i & pids=\"$pids $!\"; done; "
                       "for pid in $pids; do wait $pid || exit 1; done", timeout=240)
        self.assertEqual(len(self.held()), 1)

    def assert_a_job_is_left_alone(self):
        """What a job takes offline nobody is given, although it is the emptiest memory; once it is over they are."""
        self.pin_a_page()
        self.start(f"dimm offline {self.dimm.acpi} --force --stuck wait")
        self.wait_for_an_offline_block()
        for i in range(4):
            self.assertFalse(self.is_in_the_dimm(self.memctl(f"cma reserve 16M --name during.{i}")))
        said = self.guest.run("memctl cma reserve 16M --movable --name during.movable", check=False)
        self.assertNotEqual(said.status, 0, said.output)     # zone Movable is the DIMM's alone
        [job] = [job for job in self.memctl("job list")["jobs"] if job["state"] != "finished"]
        self.guest.run(f"memctl job cancel {job['job']}")
        self.finish(status=1)
        self.unpin()
        made = self.memctl("cma reserve 16M --movable --name after")
        self.assertTrue(self.is_in_the_dimm(made))
        reasons = self.memctl(f"dimm plan {self.dimm.acpi}", status=3)["reasons"]
        self.assertEqual({reason["owner"] for reason in reasons}, {"reservation after"}, reasons)
        keepers = self.memctl(f"why {self.dimm.acpi}")["keepers"]
        self.assertIn((made["start"], "memctl: reservation after"), [(one["start"], one["allocated_by"]) for one in keepers])
        for name in ("after", *(f"during.{i}" for i in range(4))):
            self.memctl(f"cma release {name}")
        self.assertEqual(self.memctl(f"dimm offline {self.dimm.acpi}")["result"], "done")

    def is_in_the_dimm(self, made):
        return self.dimm.start <= int(made["start"], 16) < self.dimm.start + self.dimm.size
