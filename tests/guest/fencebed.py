# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest with memctl.ko, and processes in it that raise fences."""

import re
from dataclasses import dataclass

from harness import free_pages
from heapbed import END, START
from sessionbed import Sessions
from surveybed import SurveyCase

# uapi/memctl.h
FENCE, RAISE, HOLD, DROP, RAISED, HELD, GAVE, FELL = range(13, 21)
A_NEXT, A_FAILED, A_PFNS_MAX, A_FENCE, A_ID, A_WHAT, A_SMALLEST, A_CAUSE = 13, 15, 12, 24, 25, 26, 27, 28
FREE, USED, SCATTERED = 0, 1, 2
DROPPED, CLOSED, OUT_OF_MEMORY = range(3)
FENCES_MAX = 64
SECTION = 32768     # pages, on x86


@dataclass(frozen=True)
class Fence:
    id: int
    pid: int
    comm: str
    start: int
    end: int
    held: int
    given: int


def fences(text):
    """The FENCE nests of an answer or an event."""
    found = re.findall(rf"\b{A_FENCE}={{ 2=(\d+) 3=(\d+) 4=(\S*) 5=(\d+) 6=(\d+) 7=(\d+) 8=(\d+) }}",
                       re.sub(r"\b1= ", "", text))
    return [Fence(int(id), int(pid), comm, *map(int, numbers)) for id, pid, comm, *numbers in found]


class FenceCase(Sessions, SurveyCase):
    kernels = ("6.1", "7.3")

    def boot_fence(self, **options):
        """A guest whose DIMM is fenced by the session "a", nothing held yet."""
        self.boot(heap=False, **options)
        self.session("a")
        self.fence = self.raise_fence("a", *self.pfns())

    def raise_fence(self, name, start, end):
        said = self.ask(name, f"{RAISE} {START}:u64:{start} {END}:u64:{end}")
        self.assertIn("\nok", said)
        [fence] = fences(said)
        return fence

    def fences(self):
        return fences(self.guest.run(f"genl {FENCE}").stdout)

    def hold(self, what, start=None, end=None, name="a", more=""):
        """(the fence afterwards, pages failed) of all requests that a range needs."""
        if start is None:
            start, end = self.pfns()
        following, failed = start, 0
        while following < end:
            said = self.ask(name, f"{HOLD} dump {A_ID}:u64:{self.fence.id} {START}:u64:{start} {END}:u64:{end} "
                                  f"{A_NEXT}:u64:{following} {A_WHAT}:u32:{what} {more}")
            self.assertIn("\nok", said)
            numbers = dict(re.findall(rf"\b({A_NEXT}|{A_FAILED})=(\d+)", said.split("}")[-1]))
            self.assertGreater(int(numbers[str(A_NEXT)]), following)
            following, failed = int(numbers[str(A_NEXT)]), failed + int(numbers[str(A_FAILED)])
        return fences(said)[-1], failed

    def used(self):
        """Pages of the DIMM that have to move when it goes."""
        return sum(pages for (name, _), pages in self.classes(*self.pfns()).items()
                   if name in ("shmem", "anon", "file", "cached"))

    def offline_counted(self):
        """All blocks go offline: how many pages moved meanwhile."""
        before = self.kernel_counter("pgmigrate_success")
        self.offline_all()
        return self.kernel_counter("pgmigrate_success") - before

    def drop(self, name="a", more=""):
        self.assertIn("ok", self.ask(name, f"{DROP} {A_ID}:u64:{self.fence.id} {more}"))

    def free_pages(self):
        return free_pages(self.guest)

    def events(self):
        """(command, fence, cause or None) of each so far."""
        found = []
        for line in self.guest.run("grep event /run/events", check=False).stdout.splitlines():
            cause = re.search(rf"}} {A_CAUSE}=(\d+)", line)
            found.append((int(line.split()[1]), fences(line)[0], int(cause[1]) if cause else None))
        return found

    def offline_all(self):
        for block in self.dimm.blocks:
            self.offline(block)
