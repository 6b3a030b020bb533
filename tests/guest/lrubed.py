# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest with memctl.ko, and processes in it that hold leases on the LRU caches."""

import re
from dataclasses import dataclass

from harness import GuestCase, fixture
from harness.kernel import kernel
from harness.module import modules
from sessionbed import Sessions

# uapi/memctl.h
INFO, LRU_CACHE, HOLD, RELEASE, HELD, ENDED = 1, 7, 8, 9, 10, 11
ABILITIES, SECONDS, LONGEST, REASON, DISABLED, LEASE, ID, CAUSE = 3, 16, 17, 18, 19, 20, 21, 22
RELEASED, CLOSED, EXPIRED = range(3)
LEASES_MAX = 64
ABILITY = 1 << 3
MODULE = "/lib/modules/memctl.ko"


@dataclass(frozen=True)
class Lease:
    id: int
    pid: int
    comm: str
    held: int       # ns
    left: int


def leases(text):
    """The LEASE nests of an answer or an event."""
    found = re.findall(rf"\b{LEASE}={{ 2=(\d+) 3=(\d+) 4=(\S*) 5=(\d+) 6=(\d+) }}", re.sub(r"\b1= ", "", text))
    return [Lease(int(id), int(pid), comm, int(held), int(left)) for id, pid, comm, held, left in found]


class LruCase(Sessions, GuestCase):
    kernels = ("7.3", "debug")

    def boot(self, parameters="", binaries=(), **options):
        self.guest = self.machine(binaries=[fixture("genl"), *binaries],
                                  files={MODULE: modules(kernel(self.kernel)) / "memctl.ko"},
                                  **{"cpus": 4, "cmdline": "kmemleak=off" if self.debug_kernel else "", **options})
        self.guest.run(f"insmod {MODULE} {parameters}")

    def status(self):
        """(longest, how many hold the caches off, leases)"""
        said = self.guest.run(f"genl {LRU_CACHE}").stdout
        self.assertNotIn(f"{REASON}=", said.split("{")[0])
        numbers = dict(re.findall(rf"\b({LONGEST}|{DISABLED})=(\d+)", said.split("{")[0]))
        return int(numbers[str(LONGEST)]), int(numbers[str(DISABLED)]), leases(said)

    def assert_free(self):
        _, disabled, held = self.status()
        self.assertEqual((disabled, held), (0, []))

    def hold(self, name, more=""):
        """The lease that a session takes."""
        said = self.ask(name, f"{HOLD} {more}")
        self.assertIn("\nok", said)
        [lease] = leases(said)
        return lease

    def events(self):
        """(command, id, cause or None) of each so far."""
        found = []
        for line in self.guest.run("grep event /run/events", check=False).stdout.splitlines():
            cause = re.search(rf"}} {CAUSE}=(\d+)", line)
            found.append((int(line.split()[1]), leases(line)[0].id, int(cause[1]) if cause else None))
        return found
