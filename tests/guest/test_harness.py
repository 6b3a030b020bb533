# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests of the harness itself: what the other guest tests rely on."""

import hashlib
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from harness import GuestCase, GuestError, GuestTimeout, Machine, ext4_image, fixture, log, xfs_image
from harness.case import plain_directory

ALL = ("6.1", "6.12", "7.3")
ONE = ("6.1",)      # what is no matter of the kernel
HERE = Path(__file__).parent


class Boot(GuestCase):
    kernels = ALL

    def test_boots_the_kernel_asked_for(self):
        machine = self.machine()
        self.assertTrue(machine.run("uname -r").stdout.startswith(self.kernel + "."))
        self.assertEqual(machine.run("nproc").stdout, "2\n")
        self.assertIn("Linux version " + self.kernel, machine.console)

    def test_has_what_it_was_given(self):
        with tempfile.NamedTemporaryFile(mode="w") as file:
            file.write("hello")
            file.flush()
            machine = self.machine(binaries=["lsmem"], files={"/etc/some/file": file.name}, modules=["zram"])
        self.assertIn("Memory block size", machine.run("lsmem").stdout)
        self.assertEqual(machine.run("cat /etc/some/file").stdout, "hello")
        machine.run("[ -d /sys/module/zram ] && [ -d /sys/kernel/debug/block ]")

    def test_libraries_come_along(self):
        with tempfile.TemporaryDirectory() as directory:
            source, program = Path(directory, "a.c"), Path(directory, "a")
            source.write_text('#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n', encoding="ascii")
            subprocess.run(["gcc", "-fsanitize=address,undefined", "-o", program, source], check=True)
            machine = self.machine(binaries=[program])
        self.assertEqual(machine.run("a").output, "hello\n")


class Run(GuestCase):
    kernels = ONE

    def test_output_and_status(self):
        machine = self.machine(binaries=[fixture("data")])
        result = machine.run("echo out; echo err >&2; exit 3", check=False)
        self.assertEqual((result.status, result.stdout, result.stderr), (3, "out\n", "err\n"))
        self.assertEqual(machine.run("kill -TERM $$", check=False).status, 128 + signal.SIGTERM)
        with self.assertRaisesRegex(GuestError, "exit status 3.*(?s:.*)out"):
            machine.run("echo out; exit 3")

        result = machine.run("data /tmp/junk 3; cat /tmp/junk")
        self.assertEqual(len(result.stdout_bytes), 3 << 20)
        self.assertEqual(len(set(result.stdout_bytes)), 256)
        sum_here = subprocess.run([fixture("data")], check=True, input=result.stdout_bytes, capture_output=True).stdout
        self.assertEqual(sum_here.decode(), machine.run("data < /tmp/junk").stdout)

        every_byte = machine.run("i=0; while [ $i -lt 256 ]; do printf \"\\\\$(printf %03o $i)\"; i=$((i+1)); done")
        self.assertEqual(every_byte.stdout_bytes, bytes(range(256)))
        self.assertEqual(machine.run("cat").stdout, "")     # stdin is empty and not the agent's

    def test_time_out(self):
        machine = self.machine()
        with self.assertRaisesRegex(GuestTimeout, "(?s)not done in 2 s.*before.*end of the console"):
            machine.run("echo before; sleep 1000 & sleep 1000", timeout=2)
        self.assertEqual(machine.run("ps | grep 'slee[p] 1000'", check=False).stdout, "")
        self.assertEqual(machine.run("sleep 1000 & echo on").stdout, "on\n")    # does not wait for it

    def test_guest_dies(self):
        machine = self.machine(allow=["sysrq", "Kernel panic"])
        with self.assertRaisesRegex(GuestTimeout, "(?s)the guest is gone.*Kernel panic"):
            machine.run("echo c > /proc/sysrq-trigger")


