# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest with memctl.ko, and processes in it that reserve contiguous memory."""

import time
from dataclasses import dataclass

from harness import PATIENCE, free_pages
from heapbed import FAILED, MOVED, NAME, NODE
from sessionbed import Sessions
from surveybed import SurveyCase, nests

# uapi/memctl.h
RESERVE, RELEASE, RESERVATION, RESERVED, RELEASED = range(27, 32)
A_PAGES, A_ALIGN, A_AREA, A_FLAGS, A_RESERVATION, A_ID, A_EXCLUDE, _, A_PID, A_COMM = range(37, 47)
MOVABLE_ZONE = 1
RESERVATIONS_MAX = 1024
NUMBERS = {"2": "id", "5": "start", "6": "pages", "7": "align", "8": "node", "10": "pid", "12": "held", "13": "moved"}
STRINGS = {"3": "name", "4": "area", "9": "zone", "11": "comm"}


@dataclass(frozen=True)
class Reservation:
    id: int
    start: int
    pages: int
    align: int
    node: int
    zone: str
    pid: int
    comm: str
    held: int
    moved: int
    name: str | None = None
    area: str | None = None

    @property
    def end(self):
        return self.start + self.pages


def reservations(text):
    """The RESERVATION nests of an answer or of events."""
    found = []
    for line in text.splitlines():
        if f"{A_RESERVATION}={{" not in line:
            continue
        nest = dict(nests(word for word in line.split() if "=" in word or word == "}"))[str(A_RESERVATION)]
        numbers = {NUMBERS[key]: int(value) for key, value in nest if key in NUMBERS}
        found.append(Reservation(**numbers, **{STRINGS[key]: value for key, value in nest if key in STRINGS}))
    return found


class ContigCase(Sessions, SurveyCase):
    kernels = ("6.1", "7.3")
    every = ("6.1", "6.12", "7.3", "debug", "debug-7.3")

    def reserve(self, pages, more="", name="a"):
        """A reservation of the session of that name, which has to come about; it is in no other's memory."""
        others = self.reservations()
        said = self.ask(name, f"{RESERVE} dump {A_PAGES}:u64:{pages} {more}")
        self.assertIn("\nok", said)
        [made] = reservations(said)
        self.assertEqual(made.pages, pages)
        self.assertEqual(made.start % made.align, 0)
        self.assert_apart([*others, made])
        self.assertEqual(self.classes(made.start, made.end)["cma" if made.area else "other", None], pages)
        return made

    def assert_apart(self, made):
        ends = sorted((one.start, one.end) for one in made)
        for (_, end), (start, _) in zip(ends, ends[1:]):
            self.assertLessEqual(end, start, ends)

    def reservations(self):
        return reservations(self.guest.run(f"genl {RESERVATION} dump").stdout)

    def release(self, made, name="a"):
        self.assertIn("ok", self.ask(name, f"{RELEASE} {A_ID}:u64:{made.id}"))

    def free_pages(self):
        return free_pages(self.guest)

    def assert_comes_back(self, pages):
        """So many are free soon: a reservation is in no list any more before all of it is given back."""
        deadline = time.monotonic() + PATIENCE
        while (free := self.free_pages()) <= pages:
            self.assertLess(time.monotonic(), deadline, f"{free} of {pages}")
            time.sleep(0.2)

    def told(self):
        """(command, reservation) of each event so far."""
        lines = self.guest.run(f"grep '^event.* {A_RESERVATION}=' /run/events", check=False).stdout.splitlines()
        return [(int(line.split()[1]), reservations(line)[0]) for line in lines]
