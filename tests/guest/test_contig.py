# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reservations of contiguous memory: what is in the way moves, nobody loses a byte, and each ends as it should."""

from contigbed import (A_ALIGN, A_AREA, A_COMM, A_EXCLUDE, A_FLAGS, A_ID, A_PAGES, A_PID, A_RESERVATION, MOVABLE_ZONE, NAME,
                       NODE, RELEASE, RELEASED, RESERVATION, RESERVE, RESERVED, ContigCase, reservations)
from fencebed import RAISE
from harness import ext4_image, fixture, in_ci_on
from heapbed import END, START
from surveybed import MIB, PAGE

EPERM, ENOENT, EINTR, ENOMEM, EBUSY, EEXIST, EINVAL, ENOSPC, ERANGE = 1, 2, 4, 12, 16, 17, 22, 28, 34
PAGES = MIB // PAGE
ANON, FILES, ZRAM, HEAP = 300, 100, 64, 60      # MiB
MOVABLE = f"{A_FLAGS}:u32:{MOVABLE_ZONE}"


class Full(ContigCase):
    """All memory is in use, for page cache for the most part."""

    @in_ci_on("7.3")
    def test_in_full_memory(self):
        self.boot(memory="1G", dimm="768M", disks=[ext4_image()], binaries=[fixture("hog"), fixture("fill")],
                  modules=["zram", *(["lzo_rle"] if self.series == "6.1" else [])])
        self.session("a")
        self.fill()
        free = self.free_pages()
        self.assertLess(free, 200 * PAGES)
        moved = {}
        for more in ("", MOVABLE):
            for size in (1, 16, 64, 256):
                made = self.reserve(size * PAGES, f"{A_ALIGN}:u64:{min(size * PAGES, 4096)} {more}")
                moved[more, size] = made.moved
                if more:
                    self.assertEqual(made.zone, "Movable")
                self.release(made)
                self.crowd()
        self.assertGreater(sum(moved.values()), 256 * PAGES, moved)
        self.assertEqual(self.reservations(), [])
        self.verify_all()
        self.assertEqual(self.kernel_counter("oom_kill"), 0)

    def fill(self):
        self.order(f"alloc {HEAP * PAGES}", f"ok {HEAP * PAGES}")
        self.guest.run(f"echo {ZRAM}M > /sys/block/zram0/disksize; fill /dev/zram0 {ZRAM * MIB}; mkdir /ext4; mount /dev/vda /ext4; "
                       f"data /ext4/data {FILES}; truncate -s 900M /ext4/sparse; sync", timeout=120)
        self.sums = [self.guest.run(f"data < {path}", timeout=120).stdout for path in ("/dev/zram0", "/ext4/data")]
        self.start(f"hog {ANON}", "/run/hog")
        self.crowd()

    def crowd(self):
        """What is free fills up with page cache."""
        self.guest.run("cat /ext4/data /ext4/sparse > /dev/null", timeout=120)

    def verify_all(self):
        self.verify(HEAP * PAGES)
        self.guest.run("> /run/hog; kill -USR1 $(pidof hog); until grep -qE 'ok|bad' /run/hog; do sleep 0.1; done; grep -qw ok /run/hog",
                       timeout=120)
        self.guest.run("sync; echo 1 > /proc/sys/vm/drop_caches", timeout=120)
        self.assertEqual([self.guest.run(f"data < {path}", timeout=120).stdout for path in ("/dev/zram0", "/ext4/data")], self.sums)

    @in_ci_on("7.3")
    def test_exhaustion(self):
        """Until there is no more; and nobody is killed for it."""
        self.boot(heap=False, memory="768M", dimm="512M", binaries=[fixture("hog")])
        self.session("a")
        self.start("hog 200", "/run/hog")
        script = "\n".join(f"{RESERVE} dump {A_PAGES}:u64:{32 * PAGES}" for _ in range(40))
        self.guest.run(f"(echo '{script}'; sleep 1000) | genl session > /run/all & until [ $(grep -c -e ^ok -e ^error /run/all) = 40 ]; "
                       "do sleep 0.2; done", timeout=120)
        said = self.guest.run("cat /run/all").stdout
        self.assertRegex(said, rf"\nerror ({ENOMEM} what is in the way|{EBUSY} each place)")
        made = self.reservations()
        self.assertGreater(len(made), 15)
        self.assert_apart(made)
        self.assertEqual(made, sorted(made, key=lambda one: one.id))
        self.assertEqual(self.kernel_counter("oom_kill"), 0)
        self.guest.run("> /run/hog; kill -USR1 $(pidof hog); until grep -qE 'ok|bad' /run/hog; do sleep 0.1; done; grep -qw ok /run/hog",
                       timeout=120)
        before = self.free_pages()
        self.guest.run(f"kill $(pidof sleep); until ! genl {RESERVATION} dump | grep -q {A_RESERVATION}=; do sleep 0.2; done")
        self.assert_comes_back(before + len(made) * 31 * PAGES)
        self.reserve(256 * PAGES)


