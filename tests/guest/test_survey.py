# SPDX-License-Identifier: LGPL-2.1-or-later
"""MEMCTL_C_SURVEY: pages made on purpose, one kind after the other, are found as what they are."""

from harness import ext4_image, fixture
from surveybed import MIB, PAGE, SurveyCase

HUGE = 512      # pages in a huge page


class Kinds(SurveyCase):
    def boot_kinds(self, **options):
        binaries = [fixture(name) for name in ("hold", "pin", "splice", "fill")]
        self.boot(binaries=binaries, memory="1536M", **options)
        self.guest.run("echo madvise > /sys/kernel/mm/transparent_hugepage/enabled")
        self.top = self.pfns()[1]

    def test_pages_of_processes(self):
        self.boot_kinds(disks=[ext4_image()])
        for kind, name in (("anon", "anon"), ("mlock", "mlocked")):
            runs = self.hold(kind, "16M")
            self.assertEqual(self.held(runs), {(name, None): 16 * MIB // PAGE}, kind)
        runs = self.hold("thp", "16M")
        self.assertEqual(self.held(runs), {("anon", None): sum(end - start for start, end in runs)})
        large = [run for run in runs if run[1] - run[0] >= HUGE]
        self.assertGreater(len(large), 0)
        for start, end in large:
            [part] = self.survey(start + 7, end - 7)        # neither its first page nor its last
            self.assertIn(("anon", 9), [(count.klass, count.order) for count in part.counts])

        self.guest.run("echo 8 > /proc/sys/vm/nr_hugepages")
        total = self.classes(0, self.top)
        self.assertEqual(total["hugetlb", None], 8 * HUGE)
        runs = self.hold("hugetlb", "8M")
        self.assertEqual(self.held(runs), {("hugetlb", None): 4 * HUGE})
        self.assertEqual(self.classes(0, self.top)["hugetlb", None], 8 * HUGE)

        self.guest.run("mkdir /ext4; mount /dev/vda /ext4; fill /ext4/file 8388608; fill /dev/shm/file 8388608")
        for path, name in (("/ext4/file", "file"), ("/dev/shm/file", "shmem")):
            self.assertEqual(self.held(self.hold("file", path)), {(name, None): 2048}, path)

    def test_pinned_pages_keep_their_block_and_are_named(self):
        self.boot_kinds(disks=[ext4_image()])
        self.assertEqual(self.keepers(*self.pfns()), [])
        start, end = self.pfns(self.dimm.blocks[:2])
        said = self.start(f"pin 1400 {start * PAGE:x} {end * PAGE:x}", "/run/pin")
        pfn = int(said[0][0], 16)
        self.assertEqual([tuple(keeper) for keeper in self.keepers(*self.pfns())], [(pfn, 1, "pinned", "anon")])
        self.assertEqual(self.classes(pfn, pfn + 1), {("pinned", "anon"): 1})

        self.guest.run("mkdir /ext4; mount /dev/vda /ext4; fill /ext4/file 65536; fill /dev/shm/file 65536")
        for path, name in (("/ext4/file", "file"), ("/dev/shm/file", "shmem")):
            pfn = int(self.start(f"splice {path}", f"/run/splice.{name}")[0][0], 16)
            self.guest.run("echo 1 > /proc/sys/vm/drop_caches")
            self.assertEqual(self.classes(pfn, pfn + 1), {("pinned", name): 1})
            self.assertEqual([tuple(keeper) for keeper in self.keepers(pfn, pfn + 1)], [(pfn, 1, "pinned", name)])
            self.guest.run("kill $(pidof splice); while pidof splice; do sleep 0.1; done")
            self.assertEqual(self.keepers(pfn, pfn + 1), [])

        runs = self.hold("iouring", "4M")
        self.assertEqual(self.held(runs), {("pinned", "anon"): 4 * MIB // PAGE})
        start, end = max(runs, key=lambda run: run[1] - run[0])
        for part in self.survey(start, end):                # pages in a row are one keeper
            self.assertEqual([tuple(keeper) for keeper in part.keepers],
                             [(part.start, part.end - part.start, "pinned", "anon")])
        self.guest.run("kill $(pidof hold); while pidof hold; do sleep 0.1; done; sleep 0.5")
        self.assertEqual([keeper for keeper in self.keepers(start, end) if keeper.klass == "pinned"], [])

    def test_pages_of_drivers(self):
        if self.debug_kernel:
            self.skipTest("its balloon is built in: test_built_in_driver")
        lzo = ["lzo_rle"] if self.series == "6.1" else []
        self.boot_kinds(modules=["zram", *lzo], balloon=True)
        self.order("alloc 10000", "ok 10000")
        self.assertEqual(self.classes(0, self.top)["movable_ops", "heap"], 10000)
        self.order("free", "ok 0")
        self.order("alloc 3333", "ok 3333")
        self.guest.run("echo 64M > /sys/block/zram0/disksize; fill /dev/zram0 67108864; sync", timeout=120)
        self.guest.inflate("64M")
        total = self.classes(0, self.top)
        zram = int(self.guest.run("cat /sys/block/zram0/mm_stat").stdout.split()[2]) // PAGE
        self.assertGreater(zram, 5000)
        self.assertEqual(total["movable_ops", "zsmalloc"], zram)
        self.assertEqual(total["movable_ops", "virtio_balloon"], 64 * MIB // PAGE)
        self.assertEqual({owner for klass, owner in total if klass == "movable_ops"},
                         {"heap", "zsmalloc", "virtio_balloon"})
        self.assertEqual([keeper for keeper in self.keepers(*self.pfns()) if keeper.klass != "slab"], [])
        start, end = self.pfns(self.dimm.blocks[:1])
        self.offline(self.dimm.blocks[0])                   # what is called movable moves
        self.assertEqual(self.survey(start, end)[0].absent, end - start)
        total = self.classes(0, self.top)
        self.assertEqual((total["movable_ops", "zsmalloc"], total["movable_ops", "heap"]), (zram, 3333))

    def test_sums_agree_with_the_kernels_own(self):
        self.boot_kinds()
        self.order("alloc 2000", "ok 2000")
        self.guest.run("mount -t tmpfs none /mnt; fill /mnt/file 67108864; mkdir /mnt/many; cd /mnt/many; "
                       "i=0; while [ $i -lt 3000 ]; do : > $i; i=$((i + 1)); done; hold tables 8M > /run/tables & "
                       "until grep -q ready /run/tables; do sleep 0.1; done; "
                       "echo 1 > /proc/sys/vm/drop_caches; sleep 1", timeout=300)
        total = self.classes(0, self.top)
        meminfo = {line.split(":")[0]: int(line.split()[1]) * 1024 // PAGE
                   for line in self.guest.run("cat /proc/meminfo").stdout.splitlines()}
        of = {klass: sum(pages for (name, _), pages in total.items() if name == klass)
              for klass, _ in total}
        near = 300
        self.assertAlmostEqual(of["shmem"], meminfo["Shmem"], delta=near)
        self.assertAlmostEqual(of["anon"] + of.get("cached", 0), meminfo["AnonPages"], delta=near)
        percpu = sum(map(int, self.guest.run("awk '$1 == \"count:\" { print $2 }' /proc/zoneinfo").stdout.split()))
        self.assertAlmostEqual(of["free"], meminfo["MemFree"] + percpu, delta=2 * near)
        tables = meminfo["PageTables"] + meminfo.get("SecPageTables", 0)
        self.assertGreater(of["page_table"], 2048)
        self.assertAlmostEqual(of["page_table"], tables, delta=near)
        if self.series == "7.3":        # from there on it tells large allocations from others' pages
            self.assertAlmostEqual(of["slab"], meminfo["Slab"], delta=near)
        else:
            self.assertLessEqual(of["slab"], meminfo["Slab"] + near)
            self.assertGreaterEqual(of["slab"] + of["other"], meminfo["Slab"] - near)
        self.assertEqual(of["movable_ops"], 2000)
        # Kernel memory in its first block: what keeps it is told, and there is much of it.
        first = self.survey(0, 0x8000)[0]
        self.assertEqual(len(first.keepers), 32)
        self.assertEqual([keeper.pfn for keeper in first.keepers], sorted(keeper.pfn for keeper in first.keepers))


class BuiltIn(SurveyCase):
    kernels = ("debug",)

    def test_built_in_driver(self):
        self.boot(binaries=[fixture("fill")], modules=["zram"], balloon=True)
        self.guest.run("echo 16M > /sys/block/zram0/disksize; fill /dev/zram0 16777216; sync", timeout=120)
        self.guest.inflate("16M", timeout=120)
        total = self.classes(0, self.pfns()[1])
        zram = int(self.guest.run("cat /sys/block/zram0/mm_stat").stdout.split()[2]) // PAGE
        self.assertEqual(total["movable_ops", "zsmalloc"], zram)
        self.assertEqual(total["movable_ops", "virtio_balloon"], 16 * MIB // PAGE)
