#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The boot setting of contiguous memory, of trees: what is said, to whom, and that a tree is never changed."""

import json
import unittest

from testbus import MEMCTL, BusCase

MIB = 1 << 20
COUNTERS = {"size": 64 * MIB, "peak": 30 * MIB, "needed": 33 * MIB, "largest": 8 * MIB, "align": MIB, "requests": 9, "failed": 3,
            "lost": 0}


def record(**changes):
    """The record of one boot, of one area of which memctl.ko has seen these requests."""
    area = {"name": "reserved", "exact": True, "last_exact": True, **COUNTERS, "by_cause": [0, 0, 2] + [0] * 2 + [1] + [0] * 10,
            "last_by_cause": [0] * 16, "last_requests": 0, "last_failed": 0, "last_lost": 0, **changes}
    return {"version": 1, "boots": [{"boot": "0" * 8, "first_uptime": 10, "last_uptime": 90010, "areas": [area]}]}


class CmaBoot(BusCase):
    def tree(self, area="sys/kernel/mm/cma/reserved/total_pages", **files):
        root = super().tree()
        for path, text in {"proc/meminfo": "MemTotal: 2097152 kB\nCmaTotal: 65536 kB\nCmaFree: 65536 kB\nHugepagesize: 2048 kB\n",
                           "proc/cmdline": "quiet cma=64M\n", "proc/uptime": "100.00 100.00\n",
                           "proc/sys/kernel/random/boot_id": "12345678-1234-1234-1234-123456789abc\n",
                           area: "16384\n",
                           "boot/firmware/config.txt": "", "boot/firmware/cmdline.txt": "root=/dev/mmcblk0p2 rootwait\n",
                           "var/lib/memctl/cma-history": json.dumps(record()), **files}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="ascii")
        return root

    def boot(self, root, *arguments, status=0):
        said = self.memctl("--json=short", "--root", root, "cma", "boot", *arguments)
        self.assertEqual(said.returncode, status, said.stderr)
        return json.loads(said.stdout)

    def snapshot(self, root):
        return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def test_what_is_said(self):
        root = self.tree()
        before = self.snapshot(root)
        boot = self.boot(root)
        self.assertEqual((boot["recommended_bytes"], boot["command_line"], boot["applied"]), (34 * MIB, "cma=34M", False))
        reasons = {reason["code"]: reason for reason in boot["reasons"]}
        self.assertEqual(reasons["needed"], {"code": "needed", "area": "reserved", "needed_bytes": 33 * MIB, "peak_bytes": 30 * MIB})
        self.assertEqual(reasons["rounded_up"]["unit_bytes"], 2 * MIB)
        self.assertEqual(reasons["failed_for_size"]["count"], 2)
        self.assertEqual(reasons["failed_otherwise"], {"code": "failed_otherwise", "area": "reserved", "count": 1, "text": "pinned"})
        self.assertEqual((boot["loader"], boot["files"]), ("raspberry-pi", ["/boot/firmware/cmdline.txt"]))
        self.assertEqual((boot["outcome"], boot["booted"], boot["total_bytes"]), ("taken", "64M", 64 * MIB))
        self.assertEqual((boot["recorded_boots"], boot["recorded_seconds"]), (2, 90100))
        text = self.memctl("--root", root, "cma", "boot").stdout
        self.assertIn("Recommended: 34 MiB, by the kernel parameter cma=34M\n", text)
        self.assertIn("33 MiB is the least with which every request finds room", text)
        self.assertIn("This kernel took cma=64M; areas in all: 64 MiB\n", text)
        self.assertNotIn("?", text)
        self.assertEqual(self.snapshot(root), before)

    def test_too_much(self):
        root = self.tree(**{"var/lib/memctl/cma-history": json.dumps(record(needed=3 << 30))})
        (root / "sys/firmware/devicetree").mkdir(parents=True)
        boot = self.boot(root)
        self.assertEqual((boot["recommended_bytes"], boot["device_tree"]), (3 << 30, None))
        self.assertIn({"code": "too_much", "bytes": 3 << 30, "memory_bytes": 2 << 30}, boot["reasons"])
        self.assertEqual((boot["loader"], boot["files"]), ("raspberry-pi", []))
        text = self.memctl("--root", root, "cma", "boot").stdout
        self.assertIn("  3 GiB is too much for a machine of 2 GiB: ", text)
        self.assertNotIn("--apply writes", text)

    def test_a_node_for_a_device_tree(self):
        root = self.tree()
        (root / "sys/firmware/devicetree").mkdir(parents=True)
        boot = self.boot(root)
        self.assertIn("linux,cma-default", boot["device_tree"])

    def test_why_it_was_not_taken(self):
        boot = self.boot(self.tree(area="sys/none", **{
            "proc/cmdline": "cma=100G\n", "proc/meminfo": "MemTotal: 2097152 kB\nCmaTotal: 0 kB\nHugepagesize: 2048 kB\n",
            "dev/kmsg": "3,1,0,-;cma: Failed to reserve 102400 MiB\n"}))
        self.assertEqual(boot["outcome"], "not_taken")
        self.assertEqual(boot["outcome_reasons"], [{"code": "over_memory", "bytes": 100 << 30, "memory_bytes": 2 << 30}])
        self.assertEqual(boot["lines"], ["cma: Failed to reserve 102400 MiB"])

    def test_bad_record(self):
        root = self.tree(**{"var/lib/memctl/cma-history": "garbage"})
        boot = self.boot(root)
        [bad] = [reason for reason in boot["reasons"] if reason["code"] == "record_bad"]
        self.assertIn("/var/lib/memctl/cma-history: ", bad["text"])
        self.assertEqual(boot["recorded_boots"], 1)

    def test_nothing_to_go_by(self):
        root = self.tree(**{"proc/meminfo": "MemTotal: 2097152 kB\n"})
        (root / "var/lib/memctl/cma-history").unlink()
        boot = self.boot(root)
        self.assertEqual((boot["recommended_bytes"], boot["kernel_cma"], boot["outcome"]), (0, False, "not_taken"))
        self.assertEqual([reason["code"] for reason in boot["outcome_reasons"]], ["kernel_without_cma"])
        self.assertIn("no_cma", [reason["code"] for reason in boot["reasons"]])
        (root / "proc/sys/kernel/random/boot_id").unlink()
        self.assertIsNone(self.boot(root)["recommended_bytes"])

    def test_a_tree_is_never_changed(self):
        root = self.tree()
        before = self.snapshot(root)
        for option in ("--apply", "--revert"):
            self.assertEqual(self.boot(root, option, status=1)["error"]["code"], "not_supported")
        self.assertEqual(self.memctl("--root", root, "cma", "record").returncode, 1)
        self.assertEqual(self.boot(root, "--apply", "--revert", status=2)["error"]["code"], "usage")
        self.assertEqual(self.snapshot(root), before)

    def test_rights(self):
        daemon = self.serve(self.tree())
        self.polkit(inspect="yes", inspect_processes="no", configure="no")
        said = self.call("", "Manager.CmaBoot")
        self.assertIn('"recommended_bytes" t 35651584', said.stdout, said.stderr)
        self.assertNotIn('"lines"', said.stdout)
        for method in ("RecordCma", "ApplyCmaBoot", "RevertCmaBoot"):
            said = self.call("", f"Manager.{method}")
            self.assertIn("not authorized", said.stderr)
        self.assert_runs(daemon)
        self.assertEqual(self.run_it(MEMCTL, "--json", "cma", "boot").returncode, 0)
        self.stop(daemon)


if __name__ == "__main__":
    unittest.main()
