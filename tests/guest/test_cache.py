# SPDX-License-Identifier: LGPL-2.1-or-later
"""What becomes of page cache in a DIMM that goes offline: dropped, kept, or told apart."""

import json
import zlib

from harness import ext4_image, fixture, kernel
from harness.module import modules
from heapbed import END, START
from testbed import MemctlCase

MODULE = "/lib/modules/memctl.ko"
PAGE = 4096
MIB = 1 << 20
DAMON = "/sys/kernel/mm/damon/admin/kdamonds"

# Pages that memctl itself comes to use after the plan: a worker and its fences, in a build for tests. The
# measure is in test_fenced; here what is moved twice would show all the same.
OWN = 8000

# uapi/memctl.h
LRU_HOT, A_HOT, HOT_MAX = 21, 29, 32768
EPERM, EINVAL, ERANGE = 1, 22, 34

SOURCE = {"6.1": "inactive_list", "6.12": "lru_gen", "7.3": "lru_gen"}


class CacheCase(MemctlCase):
    kernels = ("7.3",)

    def boot_cache(self, **options):
        self.boot(dimm="1G", memory="1536M", disks=[ext4_image()], **options,
                  binaries=[fixture("hold"), fixture("genl"), "fincore"], files={MODULE: modules(kernel(self.kernel)) / "memctl.ko"})
        self.guest.run(f"insmod {MODULE}; mkdir /ext4; mount -o noatime /dev/vda /ext4")

    def write(self, name, mebibytes):
        """A file with data of its own, on the disk; its checksum."""
        self.guest.run(f"data /ext4/{name} {mebibytes} {zlib.crc32(name.encode())}; sync", timeout=120)
        return self.checksum(f"/ext4/{name}")

    def read_once(self, *names):
        """Nothing but these files is in the page cache, each read once."""
        self.guest.run("sync; echo 3 > /proc/sys/vm/drop_caches")
        for name in names:
            self.guest.run(f"dd if=/ext4/{name} of=/dev/null bs=1M 2>/dev/null", timeout=120)

    def cached(self, name):
        """Pages of a file that are in the page cache."""
        [row] = json.loads(self.guest.run(f"fincore --json --bytes /ext4/{name}").stdout)["fincore"]
        return int(row["pages"])

    def offline(self, cache):
        before = self.memctl(f"dimm plan {self.dimm.acpi} --cache {cache}")
        result = self.memctl(f"dimm offline {self.dimm.acpi} --cache {cache}", timeout=300)
        self.assertEqual((result["result"], result["blocks_offlined"]), ("done", len(self.dimm.blocks)))
        return before, result

    def online(self):
        self.memctl(f"dimm online {self.dimm.acpi}")


class Lists(CacheCase):
    """LRU_HOT, of memctl.ko."""
    kernels, every = ("7.3",), ("6.12", "7.3")

    def hot(self):
        """Pages of the DIMM that are hot."""
        said = self.guest.run("; ".join(f"genl {LRU_HOT} {START}:u64:{pfn} {END}:u64:{pfn + HOT_MAX}"
                                        for pfn in range(self.start, self.end, HOT_MAX))).stdout.split()
        self.assertEqual({word.split("=")[0] for word in said}, {str(A_HOT)})
        return sum(int(word.split("=")[1]) for word in said)

    def test_what_is_read_again_is_hot(self):
        self.boot_cache()
        self.start, self.end = self.dimm.start // PAGE, (self.dimm.start + self.dimm.size) // PAGE
        self.write("file", 60)
        size = 60 * MIB // PAGE
        self.read_once()
        before = self.hot()
        self.read_once("file")
        self.assertLess(self.hot(), before + 0.1 * size)
        for _ in range(2):
            self.checksum("/ext4/file")
        self.assertGreater(self.hot(), before + 0.9 * size)
        self.read_once()
        self.assertLess(self.hot(), before + 0.1 * size)

        for sent, errno, text in (
                (f"{START}:u64:{self.start}", EINVAL, "missing"),
                (f"{START}:u64:{self.start} {END}:u64:{self.start}", EINVAL, "empty"),
                (f"{START}:u64:{self.start} {END}:u64:{self.start + HOT_MAX + 1}", EINVAL, "too large"),
                (f"{START}:u64:{2**62} {END}:u64:{2**62 + 1}", ERANGE, "above all memory"),
                (f"{START}:u64:0 {START}:u64:0 {END}:u64:64", EINVAL, "twice"),
                (f"{START}:u32:0 {END}:u64:64", "", None)):
            with self.subTest(sent=sent):
                said = self.guest.run(f"genl {LRU_HOT} {sent}", check=False).stdout
                self.assertTrue(said.startswith(f"error {errno}"), said)
                if text:
                    self.assertIn(text, said)
        span = f"{START}:u64:{self.end} {END}:u64:{self.end + 100}"     # beyond the DIMM: nothing, and no error
        self.assertEqual(self.guest.run(f"genl {LRU_HOT} {span}").stdout.split(), [f"{A_HOT}=0"])
        refused = self.guest.run(f"su -s /bin/sh -c 'genl {LRU_HOT} {span}' nobody", check=False)
        self.assertTrue(refused.stdout.startswith(f"error {EPERM} "), refused.output)