class Hotplug(GuestCase):
    kernels = ("7.3",)

    def test_hotadd_and_eject(self):
        machine = self.machine()
        dimm = machine.hotadd("1G")
        self.assertEqual(len(dimm.blocks), 8)
        self.assertRegex(dimm.acpi, "^PNP0C80:[0-9a-f]{2}$")
        for block in dimm.blocks:
            path = f"/sys/devices/system/memory/memory{block}"
            self.assertEqual(machine.run(f"cat {path}/state {path}/valid_zones").stdout, "online\nMovable\n")
            self.assertTrue(machine.run(f"readlink {path}/firmware_node").stdout.endswith(f"/{dimm.acpi}\n"))
        with self.assertRaises(GuestError):
            machine.run(f"[ -e /sys/devices/system/memory/memory{dimm.blocks[-1] + 1} ]")

        for block in dimm.blocks:
            machine.run(f"echo offline > /sys/devices/system/memory/memory{block}/state")
        self.assertNotIn("DEVICE_DELETED", [event["event"] for event in machine.events])
        machine.run(f"echo 1 > /sys/bus/acpi/devices/{dimm.acpi}/eject")
        machine.wait_deleted(dimm.id)
        with self.assertRaises(GuestError):
            machine.run(f"[ -e /sys/devices/system/memory/memory{dimm.blocks[0]} ]")
        self.assertEqual(machine.hotadd("1G", id=dimm.id).blocks, dimm.blocks)

    def test_unplug_request(self):
        machine = self.machine()
        dimm = machine.hotadd("256M")
        machine.unplug_request(dimm.id)
        machine.wait_deleted(dimm.id)
        self.assertIn("DEVICE_DELETED", [event["event"] for event in machine.events])

    def test_numa(self):
        machine = self.machine(nodes=2)
        dimm = machine.hotadd("256M", node=1)
        self.assertEqual(machine.run("cat /sys/devices/system/node/online").stdout, "0-1\n")
        for block in dimm.blocks:
            machine.run(f"[ -e /sys/devices/system/node/node1/memory{block} ]")

    def test_default_state_can_be_overridden(self):
        dimm = (machine := self.machine(cmdline="memhp_default_state=offline")).hotadd("128M")
        state = machine.run(f"cat /sys/devices/system/memory/memory{dimm.blocks[0]}/state").stdout
        self.assertEqual(state, "offline\n")


class Devices(GuestCase):
    kernels = ("7.3",)

    def test_disks_and_balloon(self):
        before = hashlib.sha256(ext4_image().read_bytes()).digest()
        machine = self.machine(disks=[ext4_image(), "8M", xfs_image()], balloon=True, modules=["xfs"])
        machine.run("mkdir /a /b; mount -t ext4 /dev/vda /a; mount -t xfs /dev/vdc /b; echo x > /a/x; echo x > /b/x; sync")
        self.assertEqual(machine.run("cat /sys/block/vdb/size; echo y > /dev/vdb; sync").stdout, "16384\n")
        self.assertEqual(hashlib.sha256(ext4_image().read_bytes()).digest(), before)

        machine.hotadd("256M")      # it counts as memory that the balloon can take
        for size, pages in (("96M", 24576), ("32M", 8192), (0, 0)):
            machine.inflate(size)
            counters = dict(line.split() for line in machine.run("grep ^balloon_ /proc/vmstat").stdout.splitlines())
            self.assertEqual(int(counters["balloon_inflate"]) - int(counters["balloon_deflate"]), pages)


