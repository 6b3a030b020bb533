# SPDX-License-Identifier: LGPL-2.1-or-later
"""memctl.ko is loaded with each of its allocations failing in turn: it comes in or is refused, and leaves nothing behind."""

from harness import fixture
from heapbed import MODULE, HeapCase

LAST = 160
LEAVE_OUT_NOTHING = ("for what in failslab fail_page_alloc; do echo N > /sys/kernel/debug/$what/ignore-gfp-wait; "
                     "echo 0 > /sys/kernel/debug/$what/verbose; done; echo 0 > /sys/kernel/debug/fail_page_alloc/min-order; "
                     "echo N > /sys/kernel/debug/failslab/cache-filter")

# What the kernel itself has no answer to: without memory to take a probe away it warns, and keeps it.
SPARED = "unregister_kprobe"

# And the name of a cache that gets no folder in sysfs is forgotten.
FORGETS = "sysfs_slab_add"
ALLOWED = r"kmemleak: \d+ new suspected memory leaks"


class Init(HeapCase):
    kernels = ("debug",)

    def test_each_allocation_fails(self):
        self.boot(heap=False, cmdline="kmemleak=on", allow=[ALLOWED], binaries=[fixture("failing")])
        self.guest.run("rmmod memctl_heap memctl && { mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug; }; "
                       + LEAVE_OUT_NOTHING)
        start, end = self.guest.run(f"sort /proc/kallsyms | grep -A 1 ' {SPARED}$' | cut -d ' ' -f 1").stdout.split()
        for name in "failslab", "fail_page_alloc":
            self.guest.run(f"cd /sys/kernel/debug/{name}; echo 32 > stacktrace-depth; "
                           f"echo 0x{start} > reject-start; echo 0x{end} > reject-end")
        self.assertEqual(self.guest.kmemleak(), "")
        said = self.guest.run(f"failing {MODULE} memctl {LAST}", timeout=600).stdout
        refused = [line.split() for line in said.splitlines() if " refused " in line]
        self.assertGreater(len(refused), 20, said)
        self.assertEqual({error for _, _, error in refused}, {"12"}, said)       # ENOMEM
        leaks = self.guest.kmemleak().split("unreferenced object")[1:]
        self.assertEqual([leak for leak in leaks if FORGETS not in leak], [])
        self.guest.run(f"insmod {MODULE}; rmmod memctl")
