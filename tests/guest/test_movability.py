# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each kind of page is made on purpose, and counted: by the module, in one dump of the machine."""

from partsbed import MIB, PAGE, PartsCase

# How far a count may be off, as a share. Other pages come and go meanwhile, and some of those made are in a
# CPU's LRU cache; what drivers have is compared with what they count themselves.
LRU, DRIVER, KERNEL = 0.02, 0.01, 0.05
MADE = 64 * MIB // PAGE


class Counted(PartsCase):
    kernels = ("7.3",)

    def setUp(self):
        self.before, self.after = [], []

    def look(self, by="owner"):
        """What was the picture after becomes that before."""
        self.before, self.after = self.after, self.rows(by)

    def assert_grown(self, name, pages, tolerance, owner=None, **where):
        grown = self.pages(self.after, name, owner, **where) - self.pages(self.before, name, owner, **where)
        self.assert_near(grown, pages, tolerance, f"{name} {where}")

    def test_pages_of_processes_and_files(self):
        """One report by order, before and after each; what has no order of its own is of order 0."""
        self.boot_parts()
        self.look("order")
        self.hold("mlock", "64M")
        self.look("order")
        self.assert_grown("lru_mlocked", MADE, LRU)
        self.hold("anon", "64M")
        self.look("order")
        self.assert_grown("lru_anon", MADE, LRU, order=0)
        self.hold("thp", "64M")
        self.look("order")
        self.assert_grown("lru_anon", MADE, LRU, order=9)
        self.guest.run("echo 32 > /proc/sys/vm/nr_hugepages; [ $(cat /proc/sys/vm/nr_hugepages) = 32 ]")
        self.look("order")
        self.assert_grown("hugetlb", MADE, 0, order=9)
        self.hold("hugetlb", "32M")
        self.look("order")
        self.assert_grown("hugetlb", 0, 0)                  # in use or not
        self.fill(64)
        self.look("order")
        self.assert_grown("lru_shmem", MADE, LRU)
        self.read_files()
        self.assert_sound()

    def read_files(self):
        """Page caches, read from the disk: with large folios where the file system has them."""
        self.guest.run(f"for fs in /ext4 /xfs; do fill $fs/file {64 * MIB}; done", timeout=120)
        self.drop_caches()
        self.look("order")
        self.guest.run("cat /ext4/file > /dev/null")
        self.look("order")
        self.assert_grown("lru_file", MADE, LRU)
        large = MADE if self.series == "7.3" else 0         # ext4 has them since 6.16
        self.assert_near(self.large(), large, 0.5, "large folios of ext4")
        self.guest.run("cat /xfs/file > /dev/null")
        self.look("order")
        self.assert_grown("lru_file", MADE, LRU)
        self.assertGreater(self.large(), MADE // 2)         # the first read-ahead is of single pages

    def large(self):
        """How many pages more are in large folios of files."""
        return sum(self.pages(rows, "lru_file", order=range(1, 12)) * sign
                   for rows, sign in ((self.after, 1), (self.before, -1)))

    def assert_sound(self):
        """Each page is counted once: all together they are what the kernel has online."""
        total = sum(row["pages"] for row in self.after)
        online = self.memctl("status")["online_bytes"] // PAGE
        self.assertLessEqual(total, online)
        present = sum(map(int, self.guest.run("awk '$1 == \"present\" { print $2 }' /proc/zoneinfo").stdout.split()))
        self.assertGreaterEqual(total, present)

    def test_pages_of_drivers_and_of_the_kernel(self):
        self.boot_parts()
        self.look("block")
        self.heap(10000)
        self.look("block")
        self.assert_grown("movable_ops", 10000, 0, owner="heap")
        self.zram(128)
        self.look("block")
        self.assert_grown("movable_ops", self.zram_pages(), DRIVER, owner="zsmalloc")
        self.assertEqual(self.pages(self.before, "movable_ops", "zsmalloc"), 0)

        inflated = self.ballooned()
        self.guest.inflate("128M")
        self.look("block")
        inflated = self.ballooned() - inflated
        self.assertEqual(inflated, 128 * MIB // PAGE)
        self.assert_grown("movable_ops", inflated, DRIVER, owner="virtio_balloon")
        self.guest.inflate(0)
        self.look("block")
        self.assertEqual(self.pages(self.after, "movable_ops", "virtio_balloon"), 0)

        held = self.hold("iouring", "16M")
        self.look("block")
        self.assert_grown("pinned", 4096, LRU, owner="anon")
        self.assertEqual(self.pages(self.after, "pinned", block=self.dimm.blocks), 0)   # moved out of there
        self.release(held)
        self.look("block")
        self.assert_grown("pinned", -4096, LRU)

        tables, slab = self.kernel_counter("nr_page_table_pages"), self.slab()
        self.hold("tables", "32M")
        self.guest.run("mkdir /tmp/many; cd /tmp/many; i=0; while [ $i -lt 20000 ]; do : > $i; i=$((i + 1)); done",
                       timeout=300)
        self.look("block")
        tables = self.kernel_counter("nr_page_table_pages") - tables     # of all processes: others end meanwhile
        self.assert_near(tables, 8192, KERNEL, "what the kernel counts")
        self.assert_grown("page_table", tables, KERNEL)
        self.assert_grown("slab", self.slab() - slab, KERNEL)
        kernels = ("slab", "page_table", "reserved")
        for name in kernels:
            self.assertGreater(self.pages(self.after, name), 0)
        first = self.in_dimm(kernels)
        if first:       # looks take no lock: what only one of two sees was about to change
            self.look("block")
        self.assertEqual(self.in_dimm(kernels), [], first)

    def in_dimm(self, names):
        """Rows about pages of these classes in the DIMM."""
        return [row for row in self.after if row["class"] in names and row["block"] in self.dimm.blocks]

    def ballooned(self):
        return self.kernel_counter("balloon_inflate") - self.kernel_counter("balloon_deflate")

    def slab(self):
        return self.kernel_counter("Slab", "/proc/meminfo") * 1024 // PAGE


class Moved(PartsCase):
    kernels = ("7.3",)

    def test_what_drivers_have_moves_and_the_report_says_so(self):
        self.boot_parts()
        self.zram(256)
        self.heap(20000)
        before, checksum = self.rows("block"), self.guest.run("data < /dev/zram0", timeout=120).stdout
        for owner in ("zsmalloc", "heap"):
            self.assertGreater(self.pages(before, "movable_ops", owner, block=self.dimm.blocks), 1000, owner)
        total = self.pages(before, "movable_ops", "zsmalloc")
        self.assert_near(total, self.zram_pages(), DRIVER, "zsmalloc")

        self.assertEqual(self.memctl(f"dimm offline {self.dimm.acpi}")["result"], "done")
        after = self.rows("block")
        self.assertEqual([row for row in after if row["block"] in self.dimm.blocks], [])
        self.assertEqual(self.pages(after, "movable_ops", "heap"), 20000)
        self.assert_near(self.pages(after, "movable_ops", "zsmalloc"), self.zram_pages(), DRIVER, "zsmalloc")
        self.drop_caches()
        self.assertEqual(self.guest.run("data < /dev/zram0", timeout=120).stdout, checksum)
        self.order("verify", "ok 20000")

        [heap] = self.memctl("provider list")["providers"]
        [row] = [row for row in self.rows() if row["owner"] == "heap"]
        self.assertEqual((row["kind"], row["movable"], row["pages"]), ("non_lru_movable", True, 20000))
        self.assertEqual((row["migrated"], row["failed"]), (heap["migrated"], heap["failed"]))
        self.assertGreater(row["migrated"], 1000)