class Places(ContigCase):
    """Where it may be, and how it ends."""

    def test_places(self):
        self.boot(heap=False, memory="768M", dimm="512M", nodes=2, binaries=[fixture("pin")])
        self.session("a")
        self.listen()
        start, end = self.pfns()
        self.a_pinned_page(start, end)
        self.fences_and_ranges(start, end)
        self.wrong_numbers()
        self.names()
        self.stays_where_it_is()
        self.cpuset()
        self.ends()

    def a_pinned_page(self, start, end):
        """Another place is taken; where there is none, nothing is."""
        pinned = [int(words[0], 16) for words in self.start("taskset 1 pin 64 4", "/run/pin") if words != ["pinned"]]
        pfn = next(pfn for pfn in pinned if start + 8 * PAGES <= pfn < end - 8 * PAGES)
        around = f"{start},{pfn - 2 * PAGES},{pfn + 2 * PAGES},{end}"
        self.assert_refused(self.ask("a", f"{RESERVE} dump {A_PAGES}:u64:{2 * PAGES} {MOVABLE} {A_EXCLUDE}:list:{around}").splitlines()[-1],
                            EBUSY, "does not move")
        size = 4 * PAGES
        made = [self.reserve(size, MOVABLE) for _ in range(3)]
        for one in made:
            self.assertEqual(one.zone, "Movable")
            self.assertFalse([pfn for pfn in pinned if one.start <= pfn < one.end])
            self.release(one)
        self.guest.run("kill $(pidof pin)")

    def fences_and_ranges(self, start, end):
        span = f"{START}:u64:{start} {END}:u64:{end}"
        self.session("b", f"{RAISE} {span}")
        self.assert_refused(self.ask("a", f"{RESERVE} dump {A_PAGES}:u64:1024 {MOVABLE}").splitlines()[-1], EBUSY)
        for _ in range(2):
            self.assertNotEqual(self.reserve(1024).zone, "Movable")
        self.kill("b")
        half = (start + end) // 2
        for first, last in ((start, half), (half, end)):
            made = self.reserve(1024, f"{MOVABLE} {A_EXCLUDE}:list:0,1,{first},{last}")
            self.assertFalse(first < made.end and made.start < last)
            self.release(made)
        for made in self.reservations():
            self.release(made)

    def wrong_numbers(self):
        one = f"{RESERVE} dump {A_PAGES}:u64:1"
        self.assert_all_refused([
            (f"{RESERVE} {A_PAGES}:u64:1", "", None),
            (f"{RESERVE} dump", EINVAL, "missing"),
            (f"{RESERVE} dump {A_PAGES}:u64:0", ERANGE, None),
            (f"{RESERVE} dump {A_PAGES}:u32:1", "", None),
            (f"{RESERVE} dump {A_PAGES}:u64:{1 << 20}", ENOSPC, "more than all memory"),
            (f"{RESERVE} dump {A_PAGES}:u64:{(1 << 64) - 1}", ENOSPC, "more than all memory"),
            (f"{RESERVE} dump {A_PAGES}:u64:{1000 * PAGES} {MOVABLE}", ENOSPC, "more than all memory"),
            (f"{one} {A_PAGES}:u64:1", EINVAL, "twice"),
            (f"{one} {A_ALIGN}:u64:0", ERANGE, None),
            (f"{one} {A_ALIGN}:u64:3", EINVAL, "power of two"),
            (f"{one} {A_ALIGN}:u64:{1 << 63}", EINVAL, "above all memory"),
            (f"{one} {NODE}:u32:7", EINVAL, "no such node"),
            (f"{one} {NODE}:u32:{(1 << 32) - 1}", EINVAL, "no such node"),
            (f"{one} {A_FLAGS}:u32:2", EINVAL, None),
            (f"{one} {A_EXCLUDE}:list:5", EINVAL, "no pairs"),
            (f"{one} {A_EXCLUDE}:list:5,5", EINVAL, "is empty"),
            (f"{one} {A_EXCLUDE}:raw:", EINVAL, "no pairs"),
            (f"{one} {A_PID}:u32:1", EINVAL, "both pid and name"),
            (f"{one} {A_COMM}:str:camera", EINVAL, "both pid and name"),
            (f"{one} {A_PID}:u32:0 {A_COMM}:str:camera", ERANGE, None),
            (f"{one} {A_PID}:u32:1 {A_COMM}:str:{'n' * 16}", "", None),
            (f"{one} {NAME}:str:", EINVAL, "a name has"),
            (f"{one} {NAME}:str:a/b", EINVAL, "a name has"),
            (f"{one} {NAME}:str:{'n' * 64}", "", None),
            (f"{one} {START}:u64:1", EINVAL, None),
            (RELEASE, EINVAL, "either"),
            (f"{RELEASE} {A_ID}:u64:1 {NAME}:str:name", EINVAL, "either"),
            (f"{RELEASE} {A_ID}:u64:0", ENOENT, "no such reservation"),
            (f"{RELEASE} {A_ID}:u64:{(1 << 64) - 1}", ENOENT, "no such reservation"),
            (f"{RELEASE} {NAME}:str:", ENOENT, "no such reservation"),
            (f"{RESERVATION} dump {A_ID}:u64:1", EINVAL, None)])
        for sent in (one, f"{RELEASE} {A_ID}:u64:1", f"{RESERVATION} dump"):
            refused = self.guest.run(f"su -s /bin/sh -c 'genl {sent}' nobody", check=False)
            self.assertTrue(refused.stdout.startswith(f"error {EPERM} "), refused.output)
        self.assertEqual(self.reservations(), [])

    def stays_where_it_is(self):
        """Its memory does not go offline, and is said not to at once; then it does."""
        made = reservations(self.guest.run(f"genl {RESERVE} dump {A_PAGES}:u64:{2 * PAGES} {MOVABLE} {NAME}:str:stays").stdout)[0]
        block = next(block for block in self.dimm.blocks if self.pfns([block])[0] <= made.start < self.pfns([block])[1])
        state = f"/sys/devices/system/memory/memory{block}/state"
        said = self.guest.run(f"timeout -s KILL 30 sh -c 'echo offline > {state}'", check=False, timeout=90)
        self.assertEqual(said.status, 1, said.output)       # else it was killed while it waited
        self.assertIn("busy", said.output)
        self.guest.run(f"genl {RELEASE} {NAME}:str:stays; echo offline > {state} && echo online_movable > {state}")

    def cpuset(self):
        """Who asks has memory of the nodes that he may have memory of."""
        self.guest.run("mkdir /cgroup; mount -t cgroup2 none /cgroup; echo +cpuset > /cgroup/cgroup.subtree_control; "
                       "mkdir /cgroup/one; echo 0 > /cgroup/one/cpuset.mems")
        within = "sh -c 'echo 0 > /cgroup/one/cgroup.procs; exec \"$@\"' sh"
        one = f"genl {RESERVE} dump {A_PAGES}:u64:{PAGES}"
        self.assert_refused(self.guest.run(f"{within} {one} {NODE}:u32:1", check=False).stdout.splitlines()[-1], ENOSPC)
        self.assertEqual(reservations(self.guest.run(f"{within} {one}").stdout)[0].node, 0)
        self.guest.run("rmdir /cgroup/one; umount /cgroup")

    def names(self):
        named = self.reserve(2 * PAGES, f"{NAME}:str:camera.0:a {NODE}:u32:1")
        self.assertEqual((named.name, named.node), ("camera.0:a", 1))
        self.assert_refused(self.ask("a", f"{RESERVE} dump {A_PAGES}:u64:1 {NAME}:str:camera.0:a"), EEXIST, "of that name")
        self.kill("a")
        [there] = self.reservations()
        self.assertEqual((there.id, there.start), (named.id, named.start))
        self.assertNotEqual(self.guest.run("rmmod memctl_heap; rmmod memctl", check=False).status, 0)
        self.guest.run(f"genl {RELEASE} {NAME}:str:camera.0:a")
        self.assertIn(f"error {ENOENT} ", self.guest.run(f"genl {RELEASE} {NAME}:str:camera.0:a", check=False).stdout)
        by_id = reservations(self.guest.run(f"genl {RESERVE} dump {A_PAGES}:u64:512 {NAME}:str:other "
                                             f"{A_PID}:u32:4711 {A_COMM}:str:camera").stdout)[0]
        self.assertEqual((by_id.pid, by_id.comm), (4711, "camera"))
        self.guest.run(f"genl {RELEASE} {A_ID}:u64:{by_id.id}")
        self.assertEqual(self.told()[-1][0], RELEASED)
        self.assertEqual(self.reservations(), [])

    def ends(self):
        """With the socket, or by its holder; and not by another."""
        self.guest.run("rm /run/a.in")
        self.session("a")
        made = self.reserve(16 * PAGES)
        self.assertIn(f"error {ENOENT} ", self.guest.run(f"genl {RELEASE} {A_ID}:u64:{made.id}", check=False).stdout)
        self.release(made)
        self.assert_refused(self.ask("a", f"{RELEASE} {A_ID}:u64:{made.id}"), ENOENT)
        made, free = self.reserve(64 * PAGES), self.free_pages()
        self.kill("a")
        self.assertEqual(self.reservations(), [])
        self.assert_comes_back(free + 50 * PAGES)
        self.assertEqual([(command, one.id) for command, one in self.told()[-2:]], [(RESERVED, made.id), (RELEASED, made.id)])
        self.guest.run("rm /run/a.in")
        self.session("a")
        self.reserve(64 * PAGES)
        self.guest.run("kill $(cat /run/listen.pid); rmmod memctl")      # without a name it does not hold the module
        self.assert_comes_back(free + 50 * PAGES)


