#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""memctl and memctld together, on trees: answers, exit statuses, and what bad input comes to."""

import json
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time
import unittest
from pathlib import Path

import schema
from listening import listens

MEMCTL, MEMCTLD = os.environ["MEMCTL"], os.environ["MEMCTLD"]
SHARED, SOURCE = Path(os.environ["MEMCTL_SHARED"]), Path(os.environ["MEMCTL_SOURCE"])
BUS = """<busconfig><type>session</type><listen>unix:path={path}</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""
MEMORY = "sys/devices/system/memory"
# options of taking memory offline, with values that are none
OPTION_ERRORS = {
    "--cache": ("", "Keep", "none"), "--stuck": ("", "rollback", "skip,wait"), "--to-node": ("", "-1", "x", "65536"),
    "--max-pause": ("", "0", "999us", "0.5ms", "11s", "10001ms", "5m", "5 ms", "-5ms", "1e3us", "ms", "1.2.3s", "nan", "inf"),
    "--rate": ("", "0", "1023K", "1048575", "-1M", "5X", "/s", "5M/m", "5M/s/s", "18446744073709551616"),
}


class Case(unittest.TestCase):
    def setUp(self):
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        # no bus, unless a test makes one
        self.environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.directory}/no-bus",
                            "LC_ALL": "C.UTF-8"}

    def memctl(self, *arguments, status=0):
        done = subprocess.run([MEMCTL, *map(str, arguments)], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", check=False, timeout=120)
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        self.assertNotIn("Sanitizer", done.stderr)
        self.assertIsNone(schema.check(arguments, done.stdout, done.returncode), arguments)
        return done

    def json(self, *arguments, status=0):
        return json.loads(self.memctl("--json", *arguments, status=status).stdout)

    def start(self, *argv, **kwargs):
        process = subprocess.Popen(argv, env=self.environment, **kwargs)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        return process

    def start_bus(self):
        socket, config = self.directory / "bus", self.directory / "bus.conf"
        config.write_text(BUS.format(path=socket), encoding="ascii")
        self.start("dbus-daemon", f"--config-file={config}", "--nofork", stderr=subprocess.DEVNULL)
        self.environment["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={socket}"
        self.wait_for(lambda: listens(socket))

    def wait_for(self, condition):
        for _ in range(300):
            if condition():
                return
            time.sleep(0.1)
        self.fail("waited for 30 s in vain")

    def is_served(self):
        return subprocess.run([MEMCTL, "version"], env=self.environment, capture_output=True,
                              check=False).returncode == 0

    def assert_says_that_output_is_full(self, root, arguments):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([MEMCTL, "--root", root, *arguments], env=self.environment, stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("cannot write", done.stderr)

    def real_machine(self, name):
        """A tree of util-linux's, which is not ours to copy into the project; where it is missing the test is skipped."""
        file = SHARED / "sysfs-dumps" / f"{name}.tar.bz2"
        if not file.exists():
            self.skipTest(f"{file} is missing")
        with tarfile.open(file) as dump:
            dump.extractall(self.directory)
        return self.directory / name

    def tree(self, blocks=8):
        root = self.directory / "tree"
        shutil.rmtree(root, ignore_errors=True)
        for number in range(blocks):
            block = root / MEMORY / f"memory{number}"
            block.mkdir(parents=True)
            for name, text in (("state", "online"), ("valid_zones", "Movable"), ("removable", "1")):
                (block / name).write_text(f"{text}\n", encoding="ascii")
            (block / "node0").symlink_to("../../node/node0")
            if number >= 4:
                (block / "firmware_node").symlink_to("../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00")
        (root / MEMORY / "block_size_bytes").write_text("8000000\n", encoding="ascii")
        return root


