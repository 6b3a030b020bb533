# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fences raised, filled, dropped and killed at random, while memory churns and goes offline and online."""

import random

from fencebed import SECTION, FenceCase
from harness import ext4_image, fixture
from heapbed import MODULE

FENCERS = 3
ROUNDS = 12
# What may be gone of the free memory: caches of the kernel, and on the debug kernel what KASAN keeps back.
LOST = 6000


class Churn(FenceCase):
    kernels = ("7.3", "debug")      # one for each binding

    def test_fences_under_churn(self):
        self.boot(heap=False, dimm="512M", memory="768M", cmdline="", disks=[ext4_image()],
                  binaries=[fixture("fencer"), fixture("churn"), fixture("fill"), fixture("hog")])
        self.guest.run(f"mkdir /ext4 /churn; mount /dev/vda /ext4; mount -t tmpfs -o size=64M none /churn; "
                       f"rmmod memctl_heap memctl; insmod {MODULE}")
        self.start("hog 96 7", "/run/hog")
        self.guest.run("echo $(pidof hog) > /run/hog.pid")
        total, free = self.kernel_counter("MemTotal", "/proc/meminfo"), self.settled()

        self.start("churn 2 /churn", "/run/churn.log")
        self.guest.run("touch /run/go; (while [ -e /run/go ]; do fill /ext4/f 16777216; cat /ext4/f > /dev/null; rm /ext4/f; done) "
                       "> /run/files 2>&1 &")
        self.fencers(1)
        self.go_offline_and_online(ROUNDS if not self.debug_kernel else ROUNDS // 3 if self.thorough else ROUNDS // 12)
        said = self.end_fencers("kill")
        self.assertNotIn(" 0", said)                        # each of them has raised, held and dropped
        self.assert_nothing_held()

        self.fencers(2, number=1)                           # now the module goes, with what it has
        self.guest.run("sleep 3; until rmmod memctl 2> /dev/null; do :; done", timeout=120)     # not in the midst of a request
        self.end_fencers("wait for", number=1)
        self.guest.run(f"insmod {MODULE}")
        self.assert_nothing_held()

        self.guest.run("rm /run/go; kill -9 $(pidof churn); while pidof churn fill; do sleep 0.2; done; rm -rf /churn/*",
                       timeout=300)
        self.guest.run("> /run/hog; kill -USR1 $(cat /run/hog.pid); until grep -qE 'ok|bad' /run/hog; do sleep 0.1; done; "
                       "grep -q ok /run/hog", timeout=300)
        self.assertEqual(self.kernel_counter("MemTotal", "/proc/meminfo"), total)
        self.assertGreater(self.settled(), free - LOST)
        self.offline_all()
        self.guest.run("rmmod memctl")
        if self.debug_kernel:
            self.assertEqual(self.guest.kmemleak(), "")

    def fencers(self, seed, number=FENCERS):
        start, end = self.pfns()
        for i in range(number):
            self.guest.run(f"(fencer {start} {end} {SECTION} {seed}{i}; echo status $?) > /run/fencer{i} 2>&1 &")

    def end_fencers(self, how, number=FENCERS):
        """What they say, once they have ended well."""
        if how == "kill":
            self.guest.run("kill -TERM $(pidof fencer)", check=False)   # a child may be gone by then
        self.guest.run("while pidof fencer; do sleep 0.2; done", timeout=300)
        for i in range(number):
            said = self.guest.run(f"cat /run/fencer{i}").stdout
            self.assertTrue(said.endswith("status 0\n"), said)
        return self.guest.run("grep -h raised /run/fencer*").stdout

    def go_offline_and_online(self, rounds):
        """It may fail while memory is being taken or is short; but it ends by itself."""
        chance = random.Random(1)
        for _ in range(rounds):
            state = f"/sys/devices/system/memory/memory{chance.choice(self.dimm.blocks)}/state"
            self.guest.run(f"timeout 240 sh -c 'echo offline > {state}'; [ $? -lt 100 ] || exit 9; "
                           f"echo online_movable > {state}; grep -qx online {state}", timeout=600)

    def assert_nothing_held(self):
        self.assertEqual(self.fences(), [])
        self.assertEqual(self.classes(*self.pfns())["offline", None], 0)

    def settled(self):
        """Free pages, without caches."""
        self.guest.run("sync; echo 3 > /proc/sys/vm/drop_caches; sleep 2; echo 3 > /proc/sys/vm/drop_caches", timeout=120)
        return self.free_pages()
