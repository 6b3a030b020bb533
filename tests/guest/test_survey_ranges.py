# SPDX-License-Identifier: LGPL-2.1-or-later
"""Surveys of ranges that are odd, wrong, or taken away meanwhile."""

from heapbed import END, NAME, START
from surveybed import SURVEY, SurveyCase

EPERM, EINVAL, ERANGE, EOPNOTSUPP = 1, 22, 34, 95
DUMP = f"{SURVEY} dump"

# What is sent, the errno, and words of the text.
WRONG = (
    (DUMP, EINVAL, "missing"),
    (f"{DUMP} {START}:u64:0x100000", EINVAL, "missing"),
    (f"{DUMP} {END}:u64:0x100000", EINVAL, "missing"),
    (f"{DUMP} {START}:u64:5 {END}:u64:5", EINVAL, "empty"),
    (f"{DUMP} {START}:u64:0x120000 {END}:u64:0x100000", EINVAL, "empty"),
    (f"{DUMP} {START}:u64:0 {END}:u64:0xffffffffffffffff", ERANGE, "above all memory"),
    (f"{DUMP} {START}:u64:0xfffffffffffffffe {END}:u64:0xffffffffffffffff", ERANGE, "above all memory"),
    (f"{DUMP} {START}:u32:0 {END}:u64:0x100000", EINVAL, None),
    (f"{DUMP} {START}:u8:0 {END}:u64:0x100000", EINVAL, None),
    (f"{DUMP} {START}:u64:0 {END}:u64:0x100000 {END}:u64:0x100000", EINVAL, "twice"),
    (f"{DUMP} {START}:u64:0 {START}:u64:0 {END}:u64:0x100000", EINVAL, "twice"),
    (f"{DUMP} {START}:u64:0 {END}:u64:0x100000 {NAME}:str:heap", EINVAL, None),
    (f"{DUMP} {START}:u64:0 {END}:u64:0x100000 99:u64:1", EINVAL, "nknown"),
    (f"{DUMP} {START}:u64:0 {END}:cut:1", EINVAL, None),
    (f"{SURVEY} {START}:u64:0 {END}:u64:0x100000", EOPNOTSUPP, None),       # not as a dump
)


class Ranges(SurveyCase):
    kernels = ("7.3",)

    def test_wrong_requests(self):
        self.boot(heap=False)
        self.assert_all_refused(WRONG)
        refused = self.guest.run(f"su -s /bin/sh -c 'genl {DUMP} {START}:u64:0 {END}:u64:1' nobody", check=False)
        self.assertTrue(refused.stdout.startswith(f"error {EPERM} "), refused.output)
        self.guest.run("rmmod memctl_heap && rmmod memctl")

    def test_odd_ranges(self):
        self.boot(heap=False)
        start, end = self.pfns()
        size = (end - start) // len(self.dimm.blocks)
        self.assertEqual(self.survey(start + 5, start + 6)[0].pages, 1)
        self.assertEqual([(part.start, part.end) for part in self.survey(start + 100, start + 2 * size - 100)],
                         [(start + 100, start + size), (start + size, start + 2 * size - 100)])
        [part] = self.survey(end - 700, end - 600)          # inside of a free block
        self.assertEqual([(count.klass, count.order, count.pages) for count in part.counts], [("free", 10, 100)])

        # Holes, and what lies beyond memory, take neither long nor many messages.
        [part] = self.survey(end, end + 100 * size)
        self.assertEqual((part.absent, part.counts, part.keepers), (100 * size, [], []))
        parts = self.survey(0, 1 << 34)
        self.assertLess(len(parts), 60)
        self.assertEqual(sum(part.pages for part in parts), 1 << 34)
        online = int(self.guest.run("grep -l online /sys/devices/system/memory/memory*/state | wc -l").stdout)
        self.assertGreater(sum(1 for part in parts if part.counts), online - 2)

        # A block that is offline is absent; its neighbours are not.
        self.offline(self.dimm.blocks[2])
        parts = self.survey(start, end)
        self.assertEqual([part.absent for part in parts], [0, 0, size, 0, 0, 0, 0, 0])
        [part] = self.survey(start + 2 * size + 17, start + 2 * size + 18)
        self.assertEqual((part.absent, part.counts, part.keepers), (1, [], []))
        self.guest.run("rmmod memctl_heap && rmmod memctl")

    def test_ended_by_a_signal_and_by_closing(self):
        self.boot()
        for _ in range(20):     # the dump that a socket leaves behind goes with it, and lets the module go
            self.guest.run(f"genl {DUMP} {START}:u64:0 {END}:u64:0x200000 > /dev/null & p=$!; sleep 0.01; "
                           "kill -9 $p || true")
        self.unload()


class Gone(SurveyCase):
    kernels, every = ("debug",), ("7.3", "debug", "debug-7.3")

    def test_memory_goes_while_it_is_surveyed(self):
        self.boot(dimm="512M")
        self.order("alloc 5000", "ok 5000")
        top = self.pfns()[1]
        self.guest.run(f"touch /run/go; for i in 1 2; do (n=0; while [ -e /run/go ]; do "
                       f"genl {DUMP} {START}:u64:0 {END}:u64:{top} > /dev/null && n=$((n + 1)); done; "
                       f"echo $n > /run/surveys.$i) & done")
        dimm, rounds = self.dimm, 3 if self.debug_kernel else 6
        for _ in range(rounds):
            for block in dimm.blocks:
                self.offline(block, timeout=300)
            self.guest.run(f"echo 1 > /sys/bus/acpi/devices/{dimm.acpi}/eject", timeout=300)
            self.guest.wait_deleted(dimm.id, timeout=300)
            # Plugged in before the kernel has looked whether the slot is empty, the next would be overlooked.
            self.guest.run("sleep 2")
            dimm = self.guest.hotadd("512M", timeout=300)
        self.guest.run("rm /run/go; until [ -e /run/surveys.1 -a -e /run/surveys.2 ]; do sleep 0.1; done", timeout=300)
        for count in self.guest.run("cat /run/surveys.1 /run/surveys.2").stdout.split():
            self.assertGreater(int(count), 10)
        self.assertEqual(self.classes(0, top)["movable_ops", "heap"], 5000)
        self.verify(5000)
        self.unload()