class Answers(Case):
    def test_real_machines_as_lsmem_shows_them(self):
        for name, blocks in (("x86_64-16g", 128), ("s390-zvm-6g", 24)):
            root = self.real_machine(name)
            theirs = json.loads(subprocess.run(
                ["lsmem", "--sysroot", root, "--json", "-a", "-b", "-o", "RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES"],
                capture_output=True, check=True).stdout)["memory"]
            ours = [{"range": f"{block['start']}-{block['end']}", "size": block["size"], "state": block["state"],
                     "removable": block["removable"], "block": str(block["block"]), "node": block["node"],
                     "zones": "/".join(block["zones"]) or "None"}
                    for block in self.json("--root", root, "block", "list")["blocks"]]
            self.assertEqual(len(ours), blocks)
            self.assertEqual(ours, theirs)

    def test_keys(self):
        root = self.tree()
        self.assertEqual(set(self.json("status", "--root", root)),
                         {"version", "daemon_version", "live", "block_size", "blocks", "online_bytes", "offline_bytes",
                          "dimms", "jobs", "longest_dispatch_seconds", "module", "problems"})
        self.assertEqual(set(self.json("version", "--root", root)), {"version", "daemon_version"})
        listed = self.json("block", "list", "--root", root)
        self.assertEqual(set(listed), {"block_size", "blocks"})
        self.assertEqual(listed["blocks"][4], {
            "block": 4, "start": "0x0000000020000000", "end": "0x0000000027ffffff", "size": 134217728,
            "state": "online", "node": 0, "nodes": [0], "zones": ["Movable"], "removable": True, "dimm": "PNP0C80:00",
            "driver": None})
        self.assertIsNone(listed["blocks"][0]["dimm"])
        shown = self.json("block", "show", "6-7,1", "--root", root)
        self.assertEqual([block["block"] for block in shown["blocks"]], [1, 6, 7])
        [dimm] = self.json("dimm", "list", "--root", root)["dimms"]
        self.assertEqual(set(dimm), {"dimm", "label", "start", "end", "size", "node", "blocks", "online_bytes",
                                     "offline_bytes", "ejectable", "corrected_errors", "uncorrected_errors", "bad_pages"})
        self.assertEqual(self.json("dimm", "show", "PNP0C80:00", "--root", root)["dimms"], [dimm])
        plan = self.json("dimm", "plan", "PNP0C80:00", "--root", root)
        self.assertEqual(set(plan), {"result", "blocks_offlined", "pages_in_use", "pages_migrated", "seconds",
                                     "needed_bytes", "available_bytes", "blocks", "reasons", "fence", "take_used", "cache",
                                     "to_node", "estimated_seconds", "notes"})
        self.assertEqual((plan["result"], plan["blocks"]), ("done", [7, 6, 5, 4]))
        self.assertEqual(set(plan["cache"]), {"mode", "drop_bytes", "keep_bytes", "cold_source"})
        self.assertEqual(self.json("job", "list", "--root", root), {"jobs": []})

    def test_a_tree_has_no_providers(self):
        root = self.tree()
        (root / "sys/module/memctl").mkdir(parents=True)      # the module of the machine the tree is from
        self.assertEqual(self.json("provider", "list", "--root", root), {"providers": [], "module": None})
        done = self.memctl("provider", "list", "--root", root)
        self.assertEqual(done.stdout.strip(), "")
        self.assertEqual(done.stderr, "memctl: a tree has no providers, only a running machine has\n")
        done = self.memctl("provider", "show", "heap", "--root", root, status=6)
        self.assertEqual(done.stderr, "memctl: heap: a tree has no providers, only a running machine has\n")

    def test_a_tree_has_no_lru_caches(self):
        root = self.tree()
        (root / "sys/module/memctl").mkdir(parents=True)
        reason = "a tree has no LRU caches, only a running machine has"
        self.assertEqual(self.json("lru-cache", "status", "--root", root), {
            "supported": False, "reason": reason, "disabled": None, "longest_seconds": None, "leases": []})
        self.assertEqual(self.memctl("lru-cache", "status", "--root", root).stdout,
                         f"The LRU caches cannot be held off: {reason}\n")
        mark = self.directory / "run"
        for options in ([], ["--timeout", "604800"], ["--json"]):
            done = self.memctl("--root", root, "lru-cache", "hold", *options, "--", "touch", mark, status=1)
            self.assertEqual(done.stderr, f"memctl: the LRU caches cannot be held off: {reason}\n")
            self.assertEqual(done.stdout != "", "--json" in options)
        self.assertFalse(mark.exists())

    def test_forms_of_output(self):
        root = self.tree()
        before = self.memctl("--json=short", "--root", root, "block", "list").stdout
        after = self.memctl("block", "list", f"--root={root}", "--json=short").stdout
        self.assertEqual(before, after)
        self.assertEqual(before.count("\n"), 1)
        self.assertEqual(json.loads(before), self.json("--root", root, "block", "list"))
        self.assertRegex(self.memctl("--root", root, "dimm", "list").stdout, r"PNP0C80:00 +- +0x0000000020000000")
        self.assertIn("8 blocks", self.memctl("--root", root, "status").stdout)

    def test_a_refused_plan_names_its_reasons(self):
        root = self.tree()
        (root / MEMORY / "memory5/removable").write_text("0\n", encoding="ascii")
        (root / MEMORY / "memory6/valid_zones").write_text("none\n", encoding="ascii")
        plan = self.json("dimm", "plan", "--eject", "PNP0C80:00", "--root", root, status=3)
        self.assertEqual(plan["reasons"], [{"code": "not_removable", "block": 5}, {"code": "mixed_zones", "block": 6},
                                           {"code": "not_ejectable", "text": "PNP0C80:00"}])
        said = self.memctl("dimm", "plan", "--eject", "PNP0C80:00", "--root", root, status=3).stderr
        self.assertIn("block 5: cannot be taken offline", said)


    def test_a_driver_keeps_its_blocks(self):
        root = self.tree()
        (root / "proc").mkdir()
        (root / "proc/iomem").write_text("10000000-1fffffff : virtio2\n  18000000-1fffffff : System RAM (virtio_mem)\n"
                                         "20000000-2fffffff : dax0.0\n  20000000-2fffffff : System RAM (kmem)\n",
                                         encoding="ascii")
        drivers = [block["driver"] for block in self.json("--root", root, "block", "list")["blocks"]]
        self.assertEqual(drivers, [None, None, None, "virtio2", "dax0.0", "dax0.0", None, None])
        self.assertRegex(self.memctl("--root", root, "block", "show", "3").stdout, r"DRIVER\n.*virtio2\n")
        reasons = self.json("--root", root, "dimm", "plan", "PNP0C80:00", status=3)["reasons"]
        self.assertEqual(reasons, [{"code": "driver_owned", "block": 4, "last_block": 5, "text": "dax0.0", "driver": "kmem",
                                    "memory_bytes": 268435456, "device_bytes": 268435456}])
        self.assertEqual(self.json("--root", root, "--force", "dimm", "plan", "PNP0C80:00")["result"], "done")
        self.assertNotIn("DRIVER", self.memctl("--root", self.tree(), "block", "list").stdout)


