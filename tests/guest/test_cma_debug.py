# SPDX-License-Identifier: LGPL-2.1-or-later
"""CMA areas on kernels that check themselves and have CMA's debugfs: what memctl.ko says beside the kernel's own bitmap."""

import time

from cmabed import CmaCase, DEBUGFS, MODULE

STATES = 40


class CmaDebug(CmaCase):
    kernels = ("debug",)
    every = ("debug", "debug-7.3", "cma-7.3")

    def test_states(self):
        """Bit for bit, in random states; with what debugfs had allocated before, and a module that comes and goes."""
        self.boot("cma=32M", load=False, cpus=1)
        [name] = self.guest.run(f"ls {DEBUGFS}").stdout.split()
        self.guest.run(f"for n in 1 200 3 1000; do echo $n > {DEBUGFS}/{name}/alloc; done; echo 500 > {DEBUGFS}/{name}/free; "
                       f"insmod {MODULE}")
        area = self.area(name)
        self.assertEqual((area["unknown"], area["lost"], area["before"]), (0, 0, area["used"]))
        self.assertGreaterEqual(area["used"], 704)
        for i, (kernel, ours) in enumerate(self.random_states(name, STATES)):
            self.assertEqual(ours, kernel, f"state {i}")
        area = self.area(name)
        self.assertEqual(area["lost"], 0)
        self.assertGreater(area["succeeded"], STATES // 2)
        self.assertGreater(area["failed"], 0)
        self.assertGreater(area["released"], STATES // 4)
        for holder in self.holders(name):
            if holder.age is not None:
                self.assertEqual((holder.comm, holder.owner), ("sh", "cma_alloc_write"), holder)
        self.guest.run("rmmod memctl")
        self.guest.run(f"insmod {MODULE}")
        self.assertEqual(self.area(name)["used"], area["used"])
        self.assertEqual(self.area(name)["before"], area["used"])

    def test_too_large(self):
        """6.12 tells of no end of a request that is larger than the area: it is a failure all the same."""
        self.boot("cma=32M", cpus=1)
        [name] = self.guest.run(f"ls {DEBUGFS}").stdout.split()
        pages = self.area(name)["pages"]
        for more in (1, 100000):
            self.guest.run(f"echo {pages + more} > {DEBUGFS}/{name}/alloc", check=False)
        self.assertEqual([(one.pages, one.cause, one.errno) for one in self.failures()],
                         [(pages + more, "too small", self.failures()[0].errno) for more in (1, 100000)])
        self.assertEqual(self.area(name)["needed"], self.area(name)["before"] + pages + 100000)

    def test_churn(self):
        """Several CPUs allocate and release at once, while the module comes and goes: once they rest, all is right."""
        self.boot("cma=32M", load=False, cpus=4)
        [name] = self.guest.run(f"ls {DEBUGFS}").stdout.split()
        at = f"{DEBUGFS}/{name}"
        self.guest.run("mkdir /run/go; for n in 1 3 17 200; do (i=0; while [ -d /run/go ]; do i=$((i + 1)); "
                       f"echo $n > {at}/alloc; echo $((n + i % 2)) > {at}/free; done) 2> /dev/null & "
                       "echo $! >> /run/loops; done")
        for _ in range(3):
            self.guest.run(f"insmod {MODULE}; sleep 2; rmmod memctl", timeout=120)
        self.guest.run(f"insmod {MODULE}", timeout=120)
        deadline = time.monotonic() + 300
        while self.area(name)["succeeded"] <= 100:
            self.assertLess(time.monotonic(), deadline, "the loops stand still")
            time.sleep(1)
        self.guest.run("rmdir /run/go; for loop in $(cat /run/loops); do while [ -e /proc/$loop ]; do sleep 0.1; done; done",
                       timeout=300)
        for _ in range(2):
            area = self.area(name)
            (kernel, ours), = self.random_states(name, 1)
            self.assertEqual(ours, kernel)
        self.assertEqual((area["unknown"], area["lost"]), (0, 0))
        noted = sum(holder.pages for holder in self.holders(name))
        self.assertEqual(noted, self.area(name)["used"])
