# SPDX-License-Identifier: LGPL-2.1-or-later
"""Huge pages for a pool: all that were asked for, or none, where a plain write brings fewer; and nobody loses a byte."""

import json

from harness import in_ci_on
from test_compact import CompactCase
from test_system import InstalledCase

POOL = "/sys/kernel/mm/hugepages/hugepages-2048kB"
NODES = "/sys/devices/system/node"
MIB = 1 << 20
FILES = ((200000, 100000),)     # all over memory, half of it in use
KEYS = {"result", "size_bytes", "wanted", "before", "after", "added", "possible", "possible_before", "order", "blocks_before",
        "blocks_after", "cpu_seconds", "pages_migrated", "seconds", "notes", "reasons"}


class HugepagesCase(CompactCase):
    kernels = ("7.3",)
    every = ("6.1", "6.12", "7.3")

    def reserve(self, arguments, status=0, **more):
        result = self.memctl(f"hugepages reserve {arguments}", status, **more)
        self.assertEqual(set(result), KEYS)
        return result

    def number(self, name="nr_hugepages", folder=POOL):
        return int(self.guest.run(f"cat {folder}/{name}").stdout)

    def node_number(self, node):
        return self.number(folder=f"{NODES}/node{node}/hugepages/hugepages-2048kB")

    def write(self, number, folder=POOL):
        """What a script does, and what has come of it."""
        self.guest.run(f"echo {number} > {folder}/nr_hugepages", timeout=120)
        return self.number(folder=folder)

    def available(self):
        """Huge pages that there is memory for."""
        kib = int(self.guest.run("awk '/^MemAvailable:/ { print $2 }' /proc/meminfo").stdout)
        return (kib - max(kib // 128, 32 << 10)) // 2048

    def reasons(self, result):
        return {reason["code"]: reason for reason in result["reasons"]}

    def in_pieces_again(self):
        self.guest.run("umount /fill")
        self.make_pieces(FILES)

    def pin_all_over(self, mebibytes=300):
        """Pages that do not move, one in each page block of so much memory, which else is free."""
        self.guest.run(f"pin {mebibytes} 2 thin > /run/pin & echo $! > /run/pin.pid")
        self.wait_until("grep -q pinned /run/pin", "pages are pinned")


class Hugepages(HugepagesCase):
    def test_by_the_module(self):
        """More than the kernel gives to who writes a number, which is fewer than that number, without a word."""
        self.boot_in_pieces(first=self.pin_all_over, files=FILES)
        available = self.available()
        plain = self.write(available)
        wanted = plain + 15
        self.assertLess(wanted, available)
        self.write(0)
        self.in_pieces_again()

        made = self.reserve(wanted)
        self.assertEqual((made["result"], made["reasons"], made["size_bytes"]), ("done", [], 2 * MIB))
        self.assertEqual((made["wanted"], made["before"], made["after"]), (wanted, 0, wanted))
        self.assertEqual((made["added"], made["possible"]), (wanted, wanted))
        self.assertLess(made["possible_before"], wanted)
        self.assertGreater(made["blocks_after"], made["blocks_before"])
        self.assertEqual((self.number(), self.number("surplus_hugepages")), (wanted, 0))
        self.assert_kept(FILES)

        more = self.reserve("3 --size 2M")                          # so many more
        pool = wanted + 3
        self.assertEqual((more["result"], more["before"], more["after"]), ("done", wanted, pool))
        self.assertEqual(self.number(), pool)

        far_more = self.available() + 30
        refused = self.reserve(far_more, status=3)
        self.assertEqual((refused["result"], refused["after"], refused["added"]), ("refused", pool, 0))
        self.assertEqual(self.reasons(refused)["not_enough_memory"]["needed_bytes"], far_more * 2 * MIB)
        self.assertEqual(self.number(), pool)
        self.assert_kept(FILES)
        self.unpin()
        self.assert_nothing_runs()

    def test_not_all(self):
        # so many that what moves does not fill the holes beside them: not all that is available can be had as huge pages
        self.boot_in_pieces(first=lambda: self.pin_all_over(700), files=FILES)
        pool = self.write(7)
        too_many = self.available() - 12
        failed = self.reserve(too_many, status=1)
        self.assertEqual((failed["result"], failed["before"], failed["after"], failed["added"]), ("failed", pool, pool, 0))
        self.assertGreater(failed["possible"], 5)
        self.assertLess(failed["possible"], too_many)
        self.assertIn(f"{failed['possible']} of {too_many} could be had", self.reasons(failed)["huge_pages_failed"]["text"])
        self.assertIn("unmovable", self.reasons(failed))
        self.assertEqual(self.number(), pool)
        self.assert_kept(FILES)

        part = self.reserve(f"{too_many} --partial", status=64)
        self.assertEqual((part["result"], part["after"]), ("partial", pool + part["added"]))
        self.assertGreater(part["added"], 5)
        self.assertEqual(self.number(), part["after"])
        self.assert_kept(FILES)
        self.write(pool)

        cut = self.reserve(f"{too_many} --timeout 0.001", status=1)
        self.assertEqual((cut["result"], cut["before"], cut["after"], cut["added"]), ("timeout", pool, pool, 0))
        self.assertEqual(self.number(), pool)
        self.assert_kept(FILES)
        self.unpin()
        self.assert_nothing_runs()
        self.assertEqual(self.guest.run("ls -A /run/memctl/journal").stdout, "")

    @in_ci_on("7.3")
    def test_without_the_module(self):
        """The kernel compacts, node by node."""
        self.boot_in_pieces(module=False, files=FILES)
        wanted = self.free() + 30
        made = self.reserve(wanted)
        self.assertEqual((made["result"], made["added"], made["reasons"]), ("done", wanted, []))
        self.assertGreater(made["blocks_after"], made["blocks_before"])
        self.assertEqual(self.number(), wanted)
        self.assert_kept(FILES)
        self.assert_nothing_runs()

    def test_cancel_and_a_second_request(self):
        """What came before a cancel is taken out again; while one is at it, another is told so."""
        self.boot_in_pieces(first=self.pin_all_over, files=FILES)
        self.write(7)
        many = self.available() - 12
        for name in ("INT", "TERM"):
            self.start(f"hugepages reserve {many}", "MEMCTL_HOLD=worker-write:2")
            self.wait_until(f"[ $(cat {POOL}/nr_hugepages) -gt 7 ]", "some came")
            self.signal(name)
            said = json.loads(self.finish(status=1))
            self.assertEqual((said["result"], said["before"], said["after"], said["added"]), ("cancelled", 7, 7, 0))
            self.assertGreater(said["possible"], 0)
            self.assertEqual(self.number(), 7)
            self.assert_kept(FILES)
        self.unpin()
        self.assert_nothing_runs()

    @in_ci_on("7.3")
    def test_bad_input(self):
        self.boot(dimm="256M", memory="512M")
        for arguments, status, says in (("0", 2, "accepted is a number of huge pages above 0"),
                                        ("-- -1", 2, None),
                                        ("x", 2, "accepted is a number of huge pages above 0"),
                                        ("1.5", 2, "accepted is a number of huge pages above 0"),
                                        ("99999999999999999999", 2, "accepted is a number of huge pages above 0"),
                                        ("", 2, "memctl hugepages reserve COUNT"),
                                        ("1 2", 2, "memctl hugepages reserve COUNT"),
                                        ("9223372036854775807", 2, "for there is no more memory"),
                                        ("5000", 2, "for there is no more memory"),
                                        ("200 --node 0 --size 1G", 2, "accepted"),
                                        ("1 --size 3M", 2, "size 3 MiB: accepted on this kernel: 2 MiB"),
                                        ("1 --size 2G", 2, "size 2 GiB: accepted on this kernel: 2 MiB"),
                                        ("1 --size 1", 2, "size 1 byte: accepted on this kernel: 2 MiB"),
                                        ("1 --size x", 2, "an amount of memory above 0"),
                                        ("1 --node 7", 6, "the machine has no such node"),
                                        ("1 --node x", 2, "the number of a NUMA node"),
                                        ("1 --timeout 0", 2, "a number of seconds above 0"),
                                        ("1 --order 3", 2, "--order")):
            said = self.guest.run(f"memctl hugepages reserve {arguments}", check=False)
            self.assertEqual(said.status, status, f"{arguments}\n{said.stdout}{said.stderr}")
            if says:
                self.assertIn(says, said.stderr, arguments)
        self.assertEqual(self.number(), 0)


class OnNodes(HugepagesCase):
    every = ("6.1", "7.3")

    def test_a_node_and_all(self):
        self.boot(dimm="128M", memory="1G", nodes=2)
        one = self.reserve("20 --node 1")
        self.assertEqual((one["result"], one["before"], one["after"]), ("done", 0, 20))
        self.assertEqual((self.node_number(0), self.node_number(1)), (0, 20))

        alike = self.reserve("10")
        self.assertEqual((alike["result"], alike["before"], alike["after"]), ("done", 20, 30))
        self.assertEqual((self.node_number(0), self.node_number(1)), (5, 25))

        # node 1 has no room for its part: the others are asked for it, and each node has again what it had
        self.guest.run("mkdir -p /fill; mount -t tmpfs -o size=100%,mpol=bind:1 none /fill")
        free = int(self.guest.run(f"awk '/MemFree/ {{ print $4 }}' {NODES}/node1/meminfo").stdout) >> 10
        checksum = self.fill(free - 60, "/fill/file")
        uneven = self.reserve("80")
        self.assertEqual((uneven["result"], uneven["added"]), ("done", 80))
        numbers = self.node_number(0), self.node_number(1)
        self.assertEqual(sum(numbers), 110)
        self.assertGreater(numbers[0] - 5, numbers[1] - 25)
        self.pin_all_over()
        failed = self.reserve(f"{self.available() - 12}", status=1)
        self.assertEqual((failed["result"], failed["added"]), ("failed", 0))
        self.assertGreater(failed["possible"], 5)
        self.assertEqual((self.node_number(0), self.node_number(1)), numbers)
        self.assertEqual(self.checksum("/fill/file"), checksum)

        too_many = self.reserve("150 --node 1", status=3)
        self.assertEqual(too_many["result"], "refused")
        self.assertEqual((self.node_number(0), self.node_number(1)), numbers)
        self.assert_nothing_runs()


class Gigantic(HugepagesCase):
    every = ("7.3",)

    def test_pages_that_the_allocator_has_no_pieces_of(self):
        self.boot(dimm="128M", memory="8G")     # the kernel's own pages may be in some GiB, not in each
        folder = "/sys/kernel/mm/hugepages/hugepages-1048576kB"
        if self.guest.run(f"[ -e {folder} ]", check=False).status != 0:
            self.skipTest("the guest's processor has no pages of 1 GiB")
        one = self.reserve("1 --size 1G")
        self.assertEqual((one["result"], one["size_bytes"]), ("done", 1 << 30))
        self.assertEqual((one["possible_before"], one["order"]), (None, None))
        self.assertEqual(self.number(folder=folder), 1)
        failed = self.reserve("7 --size 1G", status=None)
        self.assertIn(failed["result"], ("failed", "refused"))
        self.assertEqual(failed["after"], 1)
        self.assertEqual(self.number(folder=folder), 1)


class Death(HugepagesCase):
    """memctld dies at a point of it: the next one takes out what came."""
    every = ("7.3",)
    sanitized = ()

    POINTS = ("planned", "pool", "pool:2", "pooled", "pooled:2", "roll-back", "finished", "worker-write", "worker-written")

    def test_each_point(self):
        self.boot_in_pieces(first=lambda: self.pin_all_over(700), files=FILES)
        self.write(5)
        many = self.available() - 12
        for point in self.POINTS:
            with self.subTest(point=point):
                said = self.guest.run(f"MEMCTL_CRASH={point} memctl hugepages reserve {many}", check=False, timeout=120)
                self.assertNotEqual(said.status, 0, said.output)
                if not point.startswith("worker"):
                    self.assertIn(f"crash at {point}", said.output)
                    again = self.guest.run("memctl version", timeout=120)
                    self.assertIn("memctld died in this job", again.output)
                    self.assertIn("all is as it was", again.output)
                self.assertEqual(self.number(), 5, point)
                self.assertEqual(self.guest.run("ls -A /run/memctl/journal").stdout, "")
        self.assert_kept(FILES)


class Service(InstalledCase, HugepagesCase):
    """In its sandbox, and with more than one who asks."""
    kernels = every = ("7.3",)

    def begin_held(self, many):
        """A job that has written to the pool once, and is stopped before it does again; its number."""
        self.guest.run("systemctl set-environment MEMCTL_HOLD=worker-write:2; systemctl restart memctld; "
                       "systemctl unset-environment MEMCTL_HOLD")
        job = self.memctl(f"hugepages reserve {many} --no-block")["job"]
        self.wait_until(f"[ $(cat {POOL}/nr_hugepages) -gt 10 ]", "some came")
        return job

    def test_the_service(self):
        self.boot_installed()
        pool = self.reserve("10 --node 0")
        self.assertEqual((pool["result"], pool["after"]), ("done", 10))
        compacted = self.memctl("compact run", status=None)             # by the kernel: there is no module
        self.assertNotIn("compaction_failed", [reason["code"] for reason in compacted["reasons"]])

        many = self.available() - 12
        job = self.begin_held(many)
        for other in ("compact run", "hugepages reserve 1"):
            said = self.guest.run(f"memctl {other}", check=False)
            self.assertEqual(said.status, 7, said.output)
            self.assertIn(f"job {job} reserves {many} huge pages of 2 MiB: one at a time", said.stderr)
        [row] = self.memctl(f"job show {job}")["jobs"]
        self.assertEqual((row["verb"], row["target"]), ("hugepages-reserve", f"{many} huge pages of 2 MiB"))
        self.guest.run(f"memctl job cancel {job}")
        cancelled = self.memctl(f"job wait {job}", status=1)
        self.assertEqual((cancelled["result"], cancelled["after"], cancelled["added"]), ("cancelled", 10, 0))
        self.assertEqual(self.number(), 10)

        self.begin_held(many)
        self.guest.run("systemctl kill --kill-whom=main --signal=KILL memctld")
        self.wait_until(f"[ $(cat {POOL}/nr_hugepages) -eq 10 ]", "the next memctld has put it back")
        self.wait_until("[ -z \"$(ls -A /run/memctl/journal)\" ]", "its journal is gone")
        [row] = [row for row in self.memctl("job list")["jobs"] if row["recovered"]]
        self.assertEqual((row["verb"], row["result"]), ("hugepages-reserve", "failed"))
        self.assertEqual([reason["code"] for reason in row["reasons"]], ["interrupted"])
