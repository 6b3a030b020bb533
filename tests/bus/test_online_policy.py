#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What becomes of new memory, of trees: what is said of rules, of others and of what is there; and to whom."""

import json
import unittest

from cases import GIB, MIB, Tree
from testbus import BusCase

RULE = 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online"\n'
BLOCK = "sys/devices/system/memory/memory"


class OnlinePolicy(BusCase):
    def tree(self, config=""):
        """Memory of the boot, and a DIMM in zone Movable."""
        root = self.directory / "tree"
        tree = Tree(root, 128 * MIB)
        tree.blocks(0, 15, "Normal")
        tree.blocks(32, 35, "Movable", (1,), dimm="PNP0C80:00")
        tree.memory([(2 * GIB, GIB), (GIB // 2, GIB // 2)])
        tree.write("sys/devices/system/memory/auto_online_blocks", "offline")
        tree.write("sys/module/memory_hotplug/parameters/memmap_on_memory", "N")
        tree.write("etc/memctl/memctl.conf", config)
        return tree

    def plug(self, tree, first, last, node=0, dimm=None):
        tree.blocks(first, last, "Normal Movable", (node,), dimm=dimm)
        for number in range(first, last + 1):
            (tree.root / f"{BLOCK}{number}/state").write_text("offline\n", encoding="ascii")

    def policy(self, tree, what="show"):
        said = self.memctl("--json=short", "--root", tree.root, "policy", "online", what)
        self.assertEqual(said.returncode, 0, said.stderr)
        return json.loads(said.stdout)

    def would(self, tree):
        return {one["name"]: one for one in self.policy(tree, "dry-run")["would"]}

    def snapshot(self, root):
        return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def test_nothing_is_done_by_default(self):
        tree = self.tree()
        self.plug(tree, 40, 43)
        before = self.snapshot(tree.root)
        policy = self.policy(tree)
        self.assertEqual((policy["enabled"], policy["running"], policy["zone"], policy["movable_ratio"], policy["deciders"],
                          policy["rules"], policy["memory"]), (False, False, "movable", "301%", [], [], []))
        self.assertEqual((policy["movable_bytes"], policy["kernel_bytes"]), (512 * MIB, 2 * GIB))
        self.assertEqual((policy["auto_online_blocks"], policy["memmap_on_memory"]), ("offline", "no"))
        text = self.memctl("--root", tree.root, "policy", "online", "show").stdout
        self.assertIn("Bringing new memory online by itself is off.\n", text)
        self.assertIn("Warning: memory that is brought online in a kernel zone does not come out again reliably", text)
        self.assertEqual(self.snapshot(tree.root), before)

    def test_memory_that_appears(self):
        """Each look has what is there then."""
        tree = self.tree("[Online]\nMovableRatio=100%\n[Online far]\nNode=1\nSize=-256M\nZone=kernel\n"
                         "[Online left]\nDriver=other\nZone=offline\n")
        self.assertEqual({name: one["zone"] for name, one in self.would(tree).items()}, {"PNP0C80:00": "movable"})
        self.plug(tree, 40, 41, 1, "PNP0C80:01")
        self.plug(tree, 48, 63, 0, "PNP0C80:02")
        self.plug(tree, 70, 71)
        would = self.would(tree)
        self.assertEqual({name: (one["now"], one["zone"], one["why"], one["rule"]) for name, one in would.items()}, {
            "PNP0C80:00": ("movable", "movable", "default", None),
            "PNP0C80:01": ("offline", "kernel", "rule", "far"),
            "PNP0C80:02": ("offline", "kernel", "movable_ratio", None),
            "blocks 70-71": ("offline", "offline", "rule", "left")})
        self.assertIn("but with it 2560 MiB would be movable, and MovableRatio=100% of the kernel's 2048 MiB is 2048 MiB",
                      would["PNP0C80:02"]["reason"])
        self.assertEqual((would["PNP0C80:02"]["blocks"], would["PNP0C80:02"]["bytes"], would["PNP0C80:02"]["driver"]),
                         ("48-63", 2 * GIB, "acpi"))
        text = self.memctl("--root", tree.root, "policy", "online", "dry-run").stdout
        self.assertIn("Rule far: node 1 size -256M: kernel (/etc/memctl/memctl.conf:3)\n", text)
        self.assertIn("PNP0C80:01: 256 MiB on node 1, brought by acpi: is offline now; would go to zone kernel: rule \"far\"", text)
        self.assertIn("blocks 70-71: 256 MiB on node 0, brought by other: is offline now; would be left offline: rule \"left\"", text)

    def test_others(self):
        tree = self.tree("[Online]\nEnabled=yes\n")
        (tree.root / "usr/lib/udev/rules.d").mkdir(parents=True)
        rules = tree.root / "usr/lib/udev/rules.d/80-hotplug-cpu-mem.rules"
        rules.write_text("# SUSE\n" + RULE, encoding="ascii")
        self.assertEqual([(one["kind"], one["acts"]) for one in self.policy(tree)["deciders"]], [("udev", False)])
        tree.write("run/udev/control", "")
        [decider] = self.policy(tree)["deciders"]
        self.assertEqual((decider["source"], decider["acts"]), ("/usr/lib/udev/rules.d/80-hotplug-cpu-mem.rules:2", True))
        self.plug(tree, 40, 43, 0, "PNP0C80:01")
        one = self.would(tree)["PNP0C80:01"]
        self.assertEqual((one["zone"], one["why"]), ("offline", "others"))
        self.assertIn("left to udev's rule /usr/lib/udev/rules.d/80-hotplug-cpu-mem.rules:2", one["reason"])
        self.assertTrue(any("udev's rule" in warning for warning in self.policy(tree)["warnings"]))
        tree.write("etc/memctl/memctl.conf", "[Online]\nEnabled=yes\nForce=yes\n")
        self.assertEqual(self.would(tree)["PNP0C80:01"]["zone"], "movable")
        tree.write("etc/memctl/memctl.conf", "[Online]\nEnabled=yes\n")
        tree.link("etc/udev/rules.d/80-hotplug-cpu-mem.rules", "/dev/null")
        self.assertEqual((self.policy(tree)["deciders"], self.would(tree)["PNP0C80:01"]["zone"]), ([], "movable"))
        tree.write("sys/devices/system/memory/auto_online_blocks", "online_kernel")
        [decider] = self.policy(tree)["deciders"]
        self.assertEqual((decider["kind"], decider["does"]), ("kernel", "brings new blocks online: online_kernel"))

    def test_faults(self):
        tree = self.tree("[Online]\nEnabled=yes\nZone=high\n")
        policy = self.policy(tree)
        self.assertEqual(policy["fault"], "/etc/memctl/memctl.conf:3: \"high\": accepted is movable, kernel or offline")
        self.assertFalse(policy["enabled"])
        tree.write("etc/memctl/memctl.conf", "[Compaction]\nEnabled=perhaps\n[Online]\nEnabled=yes\n")
        policy = self.policy(tree)      # another kind's fault
        self.assertEqual((policy["fault"], policy["enabled"]), (None, True))
        said = self.memctl("--root", tree.root, "policy", "online", "set", "Enabled=no")
        self.assertNotEqual(said.returncode, 0)
        self.assertIn("is not the running machine: it is read, never changed", said.stderr)
        for arguments, says in ((("see",), "expected show, set, dry-run or boot"), (("show", "x"), "too much"),
                                (("show", "--rule", "x"), "--rule goes with policy online set"), (("set",), "expected KEY=VALUE"), (("boot",), "expected --apply or --revert"),
                                (("show", "--apply"), "--apply and --revert go with policy online boot"),
                                (("set", "Zone"), "expected KEY=VALUE")):
            said = self.memctl("--root", tree.root, "policy", "online", *arguments)
            self.assertEqual(said.returncode, 2, arguments)
            self.assertIn(says, said.stderr)

    def test_rights(self):
        daemon = self.serve(self.tree().root)
        self.polkit(inspect="yes", configure="no")
        self.assertIn('"movable_ratio" s "301%"', self.call("", "Manager.GetOnlinePolicy", "b", "false").stdout)
        said = self.call("", "Manager.SetOnlinePolicy", "sa{ss}", "", "1", "Enabled", "yes")
        self.assertIn("not authorized", said.stderr)
        self.assert_runs(daemon)
        self.stop(daemon)


if __name__ == "__main__":
    unittest.main()
