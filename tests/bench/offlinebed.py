# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest with a DIMM whose memory is in use, and two who take it offline: memctl, and chmem -d of util-linux.

Both find the same state, each in a guest of its own. What is counted is the kernel's: /proc/zoneinfo says how much
of the DIMM is in use (zone Movable has nothing else), /proc/vmstat what migrated. Times are of the whole program, by the
guest's clock, which counts instructions: a host that is busy with something else does not show. Seconds that QEMU
computed for it stand beside. With MEMCTL_BENCH_CLOCK=host in the environment the clock is that of the host: on one
that does nothing else, and where memory that is touched for the first time costs what it costs.
"""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))
sys.dont_write_bytecode = True

from harness import GuestCase, ext4_image, fixture  # noqa: E402, F401
from harness.kernel import kernel as kernel_named  # noqa: E402
from harness.module import modules  # noqa: E402

MIB = 1 << 20
PAGE = 4096
MODULE = "/lib/modules/memctl.ko"
MEMCTLD = "/usr/libexec/memctld"    # as built with --prefix /usr
TOOLS = ("chmem", "memctl")
STEADY = os.environ.get("MEMCTL_BENCH_CLOCK") != "host"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Outcome:
    """What taking a DIMM offline came to."""
    status: int
    seconds: float      # of the whole program, by the guest's clock
    cpu: float          # seconds that QEMU computed
    in_use: int         # pages of the DIMM before
    migrated: int       # pages, of the whole machine
    said: str = field(repr=False)

    @property
    def per_page(self):
        return self.migrated / max(self.in_use, 1)


class Bench(GuestCase):
    """A guest of the tests, used by a program."""

    def runTest(self):
        pass

    def start(self, kernel, build, tool, binaries=(), **options):
        """A guest without its DIMM: plug() adds that. memctl.ko is loaded for memctl only."""
        self.kernel, self.tool = kernel, tool
        if kernel == "6.1" and STEADY:  # does not get its second CPU going by a clock that counts instructions
            options.setdefault("cpus", 1)
        ours = [Path(build) / "cli/memctl", fixture("genl")] if tool == "memctl" else ["chmem"]
        files = {MEMCTLD: Path(build) / "daemon/memctld",
                 MODULE: modules(kernel_named(kernel)) / "memctl.ko"} if tool == "memctl" else {}
        self.guest = self.machine(binaries=[*ours, fixture("spread"), *binaries], files=files,
                                  steady=STEADY, **options)
        if tool == "memctl":
            self.guest.run(f"insmod {MODULE}")
        self.guest.run("mkdir /data; mount -t tmpfs -o size=0 none /data")

    def plug(self, size):
        self.dimm = self.guest.hotadd(size, timeout=600)

    def unplug(self):
        """The DIMM goes for good, once all of it is offline."""
        self.guest.run(f"echo 1 > /sys/bus/acpi/devices/{self.dimm.acpi}/eject")
        self.guest.wait_deleted(self.dimm.id)
        self.guest.run("sleep 1")       # until the guest has looked: whoever is in the slot by then is overlooked

    def zone(self):
        """(pages managed, pages in use) of zone Movable."""
        managed = free = 0
        inside = False
        for line in self.guest.run("cat /proc/zoneinfo").stdout.splitlines():
            words = line.split()
            if words[0] == "Node":
                inside = words[-1] == "Movable"
            elif inside and words[0] == "managed":
                managed += int(words[1])
            elif inside and (words[:2] == ["pages", "free"] or words[0] == "count:"):
                free += int(words[-1])      # count: in a CPU's own lists
        return managed, managed - free

    def migrated(self):
        self.guest.run("echo 1 > /proc/sys/vm/stat_refresh")
        return int(self.guest.run("grep pgmigrate_success /proc/vmstat").stdout.split()[1])

    def fill(self, pages, total=None):
        """So many pages of a file in the DIMM; with total, here and there in as many."""
        self.pages = pages
        self.guest.run(f"spread /data/file /data/other {total or pages} {pages} && rm /data/other", timeout=600)

    def fill_spread(self, pages):
        """So many pages of a file, here and there in all of the DIMM."""
        managed, in_use = self.zone()
        self.fill(pages, managed - in_use - managed // 64)      # what the kernel keeps free at the end

    def check(self):
        """The file is what was written."""
        self.guest.run(f"spread check /data/file {self.pages}", timeout=600)

    def cpu(self):
        fields = Path(f"/proc/{self.guest.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def offline(self, options="", limit=600):
        """Take the DIMM offline with this guest's tool, which may take `limit` seconds."""
        command = f"memctl --json=short dimm offline {self.dimm.acpi} {options}"
        if self.tool == "chmem":
            command = f"chmem -d -b {self.dimm.blocks[0]}-{self.dimm.blocks[-1]}"
        in_use, before, cpu = self.zone()[1], self.migrated(), self.cpu()
        said = self.guest.run(f"read began rest < /proc/uptime; timeout -s KILL {limit} {command} 2>&1; status=$?; "
                              "read ended rest < /proc/uptime; echo; echo $status $began $ended", timeout=limit + 60)
        *output, numbers = said.stdout.strip().splitlines()
        status, began, ended = numbers.split()
        return Outcome(int(status), float(ended) - float(began), self.cpu() - cpu, in_use,
                       self.migrated() - before, "\n".join(output).strip())


def done(outcome):
    """The outcome, where it has to be that all went offline."""
    if outcome.status != 0:
        raise SystemExit(f"bench: exit status {outcome.status}: {outcome.said}")
    return outcome


def each_tool(use, *arguments):
    """What use(bench, tool, *arguments) returns for each of the tools, each in a guest of its own."""
    found = {}
    for tool in TOOLS:
        bench = Bench()
        try:
            found[tool] = use(bench, tool, *arguments)
        finally:
            bench.doCleanups()
    return found["memctl"], found["chmem"]


def met(reached):
    return "reached" if reached else "MISSED"


def say_migrations(what, ours, theirs, goal):
    print(f"{what}: {ours.migrated} migrations for {ours.in_use} pages in use, {ours.per_page:.3f} a page (goal {goal}: "
          f"{met(ours.per_page <= goal)}); chmem -d {theirs.migrated} for {theirs.in_use}, {theirs.per_page:.3f}", flush=True)


def say_time(what, ours, theirs, goal=None):
    ratio = ours.seconds / theirs.seconds
    told = f"goal {goal}: {met(ratio <= goal)}; " if goal else ""
    print(f"{what}: {ours.seconds:.2f} s, chmem -d {theirs.seconds:.2f} s, ratio {ratio:.2f} ({told}computed "
          f"{ours.cpu:.1f} s, {theirs.cpu:.1f} s, ratio {ours.cpu / theirs.cpu:.2f})", flush=True)
