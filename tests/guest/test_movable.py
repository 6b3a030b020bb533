# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pages of a device driver move: by compaction, by memory offlining, by evacuation, and all at once."""

from harness import in_ci_on
from harness.kernel import kernel
from harness.module import modules
from heapbed import HEAP_MODULE, HeapCase, MODULE


class Movable(HeapCase):
    kernels = ("7.3", "debug")      # one for each binding

    @property
    def pages(self):
        return 100_000 // self.scale

    @property
    def full_blocks(self):
        """Blocks of the DIMM that the heap's pages fill."""
        return self.dimm.blocks[:5 if self.scale == 1 else 1]

    @in_ci_on("6.1", "7.3")
    def test_compaction_moves_heap_pages(self):
        # The buffers take up most of zone Movable: where in it they lie makes no difference then.
        self.boot(dimm="1G" if self.scale == 1 else "128M")
        self.order(f"alloc 50 {4000 // self.scale}", f"ok {2 * self.pages}")
        self.order("thin", f"ok {2000 // self.scale}")      # every page block is half full
        before, flushes = self.counters(), self.flushes()
        self.compact()
        self.verify(self.pages)
        after = self.counters()
        migrated, rounds = after["migrated"] - before["migrated"], after["batches"] - before["batches"]
        self.assertGreater(migrated, self.pages // 10)
        self.assertLessEqual(rounds * 30, migrated)
        self.assertEqual(self.flushes() - flushes - rounds, 0)
        self.assertEqual((after["pages"], after["failed"]), (self.pages, 0))
        self.unload()

    @in_ci_on("6.1", "7.3")
    def test_offlining_moves_heap_pages(self):
        self.boot()
        self.order(f"alloc {self.pages}", f"ok {self.pages}")
        trace = "/sys/kernel/tracing"
        self.guest.run(f"mountpoint -q {trace} || mount -t tracefs none {trace}; echo 1 > {trace}/events/memctl/enable")
        before, flushes = self.counters(), self.flushes()
        blocks = self.full_blocks
        for block in blocks:
            self.offline(block)
            self.verify(self.pages)
        after = self.counters()
        self.assertGreater(after["migrated"] - before["migrated"], self.pages // 4)
        self.assertLessEqual(self.flushes() - flushes, 2 * len(blocks))
        self.assertEqual((after["pages"], after["failed"], after["isolated"]), (self.pages, 0, 0))
        self.guest.run(f"echo 0 > {trace}/events/memctl/enable; "
                       f"grep -q 'memctl_migrate: provider=heap src=0x.* error=0' {trace}/trace")
        for block in blocks:
            self.online(block)
        self.unload()

    @in_ci_on("6.1", "7.3")
    def test_evacuation_moves_heap_pages(self):
        self.boot()
        self.order(f"alloc {self.pages}", f"ok {self.pages}")
        start, end = self.pfns(self.full_blocks)
        flushes = self.flushes()
        moved, failed = self.evacuate(start, end)
        self.assertGreater(moved, self.pages // 4)
        self.assertEqual(failed, 0)
        self.assertLessEqual((self.flushes() - flushes) * 256, moved)
        self.verify(self.pages)
        self.assertEqual(self.evacuate(start, end), (0, 0))     # no target lay in the range
        self.assertEqual(self.counters()["isolated"], 0)
        self.unload()

    def test_all_at_once(self):
        """Pages are written by CPUs and device, allocated and freed, drivers come and go, while everything moves them."""
        other = modules(kernel(self.kernel)) / "memctl_test_provider.ko"
        self.boot(cpus=4, files={"/lib/modules/other.ko": other})
        self.order(f"alloc {self.pages // 25} 25", f"ok {self.pages}")
        self.start_heap("other")
        blocks = self.dimm.blocks
        start, end = self.pfns(blocks[:2])
        self.guest.run("touch /run/go")
        self.guest.run("(while [ -e /run/go ]; do echo 1 > /proc/sys/vm/compact_memory; done) > /dev/null 2>&1 &")
        self.guest.run(f"(while [ -e /run/go ]; do genl 3 dump 9:u64:{start} 10:u64:{end}; done) > /run/evacuated 2>&1 &")
        self.guest.run("mount -t debugfs none /sys/kernel/debug; (while [ -e /run/go ]; do insmod /lib/modules/other.ko && "
                       "echo 1000 > /sys/kernel/debug/memctl_test/pages; rmmod memctl_test_provider && echo gone; done) "
                       "> /run/drivers 2>&1 & echo $! > /run/drivers.pid")
        self.begin("write 12")
        self.guest.run("echo 'cycle 12' > /run/other.in")
        for block in blocks[2:6]:
            self.offline(block)
            self.online(block)
        self.finish("ok 0")
        self.assertEqual(self.guest.run("head -n 1 /run/other.out", timeout=120).stdout.strip(), "ok 0")
        self.guest.run("rm /run/go; while [ -e /proc/$(cat /run/drivers.pid) ]; do sleep 0.1; done", timeout=120)
        self.assertIn("gone", self.guest.run("cat /run/drivers").stdout)
        self.order("verify", f"ok {self.pages}")
        self.guest.run("echo quit > /run/other.in; while pidof genl || [ $(pidof heap | wc -w) -gt 1 ]; do sleep 0.1; done")
        counters = self.counters()
        self.assertEqual(counters["pages"], self.pages)
        self.assertGreater(counters["migrated"], self.pages // 2)
        self.assertNotIn("error", self.guest.run("cat /run/evacuated").stdout)
        self.unload()


class Events(HeapCase):
    kernels = ("7.3",)

    def test_events_of_providers_and_evacuation(self):
        self.boot()
        self.order("alloc 2000", "ok 2000")
        start, end = self.pfns()
        self.guest.run("genl listen 60 > /run/events & until grep -q listening /run/events; do sleep 0.1; done")
        moved, failed = self.evacuate(start, end)
        self.assertEqual(failed, 0)
        said = self.guest.run("grep 'event 6' /run/events").stdout.splitlines()     # MEMCTL_C_EVACUATED
        self.assertIn(f"9={start} 10={end} 13={end}", said[-1])
        self.assertEqual(sum(int(line.split("14=")[1].split()[0]) for line in said), moved)
        self.unload()
        self.guest.run("kill $(pidof genl); grep 'event 5 8={ 2=heap ' /run/events")    # _PROVIDER_REMOVED
        self.guest.run(f"insmod {MODULE} && insmod {HEAP_MODULE} && genl 2 dump | grep 2=heap && "
                       "rmmod memctl_heap && rmmod memctl")


class Targets(HeapCase):
    """Where evacuation moves to."""

    def test_evacuation_of_all_memory_fails_and_loses_nothing(self):
        self.boot()
        self.order("alloc 5000", "ok 5000")
        self.assertEqual(self.evacuate(0, 0x400000), (0, 5000))
        self.verify(5000)
        self.unload()

    def test_evacuation_to_a_node(self):
        self.boot(nodes=2, memory="2G", heap=False)
        self.start_heap(before="taskset 1")         # on node 0, and so is the DIMM
        self.order("alloc 20000", "ok 20000")
        start, end = self.pfns()
        moved, failed = self.evacuate(start, end, "11:u32:1")
        self.assertEqual((moved, failed), (20000, 0))
        self.verify(20000)
        self.unload()


class Zones(HeapCase):
    """A page below 4 GiB may be there because its driver's device reaches no further."""
    kernels = ("7.3",)

    def test_low_memory_stays_low(self):
        self.boot(dimm=None)
        self.order("alloc 5000", "ok 5000")
        self.dimm = self.guest.hotadd("512M")       # above 4 GiB, and all of it free
        for block in self.dimm.blocks:
            self.offline(block)
            self.guest.run(f"echo online_kernel > /sys/devices/system/memory/memory{block}/state")
        # In pieces: what a request may take of its own range is bounded by what it moves, and by 1,024 pages.
        moved = self.evacuate_each([(start, start + 1024) for start in range(0x1000, 0x60000, 1024)])
        self.assertGreaterEqual(sum(pages for pages, _ in moved), 5000)
        self.assertEqual({failed for _, failed in moved}, {0})
        self.assertEqual(self.evacuate(*self.pfns()), (0, 0))       # none has come there
        self.verify(5000)
        self.unload()
