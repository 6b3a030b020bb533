# SPDX-License-Identifier: LGPL-2.1-or-later
"""Evacuation is bounded: by memory, by time, and by what it takes from others."""

import time

from fencebed import A_ID, A_WHAT, HOLD, RAISE, USED
from harness import PATIENCE, free_pages
from heapbed import END, EVACUATE, HeapCase, START
from providerbed import PAGES, PARAMETERS, TEST, FaultCase

BLOCK = 512     # pages of a page block


class Bounds(HeapCase):
    kernels = ("7.3",)

    def test_all_memory_of_a_small_machine(self):
        """There is nowhere to go: the pages stay, nobody is killed, and no memory is kept."""
        self.boot(dimm=None, memory="512M")
        self.order("alloc 20000", "ok 20000")
        self.verify(20000)
        free = free_pages(self.guest)
        self.assertEqual(self.evacuate(0, 0x20000), (0, 20000))
        self.verify(20000)
        self.assertEqual(self.counters()["isolated"], 0)
        self.assertEqual(self.kernel_counter("oom_kill"), 0)
        self.assertGreater(free_pages(self.guest), free - 5000)

    def kernel_counter(self, name):
        return int(self.guest.run(f"awk '$1 ~ /^{name}:?$/ {{ print $2 }}' /proc/vmstat").stdout)


class Aside(FaultCase):
    """Drivers' work is waited for by nobody but who asked for it."""
    kernels = ("7.3",)

    def until(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while self.guest.run(condition, check=False).status:
            self.assertLess(time.monotonic(), deadline, f"never: {what}")
            time.sleep(0.1)

    @property
    def span(self):
        start = self.dimm.start // 4096
        return f"{START}:u64:{start} {END}:u64:{start + self.dimm.size // 4096}"

    def test_prepare_takes_long(self):
        """Modules bring and remove generic netlink families meanwhile, and requests of memctl's are answered."""
        self.load(modules=("team", "fou"))
        for module in ("team", "fou"):
            self.fill()
            block = self.full_block()
            requests = ([f"{EVACUATE} dump {self.span}"] if module == "team" else
                        [f"{RAISE} {self.span}", f"{HOLD} dump {A_ID}:u64:1 {self.pages_of(block)} {A_WHAT}:u32:{USED}"])
            self.set(prepare_waits=1)
            self.guest.run("(" + "; ".join(f"echo '{request}'" for request in requests) + f") > /run/{module}.in; "
                           f"genl session < /run/{module}.in > /run/{module} 2>&1 &")
            self.until(f"grep -q Y {PARAMETERS}/preparing", "prepare() is called")
            self.guest.run(f"rmmod {module} > /run/rmmod 2>&1 &")
            self.until(f"! grep -q '^{module} ' /proc/modules", f"{module} goes")
            self.assertIn("2=test", self.guest.run("genl 2 dump", timeout=PATIENCE).stdout)
            self.set(prepare_waits=0)
            self.until("! pidof genl", "the request ends")
            self.assertEqual(self.guest.run(f"grep -c ok /run/{module}").stdout.strip(), str(len(requests)))
            self.assertEqual(self.guest.run(f"awk 'int($1 / {BLOCK}) == {block}' {TEST}/pfns").stdout, "")
            self.assert_balance()
        self.end()

    def full_block(self):
        """A page block of the DIMM that has the driver's pages alone: a process whose page moves beside them would wait, too."""
        start = self.dimm.start // 4096
        return int(self.guest.run(f"awk '$1 >= {start} {{ n[int($1 / {BLOCK})]++ }} "
                                  f"END {{ for (block in n) if (n[block] == {BLOCK}) print block }}' {TEST}/pfns | head -n 1").stdout)

    @staticmethod
    def pages_of(block):
        return f"{START}:u64:{block * BLOCK} {END}:u64:{(block + 1) * BLOCK}"

    def test_a_signal_ends_it(self):
        self.load()
        self.fill()
        self.set(slow_us=20000)
        self.guest.run(f"genl {EVACUATE} dump {self.span} > /run/evacuated 2>&1 &")
        self.until(f"grep -q '^migrated [1-9]' {TEST}/counters", "a page moves")
        self.guest.run("kill $(pidof genl)")
        self.until("! pidof genl", "the request ends")
        self.assertLess(self.figures("counters")["migrated"], PAGES // 2)
        self.set(slow_us=0)
        self.assert_balance()
        self.end()
