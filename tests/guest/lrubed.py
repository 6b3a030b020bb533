# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest with memctl.ko, and processes in it that hold leases on the LRU caches."""

import re
from dataclasses import dataclass

from harness import GuestCase, fixture
from harness.kernel import kernel
from harness.module import modules

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


class LruCase(GuestCase):
    kernels = ("6.1", "6.12", "7.2", "debug")

    def boot(self, parameters="", binaries=(), **options):
        self.guest = self.machine(binaries=[fixture("genl"), *binaries],
                                  files={MODULE: modules(kernel(self.kernel)) / "memctl.ko"},
                                  **{"cpus": 4, "cmdline": "kmemleak=off" if self.kernel == "debug" else "", **options})
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

    def session(self, name, *lines):
        """A genl that takes lines on one socket; what it says to these."""
        self.guest.run(f"mkfifo /run/{name}.in; > /run/{name}; "
                       f"genl session <> /run/{name}.in >> /run/{name} 2>&1 & echo $! > /run/{name}.pid")
        return self.ask(name, *lines)

    def ask(self, name, *lines):
        """What the session says to these lines."""
        answers = f"grep -c -e ^ok -e ^error /run/{name}"
        length, before = self.guest.run(f"wc -c < /run/{name}; {answers}", check=False).stdout.split()
        if lines:
            words = " ".join(f"'{line}'" for line in lines)
            self.guest.run(f"printf '%s\\n' {words} > /run/{name}.in; "
                           f"until [ $({answers}) -ge {int(before) + len(lines)} ]; do sleep 0.1; done", timeout=120)
        return self.guest.run(f"tail -c +{int(length) + 1} /run/{name}").stdout

    def hold(self, name, more=""):
        """The lease that a session takes."""
        said = self.ask(name, f"{HOLD} {more}")
        self.assertIn("\nok", said)
        [lease] = leases(said)
        return lease

    def kill(self, name, signal="KILL"):
        self.guest.run(f"p=$(cat /run/{name}.pid); kill -{signal} $p; while [ -e /proc/$p ]; do sleep 0.1; done")

    def assert_refused(self, said, errno, text=""):
        self.assertTrue(said.startswith(f"error {errno}"), said)
        self.assertIn(text, said)

    def listen(self):
        self.guest.run("genl listen 300 > /run/events & echo $! > /run/listen.pid; "
                       "until grep -q listening /run/events; do sleep 0.1; done")

    def events(self):
        """(command, id, cause or None) of each so far."""
        found = []
        for line in self.guest.run("grep event /run/events", check=False).stdout.splitlines():
            cause = re.search(rf"}} {CAUSE}=(\d+)", line)
            found.append((int(line.split()[1]), leases(line)[0].id, int(cause[1]) if cause else None))
        return found
