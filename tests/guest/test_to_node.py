# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is in use in a DIMM goes to the node asked for, of three: with a fence, and by its blocks' going offline."""

from test_fenced import FencedCase
from test_system import InstalledCase

MIB = 1 << 20
DATA = 100      # MiB


class ToNode(FencedCase):
    kernels = ("7.3",)

    def fill_node(self, node, mebibytes, path="/data/file"):
        """A file in a tmpfs whose pages are on one node, in zone Movable as long as there is room."""
        self.guest.run("mkdir -p /data; ! grep -q ' /data ' /proc/mounts || umount /data; "
                       f"mount -t tmpfs -o size=100%,mpol=bind:{node} none /data; "
                       f"data {path} {mebibytes}", timeout=180)
        return self.checksum(path)

    def shmem(self):
        """MiB of tmpfs by node."""
        lines = self.guest.run("grep Shmem: /sys/devices/system/node/node?/meminfo").stdout.splitlines()
        return [int(line.split()[-2]) >> 10 for line in lines]

    def assert_goes_to(self, node, options=""):
        self.memctl(f"dimm online {self.dimm.acpi}")
        checksum = self.fill_node(1, DATA)
        before = self.shmem()
        self.assertGreater(before[1], DATA - 10, before)
        result = self.memctl(f"dimm offline --to-node {node} {options} {self.dimm.acpi}")
        self.assertEqual((result["result"], result["reasons"]), ("done", []))
        self.assertGreater(result["pages_migrated"], 256 * (DATA - 10))
        after = self.shmem()
        for other in {0, 1, 2} - {node}:
            self.assertLess(after[other], self.shmem_of_root[other] + 10, f"to {node}: {before} {after}")
        self.assertGreater(after[node], self.shmem_of_root[node] + DATA - 10, f"to {node}: {before} {after}")
        self.assertEqual(self.checksum(), checksum)
        self.assert_nothing_runs()
        self.assertEqual(self.groups(), "")

    def groups(self):
        return self.guest.run("mkdir -p /run/cg; grep -q /run/cg /proc/mounts || mount -t cgroup2 none /run/cg; "
                              "find /run/cg -name 'memctl-*'").stdout

    def refused(self, arguments):
        result = self.memctl(f"dimm offline {arguments} {self.dimm.acpi}", status=3)
        return [(reason["code"], reason.get("text", "")) for reason in result["reasons"]]

    def test_pages_go_there_and_nowhere_else(self):
        self.boot_fenced(module=False, nodes=3, memory="1152M", dimm="512M", node=1)
        self.shmem_of_root = self.shmem()
        self.assert_goes_to(2)
        self.assert_goes_to(0)
        self.memctl(f"dimm online {self.dimm.acpi}")
        [(code, text)] = self.refused("--to-node 1")
        self.assertEqual((code, text), ("node_not_possible",
                                        "without a fence, pages of blocks on node 1 go to other nodes"))

        self.guest.run("insmod /lib/modules/memctl.ko")
        self.assert_goes_to(2)
        self.assert_goes_to(1)
        self.memctl(f"dimm online {self.dimm.acpi}")
        self.assertEqual(self.refused("--to-node 7"), [("node_not_possible", "node 7 has no memory")])
        self.fill_node(1, 420)
        self.assertEqual(self.refused("--to-node 2"), [("not_enough_memory", "")])
        self.assertEqual(self.memctl(f"dimm plan {self.dimm.acpi}")["result"], "done")


class Installed(InstalledCase):
    """As a service: the cgroup is where systemd has delegated the controller."""

    kernels = ("6.1",)

    def test_a_service_may_choose_the_node(self):
        self.boot_installed(nodes=2, node=1)
        self.guest.run("insmod /usr/lib/modules/memctl.ko; mkdir -p /data; "
                       "mount -t tmpfs -o size=100%,mpol=bind:1 none /data; "
                       f"data /data/file {DATA}", timeout=180)
        checksum = self.checksum()
        for job in range(2):
            if job:
                self.memctl(f"dimm online {self.dimm.acpi}")
            # its own node: without a cpuset it would be the other
            result = self.memctl(f"dimm offline --to-node 1 --cache drop {self.dimm.acpi}")
            self.assertEqual((result["result"], result["reasons"]), ("done", []))
        shmem = self.guest.run("grep Shmem: /sys/devices/system/node/node1/meminfo").stdout.split()
        self.assertGreater(int(shmem[-2]) >> 10, DATA - 10)
        self.assertEqual(self.checksum(), checksum)
        group = self.guest.run("find /sys/fs/cgroup -path '*memctld.service*' -type d").stdout.split()
        self.assertEqual(len(group), 1, group)      # its own, and none below
        self.assertEqual(self.guest.run("grep -o cpuset /sys/fs/cgroup/system.slice/memctld.service/cgroup.controllers"
                                        ).stdout.strip(), "cpuset")