class Fixtures(GuestCase):
    kernels = ONE

    def test_pinned_page_stops_offlining(self):
        machine = self.machine(files={"/pin": fixture("pin")})
        dimm = machine.hotadd("256M")
        machine.run(f"/pin 800 {dimm.start:x} {dimm.start + dimm.size:x} > /tmp/pin & "
                    "until grep -q pinned /tmp/pin; do sleep 0.1; done")
        pfn = int(machine.run("head -1 /tmp/pin").stdout, 16)
        self.assertTrue(dimm.start <= pfn << 12 < dimm.start + dimm.size)
        state = f"/sys/devices/system/memory/memory{(pfn << 12) // (dimm.size // len(dimm.blocks))}/state"
        with self.assertRaises(GuestTimeout):
            machine.run(f"echo offline > {state}", timeout=5)
        machine.run("killall pin")
        machine.run(f"echo offline > {state}; [ $(cat {state}) = offline ]")

    def test_hog_keeps_its_pattern_over_offlining(self):
        machine = self.machine(files={"/hog": fixture("hog")})
        dimm = machine.hotadd("256M")
        machine.run("/hog 200 7 > /tmp/hog & until grep -q ready /tmp/hog; do sleep 0.1; done")
        for block in dimm.blocks:
            machine.run(f"echo offline > /sys/devices/system/memory/memory{block}/state")
        machine.run("kill -USR1 $(pidof hog); until grep -q -e ok -e bad /tmp/hog; do sleep 0.1; done")
        self.assertEqual(machine.run("cat /tmp/hog").stdout, "ready\nok\n")