class BadInput(Case):
    def test_command_lines(self):
        root = self.tree()
        for arguments in ([], ["block"], ["blocks", "list"], ["block", "lists"], ["block", "list", "3"],
                          ["dimm", "show"], ["dimm", "offline"], ["dimm", "offline", "PNP0C80:00", "PNP0C80:01"],
                          ["block", "list", "--eject"], ["dimm", "online", "PNP0C80:00", "--eject"],
                          ["dimm", "plan", "PNP0C80:00", "--timeout", "3"], ["block", "offline"],
                          ["block", "offline", "3", "--size", "1G"], ["block", "offline", "3", "--node", "0"],
                          ["block", "online", "3", "--zone", "Movable"], ["--json=xml", "status"], ["--frobnicate"],
                          ["block", "offline", "-1"], ["job", "show", "x"], ["job", "wait", "-0"],
                          ["-H", "somewhere", "status"], ["provider"], ["provider", "list", "heap"], ["provider", "show"],
                          ["provider", "list", "--node", "0"],
                          ["lru-cache"], ["lru-cache", "held"], ["lru-cache", "status", "x"],
                          ["lru-cache", "status", "--timeout", "1"], ["lru-cache", "hold"], ["lru-cache", "hold", "--"],
                          ["lru-cache", "hold", "--timeout", "5"], ["lru-cache", "hold", "--zone", "movable", "--", "true"],
                          *(["lru-cache", "hold", "--timeout", value, "--", "true"]
                            for value in ("0", "0.0", "-1", "x", "", "604801", "1000000000")),
                          *(["provider", "show", name] for name in ("", "Heap", "a/b", "..", "h\u00e4p", "x" * 32, "a b", "a\n")),
                          *(["dimm", "offline", "PNP0C80:00", "--timeout", value]
                            for value in ("0", "-1", "abc", "1e3", "604801", "", ".", "1.2.3", "0.0000001")),
                          *(["block", "offline", "--size", value]
                            for value in ("0", "-1", "4X", "", "18446744073709551616", "G", "1 2")),
                          *(["block", "offline", "--size", "1G", "--node", value]
                            for value in ("-1", "x", "99999999999", "")),
                          *(["dimm", "plan", "PNP0C80:00", option, value] for option, values in OPTION_ERRORS.items()
                            for value in values),
                          *(["block", "online", "3", option] for option in ("--partial", "--swap", "--resume")),
                          *(["dimm", "plan", "PNP0C80:00", option] for option in ("--resume", "--timeout=9", "--size=1G")),
                          ["dimm", "online", "PNP0C80:00", "--cache", "keep"], ["dimm", "eject", "PNP0C80:00", "--force"],
                          ["node"], ["node", "list", "0"], ["node", "eject", "0"], ["node", "plan"], ["node", "show"],
                          ["node", "offline", "0", "--eject"], ["node", "online", "0", "--cache", "keep"],
                          *(["node", verb, name] for verb in ("show", "plan", "offline", "online")
                            for name in ("", "-1", "x", "node0", "65536", "0x0", "../0")),
                          ["block", "list", "--failing"], ["dimm", "show", "--failing", "PNP0C80:00"],
                          ["block", "list", "--to-node", "0"], ["dimm", "list", "--rate", "5M"],
                          ["cma"], ["cma", "show"], ["cma", "show", "a", "b"], ["cma", "list", "a"], ["cma", "show", ""],
                          ["cma", "list", "--svg", "x"], ["cma", "show", "a", "--svg", ""], ["map", "--watch"],
                          ["--root", "", "status"], ["--host", "", "status"]):
            self.assertTrue(self.memctl("--root", root, *arguments, status=2).stderr, arguments)

    def test_options_of_taking_memory_offline(self):
        root = self.tree()
        for option, values in (("--cache", ("auto", "keep", "drop")), ("--stuck", ("roll-back", "skip", "wait")),
                               ("--max-pause", ("1ms", "1000us", "0.001s", "0.001", "10s", "10", "2.5ms", "10000000us")),
                               ("--rate", ("1M", "1MiB/s", "1048576", "4G/s", "1.5G"))):
            for value in values:
                self.memctl("--root", root, "dimm", "plan", "PNP0C80:00", option, value)
        self.memctl("--root", root, "dimm", "plan", "PNP0C80:00", "--partial", "--swap", "--force")
        for option, accepted in (("--cache", "auto, drop or keep"), ("--stuck", "roll-back, skip or wait"),
                                 ("--max-pause", "a time from 1ms to 10s"), ("--rate", "at least 1MiB"),
                                 ("--to-node", "the number of a NUMA node")):
            said = self.memctl("--root", root, "block", "offline", "3", option, "b\x1bad", status=2).stderr
            self.assertIn(f'{option} "b?ad": accepted is ', said)
            self.assertIn(accepted, said)

    def test_blocks_and_dimms(self):
        root = self.tree()
        for text, status, says in (
                ("39-32", 2, "backwards"), ("2,2", 2, "named twice"), ("0-3,2-5", 2, "named twice"),
                ("0x8000001-0xfffffff", 2, "not on the borders"), ("memory/32", 2, "accepted"), ("2/state", 2, "accepted"),
                ("../2", 2, "accepted"), ("18446744073709551616", 2, "accepted"), ("", 2, "accepted"), ("4T", 2, "accepted"),
                ("0", 1, "read, never changed"), ("8", 6, "no such block"), ("0x0-0xffffffffffffffff", 6, "no such block"),
                ("0-4294967295", 6, "no such block")):
            for verb in ("offline", "online"):
                said = self.memctl("--root", root, "block", verb, text, status=status).stderr
                self.assertIn(says, said)
        for size, says in (("4T", "only 1073741824 bytes"), ("1000", "multiple"), ("128M", "read, never changed")):
            status = {"4T": 3, "1000": 2, "128M": 1}[size]
            self.assertIn(says, self.memctl("--root", root, "block", "offline", "--size", size, status=status).stderr)
        for name, status in (("PNP0C80:01", 6), ("DIMM1", 2), ("PNP0C80:00/../..", 2), ("", 2), ("x" * 5000, 2)):
            for verb in ("show", "plan", "offline", "online", "eject"):
                self.assertTrue(self.memctl("--root", root, "dimm", verb, name, status=status).stderr)
        self.assertIn("read, never changed",
                      self.memctl("--root", root, "dimm", "offline", "PNP0C80:00", status=1).stderr)
        self.memctl("--root", root, "job", "show", "7", status=6)
        for verb in (("block", "offline"), ("dimm", "show"), ("why",)):
            said = subprocess.run([MEMCTL, "--root", root, *verb, b"32\xff"], env=self.environment, check=False,
                                  capture_output=True)
            self.assertEqual((said.returncode, said.stdout), (2, b""), said.stderr)
            self.assertIn(b'"32?": accepted is text in UTF-8', said.stderr)
        self.assertTrue(all(path.read_text() == "online\n" for path in root.glob(f"{MEMORY}/memory*/state")))

    def test_trees(self):
        state = f"{MEMORY}/memory2/state"
        for spoil in (lambda path: path.unlink(), lambda path: path.write_bytes(b""),
                      lambda path: path.write_bytes(b"x" * (1 << 20)), lambda path: path.write_bytes(b"\0\1\2\xff"),
                      lambda path: (path.unlink(), path.symlink_to("nowhere")),
                      lambda path: (path.unlink(), path.mkdir()), lambda path: (path.unlink(), os.mkfifo(path)),
                      lambda path: path.write_text("on fire\n")):
            root = self.tree()
            spoil(root / state)
            done = self.memctl("--root", root, "--json", "block", "list", status=1)
            self.assertRegex(done.stderr, rf"{state}: .*accepted: online, offline, going-offline")
            blocks = json.loads(done.stdout)["blocks"]
            self.assertEqual([block["state"] for block in blocks], ["online"] * 2 + ["unknown"] + ["online"] * 5)
            self.assertIn(state, self.memctl("--root", root, "status", status=1).stderr)

    def test_a_command_here_for_caches_elsewhere(self):
        done = self.memctl("-H", "somewhere", "lru-cache", "hold", "--", "true", status=2)
        self.assertEqual(done.stderr, "memctl: lru-cache hold runs the command on this machine, and somewhere has LRU "
                                      "caches of its own: run memctl there\n")

    def test_no_tree(self):
        for root in ("/nonexistent", "/dev/null", self.directory):
            said = self.memctl("--root", root, "block", "list", status=1).stderr
            self.assertIn(str(root), said)
            self.assertEqual(said.count("\n"), 1, said)
        root = self.tree()
        for text in ("", "0\n", "xyz\n", "7\n", "ffffffffffffffffff\n"):
            (root / MEMORY / "block_size_bytes").write_text(text, encoding="ascii")
            said = self.memctl("--root", root, "block", "list", status=1).stderr
            self.assertRegex(said, "block_size_bytes: .*accepted")

    def test_standard_output_that_is_full(self):
        root = self.tree()
        for arguments in (["block", "list", "--json"], ["block", "list"], ["status"], ["--help"], ["--version"]):
            self.assert_says_that_output_is_full(root, arguments)
        with open("/dev/full", "w", encoding="ascii") as full:
            for option in ("--help", "--version"):
                done = subprocess.run([MEMCTLD, option], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual((done.returncode, "cannot write" in done.stderr), (1, True), done.stderr)


class Bus(Case):
    def test_no_service(self):
        self.start_bus()
        self.assertIn("memctld is not running", self.memctl("block", "list", status=5).stderr)

    def test_the_bus_answers_as_the_private_daemon(self):
        root = self.tree()
        node = root / "sys/devices/system/node/node0"
        node.mkdir(parents=True)
        for number in range(8):
            (node / f"memory{number}").symlink_to(f"../../memory/memory{number}")
        (root / "sys/kernel/mm/hugepages/hugepages-1048576kB").mkdir(parents=True)
        private = self.json("block", "list", "--root", root)
        self.start_bus()
        daemon = self.start(MEMCTLD, "--root", str(root))
        self.wait_for(self.is_served)
        self.assertEqual(self.json("block", "list"), private)
        self.assertEqual(self.json("block", "show", "0x0-0x7ffffff")["blocks"], private["blocks"][:1])
        for arguments in (["dimm", "list"], ["dimm", "plan", "PNP0C80:00"], ["node", "list"], ["node", "plan", "0"]):
            self.assertEqual(self.json(*arguments), self.json(*arguments, "--root", root))
        self.assertEqual(len(self.json("node", "plan", "0")["blocks"]), 8)
        self.assertEqual(self.json("provider", "list"), {"providers": [], "module": None})
        for noun, name in (("dimm", "PNP0C80:00"), ("node", "0")):
            for verb in ("offline", "online"):
                self.assertIn("read, never changed", self.memctl(noun, verb, name, status=1).stderr)

        self.assert_bad_calls_are_refused()
        # a second one does not take the name away
        second = subprocess.run([MEMCTLD, "--root", str(root)], env=self.environment, capture_output=True, text=True,
                                timeout=60, check=False)
        self.assertEqual(second.returncode, 1)
        self.assertIn("org.memctl1", second.stderr)
        daemon.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(30), 0)

    def busctl(self, *arguments):
        return subprocess.run(["busctl", f"--address={self.environment['DBUS_SYSTEM_BUS_ADDRESS']}", *arguments],
                              capture_output=True, text=True, check=False)

    def assert_bad_calls_are_refused(self):
        for path, interface, call, error in (
                ("", "Manager", ["GetBlock", "u", "4000000000"], "no such block"),
                ("", "Manager", ["GetDimm", "s", "../x"], "accepted"),
                ("", "Manager", ["GetProvider", "s", "../x"], "accepted"),
                ("", "Manager", ["GetProvider", "s", "heap"], "no providers"),
                ("", "Manager", ["ShowCmaArea", "s", ""], "expected one that cma list shows"),
                ("", "Manager", ["ShowCmaArea", "s", "x" * 5000], "no such CMA area: this kernel has none"),
                ("", "Manager", ["ShowCmaArea", "u", "0"], "Invalid arguments"),
                ("", "Manager", ["OfflineBlocks", "asa{sv}", "0", "0"], "no block is named"),
                ("", "Manager", ["OfflineBlocks", "asa{sv}", "1", "0", "1", "frob", "s", "x"], "unknown option"),
                ("", "Manager", ["OfflineBlocks", "asa{sv}", "1", "0", "1", "eject", "b", "true"], "unknown option"),
                ("", "Manager", ["OfflineBlocks", "asa{sv}", "1", "0", "1", "timeout_usec", "s", "x"], "accepted"),
                ("", "Manager", ["OfflineBlocks", "asa{sv}", "1", "0", "1", "timeout_usec", "t", "0"], "accepted"),
                ("", "Manager", ["OnlineBlocks", "asa{sv}", "1", "0", "1", "zone", "s", "x"], "accepted"),
                ("", "Manager", ["OnlineBlocks", "asa{sv}", "1", "0", "1", "cache", "s", "drop"], "unknown option"),
                *(("", "Manager", ["OfflineBlocks", "asa{sv}", "1", "0", "1", *option], "accepted") for option in (
                    ("cache", "s", "x"), ("cache", "b", "true"), ("stuck", "s", ""), ("stuck", "s", "rollback"),
                    ("max_pause_usec", "t", "999"), ("max_pause_usec", "t", "10000001"), ("max_pause_usec", "u", "5000"),
                    ("rate", "t", "1048575"), ("rate", "s", "1M"), ("to_node", "i", "-1"), ("to_node", "u", "0"),
                    ("partial", "s", "yes"), ("swap", "u", "1"), ("resume", "y", "1"))),
                ("/dimm/PNP0C80_3a00", "Dimm", ["Plan", "a{sv}", "1", "resume", "b", "true"], "unknown option"),
                ("/dimm/PNP0C80_3a00", "Dimm", ["Plan", "a{sv}", "1", "timeout_usec", "t", "5"], "unknown option"),
                ("", "Manager", ["HoldLruCache", "a{sv}", "0"], "a tree has no LRU caches"),
                ("", "Manager", ["HoldLruCache", "a{sv}", "1", "timeout_usec", "t", "604800000000"], "a tree has no"),
                ("", "Manager", ["HoldLruCache", "a{sv}", "1", "timeout_usec", "t", "0"], "longest_usec"),
                ("", "Manager", ["HoldLruCache", "a{sv}", "1", "timeout_usec", "t", "604800000001"], "accepted"),
                ("", "Manager", ["HoldLruCache", "a{sv}", "1", "timeout_usec", "u", "5"], "accepted"),
                ("", "Manager", ["HoldLruCache", "a{sv}", "1", "eject", "b", "true"], "unknown option"),
                ("", "Manager", ["HoldLruCache", "t", "5"], "Invalid arguments"),
                ("", "Manager", ["ReleaseLruCache", "u", "5"], "Invalid arguments"),
                ("", "Manager", ["OfflineSize", "tia{sv}", "0", "-1", "0"], "accepted"),
                ("", "Manager", ["OfflineSize", "tia{sv}", "134217728", "77", "0"], "no such node"),
                ("", "Manager", ["Compact", "ia{sv}", "77", "0"], "no such node"),
                ("", "Manager", ["Compact", "ia{sv}", "-2", "0"], "no such node"),
                ("", "Manager", ["Compact", "a{sv}", "0"], "Invalid arguments"),
                ("", "Manager", ["Compact", "ia{sv}", "-1", "1", "order", "i", "32"], "accepted"),
                ("", "Manager", ["Compact", "ia{sv}", "-1", "1", "order", "u", "9"], "accepted"),
                ("", "Manager", ["Compact", "ia{sv}", "-1", "1", "until", "t", "0"], "accepted"),
                ("", "Manager", ["Compact", "ia{sv}", "-1", "1", "until", "t", "18446744073709551615"], "accepted"),
                ("", "Manager", ["Compact", "ia{sv}", "-1", "1", "force", "b", "true"], "unknown option"),
                ("", "Manager", ["Compact", "ia{sv}", "-1", "0"], "read, never changed"),
                *(("", "Manager", ["ReserveHugepages", "ttia{sv}", *call], error) for call, error in (
                    (("0", str(1 << 30), "-1", "0"), "accepted is a number above 0"),
                    (("1", str(1 << 30), "77", "0"), "no such node"),
                    (("1", str(1 << 30), "-2", "0"), "no such node"),
                    (("1", str(3 << 20), "-1", "0"), "size 3 MiB: accepted on this kernel: 1 GiB"),
                    (("1", "1", "-1", "0"), "size 1 byte: accepted"),
                    (("18446744073709551615", str(1 << 30), "-1", "0"), "at most, for there is no more memory"),
                    (("1", str(1 << 30), "-1", "1", "partial", "s", "yes"), "accepted"),
                    (("1", str(1 << 30), "-1", "1", "order", "i", "9"), "unknown option"),
                    (("1", str(1 << 30), "-1", "0"), "read, never changed"))),
                ("", "Manager", ["ReserveHugepages", "tia{sv}", "1", "-1", "0"], "Invalid arguments"),
                ("/block/007", "Block", ["Offline", "a{sv}", "0"], "Unknown object"),
                ("/block/99", "Block", ["Offline", "a{sv}", "0"], "Unknown object"),
                ("/dimm/PNP0C80_3a07", "Dimm", ["Offline", "a{sv}", "0"], "Unknown object"),
                ("/node/0", "Node", ["Plan", "a{sv}", "1", "eject", "b", "true"], "unknown option"),
                ("/node/0", "Node", ["Plan", "a{sv}", "1", "cache", "s", "none"], "accepted"),
                ("/node/0", "Node", ["Offline", "a{sv}", "1", "eject", "b", "true"], "unknown option"),
                ("/node/0", "Node", ["Online", "a{sv}", "1", "partial", "b", "true"], "unknown option"),
                ("/node/1", "Node", ["Plan", "a{sv}", "0"], "Unknown object"),
                ("/node/00", "Node", ["Offline", "a{sv}", "0"], "Unknown object"),
                ("/provider/heap", "Provider", ["Frob"], "Unknown object"),
                ("/job/1", "Job", ["Cancel"], "Unknown object")):
            done = self.busctl("call", "--", "org.memctl1", f"/org/memctl1{path}", f"org.memctl1.{interface}", *call)
            self.assertNotEqual(done.returncode, 0, call)
            self.assertIn(error, done.stderr, call)
        done = self.busctl("call", "org.memctl1", "/org/memctl1", "org.memctl1.Manager", "ReleaseLruCache", "t", "5")
        self.assertEqual((done.returncode, done.stdout), (0, "b false\n"))


if __name__ == "__main__":
    unittest.main()