class Modes(CacheCase):
    def test_keep_and_drop(self):
        """Clean cache is moved, or given back and not moved; what is dirty or mapped stays."""
        self.boot_cache()
        size = 160 * MIB // PAGE
        checksum = self.write("clean", 160)
        self.read_once("clean")
        before = self.cached("clean")
        self.assertGreater(before, 0.99 * size)
        plan, result = self.offline("keep")
        self.assertEqual((plan["cache"]["mode"], plan["cache"]["drop_bytes"]), ("keep", 0))
        self.assertGreater(result["pages_in_use"], before)
        self.assertLessEqual(result["pages_migrated"], 1.02 * result["pages_in_use"] + OWN)
        self.assertGreaterEqual(self.cached("clean"), 0.99 * before)
        self.assertEqual(self.checksum("/ext4/clean"), checksum)
        self.online()

        self.read_once("clean")     # into the DIMM again
        plan, result = self.offline("drop")
        self.assertEqual(plan["cache"]["mode"], "drop")
        self.assertGreater(plan["cache"]["drop_bytes"], 0.97 * size * PAGE)
        others = result["pages_in_use"] - plan["cache"]["drop_bytes"] // PAGE
        self.assertLessEqual(result["pages_migrated"], 1.02 * others + 0.01 * size + OWN)
        self.assertLess(self.cached("clean"), 0.03 * size)
        self.assertEqual(self.checksum("/ext4/clean"), checksum)
        self.online()

        self.guest.run("rm /ext4/clean")
        mapped = self.write("mapped", 40)
        self.read_once()
        self.guest.run("hold file /ext4/mapped > /run/hold & until grep -q ready /run/hold; do sleep 0.1; done", timeout=60)
        self.guest.run("echo 0 > /proc/sys/vm/dirty_writeback_centisecs; echo 90 > /proc/sys/vm/dirty_ratio; "
                       "echo 80 > /proc/sys/vm/dirty_background_ratio; "
                       "data /ext4/dirty 40 2")
        dirty = self.checksum("/ext4/dirty")
        before = self.cached("mapped")
        self.assertGreater(before, 0.97 * 40 * MIB // PAGE)
        plan, result = self.offline("drop")
        self.assertGreater(self.cached("mapped"), 0.97 * before, (plan, result))
        self.guest.run("sync; echo 3 > /proc/sys/vm/drop_caches")
        self.assertEqual(self.checksum("/ext4/dirty"), dirty)
        self.assertEqual(self.checksum("/ext4/mapped"), mapped)
        self.assert_nothing_runs()

    def test_auto(self):
        """What is read all the time stays, what was read once goes, and the plan says how much of each, and why."""
        self.boot_cache()
        checksums = {name: self.write(name, 80) for name in ("hot", "cold")}
        self.read_once("cold", "hot")
        size = 80 * MIB // PAGE
        self.guest.run("( while :; do dd if=/ext4/hot of=/dev/null bs=1M; echo >> /run/read; usleep 100000; done 2>/dev/null ) "
                       "> /dev/null & echo $! > /run/reader; until [ $(wc -l < /run/read) -ge 3 ]; do sleep 1; done", timeout=120)
        plan, _ = self.offline("auto")
        self.assertGreaterEqual(self.cached("hot"), 0.9 * size)
        self.assertLess(self.cached("cold"), 0.1 * size)
        self.assertEqual((plan["cache"]["mode"], plan["cache"]["cold_source"]), ("auto", SOURCE[self.kernel]))
        self.assertGreater(plan["cache"]["drop_bytes"], 0.9 * size * PAGE)
        self.assertLess(plan["cache"]["drop_bytes"], 1.2 * size * PAGE)
        self.assertGreater(plan["cache"]["keep_bytes"], 0.8 * size * PAGE)
        self.assertRegex("\n".join(plan["notes"]), r"\d+ MiB of clean page cache are dropped: .*; \d+ MiB are kept")
        self.guest.run("kill $(cat /run/reader)")
        for name, checksum in checksums.items():
            self.assertEqual(self.checksum(f"/ext4/{name}"), checksum)
        self.assert_nothing_runs()

        # An LRU with generations, and no memctl.ko that reads them: without a fence nothing is dropped.
        self.online()
        self.guest.run("rmmod memctl; echo y > /sys/kernel/mm/lru_gen/enabled")
        self.read_once("cold")
        plan, _ = self.offline("auto")
        self.assertEqual((plan["fence"], plan["cache"]["mode"], plan["cache"]["cold_source"]), (False, "keep", "none"))
        self.assertGreater(self.cached("cold"), 0.99 * size)


class Damon(CacheCase):
    """DAMON sees what reads do not show: cache that is written. The kernel's own use of it is off."""
    kernels, every = ("7.3",), ("6.12", "7.3")

    def state(self):
        """(how many kdamonds, is there a file that says they are ours)"""
        said = self.guest.run(f"cat {DAMON}/nr_kdamonds; ls /run/memctl/damon 2>/dev/null || :").stdout.split()
        return int(said[0]), len(said) > 1

    def test_damon(self):
        self.boot_cache(cmdline="damon_stat.enabled=N")
        for name in ("cold", "written"):
            self.write(name, 60)
        self.read_once("cold", "written")
        self.what_is_written_stays(60 * MIB // PAGE)
        self.others_are_left_alone()
        for signal in ("KILL", "TERM"):
            self.off_again_after(signal)
        self.assertEqual(self.memctl(f"dimm plan {self.dimm.acpi}")["cache"]["cold_source"], "damon")

    def what_is_written_stays(self, size):
        self.guest.run("( while :; do dd if=/dev/zero of=/ext4/written bs=1M count=60 conv=notrunc,fsync; echo >> /run/written; "
                       "usleep 100000; done 2>/dev/null ) > /dev/null & echo $! > /run/writer; "
                       "until [ $(wc -l < /run/written) -ge 3 ]; do sleep 1; done", timeout=120)
        plan = self.memctl(f"dimm plan {self.dimm.acpi}")
        self.assertEqual(plan["cache"]["cold_source"], "damon")
        self.assertLess(plan["cache"]["drop_bytes"], 1.5 * size * PAGE)
        self.assertGreater(plan["cache"]["drop_bytes"], 0.8 * size * PAGE)
        self.assertEqual(self.state(), (0, False))
        self.guest.run("kill $(cat /run/writer)")

    def others_are_left_alone(self):
        self.guest.run(f"echo 1 > {DAMON}/nr_kdamonds; echo 1 > {DAMON}/0/contexts/nr_contexts")
        plan = self.memctl(f"dimm plan {self.dimm.acpi}")
        self.assertEqual(plan["cache"]["cold_source"], "lru_gen")
        self.assertIn("DAMON is in use by others", "\n".join(plan["notes"]))
        self.assertEqual(self.guest.run(f"cat {DAMON}/0/contexts/nr_contexts").stdout, "1\n")
        self.guest.run(f"echo 0 > {DAMON}/nr_kdamonds")

    def off_again_after(self, signal):
        """The next memctld turns it off, where a killed one could not."""
        self.start(f"dimm plan {self.dimm.acpi}")
        self.wait_until(f"grep -q on {DAMON}/0/state", "DAMON is on")
        # memctld alone: its helpers, copies of it, are its to end
        self.guest.run(f"kill -{signal} $(grep -lx memctld /proc/[0-9]*/comm 2> /dev/null | cut -d / -f 3)")
        self.wait_until("[ -s /run/status ]", "memctl ends")
        self.assert_nothing_runs()
        if signal == "KILL":
            self.assertEqual(self.state(), (1, True))
            self.memctl("status")
        self.assertEqual(self.state(), (0, False), signal)