class Signals(unittest.TestCase):
    """A signal to tests/guest/run, which runs tests of ours, without a guest, that send it one."""

    TESTS = """
import os, signal, subprocess, time, unittest
from harness import host

class Signal(unittest.TestCase):
    def end_the_run(self):
        os.kill(os.{process}(), signal.{number})
        time.sleep(30)

    def tearDown(self):
        print("tidied up")

    def test_1(self):
        {body}
        print("IT WENT ON")

    def test_2(self):
        print("ANOTHER BEGAN")
"""

    def check(self, body, jobs=1):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number=number.name), tempfile.TemporaryDirectory() as directory:
                Path(directory, "test_signal.py").write_text(self.TESTS.format(
                    number=number.name, process="getpid" if jobs == 1 else "getppid",
                    body=body.replace("\n", "\n        ")), encoding="ascii")
                done = subprocess.run([HERE / "run", "--tests", directory, "--jobs", str(jobs)], check=False, timeout=60,
                                      text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                self.assertEqual(done.returncode, 128 + number, done.stdout)
                self.assertIn(f"ended by {number.name}\n", done.stdout)
                passed = "0" if jobs == 1 else "[01]"       # another may have been through
                self.assertRegex(done.stdout, rf"\n(failed: test_signal\S+\n)+{passed} passed, [12] failed, 0 skipped\n$")
                self.assertIn("tidied up", done.stdout)
                self.assertNotIn("IT WENT ON", done.stdout)
                if jobs == 1:
                    self.assertNotIn("ANOTHER BEGAN", done.stdout)

    def test_ends_a_test(self):
        self.check("self.end_the_run()")

    def test_ends_the_processes_that_run_tests(self):
        self.check("self.end_the_run()", jobs=2)

    def test_ends_all_subtests(self):
        self.check("for i in range(3):\n"
                   "    with self.subTest(i=i):\n"
                   "        if i == 0:\n"
                   "            self.end_the_run()\n"
                   "        print('IT WENT ON')")

    def test_ends_what_a_test_waits_for(self):
        self.check("child = subprocess.Popen(['sleep', '1000'], preexec_fn=host.die_with_parent(os.getpid()))\n"
                   "self.addCleanup(child.kill)\n"
                   "os.kill(os.getpid(), 0)\n"
                   "self.end_the_run()\n"
                   "child.wait()")


class Refusals(unittest.TestCase):
    def test_hold_and_fill_refuse_what_they_do_not_take(self):
        for program, arguments, words in (
                ("hold", ["anon", "5"], "not a multiple"), ("hold", ["anon", "0"], "not a multiple"),
                ("hold", ["anon", "-4096"], "not a size"), ("hold", ["mlock", "4Kx"], "not a size"),
                ("hold", ["thp", "4K"], "not a multiple"), ("hold", ["anon", "99999999999G"], "not a size"),
                ("hold", ["wood", "4K"], "not a kind"), ("hold", ["anon"], "usage"),
                ("hold", ["file", "/dev/null"], "not a file"), ("fill", ["/x", "4097"], "not a multiple"),
                ("fill", ["/x", "x"], "not a number"), ("fill", [], "usage"), ("pin", ["1", "2", "3", "4"], "usage")):
            done = subprocess.run([fixture(program), *arguments], check=False, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn(words, done.stderr)


class Warnings(GuestCase):
    kernels = ONE
    WARN = 'echo "WARNING: CPU: 0 PID: 1 at test" > /dev/kmsg'

    def test_a_warning_fails_the_test(self):
        with self.assertRaisesRegex(AssertionError, "complained(?s:.*)WARNING: CPU: 0 PID: 1 at test"):
            with Machine(kernel=self.kernel) as machine:
                machine.run(self.WARN)

    def test_unless_allowed(self):
        with Machine(kernel=self.kernel, allow=["at test$"]) as machine:
            machine.run(self.WARN)
        self.assertIn("at test", machine.console)


class Log(unittest.TestCase):
    def test_complaints(self):
        for text in ("WARNING: possible circular locking dependency detected",
                     "BUG: KASAN: slab-use-after-free in f", "Oops: 0002 [#1] SMP", "inconsistent lock state",
                     "INFO: task memctld:12 blocked for more than 120 seconds.",
                     "rcu: INFO: rcu_preempt self-detected stall on CPU",
                     "UBSAN: shift-out-of-bounds in a.c:3:4", "WARNING: suspicious RCU usage",
                     "INFO: possible recursive locking detected", "BUG kmalloc-64 (Tainted: G O): Poison overwritten",
                     "kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)"):
            for stamp in ("[    1.234567] ", "[  123.456789][   T12] "):
                self.assertEqual(log.complaints(f"boot\n{stamp}{text}\n"), [stamp + text])
                self.assertEqual(log.complaints(f"{stamp}{text}\n", allow=[re.escape(text)]), [])

    def test_no_complaint(self):
        for line in ("WARNING: said by a program", "[    1.0] Offlined Pages 32768", "[    1.0] DEBUG: x",
                     "[    1.0] kmemleak: Kernel memory leak detector initialized (mem pool available: 65000)"):
            self.assertEqual(log.complaints(line), [])

    def test_report(self):
        """The trace of a complaint comes along: without it nobody can tell what went wrong."""
        oops, trace = "[    2.5] Oops: 0002 [#1] SMP", "[    2.5] RIP: 0010:f+0x2a/0x60"
        said = log.report(f"[    1.0] before\n{oops}\nof a program\n{trace}\n")
        self.assertEqual(said.splitlines()[0], oops)
        self.assertIn(trace, said)
        self.assertNotIn("before", said)
        self.assertNotIn("of a program", said)
        self.assertEqual(log.report(f"{oops}\n", allow=["Oops"]), "")


class Systemd(GuestCase):
    kernels = ONE

    def test_boots_and_has_a_bus(self):
        with tempfile.TemporaryDirectory() as overlay:
            unit = Path(overlay, "lib/systemd/system/hello.service")
            unit.parent.mkdir(parents=True)
            unit.write_text("[Service]\nType=oneshot\nExecStart=/bin/echo hello from a unit\n", encoding="ascii")
            machine = self.machine(root="systemd", files={"/": overlay})
        state = machine.run("systemctl is-system-running", check=False).stdout.strip()
        self.assertIn(state, ("running", "degraded"), machine.run("systemctl --failed").output)
        self.assertIn("org.freedesktop.systemd1", machine.run("busctl list --acquired").stdout)
        machine.run("busctl call org.freedesktop.PolicyKit1 /org/freedesktop/PolicyKit1/Authority "
                    "org.freedesktop.DBus.Peer Ping")
        machine.run("systemctl start hello")
        self.assertIn("hello from a unit", machine.run("journalctl -u hello").stdout)
        self.assertEqual(len(machine.hotadd("256M").blocks), 2)


class Shell(GuestCase):
    """tests/guest/shell, as it is used: with a script, by gdb, and from terminals."""
    kernels = ONE

    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory())

    def start(self, *options, **streams):
        process = subprocess.Popen([HERE / "shell", *options], **streams, env={
            **os.environ, "TMPDIR": self.directory, "MEMCTL_BUILD": str(plain_directory())})
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        process.terminate()
        process.wait()
        for stream in filter(None, (process.stdin, process.stdout, process.stderr)):
            stream.close()

    def typed(self, terminal, line, expect):
        """Type a line, and wait until the terminal shows what is expected."""
        os.write(terminal, line.encode())
        said = ""
        while not re.search(expect, said):
            self.assertTrue(select.select([terminal], [], [], 120)[0], said)
            said += os.read(terminal, 4096).decode(errors="replace")

    def test_script_gdb_and_those_who_attach(self):
        shell = self.start("--kernel", self.kernel, "--dimm", "256M", "--memctl", "--module", "memctl_heap", "--gdb", "--keep",
                           text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        shell.stdin.write("uname -r; memctl --json=short dimm list; cut -d' ' -f1 /proc/modules; echo err >&2; exit 3")
        shell.stdin.close()
        said = ""
        while "stays" not in said:
            said += (line := shell.stderr.readline())
            self.assertTrue(line, said)
        self.assertIn("DIMM PNP0C80:00: 0x100000000, 256M, blocks 32-33\n", said)
        self.assertIn("err\n", said)

        [(gdb, symbols)] = re.findall("gdb -ex 'target remote (.*)' (.*)\n", said)
        names = subprocess.run(["nm", symbols], check=True, capture_output=True, text=True).stdout
        self.assertRegex(names, r"(?m)^ffffffff81[0-9a-f]{6} T lru_cache_disable$")
        self.assertRegex(names, r"(?m)^ffffffffc0[0-9a-f]{6} T memctl_page_make$")
        with socket.socket(socket.AF_UNIX) as stub:
            stub.settimeout(60)
            stub.connect(gdb)
            for question, answer in ((b"$?#3f", b"$T0"), (b"+$D#44", b"$OK")):    # detached, the guest goes on
                stub.sendall(question)
                said_by_stub = b""
                while answer not in said_by_stub:
                    said_by_stub += (piece := stub.recv(4096))
                    self.assertTrue(piece, said_by_stub)

        ours, its = pty.openpty()
        attached = self.start("--attach", re.search("--attach (.*)\n", said)[1], stdin=its, stdout=its, stderr=its)
        self.typed(ours, "", "guest# ")
        self.typed(ours, "echo $((6 * 7)) of $(uname -r)\n", rf"\n42 of {self.kernel}\.")
        os.write(ours, b"\x1d")
        self.assertEqual(attached.wait(60), 0)

        self.assertIsNone(shell.poll())
        shell.send_signal(signal.SIGINT)
        self.assertEqual(shell.wait(60), 3, said)
        lines = shell.stdout.read().splitlines()
        self.assertTrue(lines[0].startswith(self.kernel + "."))
        self.assertEqual(json.loads(lines[1])["dimms"][0]["blocks"], [32, 33])
        self.assertLess({"memctl", "memctl_heap"}, set(lines[2:]))
        self.assertEqual(os.listdir(self.directory), [])

    def test_terminal(self):
        ours, its = pty.openpty()
        shell = self.start("--kernel", self.kernel, stdin=its, stdout=its, stderr=subprocess.DEVNULL)
        self.typed(ours, "", "guest# ")
        self.typed(ours, "tty; echo $((6 * 7))\n", r"(?s)/dev/ttyS1.*\n42")
        self.typed(ours, "echo begun; sleep 1000\n", r"\nbegun")
        self.typed(ours, "\x03", "guest# ")     # Ctrl-C ends what runs there
        os.write(ours, b"exit 5\n")
        self.assertEqual(shell.wait(60), 5)
        self.assertEqual(os.listdir(self.directory), [])


class Leftovers(GuestCase):
    kernels = ONE
    SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from harness import Machine
with Machine(kernel=sys.argv[2]) as machine:
    print(machine.pid, flush=True)
    sys.stdin.readline()
    {then}
"""

    def leave(self, then: str, kill=None, files_left=0):
        """Run a program that uses a Machine and ends in some way; nothing of it may be left."""
        with tempfile.TemporaryDirectory() as directory:
            script = self.SCRIPT.format(then=then)
            with subprocess.Popen([sys.executable, "-c", script, HERE, self.kernel], text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env={**os.environ, "TMPDIR": directory}) as program:
                qemu = int(program.stdout.readline())
                self.assertIn(b"qemu", Path(f"/proc/{qemu}/cmdline").read_bytes())
                self.assertEqual(len(os.listdir(directory)), 1)
                if kill:
                    program.send_signal(kill)
                errors = program.communicate("" if kill else "go on\n", timeout=60)[1]
            deadline = time.monotonic() + 10
            while os.path.exists(f"/proc/{qemu}") and time.monotonic() < deadline:
                time.sleep(0.1)
            self.assertFalse(os.path.exists(f"/proc/{qemu}"), "QEMU is still there")
            self.assertEqual(len(os.listdir(directory)), files_left, errors)
        return program.returncode, errors

    def test_normal_end(self):
        self.assertEqual(self.leave("pass"), (0, ""))

    def test_exception(self):
        status, errors = self.leave("raise ValueError('deliberate')")
        self.assertEqual(status, 1)
        self.assertIn("ValueError: deliberate", errors)

    def test_sigterm(self):
        self.assertEqual(self.leave("pass", signal.SIGTERM), (128 + signal.SIGTERM, ""))

    def test_keyboard_interrupt(self):
        self.assertIn("KeyboardInterrupt", self.leave("pass", signal.SIGINT)[1])

    def test_kill_9(self):
        # Nobody can tidy up then; the next machine with this TMPDIR does.
        self.leave("pass", signal.SIGKILL, files_left=1)

    def test_sweeps_what_a_killed_one_left(self):
        with tempfile.TemporaryDirectory() as directory:
            dead = subprocess.Popen(["true"])
            dead.wait()
            Path(directory, f"memctl-guest-{dead.pid}-x").mkdir()
            Path(directory, f"memctl-guest-{os.getpid()}-x").mkdir()
            subprocess.run([sys.executable, "-c", self.SCRIPT.format(then="pass"), HERE, self.kernel], check=True,
                           stdin=subprocess.DEVNULL, env={**os.environ, "TMPDIR": directory}, stdout=subprocess.DEVNULL)
            self.assertEqual(os.listdir(directory), [f"memctl-guest-{os.getpid()}-x"])

    def test_a_signal_ends_the_whole_run(self):
        """The tests that run fail and tidy up; the others of the class do not begin."""
        for number, jobs in ((signal.SIGTERM, 1), (signal.SIGINT, 1), (signal.SIGTERM, 2)):
            with self.subTest(number=number, jobs=jobs), tempfile.TemporaryDirectory() as directory, \
                    subprocess.Popen([HERE / "run", "--kernel", self.kernel, "--jobs", str(jobs), "test_harness.Run"],
                                     text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     env={**os.environ, "TMPDIR": directory}) as program:
                while not list(Path(directory).glob("memctl-guest-*/console")):
                    self.assertIsNone(program.poll())
                    time.sleep(0.1)
                program.send_signal(number)
                said = program.communicate(timeout=60)[0]
                self.assertEqual(program.returncode, 128 + number, said)
                self.assertRegex(said, rf"ended by {number.name}\n(failed: \S+\n)+0 passed, ")
                self.assertLessEqual(said.count("FAIL "), jobs, said)
                self.assertEqual(os.listdir(directory), [])
