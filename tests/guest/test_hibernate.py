# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest hibernates for real, with pages of a driver in its memory: nothing of them is lost."""

from harness import fixture, free_pages
from harness.kernel import kernel
from harness.module import modules
from heapbed import HEAP_MODULE, MODULE, HeapCase

PAGES = 4096
FENCE, FENCE_RAISE, FENCE_HOLD, FENCE_DROP = 13, 14, 15, 16     # uapi/memctl.h
START, END, FENCE_ID, WHAT = 9, 10, 25, 26
SECTION = 32768     # pages


class Hibernate(HeapCase):
    kernels = ("6.1", "7.3")        # one for each binding: of the balloon's, the image leaves the pages out

    def test_hibernation(self):
        built = modules(kernel(self.kernel))
        self.guest = self.machine(memory="512M", disks=["1G"], hibernates=True, binaries=[fixture("heap"), fixture("genl")],
                                  files={MODULE: built / "memctl.ko", HEAP_MODULE: built / "memctl_heap.ko"})
        self.guest.run(f"mkswap /dev/vda > /dev/null && swapon /dev/vda && insmod {MODULE} && insmod {HEAP_MODULE}")
        self.start_heap()
        self.raise_fence()
        self.order(f"alloc {PAGES}", f"ok {PAGES}")
        slept = self.guest.hibernate()
        pages = PAGES
        if self.kernel == "7.3":
            self.assertNotEqual(slept.status, 0)
            self.assertIn("resource busy", slept.output)
            self.assertIn(f"memctl: no hibernation: its image would leave out {PAGES} pages of provider heap", self.guest.console)
            self.verify(PAGES)
            self.order("alloc 10", "ok 10")         # the refusal is over
            self.order("free", "ok 1")
            self.order("free", "ok 0")
            pages = 0
            slept = self.guest.hibernate()
        self.assertEqual(slept.status, 0, slept.output)
        self.assertIn("PM: hibernation: hibernation exit", self.guest.console)
        self.verify(pages)
        self.order("alloc 1000", "ok 1000")
        self.compact()
        self.verify(pages + 1000)
        self.drop_fence()
        self.unload()

    def raise_fence(self):
        """Around free memory: what it holds is nobody's, and in no image."""
        self.guest.run("mkfifo /run/fence.in; genl session < /run/fence.in > /run/fence.out 2>&1 & sleep 1000 > /run/fence.in &")
        self.say(f"{FENCE_RAISE} {START}:u64:{2 * SECTION} {END}:u64:{3 * SECTION}")
        said = self.guest.run("cat /run/fence.out").stdout
        self.fence = said.split("24={")[1].split("2=")[1].split()[0]
        self.say(f"{FENCE_HOLD} dump {FENCE_ID}:u64:{self.fence} {START}:u64:{2 * SECTION} {END}:u64:{3 * SECTION} {WHAT}:u32:0")
        self.held = self.holds()
        self.assertGreater(self.held, 0)

    def holds(self):
        line = self.guest.run(f"genl {FENCE}").stdout
        return int(line.split(" 7=")[1].split()[0])

    def drop_fence(self):
        self.assertEqual(self.holds(), self.held)
        free = self.free_pages()
        self.say(f"{FENCE_DROP} {FENCE_ID}:u64:{self.fence}")
        self.assertGreater(self.free_pages(), free + self.held // 2)

    def free_pages(self):
        return free_pages(self.guest)

    def say(self, line):
        """One line to the session, and its answer."""
        self.guest.run(f"""before=$(grep -cE '^(ok|error)' /run/fence.out); echo '{line}' > /run/fence.in
                        while [ $(grep -cE '^(ok|error)' /run/fence.out) = $before ]; do sleep 0.1; done""")
