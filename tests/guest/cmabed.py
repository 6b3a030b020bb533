# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest with memctl.ko, CMA areas, and a driver that asks them for memory."""

import random
from collections import namedtuple

from harness import GuestCase, fixture
from harness.kernel import kernel
from harness.module import modules
from surveybed import nests

# uapi/memctl.h, memctl_cma.h
INFO, CMA, MAP, HOLDER, FAILURE, FAILED = 1, 22, 23, 24, 25, 26
ABILITIES, START, END, AREA, REASON, BITS = 3, 9, 10, 39, 33, 34
ABILITY = 1 << 6
MAP_MAX, FAILURES_MAX = 8192, 64
MODULE, DRIVER = "/lib/modules/memctl.ko", "/lib/modules/memctl_test_cma.ko"
TEST = "/sys/kernel/debug/memctl_test_cma"
SYSFS, DEBUGFS = "/sys/kernel/mm/cma", "/sys/kernel/debug/cma"
CAUSES = ("unknown", "interrupted", "too small", "wrong area", "fragmented", "pinned", "unmovable", "transient", "no memory")
FIGURES = {"2": "name", "3": "start", "4": "end", "6": "node", "7": "zone", "8": "pages", "9": "order_per_bit", "10": "used",
           "11": "largest", "12": "runs", "13": "before", "14": "unknown", "15": "succeeded", "16": "failed",
           "17": "released", "18": "retried", "19": "migrated", "20": "peak", "21": "needed", "24": "align_max",
           "25": "lost"}
TEXTS = ("name", "zone")

Holder = namedtuple("Holder", "start pages align pid comm owner age", defaults=(None,) * 5)
HOLDER_KEYS = {"2": "start", "3": "pages", "4": "align", "5": "pid", "6": "comm", "7": "owner", "8": "age"}
Failure = namedtuple("Failure", "serial name pages align errno cause free largest retried pfn klass page_owner other pid comm "
                                "owner age", defaults=(None,) * 8)
FAILURE_KEYS = dict(zip((str(kind) for kind in range(2, 19)), Failure._fields))
WORDS = ("name", "comm", "owner", "page_owner", "other")


def values(nest, keys):
    """The attributes of a nest by their names, numbers as such."""
    return {keys[kind]: value if keys[kind] in (*TEXTS, *WORDS) else int(value) for kind, value in nest if kind in keys}


def failure_of(nest):
    found = values(nest, FAILURE_KEYS)
    return Failure(**{**found, "cause": CAUSES[found["cause"]]})


class CmaCase(GuestCase):
    kernels = ("7.3",)

    def boot(self, cmdline="cma=64M", load=True, **options):
        built = modules(kernel(self.kernel))
        if self.debug_kernel:
            cmdline = f"kmemleak=off {cmdline}"
        self.guest = self.machine(binaries=[fixture("genl"), *options.pop("binaries", ())], cmdline=cmdline,
                                  files={MODULE: built / "memctl.ko", DRIVER: built / "memctl_test_cma.ko"}, **options)
        self.guest.run(f"mount -t debugfs none /sys/kernel/debug 2>/dev/null; insmod {DRIVER}")
        if load:
            self.guest.run(f"insmod {MODULE}")

    def dump(self, command, more=""):
        """The attributes of each message of a dump."""
        said = self.guest.run(f"genl {command} dump {more}", timeout=120).stdout
        return [nests(iter(line.split())) for line in said.splitlines()]

    def areas(self):
        """name -> the figures of each area"""
        found = {}
        for (_, nest), in self.dump(CMA):
            area = values(nest, FIGURES)
            area["ranges"] = [tuple(int(value) for kind, value in one if kind in "23") for kind, one in nest if kind == "5"]
            for key, name in (("22", "by_order"), ("23", "by_cause")):
                area[name] = [int(number, 16) for number in dict(nest)[key].split(",")]
            found[area["name"]] = area
        return found

    def area(self, name):
        return self.areas()[name]

    def bits(self, name):
        """A character for each page of the area's ranges: "1" is allocated."""
        return self._bits(self.dump(MAP, f"{AREA}:str:{name}"))

    def _bits(self, messages):
        text = ""
        for message in messages:
            one = dict(message)
            pages = int(one[str(END)]) - int(one[str(START)])
            self.assertTrue(0 < pages <= MAP_MAX)
            bits = "".join(f"{int(word, 16):064b}"[::-1] for word in one[str(BITS)].split(","))
            self.assertNotIn("1", bits[pages:])
            text += bits[:pages]
        return text

    def holders(self, name):
        return [Holder(**values(nest, HOLDER_KEYS)) for (_, nest), in self.dump(HOLDER, f"{AREA}:str:{name}")]

    def failures(self):
        return [failure_of(nest) for (_, nest), in self.dump(FAILURE)]

    # The driver

    def use(self, name, start=0, end=0):
        self.guest.run(f"echo {name} {start} {end} > {TEST}/area")

    def alloc(self, pages, order=0):
        """The first pfn; None: it failed."""
        if self.guest.run(f"echo {pages} {order} > {TEST}/alloc", check=False, timeout=120).status:
            return None
        return int(self.guest.run(f"cat {TEST}/last").stdout)

    def free(self, pfn, pages):
        self.guest.run(f"echo {pfn} {pages} > {TEST}/free")

    def random_states(self, name, states, seed=1):
        """
        Of an area that debugfs allocates and frees in, at random: a pair for each state, of what the kernel's own
        bitmap, `used` and `maxchunk` say, and what memctl.ko says, as (bits, used, largest).
        """
        chance = random.Random(seed)
        pages = self.area(name)["pages"]
        found = []
        while len(found) < states:
            script = "".join(f"{self._random_step(chance, pages, name)}; {self._state(name)}; " for _ in range(min(50, states)))
            for text in self.guest.run(script, timeout=300).stdout.split("end\n")[:-1]:
                found.append(self._pair(text, pages))
        return found[:states]

    def _random_step(self, chance, pages, name):
        """Some allocations and releases: of few pages, and of many; some fail."""
        steps = (f"echo {1 + int(pages * 0.4 * chance.random() ** 4)} > {DEBUGFS}/{name}/{chance.choice(('alloc', 'alloc', 'free'))}"
                 for _ in range(chance.randint(1, 4)))
        return "; ".join(f"{step} 2> /dev/null" for step in steps)

    @staticmethod
    def _state(name):
        return (f"cat {DEBUGFS}/{name}/bitmap {DEBUGFS}/{name}/used {DEBUGFS}/{name}/maxchunk; "
                f"printf '%s\\n' '{CMA} dump' '{MAP} dump {AREA}:str:{name}' | genl session; echo end")

    def _pair(self, text, pages):
        kernel, used, largest, area, ok, *map_, last = text.splitlines()
        self.assertEqual((ok, last), ("ok", "ok"), text)
        bits = "".join(f"{int(word):032b}"[::-1] for word in kernel.split())[:pages]
        (_, nest), = nests(iter(area.split()))
        area = values(nest, FIGURES)
        messages = [nests(iter(line.split())) for line in map_]
        return (bits, int(used), int(largest)), (self._bits(messages), area["used"], area["largest"])

    def in_use(self, area):
        """Pages, by the kernel's count."""
        total, available = self.sysfs(area, "total_pages", "available_pages")
        return total - available

    def sysfs(self, area, *names):
        """What the kernel has counted, in pages."""
        return [int(number) for number in
                self.guest.run("cat " + " ".join(f"{SYSFS}/{area}/{name}" for name in names)).stdout.split()]
