#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What memctl says of contiguous memory: on trees of kernels with and without each source, and to whom."""

import json
import signal
import subprocess
import time
import unittest
import xml.etree.ElementTree

import cases
from cases import KIB, MIB
from test_cli import MEMCTL, Case
from testbus import BusCase

AREA = {"name", "start", "size", "used", "largest_free", "fragmentation", "alloc_success", "alloc_fail",
        "alloc_success_pages", "alloc_fail_pages", "source"}
PAGE = 4 * KIB
START = 0x40000000      # of the area, as of 256 MiB
WORDS = 256 * MIB // PAGE // 32


def debugfs(root, ranges=False, used=((100, 92), (65535, 1))):
    """The tree with CONFIG_CMA_DEBUGFS as well: pages allocated from, and how many. As Linux 7.x has it, or 6.12."""
    bits = [0] * WORDS
    for first, n in used:
        for page in range(first, first + n):
            bits[page // 32] |= 1 << page % 32
    folder = root / "sys/kernel/debug/cma/linux,cma"
    place = folder / "ranges/0" if ranges else folder
    place.mkdir(parents=True)
    total = WORDS * 32
    for path, text in ((folder / "count", total), (folder / "order_per_bit", 0), (folder / "used", sum(n for _, n in used)),
                       (folder / "maxchunk", total - 193), (place / "base_pfn", START // PAGE),
                       (place / "bitmap", " ".join(map(str, bits)))):
        path.write_text(f"{text}\n", encoding="ascii")


def buffer(root, pid, fd, inode, size, exporter="linux,cma", name=None):
    """A dma-buf that a process has open."""
    for folder in ("fd", "fdinfo"):
        (root / f"proc/{pid}/{folder}").mkdir(parents=True, exist_ok=True)
    (root / f"proc/{pid}/comm").write_text(f"process{pid}\n", encoding="ascii")
    (root / f"proc/{pid}/fd/{fd}").symlink_to("/dmabuf:")
    (root / f"proc/{pid}/fdinfo/{fd}").write_text(
        f"pos:\t0\nflags:\t02\nmnt_id:\t9\nino:\t{inode}\nsize:\t{size}\ncount:\t2\nexp_name:\t{exporter}\n"
        + (f"name:\t{name}\n" if name else ""), encoding="ascii")


def bufinfo(root):
    path = root / "sys/kernel/debug/dma_buf/bufinfo"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\nDma-buf Objects:\nsize\tflags\tmode\tcount\texp_name\tino\tname\n"
                    "00131072\t00000002\t00080007\t00000003\tlinux,cma\t00000005\tpreview\n\tAttached Devices:\n"
                    "\tfe801000.csi\nTotal 1 devices attached\n\nTotal 1 objects, 131072 bytes\n", encoding="ascii")


class Areas(Case):
    def tree_of(self, *more, **options):
        root = self.directory / "tree"
        root.mkdir()
        cases.cma(root)
        for function in more:
            function(root, **options)
        return root

    def area(self, root, status=0):
        return self.json("--root", root, "cma", "show", "linux,cma", status=status)

    def test_counts_of_requests_and_of_pages(self):
        root = self.tree_of()
        answer = self.json("--root", root, "cma", "list")
        [area] = answer["areas"]
        self.assertLessEqual({"areas", "all", "missing"}, set(answer))
        self.assertEqual(set(area), AREA)
        self.assertEqual((area["alloc_success"], area["alloc_fail"], area["alloc_success_pages"], area["alloc_fail_pages"]),
                         (100, 17, 6400, 544))
        self.assertEqual(area["source"], {"size": "meminfo", "used": "meminfo", "alloc_success": "vmstat",
                                          "alloc_fail": "vmstat", "alloc_success_pages": "sysfs", "alloc_fail_pages": "sysfs"})
        self.assertEqual((area["start"], area["largest_free"], area["fragmentation"]), (None, None, None))
        self.assertIn("a tree has no memctl.ko to ask", answer["missing"][0])
        (root / "proc/vmstat").unlink()
        self.assertIsNone(self.json("--root", root, "cma", "list")["areas"][0]["alloc_fail"])
        self.assertIn("544 of 6944 pages asked for failed", self.memctl("--root", root, "cma", "list").stdout)

    def test_without_debugfs(self):
        """What sysfs and meminfo tell, and what is missing."""
        root = self.tree_of()
        area = self.area(root)
        self.assertEqual((area["size"], area["used"], area["map"], area["holders"], area["failures"]),
                         (256 * MIB, 255 * MIB, None, None, None))
        self.assertIn("the tree has no sys/kernel/debug/cma", area["missing"])
        done = self.memctl("--root", root, "cma", "show", "linux,cma")
        self.assertRegex(done.stdout, r"used +255 MiB /proc/meminfo")
        self.assertIn("the tree has no sys/kernel/debug/cma", done.stderr)
        picture = self.directory / "picture.svg"
        done = self.memctl("--root", root, "cma", "show", "linux,cma", "--svg", picture, status=1)
        self.assertIn("no picture: nobody tells which of its memory is allocated", done.stderr)
        self.assertFalse(picture.exists())

    def check_map(self, root):
        area = self.area(root)
        self.assertEqual((area["start"], area["used"], area["largest_free"], area["free_runs"]),
                         (f"0x{START:016x}", 93 * PAGE, 256 * MIB - 193 * PAGE, 2))
        self.assertEqual(area["ranges"], [{"start": f"0x{START:016x}", "size": 256 * MIB}])
        self.assertAlmostEqual(area["fragmentation"], 1 - (65536 - 193) / (65536 - 93), places=4)
        self.assertEqual({area["source"][key] for key in ("start", "used", "largest_free", "fragmentation")}, {"debugfs"})
        self.assertEqual(area["map"], {"piece": PAGE, "used": [
            {"start": f"0x{START + 100 * PAGE:016x}", "size": 92 * PAGE},
            {"start": f"0x{START + 65535 * PAGE:016x}", "size": PAGE}]})
        done = self.memctl("--root", root, "cma", "show", "linux,cma")
        rows = [line.split(" ", 1)[1] for line in done.stdout.splitlines()
                if line.startswith("0x04") and "-" not in line]
        self.assertEqual([len(row) for row in rows], [64] * 16)
        # 64 pages a cell: 28 of the second, all of the third
        self.assertEqual((rows[0][:4], rows[-1][-2:], rows[5]), (".+#.", ".+", "." * 64))
        self.assertIn("1 cell = 256 KiB", done.stdout)

    def test_debugfs_of_6_12(self):
        self.check_map(self.tree_of(debugfs))

    def test_debugfs_of_7(self):
        self.check_map(self.tree_of(debugfs, ranges=True))

    def test_svg(self):
        root = self.tree_of(debugfs)
        picture = self.directory / "picture.svg"
        self.memctl("--root", root, "cma", "show", "linux,cma", "--svg", picture)
        tree = xml.etree.ElementTree.parse(picture)
        rects = [rect.get("class") for rect in tree.iter("{http://www.w3.org/2000/svg}rect")]
        self.assertEqual((rects.count("allocated"), rects.count("some")), (5 + 1, 2 + 1))      # and those of the legend

    def test_dma_bufs(self):
        root = self.tree_of()
        buffer(root, 700, 5, inode=5, size=128 * KIB)
        buffer(root, 701, 3, inode=5, size=128 * KIB)
        buffer(root, 701, 4, inode=9, size=64 * KIB, exporter="system", name="scratch \x1b")
        bufinfo(root)
        area = self.area(root)
        self.assertEqual(area["dma_bufs"], [
            {"inode": 5, "size": 128 * KIB, "count": 3, "exporter": "linux,cma", "name": "preview", "start": None,
             "pids": [700, 701], "devices": ["fe801000.csi"]},
            {"inode": 9, "size": 64 * KIB, "count": 2, "exporter": "system", "name": "scratch ?", "start": None,
             "pids": [701], "devices": []}])
        self.assertEqual(area["processes"], [{"pid": 700, "command": "process700"}, {"pid": 701, "command": "process701"}])
        self.assertRegex(self.memctl("--root", root, "cma", "show", "linux,cma").stdout,
                         r"(?m)^ +5 128 KiB preview +linux,cma 700/701 fe801000.csi")

    def test_no_such_area(self):
        done = self.memctl("--root", self.tree_of(), "cma", "show", "linux,cm", status=6)
        self.assertIn("linux,cm: no such CMA area; there are: linux,cma", done.stderr)
        root = self.directory / "none"
        root.mkdir()
        cases.uncounted(root)
        done = self.memctl("--root", root, "cma", "show", "linux,cma", status=6)
        self.assertIn("this kernel has none", done.stderr)
        done = self.memctl("--root", root, "cma", "list")
        self.assertIn("this kernel has no CMA area", done.stderr)
        with open(root / "proc/meminfo", "a", encoding="ascii") as meminfo:
            meminfo.write("CmaTotal: 65536 kB\n")
        done = self.memctl("--root", root, "cma", "show", "x", status=6)
        self.assertIn("nobody here tells of one by its name", done.stderr)

    def test_watch(self):
        root = self.tree_of()
        watching = subprocess.Popen([MEMCTL, "--root", root, "--json=short", "cma", "list", "--watch"], text=True,
                                    env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(watching.wait)
        self.addCleanup(watching.kill)
        self.addCleanup(watching.stdout.close)
        first = json.loads(watching.stdout.readline())["areas"][0]
        self.assertEqual((first["success_rate"], first["fail_rate"]), (None, None))
        (root / "proc/vmstat").write_text("cma_alloc_success 160\ncma_alloc_fail 17\n", encoding="ascii")
        deadline = time.monotonic() + 60
        second = json.loads(watching.stdout.readline())["areas"][0]
        while second["alloc_success"] != 160 and time.monotonic() < deadline:
            second = json.loads(watching.stdout.readline())["areas"][0]
        self.assertEqual(set(second), AREA | {"success_rate", "fail_rate"})
        self.assertGreater(second["success_rate"], 0)
        self.assertLessEqual(second["success_rate"], 60)
        self.assertEqual(second["fail_rate"], 0)
        watching.terminate()
        self.assertEqual(watching.wait(60), -signal.SIGTERM)


class Bus(BusCase):
    def test_counts_for_all_and_processes_for_administrators(self):
        root = self.directory / "cma"
        root.mkdir()
        cases.cma(root)
        debugfs(root)
        buffer(root, 700, 5, inode=5, size=128 * KIB)
        polkit, daemon = self.polkit(inspect="yes"), self.serve(root)
        done = self.call("", "Manager.ShowCmaArea", "s", "linux,cma")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, '"used_bytes".*"fragmentation" d .*"sources"')
        self.assertNotRegex(done.stdout, '"dma_bufs"|"processes"|"pids"|"map"')
        self.assertEqual(self.read_lines(polkit, 2), ["check org.memctl1.inspect-processes 1", "check org.memctl1.inspect 0"])
        self.end(polkit)
        self.polkit(inspect_processes="yes")
        done = self.call("", "Manager.ShowCmaArea", "s", "linux,cma")
        self.assertRegex(done.stdout, '"map_piece_bytes".*"map" ay 8192 .*"dma_bufs".*"processes" a.us. 1 700 "process700"')
        self.assertIn("there are: linux,cma", self.call("", "Manager.ShowCmaArea", "s", "x").stderr)
        # who has no rights is told what the kernel counts
        self.assertRegex(self.call("", "Manager.ListCmaAreas").stdout, '"largest_free_bytes"')
        self.stop(daemon)

    def test_objects(self):
        root = self.directory / "cma"
        root.mkdir()
        cases.cma(root)
        polkit, daemon = self.polkit(inspect_processes="yes"), self.serve(root)
        path = "/cma/linux_2ccma"
        self.assertIn("Unknown object", self.call(path, "CmaArea.Show").stderr)     # nobody has looked
        self.assertIn(path, self.call("", "Manager.GetCmaArea", "s", "linux,cma").stdout)
        self.assertIn("there are: linux,cma", self.call("", "Manager.GetCmaArea", "s", "../x").stderr)
        self.assertRegex(self.call(path, "CmaArea.Show").stdout, '"dma_bufs"')
        shown = self.busctl("introspect", "org.memctl1", f"/org/memctl1{path}", "org.memctl1.CmaArea").stdout
        self.assertRegex(shown, r'(?m)^\.Name +property +s +"linux,cma"')
        self.assertRegex(shown, r'(?m)^\.Told +property +a\{sv\} ')
        self.assertEqual(self.read_lines(polkit, 1), ["check org.memctl1.inspect-processes 1"])
        self.stop(daemon)


if __name__ == "__main__":
    unittest.main()
