#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""metrics: what Prometheus is told of trees, and that what cannot be read is absent."""

import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import unittest
from pathlib import Path

import cases
import reporttree
from test_cli import MEMCTL, SOURCE, Case
from testbus import BusCase

LINE = re.compile(r'([a-z_]+)(?:\{([a-z_]+="(?:[^"\\]|\\.)*"(?:,[a-z_]+="(?:[^"\\]|\\.)*")*)\})? (-?[0-9.]+)')
MIB = 1 << 20


def samples(text):
    """{"name{labels}": value}"""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = LINE.fullmatch(line).groups()
        assert f"{name}{{{labels or ''}}}" not in found, line
        found[f"{name}{{{labels}}}" if labels else name] = float(value)
    return found


def names(text):
    return set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))


def promtool():
    found = subprocess.run([SOURCE / "tools/promtool"], capture_output=True, text=True, check=False)
    if found.returncode == 77:
        raise unittest.SkipTest(found.stderr.strip())
    return found.stdout.strip()


class Metrics(Case):
    def metrics(self, root, *arguments):
        return self.memctl("metrics", "--root", root, *arguments).stdout

    def case(self, fill, *arguments):
        root = self.directory / fill.__name__
        fill(root, *arguments)
        return root

    def rich(self):
        """A tree with something of all that a tree can have."""
        root = self.case(cases.poison)
        (root / "sys/devices/system/memory/memory33/state").write_text("offline\n", encoding="ascii")
        (root / "sys/devices/system/memory/memory33/valid_zones").write_text("Normal Movable\n", encoding="ascii")
        (root / "sys/devices/system/memory/memory40/valid_zones").write_text("Normal\n", encoding="ascii")
        (root / "sys/devices/system/memory/memory41/valid_zones").write_text("none\n", encoding="ascii")
        (root / "proc/buddyinfo").write_text("Node 0, zone   Movable" + " 100" * 9 + " 2 1\n", encoding="ascii")
        with (root / "proc/zoneinfo").open("a", encoding="ascii") as file:
            file.write("\n")
        return root

    def test_blocks_and_dimms(self):
        found = samples(self.metrics(self.rich()))
        size = 128 * MIB
        self.assertEqual({key: value for key, value in found.items() if key.startswith("memctl_blocks{")}, {
            'memctl_blocks{node="0",state="offline",zone="none"}': 1, 'memctl_blocks{node="0",state="online",zone="DMA32"}': 24,
            'memctl_blocks{node="0",state="online",zone="Movable"}': 13, 'memctl_blocks{node="0",state="online",zone="Normal"}': 1,
            'memctl_blocks{node="0",state="online",zone="several"}': 1})
        self.assertEqual(found["memctl_block_size_bytes"], size)
        for dimm, online, kernel, bad in (("PNP0C80:00", 7, 0, 0), ("PNP0C80:01", 8, 2, 3 * 4096)):
            for name, value in (("size", 8 * size), ("online", online * size), ("kernel_zone", kernel * size), ("bad", bad)):
                self.assertEqual(found[f'memctl_dimm_{name}_bytes{{dimm="{dimm}"}}'], value, (dimm, name))
            self.assertEqual(found[f'memctl_dimm_ejectable{{dimm="{dimm}"}}'], 1)
            self.assertEqual(found[f'memctl_dimm_info{{dimm="{dimm}",label="",node="0"}}'], 1)
        # nobody counts errors here: no series, rather than 0
        self.assertNotIn("errors_total", self.metrics(self.directory / "poison"))

    def test_errors_of_dimms_and_hostile_labels(self):
        text = self.metrics(self.case(reporttree.make))
        found = samples(text)
        self.assertEqual(found['memctl_dimm_corrected_errors_total{dimm="PNP0C80:01"}'], 5539)
        self.assertEqual(found['memctl_dimm_uncorrected_errors_total{dimm="PNP0C80:01"}'], 1)
        self.assertEqual(text.count("errors_total{"), 2)                # nobody counts for the other one
        [label] = re.findall(r'(?m)^memctl_dimm_info\{dimm="PNP0C80:00",label="(.*)",node="0"\} 1$', text)
        self.assertTrue(label.startswith(r"""DIMM_A1 </td><script>alert(1)</script> \"' & """), label)
        self.assertEqual(found['memctl_dimm_kernel_zone_bytes{dimm="PNP0C80:01"}'], 128 * MIB)
        for name, value in (("size_bytes", 64 * MIB), ("largest_free_bytes", 12 * MIB)):
            self.assertEqual(found[f'memctl_cma_{name}{{area="camera"}}'], value)
        used = found['memctl_cma_used_bytes{area="camera"}']
        self.assertAlmostEqual(found['memctl_cma_fragmentation_ratio{area="camera"}'], 1 - 12 * MIB / (64 * MIB - used), 3)

    def test_pages(self):
        found = samples(self.metrics(self.rich()))
        pages = {key: value for key, value in found.items() if key.startswith("memctl_memory_bytes")}
        self.assertEqual(pages['memctl_memory_bytes{class="hwpoison",movable="yes",node="0"}'], 3 * 4096)   # they hold up nothing
        self.assertEqual(pages['memctl_memory_bytes{class="slab",movable="no",node="0"}'], 0)
        self.assertEqual(sum(pages.values()), 39 * 128 * MIB)           # one block is offline
        self.assertEqual([key for key in pages if "pinned" in key], [])  # kpageflags cannot tell
        self.assertEqual(found['memctl_memory_source_info{source="kpageflags"}'], 1)

    def test_what_cannot_be_read_is_absent(self):
        root = self.case(cases.uncounted)
        done = self.memctl("metrics", "--root", root)
        found = samples(done.stdout)
        up = {key[len('memctl_source_up{source="'):-2]: value for key, value in found.items() if key.startswith("memctl_source_up")}
        self.assertEqual({source for source, value in up.items() if value}, {"blocks", "errors", "dimms", "cma", "jobs"})
        self.assertEqual({source for source, value in up.items() if not value},
                         {"pages", "module", "providers", "reservations", "warm_reserve", "compaction", "lru_cache"})
        for prefix in ("memctl_memory_", "memctl_module", "memctl_provider", "memctl_reserv", "memctl_warm", "memctl_compaction",
                       "memctl_lru", "memctl_free", "memctl_cma", "memctl_dimm_bad"):
            self.assertEqual([name for name in names(done.stdout) if name.startswith(prefix)], [])
        self.assertIn("no metrics of warm_reserve: a warm reserve needs memctl.ko", done.stderr)
        self.assertEqual(self.memctl("metrics", "--quiet", "--root", root).stderr, "")

    def test_cma_and_compaction(self):
        found = samples(self.metrics(self.case(cases.cma)))
        self.assertEqual(found['memctl_cma_requested_pages_total{area="linux,cma",result="failure"}'], 544)
        self.assertEqual(found['memctl_cma_allocations_total{area="linux,cma",result="failure"}'], 17)
        found = samples(self.metrics(self.rich()))
        self.assertEqual(sum(value for key, value in found.items() if key.startswith("memctl_compaction_state")), 1)
        self.assertEqual(found['memctl_compaction_state{node="0",state="off"}'], 1)
        small = 100 * sum(1 << order for order in range(9))
        self.assertEqual(found['memctl_compaction_free_pieces{node="0",order="9"}'], 4)
        self.assertAlmostEqual(found['memctl_free_unusable_ratio{node="0",order="9"}'], small / (small + 4 * 512), 5)
        self.assertEqual(found['memctl_compaction_attempts_total{node="0"}'], 0)

    def test_promtool_has_nothing_to_say(self):
        tool = promtool()
        for root in (self.rich(), self.case(reporttree.make), self.case(cases.cma), self.case(cases.edac), self.case(cases.many), self.case(cases.no_hotplug)):
            done = subprocess.run([tool, "check", "metrics"], input=self.metrics(root), capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""), root)
        bad = subprocess.run([tool, "check", "metrics"], input="# TYPE x_total gauge\nx_total 1\n", capture_output=True, text=True,
                             check=False)
        self.assertNotEqual(bad.returncode, 0)

    def test_the_same_tree_is_told_the_same(self):
        root = self.rich()
        first, second = (re.sub(r"(?m)^memctl_longest.* .*$", "", self.metrics(root)) for _ in range(2))
        self.assertEqual(first, second)

    def test_as_json(self):
        root = self.rich()
        families = self.json("metrics", "--root", root)["metrics"]
        text = self.metrics(root)
        self.assertEqual({family["name"] for family in families}, names(text))
        self.assertEqual({json.dumps(sample["labels"]) for family in families if family["name"] == "memctl_jobs"
                          for sample in family["samples"]}, {f'{{"state": "{state}"}}' for state in ("planning", "running", "rolling-back")})
        for family in families:
            self.assertEqual(set(family), {"name", "type", "help", "samples"})
            self.assertEqual(family["type"] == "counter", family["name"].endswith("_total"), family["name"])

    def test_docs_name_them_all(self):
        documented = set(re.findall(r"`(memctl_[a-z_]+)", (SOURCE / "docs/metrics.md").read_text(encoding="utf-8")))
        source = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "cli/metrics").glob("*.c"))
        made = set(re.findall(r'"(memctl_[a-z_]+)"', source))
        self.assertGreater(len(made), 40)
        self.assertEqual(documented, made)
        seen = set().union(*(names(self.metrics(self.case(fill))) for fill in (cases.cma, cases.poison, cases.uncounted)))
        self.assertLessEqual(seen, made)

    def test_a_file(self):
        root, target = self.rich(), self.directory / "out/memctl.prom"
        target.parent.mkdir()
        self.assertEqual(self.metrics(root, "--textfile", target), "")
        self.assertEqual(names(target.read_text(encoding="utf-8")), names(self.metrics(root)))
        self.assertEqual(target.stat().st_mode & 0o777, 0o666 & ~os.umask(os.umask(0o22)))
        before = target.read_bytes()

        def no_room():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        done = subprocess.run([MEMCTL, "metrics", "--root", root, "--textfile", target], env=self.environment, capture_output=True,
                              text=True, check=False, preexec_fn=no_room)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        self.assertIn("cannot write", done.stderr)
        self.assertEqual(target.read_bytes(), before)
        self.assertEqual([path.name for path in target.parent.iterdir()], ["memctl.prom"])
        self.assertIn("accepted is the name of a regular file",
                      self.memctl("metrics", "--root", root, "--textfile", "/dev/null", status=1).stderr)
        self.assert_says_that_output_is_full(root, ["metrics"])
        for arguments, says in ((["--textfile"], "the name of a file"), (["--textfile", ""], "the name of a file"), (["x"], "memctl metrics"),
                                (["-o", "NAME"], "--output does not go with metrics"), (["--svg", "x"], "--svg does not go")):
            self.assertIn(says, self.memctl("metrics", "--root", root, *arguments, status=2).stderr)

    def test_a_large_machine_has_few_series(self):
        root = self.case(cases.many)
        for number in range(300, 3000):
            block = root / f"sys/devices/system/memory/memory{32 + number}"
            shutil.copytree(root / "sys/devices/system/memory/memory32", block, symlinks=True)
            (block / "firmware_node").unlink()
            (block / "firmware_node").symlink_to(f"../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:{number:x}")
        found = samples(self.metrics(root))
        sizes = [key for key in found if key.startswith("memctl_dimm_size_bytes")]
        self.assertEqual(len(sizes), 2048)
        self.assertGreaterEqual(found["memctl_samples_left_out"], 3000 - 2048)