class Area(ContigCase):
    """From a CMA area."""
    kernels = every = ("7.3",)

    def test_from_an_area(self):
        self.boot(heap=False, dimm=None, memory="768M", cmdline="cma=64M", binaries=[fixture("hog")])
        self.session("a")
        [name] = self.guest.run("ls /sys/kernel/mm/cma").stdout.split()
        area = f"{A_AREA}:str:{name}"
        # The kernel takes movable pages from the area once that has more than half of what is free.
        self.start(f"hog {self.free_pages() * PAGE // MIB - 96}", "/run/hog")
        before = self.allocated()               # by drivers, at boot
        made = [self.reserve(16 * PAGES, f"{area} {A_ALIGN}:u64:256") for _ in range(3)]
        self.assertEqual({one.area for one in made}, {name})
        self.assertGreater(sum(one.moved for one in made), 0)
        self.assert_refused(self.ask("a", f"{RESERVE} dump {A_PAGES}:u64:{32 * PAGES} {area}").splitlines()[-1], EBUSY)
        self.release(made[1])
        self.reserve(8 * PAGES, f"{area} {NAME}:str:camera")
        self.assert_all_refused([
            (f"{RESERVE} dump {A_PAGES}:u64:{65 * PAGES} {area}", ENOSPC, "more than all memory"),
            (f"{RESERVE} dump {A_PAGES}:u64:1 {A_AREA}:str:nothing", ENOENT, "no CMA area")])
        self.assertIsNone(self.reserve(PAGES).area)
        self.kill("a")
        self.assertEqual([one.name for one in self.reservations()], ["camera"])
        self.guest.run(f"genl {RELEASE} {NAME}:str:camera")
        self.assertEqual(self.allocated(), before)
        self.guest.run("> /run/hog; kill -USR1 $(pidof hog); until grep -qE 'ok|bad' /run/hog; do sleep 0.1; done; grep -qw ok /run/hog",
                       timeout=120)
        self.guest.run("rmmod memctl_heap memctl")

    def allocated(self):
        """Pages of the area, as the kernel counts them."""
        got, gave = (int(self.guest.run(f"cat /sys/kernel/mm/cma/*/{file}").stdout)
                     for file in ("alloc_pages_success", "release_pages_success"))
        return got - gave


