# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pages of a driver are paid for by the memory cgroup of who allocated them, wherever they move."""

from heapbed import HeapCase

PAGES, PAGE, MIB = 6_000, 4096, 1 << 20
CGROUP = "/sys/fs/cgroup/buyer"
NEAR = 2 * MIB      # what CPUs have charged in advance, and the process itself


class Charge(HeapCase):
    kernels = ("6.1", "7.3")

    def test_who_allocates_pays(self):
        self.boot(heap=False)
        self.guest.run("mount -t cgroup2 none /sys/fs/cgroup; echo +memory > /sys/fs/cgroup/cgroup.subtree_control; "
                       f"mkdir {CGROUP}")
        self.start_buyer()
        before = self.charged()
        self.order(f"alloc {PAGES}", f"ok {PAGES}")
        paid = self.charged()
        self.assertGreaterEqual(paid - before, PAGES * PAGE - NEAR)

        for block in self.dimm.blocks[:2]:
            self.offline(block)
        moved, failed = self.evacuate(*self.pfns(self.dimm.blocks[2:]))
        self.assertEqual(failed, 0)
        self.assertGreater(self.counters()["migrated"], PAGES // 4)
        self.assertLess(abs(self.charged() - paid), NEAR)
        self.verify(PAGES)
        self.order("free", "ok 0")
        self.assertLess(self.charged(), before + 2 * NEAR)      # page tables stay with the process
        self.stop_buyer()
        self.guest.run(f"until rmdir {CGROUP} 2> /dev/null; do sleep 0.1; done; mkdir {CGROUP}")

        # No more than the cgroup may have: refused, all of it back, nobody killed.
        self.guest.run(f"echo {16 * MIB} > {CGROUP}/memory.max")
        self.start_buyer()
        self.order(f"alloc {PAGES}", "bad Cannot allocate memory")
        self.assertEqual(self.counters()["pages"], 0)
        self.order(f"alloc {PAGES // 5}", f"ok {PAGES // 5}")
        self.guest.run(f"grep -qx 'oom_kill 0' {CGROUP}/memory.events")
        self.stop_buyer()
        self.guest.run("rmmod memctl_heap && rmmod memctl")

    def start_buyer(self):
        self.start_heap(before=f"sh -c 'echo 0 > {CGROUP}/cgroup.procs; exec \"$@\"' sh")

    def stop_buyer(self):
        self.guest.run("echo quit > /run/heap.in; until ! pidof heap; do sleep 0.1; done; rm -f /run/heap.in /run/heap.out")

    def charged(self):
        return int(self.guest.run(f"cat {CGROUP}/memory.current").stdout)
