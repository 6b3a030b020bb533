# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest of 2 GiB whose free memory is in small pieces, the same each time, and what something in it costs and gains.

Files on a tmpfs fill it page by page, and of every 2,048 pages 5, 50 or 90 % stay: so its page blocks (of 512 pages) are nearly
empty, half full and nearly full, in an order that a seeded chance has chosen. While the guest is full but for single pages of
the last kind, page tables and many small files (inodes, dentries) take some of these: so some page blocks have pages that do
not move. /proc/buddyinfo then tells of almost no large piece.

CPU is all that the guest's CPU was not idle, as /proc/schedstat says: nanoseconds of all tasks, the kernel's threads included.
The clock counts the guest's instructions (2 ns each), so a host that is busy with something else does not show; the guest has
one CPU, for the emulator lets several have their turns while the clock goes on for all.
"""

import random
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))
sys.dont_write_bytecode = True

from harness import GuestCase, fixture  # noqa: E402
from harness.kernel import kernel as kernel_named  # noqa: E402
from harness.module import modules  # noqa: E402

MODULE = "/lib/modules/memctl.ko"
MEMCTLD = "/usr/libexec/memctld"    # as built with --prefix /usr
HUGE = 9                            # order of a huge page
CHUNK = 2048                        # pages whose number in use is the same chance
KEPT = (5, 50, 90)                  # percent of them
SEEDS = 1000                        # of the first chunk
SMALL = 4000                        # files of no bytes
MIB = 256                           # pages
ROOM = 40 * MIB                     # what is left when the guest is full
TIMEOUT = 240


@dataclass(frozen=True)
class Counts:
    """What the guest's kernel has counted so far, and what is free."""
    pieces: int     # of order 9 that could be had
    cpu: int        # nanoseconds
    vm: dict        # /proc/vmstat

    @classmethod
    def read(cls, text):
        pieces = cpu = 0
        vm = {}
        for line in text.splitlines():
            words = line.split()
            if words[0] == "Node":
                pieces += sum(int(number) << order - HUGE for order, number in enumerate(words[4:]) if order >= HUGE)
            elif words[0].startswith("cpu"):
                cpu += int(words[7])
            elif len(words) == 2 and words[1].isdigit():
                vm[words[0]] = int(words[1])
        return cls(pieces, cpu, vm)


@dataclass(frozen=True)
class Outcome:
    """What a command came to."""
    before: Counts
    after: Counts
    said: str

    @property
    def gained(self):
        return self.after.pieces - self.before.pieces

    @property
    def cpu(self):
        """Seconds."""
        return (self.after.cpu - self.before.cpu) / 1e9

    def counted(self, name):
        return self.after.vm.get(name, 0) - self.before.vm.get(name, 0)


class Bed(GuestCase):
    """A guest of the tests, used by a program."""

    def runTest(self):
        pass

    def start(self, kernel, build, memory="2G", cmdline="", more_binaries=(), more_files=None):
        self.kernel = kernel
        build = Path(build)
        self.guest = self.machine(
            memory=memory, cpus=1, steady=True, cmdline=f"nokaslr {cmdline}",
            binaries=[build / "cli/memctl", *map(fixture, ("genl", "spread", "hold", "faults")), *more_binaries],
            files={MEMCTLD: build / "daemon/memctld", MODULE: modules(kernel_named(kernel)) / "memctl.ko", **(more_files or {})})
        self.guest.run(f"insmod {MODULE}; echo 0 > /proc/sys/vm/compaction_proactiveness; "
                       "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled; echo 8192 > /proc/sys/vm/min_free_kbytes; "
                       "mkdir /fill /small; mount -t tmpfs -o size=100% none /fill; mount -t tmpfs -o nr_inodes=0 none /small")
        self.fragment()

    def free_pages(self):
        return int(self.guest.run("awk '/^MemFree/ { print $2 }' /proc/meminfo").stdout) // 4

    def fragment(self):
        chance = random.Random(1)
        self.chunks = []
        for number in range((self.free_pages() - 64 * MIB) // CHUNK):
            self.chunks.append((CHUNK * chance.choice(KEPT) // 100, SEEDS + number))
        lines = "\n".join(f"{seed} {kept}" for kept, seed in self.chunks)
        full = " ".join(f"/fill/other{seed}" for kept, seed in self.chunks if kept == CHUNK * KEPT[-1] // 100)
        self.guest.run(f"while read seed kept; do spread /fill/kept$seed /fill/other$seed {CHUNK} $kept $seed || exit 1; done "
                       f"<< END\n{lines}\nEND\n", timeout=TIMEOUT)
        left = self.free_pages() - ROOM
        if left > 0:
            self.guest.run(f"spread /fill/no /fill/otherrest {left} 0", timeout=TIMEOUT)
        # a CPU's list of free pages goes back to the page allocator by and by; the clock jumps where all wait
        self.guest.run(f"rm {full}; sleep 40; hold tables 12M > /run/hold & until grep -q ready /run/hold; do sleep 0.1; done; "
                       f"cd /small; i=0; while [ $i -lt {SMALL} ]; do : > a-file-of-no-bytes-$i; i=$((i + 1)); done; "
                       "rm -f /fill/other* /fill/no; sleep 60", timeout=TIMEOUT)

    def check_files(self):
        """All files are what was written."""
        lines = "\n".join(f"{seed} {kept}" for kept, seed in self.chunks)
        self.guest.run("while read seed kept; do spread check /fill/kept$seed $kept $seed || exit 1; done << END\n"
                       f"{lines}\nEND\n", timeout=TIMEOUT)

    def free_pieces(self):
        return Counts.read(self.guest.run("cat /proc/buddyinfo").stdout).pieces

    def outcome(self, command, status=0):
        """What the command came to; it is to end with that status (None: any)."""
        read = "cat /proc/buddyinfo /proc/schedstat /proc/vmstat"
        result = self.guest.run(f"echo 1 > /proc/sys/vm/stat_refresh; {read} > /run/before; {command}; status=$?; "
                                f"{read} > /run/after; exit $status", check=False, timeout=TIMEOUT)
        if status is not None and result.status != status:
            raise SystemExit(f"bench: exit status {result.status}: {command}: {result.output}")
        before, after = (Counts.read(self.guest.run(f"cat /run/{name}").stdout) for name in ("before", "after"))
        return Outcome(before, after, result.stdout)


def in_a_guest(use, *arguments, **options):
    """What use(bed) returns, of a guest of its own."""
    bed = Bed()
    try:
        bed.start(*arguments, **options)
        return use(bed)
    finally:
        bed.doCleanups()