class Many(ContigCase):
    """Side by side."""

    @in_ci_on("7.3")
    def test_many_at_once(self):
        self.boot(heap=False, memory="1G", dimm="512M", binaries=[fixture("hog")])
        self.start("hog 200", "/run/hog")
        free = self.free_pages()
        self.guest.run(f"i=0; while [ $i -lt 100 ]; do genl {RESERVE} dump {A_PAGES}:u64:{4 * PAGES} {NAME}:str:many.$i > /run/many.$i 2>&1 & "
                       "i=$((i + 1)); done; wait", timeout=120)
        made = self.reservations()
        errors = self.guest.run("grep -h error /run/many.*", check=False).stdout
        self.assertEqual((len(made), errors), (100, ""))
        self.assert_apart(made)
        self.assertEqual({one.name for one in made}, {f"many.{i}" for i in range(100)})
        for one in made[::10]:
            self.assertEqual(self.classes(one.start, one.end)["other", None], 4 * PAGES)
        self.guest.run(f"i=0; while [ $i -lt 100 ]; do genl {RELEASE} {NAME}:str:many.$i & i=$((i + 1)); done; wait", timeout=120)
        self.assertEqual(self.reservations(), [])
        self.assertGreater(self.free_pages(), free - 20 * PAGES)

        # Killed at any time: nothing stays.
        self.guest.run(f"i=0; while [ $i -lt 40 ]; do genl {RESERVE} dump {A_PAGES}:u64:{32 * PAGES} > /dev/null 2>&1 & "
                       "i=$((i + 1)); done; sleep 0.5; killall -9 genl; wait", timeout=120)
        self.assertEqual(self.reservations(), [])
        self.guest.run("rmmod memctl_heap memctl")
        self.guest.run("> /run/hog; kill -USR1 $(pidof hog); until grep -qE 'ok|bad' /run/hog; do sleep 0.1; done; grep -qw ok /run/hog",
                       timeout=120)
        self.assertGreater(self.free_pages(), free - 20 * PAGES)
