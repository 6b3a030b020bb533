# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the planner chooses and what it refuses: whole nodes, sizes, huge pages, and blocks that a driver manages."""

from test_fenced import FencedCase

MIB = 1 << 20
POOL = "/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages"


class NodeCase(FencedCase):
    kernels = ("7.3",)

    def boot_two_nodes(self):
        """A node 1 that has nothing but two DIMMs of four blocks."""
        self.boot_fenced(nodes=2, memory_nodes=1, memory="2G", dimm="512M", node=1)
        self.other = self.guest.hotadd("512M", node=1)
        self.all = [*self.dimm.blocks, *self.other.blocks]

    def fill_node_1(self, mebibytes, path="/data/file"):
        self.guest.run("mkdir -p /data; grep -q ' /data ' /proc/mounts || "
                       "mount -t tmpfs -o size=100%,mpol=bind:1 none /data; "
                       f"data {path} {mebibytes}", timeout=180)
        return self.checksum(path)

    def states(self):
        return {block["block"]: block["state"] for block in self.memctl("block list")["blocks"]
                if block["node"] == 1}

    def offline_now(self):
        return {block for block, state in self.states().items() if state == "offline"}

    def free(self):
        return {block["block"]: block["free"] for block in self.memctl("map")["blocks"] if block["block"] in self.all}

    def reasons(self, arguments, status=3):
        return [reason["code"] for reason in self.memctl(arguments, status=status)["reasons"]]


class Node(NodeCase):
    def test_node_size_and_huge_pages(self):
        self.boot_two_nodes()
        self.assert_emptiest_are_picked()
        self.assert_pinned_is_not_picked()
        self.assert_node_goes_and_comes()
        self.assert_huge_pages()

    def assert_emptiest_are_picked(self):
        self.fill_node_1(600)
        free = self.free()
        self.assertGreater(max(free.values()), 10 * (1 + min(free.values())), free)     # some are full, some empty
        result = self.memctl(f"block offline --size {256 * MIB} --node 1")
        self.assertEqual((result["result"], result["blocks_offlined"]), ("done", 2))
        gone = self.offline_now()
        self.assertEqual(len(gone), 2)
        self.assertGreaterEqual(min(free[block] for block in gone) + 2000,
                                max(free[block] for block in self.all if block not in gone), free)
        self.assertLess(result["pages_migrated"], 20_000)
        said = self.guest.run(f"memctl block offline --size {MIB} --node 1", check=False)
        self.assertEqual(said.status, 2, said.output)
        self.assertIn("multiple of the block size, 134217728 bytes", said.stderr)
        said = self.guest.run("memctl block offline --size 1G --node 1", check=False)
        self.assertIn("only 805306368 bytes are online in zone Movable", said.stderr)
        self.memctl("node online 1")
        self.guest.run("rm /data/file")

    def assert_pinned_is_not_picked(self):
        block = self.pin_on_node_1()
        said = self.guest.run("memctl block offline --size 1G --node 1", check=False, timeout=60)
        self.assertIn("only 939524096 bytes can be emptied: other blocks have pages that do not move", said.stderr)
        self.assertEqual(self.offline_now(), set())
        self.assertEqual(self.memctl("block offline --size 896M --node 1")["result"], "done")
        self.assertEqual(self.offline_now(), set(self.all) - {block})
        self.assertEqual(self.reasons("node offline 1"), ["unmovable"])
        self.unpin()
        self.memctl("node online 1")

    def pin_on_node_1(self):
        """The block of a page that stays; the second CPU is on node 1."""
        start, end = self.dimm.start, self.other.start + self.other.size
        self.guest.run(f"taskset 2 pin 500 {start:x} {end:x} > /run/pin & echo $! > /run/pin.pid")
        self.wait_until("grep -q pinned /run/pin", "a page is pinned")
        return int(self.guest.run("head -n 1 /run/pin").stdout, 16) * 4096 // (128 * MIB)

    def assert_node_goes_and_comes(self):
        checksum = self.fill_node_1(200)
        plan = self.memctl("node plan 1")
        self.assertEqual((plan["result"], sorted(plan["blocks"])), ("done", self.all))
        self.assertGreater(plan["pages_in_use"], 50_000)
        result = self.memctl("node offline 1")
        self.assertEqual((result["result"], result["blocks_offlined"]), ("done", 8))
        self.assertLessEqual(result["pages_migrated"], result["pages_in_use"] * 1.02 + 500)
        self.assertEqual(set(self.states().values()), {"offline"})
        self.assertEqual(self.checksum(), checksum)
        result = self.memctl("node online 1")
        self.assertEqual((result["result"], result["blocks_onlined"]), ("done", 8))
        self.assertEqual(set(self.states().values()), {"online"})
        # node 0 has the kernel: what stands against it is said, and nothing is touched
        self.assertIn("unmovable", self.reasons("node offline 0"))
        self.assertEqual(self.offline_now(), set())
        said = self.guest.run("memctl node offline 5", check=False)
        self.assertIn("no such node", said.stderr)
        self.assertEqual(self.checksum(), checksum)
        self.guest.run("rm /data/file")

    def assert_huge_pages(self):
        """Free ones leave their pool; promised ones keep their blocks."""
        self.guest.run(f"echo 100 > {POOL}; [ $(cat {POOL}) = 100 ]")
        self.guest.run("mkdir -p /huge; mount -t hugetlbfs -o pagesize=2M,min_size=200M none /huge")
        [reason] = self.memctl("node offline 1", status=3)["reasons"]
        self.assertEqual(reason, {"code": "no_room_for_huge_pages", "needed_bytes": 200 * MIB, "available_bytes": 0})
        # the kernel thinks so, too, of one that is promised
        self.guest.run("umount /huge")
        plan = self.memctl("node plan 1")
        self.assertIn("100 huge pages of 2048 KiB that are free leave their pool with the blocks", plan["notes"])
        self.assertLess(plan["needed_bytes"], 100 * MIB)
        self.assertEqual(self.memctl("node offline 1")["result"], "done")
        self.assertEqual(self.guest.run("grep -E 'HugePages_(Total|Free)' /proc/meminfo").stdout.split(),
                         ["HugePages_Total:", "0", "HugePages_Free:", "0"])


