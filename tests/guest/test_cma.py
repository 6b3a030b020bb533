# SPDX-License-Identifier: LGPL-2.1-or-later
"""MEMCTL_C_CMA and the rest: what is allocated in CMA areas, by whom, and why allocations failed."""

import re

from cmabed import (ABILITIES, ABILITY, AREA, CMA, CmaCase, DRIVER, FAILED, FAILURE, HOLDER, INFO, MAP, MODULE, REASON, TEST,
                    failure_of)
from harness import fixture
from harness.kernel import kernel
from harness.module import modules
from sessionbed import Sessions
from surveybed import nests


class Cma(Sessions, CmaCase):
    def test_who_has_what(self):
        """What was allocated before the module, and after; and the figures beside the kernel's own."""
        self.boot(load=False)
        name = self.guest.run("ls /sys/kernel/mm/cma").stdout.split()[0]
        self.use(name)
        boot = self.in_use(name)            # of the kernel's own drivers
        gap, *before = [self.alloc(pages) for pages in (8, 1, 300, 77)]
        self.free(gap, 8)                   # what adjoins is one run
        self.free(before[1], 300)
        self.guest.run(f"insmod {MODULE}")
        info = self.guest.run(f"genl {INFO}").stdout
        self.assertTrue(int(re.search(rf"\b{ABILITIES}=(\d+)", info)[1]) & ABILITY)
        self.assertNotIn(f" {REASON}=", info)
        area = self.area(name)
        total = self.sysfs(name, "total_pages")[0]
        self.assertEqual((area["pages"], area["used"], area["before"], area["unknown"]), (total, boot + 78, boot + 78, 0))
        self.assertEqual(self.in_use(name), boot + 78)
        self.assertEqual((area["order_per_bit"], area["node"], area["ranges"]), (0, 0, [(area["start"], area["end"])]))
        self.assertEqual(area["end"] - area["start"], total)
        others = [one for one in self.holders(name) if one.start < before[0]]
        self.assertEqual(sum(one.pages for one in others), boot)
        self.assertEqual([(one.start, one.pages, one.pid, one.owner, one.age) for one in self.holders(name)[len(others):]],
                         [(before[0], 1, None, None, None), (before[2], 77, None, None, None)])

        with self.subTest("after"):
            counted = self.sysfs(name, "alloc_pages_success", "release_pages_success")
            said = self.guest.run(f"echo $$; echo '4 0' > {TEST}/alloc; cat {TEST}/last; echo '512 9' > {TEST}/alloc; "
                                  f"cat {TEST}/last").stdout.split()
            pid, small, large = map(int, said)
            self.assertEqual(large % 512, 0)
            by_start = {one.start: one for one in self.holders(name)}
            self.assertEqual([(one.pages, one.align, one.pid, one.comm, one.owner)
                              for one in (by_start[small], by_start[large])],
                             [(4, 1, pid, "sh", "memctl_test_cma"), (512, 512, pid, "sh", "memctl_test_cma")])
            self.assertTrue(0 < by_start[large].age < by_start[small].age < 100e9)
            area = self.area(name)
            self.assertEqual((area["used"], area["before"], area["succeeded"], area["peak"], area["align_max"]),
                             (boot + 78 + 516, boot + 78, 2, boot + 78 + 516, 512))
            self.assertEqual((area["by_order"][2], area["by_order"][9], sum(area["by_order"])), (1, 1, 2))
            bits = self.bits(name)
            first = area["start"]
            expect = ["0"] * total
            for pfn, pages in ((before[0], 1), (before[2], 77), (small, 4), (large, 512), *(one[:2] for one in others)):
                expect[pfn - first:pfn - first + pages] = "1" * pages
            self.assertEqual(bits, "".join(expect))
            runs = [len(run) for run in re.findall("0+", bits)]
            self.assertEqual((area["largest"], area["runs"]), (max(runs), len(runs)))

        with self.subTest("released, also in parts"):
            self.free(large + 100, 12)
            self.free(before[2] + 7, 70)
            self.assertEqual([(one.start, one.pages) for one in self.holders(name)[len(others):]],
                             sorted([(before[0], 1), (before[2], 7), (small, 4), (large, 100), (large + 112, 400)]))
            for pfn, pages in ((large, 100), (large + 112, 400), (small, 4), (before[2], 7), (before[0], 1)):
                self.free(pfn, pages)
            area = self.area(name)
            self.assertEqual((area["used"], area["before"], area["released"]), (boot, boot, 7))
            self.assertEqual(self.holders(name), others)
            after = self.sysfs(name, "alloc_pages_success", "release_pages_success")
            self.assertEqual([new - old for new, old in zip(after, counted)], [516, 78 + 516])
        self.guest.run(f"rmmod memctl && insmod {MODULE} && rmmod memctl")

    def test_why_it_failed(self):
        """Each cause, staged; with the page that is in the way, and events for all."""
        self.boot("cma=64M numa_cma=0:16M", memory="512M")
        areas = self.areas()
        small, name = sorted(areas, key=lambda one: areas[one]["pages"])
        pages = areas[name]["pages"]
        self.listen()
        self.use(name)
        expect = []

        def fail(cause, count, order=0, write="alloc", first=""):
            self.assertNotEqual(self.guest.run(f"echo {first} {count} {order} > {TEST}/{write}", check=False).status, 0)
            found = self.failures()[-1]
            expect.append(cause)
            self.assertEqual((found.serial, found.cause, found.pages, found.align, found.comm, found.owner),
                             (len(expect), cause, count, 1 << order, "sh", "memctl_test_cma"), found)
            return found

        with self.subTest("figures"):
            found = fail("too small", pages + 1)
            self.assertEqual((found.name, found.free, found.largest, found.other),
                             (name, pages - areas[name]["used"], areas[name]["largest"], None))
            quarter = areas[name]["largest"] // 4
            held = [self.alloc(quarter) for _ in range(4)]
            for pfn in held[::2]:
                self.free(pfn, quarter)
            found = fail("fragmented", quarter + 1)
            self.assertEqual((found.free, found.largest), (pages - areas[name]["used"] - 2 * quarter, quarter))
            fail("too small", found.free + 1)
            for pfn in held[1::2]:
                self.free(pfn, quarter)
            self.use(small)
            found = fail("wrong area", areas[small]["pages"] + 1)
            self.assertEqual((found.name, found.other), (small, name))
            self.use(name)

        with self.subTest("pages"):
            # Processes' pages and files' get into the areas once those have most of what is free.
            self.guest.run("mkdir -p /full; mount -t tmpfs -o size=100% none /full; i=0; "
                           "while [ $(awk '/^CmaFree/ { print $2 }' /proc/meminfo) -gt 40000 ] && [ $i -lt 60 ]; do "
                           "dd if=/dev/zero of=/full/$i bs=1M count=8 2> /dev/null || break; i=$((i + 1)); done", timeout=300)
            before = self.area(name)["migrated"]
            self.assertIsNotNone(pfn := self.alloc(2 * quarter))
            self.assertGreater(self.area(name)["migrated"], before)
            self.free(pfn, 2 * quarter)
        self.assertEqual(self.failures()[-1].serial, len(expect))

        with self.subTest("pinned"):
            self.guest.run("rm -r /full/1*; dd if=/dev/zero of=/full/more bs=1M count=80 2> /dev/null; true", timeout=120)
            # So much has but one place, and that is where the page is.
            run = max(re.finditer("0+", self.bits(name)), key=lambda run: len(run[0]))
            pages, start = len(run[0]), areas[name]["start"] + run.start()
            self.use(name, start, start + pages)
            self.guest.run(f"echo 0 > {TEST}/pin")
            pinned = int(self.guest.run(f"cat {TEST}/last").stdout)
            found = fail("pinned", pages)
            self.assertEqual((found.pfn, found.klass, found.page_owner), (pinned, 7, "shmem"))
            self.assertGreaterEqual(found.retried, 1)
            self.guest.run(f"echo {pinned} > {TEST}/unpin")
            found = fail("transient", pages, 0, "passing", pinned)

        with self.subTest("unmovable"):
            self.guest.run(f"echo 100000 > {TEST}/keep")
            kept = int(self.guest.run(f"cat {TEST}/last").stdout)
            found = fail("unmovable", pages)
            self.assertEqual((found.pfn, found.klass, found.page_owner), (kept, 15, None))
            self.guest.run(f"echo {kept} > {TEST}/drop")

        events = [failure_of(nest) for line in self.guest.run("grep event /run/events").stdout.splitlines()
                  for (_, nest), in [nests(iter(line.split()[2:]))] if line.split()[1] == str(FAILED)]
        self.assertEqual([one.cause for one in events], expect)
        self.assertEqual([one.cause for one in self.failures()], expect)
        total = [sum(numbers) for numbers in zip(*(one["by_cause"] for one in self.areas().values()))]
        self.assertEqual(sum(total), len(expect))
        self.assertEqual(sum(one["failed"] for one in self.areas().values()), len(expect))

    def test_without_an_area(self):
        """A kernel that has CMA, and no area: watched, and nothing to tell."""
        self.boot("")
        self.assertEqual(self.areas(), {})
        self.assertEqual(self.failures(), [])
        for sent, errno, text in (
                (f"{MAP} dump {AREA}:str:reserved", 2, "no CMA area of that name"),
                (f"{HOLDER} dump {AREA}:str:", 2, "no CMA area of that name"),
                (f"{MAP} dump", 22, "name of a CMA area is missing"),
                (f"{HOLDER} dump {AREA}:str:a {AREA}:str:a", 22, "twice"),
                (f"{MAP} dump {AREA}:raw:ab", 22, ""),
                (f"{MAP} dump {AREA}:str:{'x' * 64}", 22, ""),
                (f"{MAP} dump {AREA}:cut:1", 22, ""),
                (f"{MAP} dump 9:u64:1 {AREA}:str:a", 22, ""),
                (f"{MAP} {AREA}:str:a", 95, ""),
                (f"{CMA}", 95, ""),
                (f"{CMA} dump {AREA}:str:a", 22, ""),
                (f"{FAILURE} dump 9:u64:1", 22, ""),
                (f"{FAILED}", 95, ""), (f"{FAILED} dump", 95, "")):
            with self.subTest(sent=sent):
                self.assert_refused(self.guest.run(f"genl {sent}", check=False).stdout, errno, text)
        for sent in (f"{CMA} dump", f"{MAP} dump {AREA}:str:a", f"{HOLDER} dump {AREA}:str:a", f"{FAILURE} dump"):
            self.assert_refused(self.guest.run(f"su -s /bin/sh -c 'genl {sent}' nobody", check=False).stdout, 1, "CAP_SYS_ADMIN")
        self.guest.run(f"rmmod memctl; rmmod memctl_test_cma; insmod {DRIVER}")


class NoCma(Sessions, CmaCase):
    kernels = ("6.1",)
    every = ("6.1", "6.12")

    def test_refused(self):
        """Kernels without CMA: the module is there, and says so."""
        self.guest = self.machine(binaries=[fixture("genl")], files={MODULE: modules(kernel(self.kernel)) / "memctl.ko"})
        self.guest.run(f"insmod {MODULE}")
        info = self.guest.run(f"genl {INFO}").stdout
        self.assertFalse(int(re.search(rf"\b{ABILITIES}=(\d+)", info)[1]) & ABILITY)
        self.assertIn(f"{REASON}=this kernel was built without CMA (CONFIG_CMA)", info)
        for command in (CMA, FAILURE):
            self.assert_refused(self.guest.run(f"genl {command} dump", check=False).stdout, 95, "CONFIG_CMA")
        self.guest.run("rmmod memctl")