class OnTheBus(BusCase):
    def test_no_memctld(self):
        for arguments in ((), ("--textfile", self.directory / "memctl.prom")):
            done = self.memctl("metrics", *arguments)
            self.assertEqual((done.returncode, done.stdout), (5, ""), done.stderr)
            self.assertIn("memctld is not running", done.stderr)
        self.assertFalse((self.directory / "memctl.prom").exists())

    def test_what_the_unit_runs(self):
        """Its command, with another folder: the file appears, nothing is said, and without memctld it stays as it is."""
        unit = (Path(MEMCTL).parents[1] / "units/memctl-metrics.service").read_text(encoding="utf-8")
        _, *arguments = shlex.split(re.search(r"(?m)^ExecStart=(.*)$", unit)[1])
        self.assertIn("ConditionPathIsDirectory=/var/lib/prometheus/node-exporter\n", unit)
        self.assertIn("ReadWritePaths=/var/lib/prometheus/node-exporter\n", unit)
        self.assertNotIn("[Install]", unit)
        arguments = [argument.replace("/var/lib/prometheus/node-exporter", str(self.directory)) for argument in arguments]
        daemon = self.serve(self.tree())
        done = self.memctl(*arguments)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        target = self.directory / "memctl.prom"
        before = target.read_bytes()
        self.assertIn(b'memctl_source_up{source="blocks"} 1\n', before)
        self.stop(daemon)
        self.assertEqual(self.memctl(*arguments).returncode, 5)
        self.assertEqual(target.read_bytes(), before)

    def test_without_a_right_series_are_absent(self):
        root = self.tree()
        (root / "proc").mkdir()
        (root / "proc/kpageflags").write_bytes((1 << 7).to_bytes(8, "little") * 32768 * 8)
        self.polkit(inspect="no")
        daemon = self.serve(root)
        mine = self.memctl("metrics")
        self.assertIn('memctl_source_up{source="pages"} 1', mine.stdout)
        done = self.run_it(MEMCTL, "metrics", **self.as_nobody())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('memctl_source_up{source="pages"} 0', done.stdout)
        self.assertIn('memctl_blocks{node="unknown",state="online",zone="Movable"} 8', done.stdout)
        self.assertNotIn("memctl_memory_bytes", done.stdout)
        self.assertRegex(done.stderr, "no metrics of pages: not authorized")
        self.stop(daemon)


if __name__ == "__main__":
    unittest.main()
