# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest with memctl.ko, its netlink family, and a process that uses movable device buffers."""

from harness import GuestCase, fixture
from harness.kernel import kernel
from harness.module import modules

# uapi/memctl.h
INFO, PROVIDER, EVACUATE = 1, 2, 3
NAME, START, END, NODE, NEXT, MOVED, FAILED, PAGES_MAX = 7, 9, 10, 11, 13, 14, 15, 30
COUNTERS = {"2": "name", "3": "pages", "4": "isolated", "5": "migrated", "6": "retried", "7": "refused",
            "8": "failed", "10": "batches", "11": "bytes", "12": "longest_pause"}
MODULE = "/lib/modules/memctl.ko"
HEAP_MODULE = "/lib/modules/memctl_heap.ko"
HEAP = "/sys/class/misc/memctl_heap"


class HeapCase(GuestCase):
    kernels = ("6.1", "7.3")

    def boot(self, dimm="1G", heap=True, **options):
        """self.guest, and self.dimm (None: none) online in zone Movable; with the modules loaded, and a heap process."""
        built = modules(kernel(self.kernel))
        options = {"memory": "1536M", **options}
        if self.debug_kernel and "cmdline" not in options:
            options["cmdline"] = "kmemleak=off"     # it triples the boot; test_leaks has it on
        self.guest = self.machine(
            binaries=[fixture("heap"), fixture("heap_bad"), fixture("genl"), fixture("data"), *options.pop("binaries", ())],
            files={MODULE: built / "memctl.ko", HEAP_MODULE: built / "memctl_heap.ko", **options.pop("files", {})}, **options)
        self.dimm = self.guest.hotadd(dimm) if dimm else None
        self.guest.run(f"insmod {MODULE} && insmod {HEAP_MODULE}")
        if heap:
            self.start_heap()

    @property
    def scale(self):
        """What a number of pages is divided by: the debug kernel checks each step, and is slow."""
        return 8 if self.debug_kernel else 1

    def start_heap(self, name="heap", before=""):
        """A heap process that takes orders at /run/NAME."""
        self.guest.run(f"{before} heap /run/{name} < /dev/null > /run/{name}.log 2>&1 & "
                       f"until [ -p /run/{name}.out ]; do sleep 0.1; done")

    def order(self, line, expect, timeout=300):
        """The heap process carries this out, and answers `expect`."""
        said = self.guest.run(f"echo '{line}' > /run/heap.in; head -n 1 /run/heap.out", timeout=timeout)
        self.assertEqual(said.stdout.strip(), expect, line)

    def begin(self, line):
        """Let the heap process carry this out meanwhile; finish() has the answer."""
        self.guest.run(f"echo '{line}' > /run/heap.in")

    def finish(self, expect, timeout=300):
        self.assertEqual(self.guest.run("head -n 1 /run/heap.out", timeout=timeout).stdout.strip(), expect)

    def verify(self, pages):
        """Each page is what it was, for the CPU and for the device."""
        self.order("verify", f"ok {pages}")
        self.order("device", f"ok {pages}")

    def counters(self, provider="heap"):
        """The provider's counters: name -> number."""
        line = self.guest.run(f"genl {PROVIDER} {NAME}:str:{provider}").stdout
        found = dict(word.split("=", 1) for word in line.split("{", 1)[1].split() if "=" in word)
        return {name: int(found[key]) for key, name in COUNTERS.items() if name != "name"}

    def flushes(self):
        return int(self.guest.run(f"cat {HEAP}/flushes").stdout)

    def compact(self):
        self.guest.run("echo 1 > /proc/sys/vm/compact_memory", timeout=120)

    def offline(self, block, timeout=120):
        self.guest.run(f"echo offline > /sys/devices/system/memory/memory{block}/state", timeout=timeout)

    def online(self, block):
        self.guest.run(f"echo online_movable > /sys/devices/system/memory/memory{block}/state")

    def pfns(self, blocks=None):
        """The first pfn of these blocks of the DIMM, and the one behind the last."""
        blocks = blocks or self.dimm.blocks
        size = self.dimm.size // len(self.dimm.blocks) // 4096
        return blocks[0] * size, (blocks[-1] + 1) * size

    def evacuate(self, start, end, more=""):
        """(moved, failed) of a request for all of a range."""
        return self.evacuate_each([(start, end)], more)[0]

    def evacuate_each(self, ranges, more=""):
        """The same of a request for each of the ranges, all in one script, which takes less time."""
        script = " && echo && ".join(f"genl {EVACUATE} dump {START}:u64:{start} {END}:u64:{end} {more}" for start, end in ranges)
        answers = self.guest.run(script, timeout=120).stdout.split("\n\n")
        return [self._evacuated(answer, *range_) for answer, range_ in zip(answers, ranges, strict=True)]

    def _evacuated(self, answer, start, end):
        said = [{int(key): int(value) for key, value in (word.split("=") for word in line.split())} for line in answer.splitlines()]
        self.assertEqual(said[0], {NEXT: start, MOVED: 0, FAILED: 0})
        self.assertEqual(said[-1][NEXT], end)
        return said[-1][MOVED], said[-1][FAILED]

    def assert_all_refused(self, requests):
        """Each of these (what is sent, the errno or "", words of the text or None) is an error."""
        for sent, errno, text in requests:
            with self.subTest(sent=sent):
                result = self.guest.run(f"genl {sent}", check=False)
                self.assertEqual(result.status, 1, result.output)
                self.assertTrue(result.stdout.startswith(f"error {errno} " if errno else "error "), result.stdout)
                if text:
                    self.assertIn(text, result.stdout)

    def unload(self):
        """The modules go, and with them all they had."""
        self.guest.run("echo quit > /run/heap.in; until ! pidof heap; do sleep 0.1; done")
        self.guest.run("rmmod memctl_heap && rmmod memctl")
        self.assertNotIn("memctl", self.guest.run("cat /proc/modules").stdout)
