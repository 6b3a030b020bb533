# SPDX-License-Identifier: LGPL-2.1-or-later
"""memctld or its worker dies at each point of a job: the next memctld puts everything back, or goes on.

At each point of daemon/core/crash.h it dies ten times, or more often. Most of that is time for
programs to start, and with sanitizers they start half as fast: these are without. Nor need the kernel clear what it
gives to a fence.
"""

from pathlib import Path

from harness import fixture, kernel
from harness.module import modules
from testbed import MemctlCase

MODULE = "/lib/modules/memctl.ko"
JOURNALS = "/run/memctl/journal"
ONLINE = "online Movable"

# Where the first memctld dies, where the one that comes next does, and how often.
OFFLINE = (
    ("journal", "-", 10), ("planned", "recover", 10), ("lease", "-", 10), ("fencing", "-", 5), ("fencing:2", "-", 5),
    ("fenced", "-", 10), ("offline", "roll-back", 5), ("offline:2", "online", 5), ("offlined", "onlined", 5),
    ("offlined:2", "finished", 5), ("marked", "-", 5), ("marked:2", "online:2", 5), ("all-offline", "marked", 10),
    ("unfenced", "-", 10), ("finished", "-", 5))
AFTERWARDS = (("history", 10), ("remembered", 10))
WORKER = (("worker-write", 5), ("worker-write:2", 5), ("worker-written", 10), ("worker-fence", 5),
          ("worker-fence:2", 5), ("worker-fenced", 10))
BACK = (("roll-back", 5), ("online", 5), ("onlined", 5), ("finished", 2))
ONLINE_JOB = (("planned", 2), ("online:2", 2), ("onlined", 2), ("marked", 2), ("finished", 2))
GOING_ON = (("planned", "-", 2), ("fenced", "-", 2), ("offline:2", "renewed", 10), ("offlined", "-", 2),
            ("marked", "journal", 2), ("offlined", "offline", 2), ("all-offline", "-", 2), ("finished", "-", 2))
EJECT = ("ejecting", "asked", "ejected")


class CrashCase(MemctlCase):
    kernels = ("7.3",)
    sanitized = ()

    def boot_crash(self, **options):
        self.boot(dimm="256M", binaries=[fixture("genl")], cmdline="init_on_alloc=0",
                  files={MODULE: modules(kernel(self.kernel)) / "memctl.ko",
                         "/bin/crash": Path(__file__).parent / "crash.sh"}, **{"memory": "1G", **options})
        self.guest.run(f"insmod {MODULE}; chmod +x /bin/crash")
        self.fill(8)
        self.offline, self.online = f"dimm offline {self.dimm.acpi}", f"dimm online {self.dimm.acpi}"

    def crash(self, times, point, command, wanted=ONLINE, second="-", again="version", environment=""):
        """crash.sh says what these are. How a death at a point is met is chance: so many times with --all, else a third."""
        times = times if self.thorough else -(-times // 3)
        with self.subTest(point=point, second=second):
            said = self.guest.run(f"BLOCKS='{' '.join(map(str, self.dimm.blocks))}' {environment} crash {times} "
                                  f"'{wanted}' '{again}' {point} {second} {command}", check=False, timeout=900)
            self.assertEqual(said.status, 0, said.output)


class Crash(CrashCase):
    def test_offline(self):
        self.boot_crash()
        for point, second, times in OFFLINE:
            self.crash(times, point, self.offline, second=second)
        for point, times in AFTERWARDS:
            self.crash(times, point, self.offline, wanted="offline", environment=f"MEND='{self.online}' JOURNAL=no")

    def test_worker(self):
        """The job goes on, or back, without it."""
        self.boot_crash()
        for point, times in WORKER:
            self.crash(times, point, self.offline, again=self.online, environment="JOURNAL=no")

    def test_back_and_online(self):
        self.boot_crash()
        self.memctl(self.offline)
        for point, times in ONLINE_JOB:
            self.crash(times, point, self.online, wanted="offline")
        self.memctl(self.online)
        self.pin_a_page()
        for point, times in BACK:
            self.crash(times, point, f"{self.offline} --force", environment="CANCEL=yes")

    def test_going_on(self):
        self.boot_crash()
        for point, second, times in GOING_ON:
            self.crash(times, point, f"{self.offline} --resume", wanted="offline", second=second,
                       environment=f"MEND='{self.online}'")
        self.assert_told()

    def assert_told(self):
        """Whoever comes next is told on stderr; his answer is what it always is."""
        self.crash_once("marked", self.offline)
        said = self.guest.run("memctl --json block list")
        self.assertEqual({block["state"] for block in said.json()["blocks"]}, {"online"})
        self.assertIn(f'dimm-offline "{self.dimm.acpi}": memctld died in this job: what it had begun is put back',
                      said.stderr)
        self.assertIn(f'dimm-offline "{self.dimm.acpi}": all is as it was', said.stderr)
        self.crash_once("marked", f"{self.offline} --resume")
        said = self.guest.run("memctl --json block list")
        self.assertIn("now goes on", said.stderr)
        self.assertIn(f'dimm-offline "{self.dimm.acpi}": done', said.stderr)
        self.assertEqual(self.guest.run("memctl --json block list").stderr, "")

    def crash_once(self, point, arguments):
        said = self.guest.run(f"MEMCTL_CRASH={point} memctl {arguments}", check=False)
        self.assertIn(f"crash at {point}", said.stderr)

    def test_eject(self):
        """Where memctld dies in it, a DIMM goes or comes back as a whole."""
        self.boot_crash()
        self.crash(10, "eject", f"{self.offline} --eject")
        self.crash(1, "eject", f"{self.offline} --eject --resume", wanted="gone")
        for point in EJECT * 10:
            self.guest.wait_deleted(self.dimm.id)
            self.dimm = self.guest.hotadd("256M")
            self.crash(1, point, f"dimm offline {self.dimm.acpi} --eject", wanted="gone")


class Two(CrashCase):
    def test_two_memctlds(self):
        """Each memctl has its own here: they do not work on one block, and see what another left."""
        self.boot_crash()
        self.pin_a_page()
        self.start(f"{self.offline} --force")
        self.wait_until(f"[ -n \"$(ls {JOURNALS})\" ]", "the job has begun")
        said = self.guest.run(f"memctl block offline --force {self.dimm.blocks[0]}", check=False)
        self.assertEqual(said.status, 7, said.output)
        self.assertIn(f"block {self.dimm.blocks[0]} is being worked on by another memctld (dimm-offline", said.stderr)
        self.guest.run("kill -9 $(pidof memctld)")
        self.finish(status=1)
        self.unpin()
        self.guest.run(f"echo nonsense > {JOURNALS}/1-1-0; ln -s /etc/passwd {JOURNALS}/1-2-0")
        said = self.guest.run(f"memctl --json {self.offline}")
        self.assertEqual(said.json()["result"], "done")
        self.assertIn("memctld died in this job", said.stderr)
        self.assertIn(f"{JOURNALS}/1-1-0: line 1: accepted is", said.stderr)
        self.assertIn(f"{JOURNALS}/1-2-0: accepted is a regular file", said.stderr)
        self.assertEqual(self.guest.run(f"ls {JOURNALS}").stdout.split(), ["1-1-0.bad", "1-2-0.bad"])
