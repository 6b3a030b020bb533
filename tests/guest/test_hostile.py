# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bad input to memctl.ko: each is refused with an error that says why, and nothing is changed."""

from compactbed import WRONG
from harness import free_pages, in_ci_on
from harness.kernel import kernel
from harness.module import modules
from heapbed import END, EVACUATE, HeapCase, INFO, NAME, NEXT, NODE, PAGES_MAX, PROVIDER, START

ENOENT, EINVAL, ERANGE, EOPNOTSUPP = 2, 22, 34, 95
RANGE = f"{START}:u64:0x100000 {END}:u64:0x120000"

# What is sent, the errno, and words of the text.
NETLINK = (
    (f"{PROVIDER}", EINVAL, "missing"),
    (f"{PROVIDER} {NAME}:str:nobody", ENOENT, "no provider"),
    (f"{PROVIDER} {NAME}:str:", ENOENT, "no provider"),
    (f"{PROVIDER} {NAME}:raw:heap", EINVAL, None),                      # no NUL
    (f"{PROVIDER} {NAME}:str:{'a' * 31}", ENOENT, "no provider"),       # the longest there may be
    (f"{PROVIDER} {NAME}:str:{'a' * 32}", "", None),                    # too long: ERANGE or EINVAL
    (f"{PROVIDER} {NAME}:str:{'a' * 300}", "", None),
    (f"{PROVIDER} {NAME}:u32:5", "", None),
    (f"{PROVIDER} {NAME}:str:heap {NAME}:str:heap", EINVAL, "twice"),
    (f"{PROVIDER} {NAME}:str:heap 77:u32:1", EINVAL, "nknown"),
    (f"{PROVIDER} {NAME}:str:heap {START}:u64:1", EINVAL, None),        # not of this request
    (f"{PROVIDER} dump {NAME}:str:heap", EINVAL, "takes no attributes"),
    (f"{INFO} {NAME}:str:heap", EINVAL, None),
    (f"{INFO} 200:u8:1", EINVAL, "nknown"),
    ("77", EOPNOTSUPP, None),
    (f"{EVACUATE} dump", EINVAL, "missing"),
    (f"{EVACUATE} dump {START}:u64:0x100000", EINVAL, "missing"),
    (f"{EVACUATE} dump {START}:u32:0x100000 {END}:u64:0x120000", EINVAL, None),
    (f"{EVACUATE} dump {START}:u8:0 {END}:u64:0x120000", EINVAL, None),
    (f"{EVACUATE} dump {RANGE} {NODE}:u64:0", EINVAL, None),
    (f"{EVACUATE} dump {RANGE} {NODE}:u32:9", EINVAL, "node"),
    (f"{EVACUATE} dump {RANGE} {NODE}:u32:0xffffffff", EINVAL, "node"),
    (f"{EVACUATE} dump {RANGE} {PAGES_MAX}:u32:0", ERANGE, "range"),
    (f"{EVACUATE} dump {RANGE} {PAGES_MAX}:u64:1", EINVAL, None),
    (f"{EVACUATE} {RANGE}", EOPNOTSUPP, None),                          # it is a dump
    (f"{EVACUATE} dump {RANGE} {START}:u64:0x100000", EINVAL, "twice"),
    (f"{EVACUATE} dump {RANGE} {NEXT}:u64:0xfffff", EINVAL, "not in the range"),
    (f"{EVACUATE} dump {RANGE} {NEXT}:u64:0x120001", EINVAL, "not in the range"),
    (f"{EVACUATE} dump {RANGE} 99:u64:1", EINVAL, "nknown"),
    (f"{EVACUATE} dump {RANGE} {NAME}:cut:1", EINVAL, None),
    (f"{EVACUATE} dump {START}:u64:0x120000 {END}:u64:0x100000", EINVAL, "empty"),
    (f"{EVACUATE} dump {START}:u64:5 {END}:u64:5", EINVAL, "empty"),
    (f"{EVACUATE} dump {START}:u64:0 {END}:u64:0xffffffffffffffff", ERANGE, "above all memory"),
    (f"{EVACUATE} dump {START}:u64:0x200000 {END}:u64:0x300000", ERANGE, "no online memory"),    # a hole
    *WRONG,
)


class Hostile(HeapCase):
    kernels = ("7.3", "debug")

    def test_netlink_messages(self):
        self.boot()
        self.order("alloc 1000", "ok 1000")
        before = self.counters()
        self.assert_all_refused(NETLINK)
        self.assertEqual(self.counters(), before)
        self.verify(1000)

    @in_ci_on("7.3")
    def test_names_and_long_dumps(self):
        names = modules(kernel(self.kernel)) / "memctl_test_names.ko"
        self.boot(heap=False, files={"/lib/modules/names.ko": names})
        for name in ("heap", "Heap", "0heap", "_heap", "he.ap", "a" * 32):
            self.assertNotEqual(self.guest.run(f"insmod /lib/modules/names.ko name={name}", check=False).status, 0, name)
        # "many7" is there twice then: all of the first go again.
        self.assertNotEqual(self.guest.run("insmod /lib/modules/names.ko count=9 name=many7", check=False).status, 0)
        self.assertEqual(len(self.guest.run(f"genl {PROVIDER} dump").stdout.splitlines()), 1)

        self.guest.run(f"insmod /lib/modules/names.ko count=1000 name={'a' * 31}")
        lines = self.guest.run(f"genl {PROVIDER} dump").stdout.splitlines()
        self.assertEqual([line.split()[1] for line in lines],
                         ["2=heap", *(f"2=many{i}" for i in range(1000)), f"2={'a' * 31}"])
        self.guest.run("rmmod memctl_test_names && rmmod memctl_heap && rmmod memctl")

    @in_ci_on("7.3")
    def test_file_is_closed_while_mapped_and_module_stays(self):
        self.boot()
        self.order("alloc 100", "ok 100")
        for module in ("memctl_heap", "memctl"):
            self.assertNotEqual(self.guest.run(f"rmmod {module}", check=False).status, 0, module)
        self.verify(100)
        self.guest.run("kill -9 $(pidof heap); until ! pidof heap; do sleep 0.1; done")
        self.assertEqual(self.counters()["pages"], 0)
        self.guest.run("rmmod memctl_heap && rmmod memctl")


class HostileHeap(HeapCase):
    kernels = ("7.3",)

    def test_heap_requests(self):
        self.boot(heap=False)
        self.assertTrue(self.guest.run("heap_bad").stdout.startswith("ok "))
        self.assertEqual(self.counters()["pages"], 0)
        free = free_pages(self.guest)
        # More than there is, though less than all memory: refused, all of it back, nobody killed.
        self.start_heap()
        self.order(f"alloc {free + 20000}", "bad Cannot allocate memory")
        self.assertEqual(self.counters()["pages"], 0)
        self.assertGreater(free_pages(self.guest), free * 0.9)
