# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest with memctl_test_provider.ko, a driver that makes trouble: its parameters are in provider/faults.c, its files in control.c."""

import time

from harness import GuestCase, fixture, kernel
from harness.module import modules

PAGES = 5000
NEVER = 0           # parameters' values
TEST = "/sys/kernel/debug/memctl_test"
PARAMETERS = "/sys/module/memctl_test_provider/parameters"
MEMORY = "/sys/devices/system/memory"
EVACUATE, START_PFN, END_PFN = 3, 9, 10      # of uapi/memctl.h


class FaultCase(GuestCase):
    kernels = ("6.1", "7.3")        # one for each binding to the VM

    def boot(self, dimm="256M", **options):
        """A guest with the modules in it, not loaded, and a DIMM that is online in zone Movable."""
        built = modules(kernel(self.kernel))
        self.guest = self.machine(files={"/lib/modules/memctl.ko": built / "memctl.ko",
                                         "/lib/modules/test.ko": built / "memctl_test_provider.ko"},
                                  binaries=[fixture("genl")], **options)
        self.dimm = self.guest.hotadd(dimm)
        self.block_pages = self.dimm.size // len(self.dimm.blocks) // 4096
        self.guest.run("grep -q ' /sys/kernel/debug ' /proc/mounts || mount -t debugfs none /sys/kernel/debug")

    def load(self, **options):
        self.boot(**options)
        self.guest.run("insmod /lib/modules/memctl.ko && insmod /lib/modules/test.ko")

    def unload(self):
        self.guest.run("rmmod memctl_test_provider && rmmod memctl", timeout=120)

    def write(self, file, number):
        self.guest.run(f"echo {number} > {TEST}/{file}", timeout=120)

    def set(self, **parameters):
        self.guest.run("\n".join(f"echo {value} > {PARAMETERS}/{name}" for name, value in parameters.items()))

    def figures(self, file):
        lines = self.guest.run(f"cat {TEST}/{file}", timeout=120).stdout.splitlines()
        return {name: int(value) for name, value in (line.split() for line in lines)}

    def fill(self, pages=PAGES):
        """So many pages, none of them older than this, most of them in the DIMM."""
        self.write("pages", 0)
        self.guest.run("\n".join(f"grep -qx online {MEMORY}/memory{block}/state || "
                                 f"echo online_movable > {MEMORY}/memory{block}/state" for block in self.dimm.blocks))
        self.write("pages", pages)
        self.assertTrue(self.blocks(), "no page is in the DIMM")

    def blocks(self):
        """The DIMM's blocks that hold pages of the driver."""
        pfns = map(int, self.guest.run(f"cat {TEST}/pfns", timeout=120).stdout.split())
        return sorted({pfn // self.block_pages for pfn in pfns} & set(self.dimm.blocks))

    def compact(self, times=1):
        self.guest.run("\n".join(["echo 1 > /proc/sys/vm/compact_memory"] * times))

    def offline(self, block, seconds):
        """Offline a block, which the kernel tries for as long as it is let; True when it is."""
        self.guest.run(f"grep -qx offline {MEMORY}/memory{block}/state || "
                       f"timeout {seconds} sh -c 'echo offline > {MEMORY}/memory{block}/state' 2>/dev/null",
                       check=False, timeout=seconds + 60)
        return self.guest.run(f"cat {MEMORY}/memory{block}/state").stdout.strip() == "offline"

    def assert_right(self, pages=None):
        verify = self.figures("verify")
        self.assertEqual(verify["wrong"], 0)
        if pages is not None:
            self.assertEqual((verify["pages"], verify["movable"]), (pages, pages))

    def evacuate(self, blocks):
        """Moves what the driver has in these blocks, which lie in a row."""
        start, end = blocks[0] * self.block_pages, (blocks[-1] + 1) * self.block_pages
        self.guest.run(f"genl {EVACUATE} dump {START_PFN}:u64:{start} {END_PFN}:u64:{end}", timeout=120)

    def assert_balance(self, seconds=30):
        """All that was let go has come back, been moved or been freed; it may take the VM and memctl a moment."""
        deadline = time.monotonic() + seconds
        while True:
            c = self.figures("counters")
            try:
                self.assertEqual(c["violations"], 0, c)
                self.assertEqual(c["asked"], c["refused"] + c["isolated"], c)
                self.assertEqual(c["isolated"], c["migrated"] + c["putback"] + c["freed_isolated"], c)
                self.assertEqual(c["prepare"], c["done"], c)
                self.assertEqual(c["migrated"], c["told"] + c["untold"], c)
                self.assertEqual(self.figures("verify")["listed"], self.figures("verify")["movable"])
                self.assertEqual(c["migrate"], c["migrated"] + c["again"] + c["failed"], c)
                self.assertEqual(c["allocated"], c["freed"] + self.figures("verify")["pages"], c)
                return c
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.2)

    def assert_nothing_left(self):
        """After unloading: each page has returned to the allocator, for the DIMM becomes empty."""
        for block in self.dimm.blocks:
            self.guest.run(f"grep -qx offline {MEMORY}/memory{block}/state || "
                           f"timeout 60 sh -c 'echo offline > {MEMORY}/memory{block}/state'", timeout=90)
        balloon = self.guest.run("echo 1 > /proc/sys/vm/stat_refresh; grep '^nr_balloon_pages ' /proc/vmstat", check=False).stdout.split()
        self.assertIn(balloon, ([], ["nr_balloon_pages", "0"]))

    def go_through(self, counter, seconds=60, ends=True, pages=PAGES, **fault):
        """Compaction and offlining with a fault; then offlining without. The counters, before and after.

        counter: which of them shows that the fault has happened; ends: is offlining possible in spite of it?
        """
        self.fill()
        before = self.figures("counters")
        self.set(**fault)
        self.compact()
        self.assert_right(pages)
        blocks = self.blocks() or list(self.dimm.blocks)
        done = [self.offline(block, seconds) for block in blocks]
        self.assert_right(pages)
        self.assertEqual(all(done), ends, f"{fault}: {dict(zip(blocks, done))}")
        self.assertGreater(self.figures("counters")[counter], before[counter], fault)

        self.set(**dict.fromkeys(fault, NEVER))
        for block in self.dimm.blocks:
            self.assertTrue(self.offline(block, 60), f"block {block}, after {fault}")
        self.assertEqual(self.blocks(), [])
        self.assert_right(pages)
        return before, self.assert_balance()

    def end(self):
        self.unload()
        self.assert_nothing_left()