class Driver(NodeCase):
    def test_blocks_of_virtio_mem(self):
        self.boot_fenced(modules=("virtio_mem",))
        self.guest.hotadd_virtio_mem("512M", "256M")
        self.wait_until("[ $(grep -c 'System RAM (virtio_mem)' /proc/iomem) -gt 0 ]", "virtio-mem adds memory")
        device = self.guest.run("basename /sys/bus/virtio/drivers/virtio_mem/virtio*").stdout.strip()
        self.assert_left_alone(device, 2)

    def test_blocks_of_kmem(self):
        """Persistent memory that is used as if it were not: of 512 MiB, what is left of its labels in whole blocks."""
        self.boot_fenced(memory="2G", cmdline="memmap=512M!1G", binaries=["ndctl"],
                         modules=("nd_e820", "nd_pmem", "dax_pmem", "device_dax", "kmem"))
        self.guest.run("ndctl create-namespace -f -e namespace0.0 --mode=devdax --map=mem", timeout=60)
        self.guest.run("cd /sys/bus/dax/drivers; echo dax0.0 > device_dax/unbind; echo dax0.0 > kmem/new_id")
        self.assert_left_alone("dax0.0", 3)

    def assert_left_alone(self, device, number):
        """So many blocks are the device's, and are neither taken for others nor touched without --force."""
        self.wait_until(f"memctl --json=short block list | grep -o '\"driver\":\"{device}\"' | wc -l | grep -qx {number}",
                        f"{number} blocks are its")
        blocks = self.memctl("block list")["blocks"]
        theirs = [block for block in blocks if block["driver"]]
        self.assertEqual({block["driver"] for block in theirs}, {device})
        self.assertEqual([block["dimm"] for block in theirs], [None] * number)
        self.assertTrue(all(block["driver"] is None for block in blocks if block["dimm"]))
        self.assertIn("DRIVER", self.guest.run("memctl block list").stdout)

        first = theirs[0]["block"]
        [reason] = self.memctl(f"block offline {first}", status=3)["reasons"]
        self.assertEqual({key: reason[key] for key in ("code", "block", "text", "memory_bytes")},
                         {"code": "driver_owned", "block": first, "text": device, "memory_bytes": number * 128 * MIB})
        # nor are they taken for a size: the DIMM's are all there are
        said = self.guest.run("memctl block offline --size 1152M", check=False)
        self.assertIn(f"only 1073741824 bytes are online in zone Movable; {first}", said.stderr)
        self.assertEqual(self.memctl("block offline --size 1G")["blocks_offlined"], 8)
        self.assertEqual({state for state, _ in self.blocks().values()}, {"offline"})
        self.memctl(f"dimm online {self.dimm.acpi}")
        self.assertEqual(self.memctl(f"block offline --force {first}")["result"], "done")
        self.assertEqual(self.memctl(f"block online {first}")["result"], "done")
        self.assert_nothing_runs()
