# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fences: what is held, how it goes when memory goes offline, and how fences fall."""

import re

from fencebed import (A_CAUSE, A_ID, A_NEXT, A_PFNS_MAX, A_SMALLEST, A_WHAT, CLOSED, DROP, DROPPED, FELL, FENCE, FENCES_MAX,
                      FREE, GAVE, HELD, HOLD, OUT_OF_MEMORY, RAISE, RAISED, SCATTERED, SECTION, USED, FenceCase)
from harness import ext4_image, fixture, in_ci_on
from heapbed import END, START
from surveybed import MIB, PAGE

ENOENT, EBUSY, EPERM, EINVAL, ENOSPC, ERANGE = 2, 16, 1, 22, 28, 34

# What may be left of what was free: in CPUs' lists, and in page blocks with a page in use.
SLACK = 3000


class Holding(FenceCase):
    kernels = ("7.3", "debug")      # one for each binding

    @in_ci_on("7.3")
    def test_free_memory_is_held_and_given_up(self):
        self.boot_fence(dimm="512M")
        self.listen()
        start, end = self.pfns()
        before = self.free_pages()
        self.assertEqual(self.fences()[0].held, 0)
        fence, failed = self.hold(FREE)
        self.assertLess(failed, SLACK)
        self.assertGreater(fence.held, end - start - SLACK)
        self.assertLess(self.free_pages(), before - fence.held + 2 * SLACK)
        self.assertEqual(self.classes(start, end)["offline", None], fence.held)
        self.assertEqual(self.hold(FREE)[0].held, fence.held)   # there is no more

        first = self.dimm.blocks[0]
        size = (end - start) // len(self.dimm.blocks)
        self.offline(first)
        [fence] = self.fences()
        self.assertGreater(fence.given, size - SLACK)
        gave = [event for event in self.events() if event[0] == GAVE]
        self.assertEqual([event[1].given for event in gave], [fence.given])
        self.online(first)                                  # it is nobody's: free
        self.assertGreater(self.classes(*self.pfns([first]))["free", None], size - SLACK)
        fence, _ = self.hold(FREE)
        self.assertGreater(fence.held, end - start - SLACK)
        self.offline_all()
        [fence] = self.fences()
        self.assertEqual(fence.held, 0)
        self.drop()
        self.assertEqual(self.fences(), [])
        for block in self.dimm.blocks:
            self.online(block)
        self.assertGreater(self.free_pages(), before - SLACK)
        self.fence = self.raise_fence("a", start, end)
        kinds = [(command, cause) for command, _, cause in self.events()]
        self.assertEqual(kinds[-2:], [(FELL, DROPPED), (RAISED, None)])
        self.assertIn((HELD, None), kinds)
        self.guest.run("rmmod memctl_heap memctl")

    @in_ci_on("7.3")
    def test_each_page_moves_once(self):
        self.boot_fence(dimm="1G", memory="2G")
        mebibytes = 400 // self.scale
        self.guest.run("mount -t tmpfs -o size=100% none /mnt")
        self.guest.run(f"data /mnt/file {mebibytes}", timeout=300)
        checksum = self.guest.run("data < /mnt/file", timeout=120).stdout
        used = self.used()
        self.assertGreater(used, mebibytes * MIB // PAGE // 3)  # the DIMM has its part of it
        self.hold(FREE)
        self.hold(SCATTERED)
        self.assertLessEqual(self.offline_counted(), used * 1.02 + 200)
        self.assertEqual(self.guest.run("data < /mnt/file", timeout=120).stdout, checksum)

    def test_scattered_memory_is_held(self):
        """Where no page block is free, and a third of each in use, each page moves once all the same."""
        self.boot_fence(dimm="512M", memory="1G", binaries=[fixture("holes")])
        self.start(f"holes {480 // self.scale} 3", "/run/holes")
        used = self.used()
        self.assertGreater(used, 30000 // self.scale)
        free, failed = self.hold(FREE)
        self.assertGreater(failed, used)                    # it lies in pieces that are too small
        scattered, left = self.hold(SCATTERED, more=f"{A_PFNS_MAX}:u32:{SECTION // 2}")
        # What is below the zone's low watermark stays, and migration does not get it either.
        low = int(self.guest.run("awk '/zone +Movable/ {found = 1} found && $1 == \"low\" {print $2; exit}' /proc/zoneinfo").stdout)
        self.assertGreater(scattered.held, free.held + failed - low - SLACK)
        self.assertLess(left, low + SLACK)
        self.assertEqual(self.classes(*self.pfns())["offline", None], scattered.held)
        self.assertLessEqual(self.offline_counted(), used * 1.02 + 200)
        self.guest.run("kill $(pidof holes); until grep good /run/holes; do pidof holes; done", timeout=60)
        self.drop()
        self.assertEqual(self.fences(), [])

    def test_used_memory_is_held(self):
        """What processes have moves, once; clean page cache is given back."""
        self.boot_fence(dimm="512M", disks=[ext4_image()], binaries=[fixture("fill")])
        self.guest.run(f"mkdir /ext4; mount /dev/vda /ext4; fill /ext4/file {150 * MIB}; sync; "
                       "mount -t tmpfs -o size=100% none /mnt; data /mnt/file 100; "
                       "data < /mnt/file > /run/sum", timeout=300)
        start, end = self.pfns()
        before = self.classes(start, end)
        cached, used = before["file", None], before["shmem", None] + before["anon", None]
        self.assertGreater(cached, 10000)
        migrated = self.kernel_counter("pgmigrate_success")
        self.hold(FREE)
        fence, failed = self.hold(USED)
        migrated = self.kernel_counter("pgmigrate_success") - migrated
        after = self.classes(start, end)
        self.assertLessEqual(migrated, used * 1.05 + 500)
        self.assertLess(failed, 1000)
        self.assertEqual(after["offline", None], fence.held)
        self.assertGreater(fence.held, end - start - 2 * SLACK)
        self.assertEqual(self.guest.run("data < /mnt/file").stdout, self.guest.run("cat /run/sum").stdout)
        migrated = self.kernel_counter("pgmigrate_success")
        self.offline_all()
        self.assertLess(self.kernel_counter("pgmigrate_success") - migrated, 1000)


class Bounds(FenceCase):
    kernels = ("7.3",)

    def test_steps_are_bounded(self):
        self.boot_fence(dimm="256M")
        start, end = self.pfns()
        fence, _ = self.hold(FREE, more=f"{A_PFNS_MAX}:u32:{SECTION // 8}")
        self.assertGreater(fence.held, end - start - SLACK)
        full, failed = self.hold(USED)
        # What is held already costs nothing: one request for the least of pages passes it all.
        self.assertLessEqual(self.requests(USED, 1), 1 + failed)
        self.assertEqual(self.requests(FREE, 1), 1)
        self.drop(more=f"{START}:u64:{start} {END}:u64:{start + SECTION}")
        [fence] = self.fences()
        self.assertLessEqual(fence.held, end - start - SECTION)
        # And what is taken is as much as was asked for.
        self.assertGreaterEqual(self.requests(USED, SECTION // 8), 8)
        self.assertGreater(self.fences()[0].held, full.held - SLACK)
        self.drop(more=f"{START}:u64:{start} {END}:u64:{start + SECTION}")
        self.assertEqual(self.classes(start, start + SECTION)["offline", None], 0)

    def requests(self, what, most):
        """How many requests it takes to hold all of the DIMM, each with so many pages at most."""
        start, end = self.pfns()
        following, requests = start, 0
        while following < end:
            said = self.ask("a", f"{HOLD} dump {A_ID}:u64:{self.fence.id} {START}:u64:{start} {END}:u64:{end} "
                                 f"{A_NEXT}:u64:{following} {A_WHAT}:u32:{what} {A_PFNS_MAX}:u32:{most}")
            self.assertIn("\nok", said)
            following = int(re.findall(rf"\b{A_NEXT}=(\d+)", said.split("}")[-1])[-1])
            requests += 1
        return requests

    def test_a_page_that_stays_costs_its_piece_only(self):
        self.boot_fence(dimm="256M", binaries=[fixture("pin")])
        start, end = self.pfns()
        self.guest.run(f"pin 1300 {start * PAGE:x} {end * PAGE:x} > /run/pin 2>&1 & until grep -q pinned /run/pin; do sleep 0.1; done",
                       timeout=120)
        fence, failed = self.hold(USED)
        self.assertGreater(failed, 0)
        self.assertLess(failed, 2000)
        self.assertGreater(fence.held, end - start - 2 * SLACK)
        pfn = int(self.guest.run("head -n 1 /run/pin").stdout, 16)
        block = pfn // SECTION
        # An offlining that fails gives up what was held there, which can be had again.
        self.guest.run(f"timeout 3 sh -c 'echo offline > /sys/devices/system/memory/memory{block}/state'", check=False)
        self.assertEqual(self.guest.run(f"cat /sys/devices/system/memory/memory{block}/state").stdout, "online\n")
        [after] = self.fences()
        self.assertLess(after.held, fence.held - SECTION // 2)
        self.assertGreater(self.hold(USED)[0].held, fence.held - SLACK)

    def test_a_held_page_turns_bad(self):
        """It stays out of use when it is given back, and does not keep its block."""
        self.boot_fence(dimm="256M")
        memory = "/sys/devices/system/memory"
        if self.guest.run(f"[ -e {memory}/hard_offline_page ]", check=False).status:
            self.skipTest("this kernel has no CONFIG_MEMORY_FAILURE")
        start, end = self.pfns()
        fence, _ = self.hold(FREE)
        bad = start + SECTION // 2
        self.guest.run(f"echo {bad * PAGE:#x} > {memory}/soft_offline_page", check=False)
        self.assertEqual(self.fences()[0].held, fence.held)
        self.guest.run(f"echo {bad * PAGE:#x} > {memory}/hard_offline_page", check=False)
        self.assertEqual(self.classes(start, end)["hwpoison", None], 1)
        self.drop(more=f"{START}:u64:{start} {END}:u64:{start + SECTION}")
        after = self.classes(start, start + SECTION)
        self.assertEqual((after["hwpoison", None], after["offline", None]), (1, 0))
        self.assertGreater(self.hold(USED)[0].held, fence.held - SLACK)
        self.assertEqual(self.classes(start, start + SECTION)["hwpoison", None], 1)
        self.offline_all()
        self.assertEqual(self.fences()[0].held, 0)
        self.guest.run("rmmod memctl_heap memctl")

    def test_kernel_zones(self):
        self.boot(heap=False, dimm="512M", cmdline="memhp_default_state=offline"
                  + (" kmemleak=off" if self.debug_kernel else ""))
        for block in self.dimm.blocks:
            self.guest.run(f"echo online_kernel > /sys/devices/system/memory/memory{block}/state")
        self.session("a")
        self.fence = self.raise_fence("a", *self.pfns())
        fence, _ = self.hold(FREE)
        self.assertGreater(fence.held, SECTION)
        # The kernel may have put something of its own into a block before the fence stood; not into all of them.
        self.guest.run("; ".join(f"echo offline > /sys/devices/system/memory/memory{block}/state" for block in self.dimm.blocks),
                       check=False)
        self.assertGreater(self.fences()[0].given, SECTION // 2)


class Falling(FenceCase):
    kernels = ("7.3",)

    def test_whose_it_is(self):
        self.boot_fence(dimm="256M")
        self.listen()
        start, end = self.pfns()
        free = self.free_pages()
        self.hold(FREE)
        self.session("b")
        self.assert_refused(self.ask("b", f"{RAISE} {START}:u64:{start} {END}:u64:{start + SECTION}"), EBUSY, "overlaps")
        self.assert_refused(self.ask("b", f"{DROP} {A_ID}:u64:{self.fence.id}"), ENOENT, "another's")
        self.assert_refused(self.ask("b", f"{HOLD} dump {A_ID}:u64:{self.fence.id} {START}:u64:{start} {END}:u64:{end} "
                                          f"{A_WHAT}:u32:{FREE}"), ENOENT, "another's")
        self.kill("a")
        self.assertEqual(self.fences(), [])
        self.assertGreater(self.free_pages(), free - SLACK)
        self.assertEqual(self.events()[-1][0::2], (FELL, CLOSED))
        again = self.raise_fence("b", start, end)
        self.assertGreater(again.id, self.fence.id)
        self.guest.run("rmmod memctl_heap memctl")          # a fence does not keep it
        self.assertGreater(self.free_pages(), free - SLACK)

    def test_wrong_requests(self):
        self.boot_fence(dimm="256M")
        start, end = self.pfns()
        id, span = f"{A_ID}:u64:{self.fence.id}", f"{START}:u64:{start} {END}:u64:{end}"
        hold = f"{HOLD} dump {id} {span}"
        for sent, errno, text in (
                (f"{RAISE} {START}:u64:{start}", EINVAL, "missing"),
                (f"{RAISE} {START}:u64:{end} {END}:u64:{start}", EINVAL, "empty"),
                (f"{RAISE} {START}:u64:{start + 512} {END}:u64:{end}", EINVAL, "borders"),
                (f"{RAISE} {START}:u64:{end} {END}:u64:{end + SECTION}", ERANGE, "no online memory"),
                (f"{RAISE} {START}:u64:0 {END}:u64:0xffffffffffff8000", ERANGE, "above all memory"),
                (f"{RAISE} {span} {A_WHAT}:u32:0", EINVAL, None),
                (f"{HOLD} dump {span} {A_WHAT}:u32:0", EINVAL, "id is missing"),
                (hold, EINVAL, "what is to be held"),
                (f"{hold} {A_WHAT}:u32:3", ERANGE, None),
                (f"{hold} {A_WHAT}:u32:0 {A_SMALLEST}:u32:3", EINVAL, "power of two"),
                (f"{hold} {A_WHAT}:u32:0 {A_SMALLEST}:u32:2048", ERANGE, None),
                (f"{hold} {A_WHAT}:u32:0 {A_PFNS_MAX}:u32:0", ERANGE, None),
                (f"{hold} {A_WHAT}:u32:0 {A_NEXT}:u64:{end + 1}", EINVAL, "not in the range"),
                (f"{hold} {A_WHAT}:u32:0 {A_WHAT}:u32:0", EINVAL, "twice"),
                (f"{HOLD} dump {id} {START}:u64:{start - SECTION} {END}:u64:{end} {A_WHAT}:u32:0", ERANGE, "not in the fence"),
                (f"{HOLD} dump {A_ID}:u64:77 {span} {A_WHAT}:u32:0", ENOENT, "no such fence"),
                (f"{DROP} {id} {START}:u64:{start} {END}:u64:{end + SECTION}", ERANGE, "not in the fence"),
                (f"{DROP} {id} {START}:u64:{start}", EINVAL, "missing"),
                (DROP, EINVAL, "id is missing"),
                (f"{FENCE} {A_ID}:u64:1", EINVAL, None)):
            with self.subTest(sent=sent):
                said = self.ask("a", str(sent))
                self.assertTrue(said.startswith(f"error {errno}"), said)
                if text:
                    self.assertIn(text, said)
        [fence] = self.fences()
        self.assertEqual((fence.held, fence.start, fence.end), (0, start, end))
        refused = self.guest.run(f"su -s /bin/sh -c 'genl {RAISE} {span}' nobody", check=False)
        self.assertTrue(refused.stdout.startswith(f"error {EPERM} "), refused.output)


class Want(FenceCase):
    kernels = ("7.3", "debug")      # one for each binding

    @in_ci_on("7.3")
    def test_want_of_memory(self):
        """No process is killed while a fence holds what could save it."""
        self.boot_fence(dimm="1G", memory="512M", binaries=[fixture("hog")])
        self.listen()
        self.hold(FREE)
        size = self.free_pages() * PAGE // MIB + 350 // self.scale      # a part of what the fence holds is needed
        hog = self.guest.run(f"hog {size} > /run/hog 2>&1 & echo $! > /run/hog.pid; until grep -q ready /run/hog; do "
                             "kill -0 $(cat /run/hog.pid) || exit 1; sleep 0.2; done", check=False, timeout=300)
        said = [line for line in self.guest.console.splitlines() if "oom" in line.lower() or "free:" in line]
        self.assertEqual(hog.status, 0, f"hog {size}\n" + "\n".join(said))
        self.assertEqual(self.kernel_counter("oom_kill"), 0)
        self.assertEqual(self.fences(), [])
        self.assertEqual(self.events()[-1][0::2], (FELL, OUT_OF_MEMORY))
        self.assertEqual(self.classes(*self.pfns())["offline", None], 0)
        self.assertIn("error", self.ask("a", f"{DROP} {A_ID}:u64:{self.fence.id}"))
