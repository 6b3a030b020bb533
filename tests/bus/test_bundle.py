#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""report --bundle: what comes out of it answers as what went in, nothing gets out that must not, and no tree hurts."""

import os
import re
import resource
import shutil
import signal
import subprocess
import unittest

import cases
import reporttree
from test_cli import MEMCTL, SOURCE, Case

FOLDER = "memctl-bundle"
MEMORY = "sys/devices/system/memory"
VERBS = ("status", "block list", "dimm list", "dimm list --failing", "node list", "dimm plan PNP0C80:00", "dimm plan PNP0C80:01 --cache drop",
         "movability", "movability --by order", "map", "cma list", "cma show camera", "cma boot", "matrix", "compact policy dry-run",
         "why PNP0C80:01", "metrics")


class Bundle(Case):
    def bundle(self, root, status=0):
        target = self.directory / "bundle.tar.zst"
        return self.memctl("report", "--bundle", target, "--root", root, status=status), target

    def unpacked(self, root, name="unpacked"):
        done, target = self.bundle(root)
        self.assertEqual((done.stdout, done.stderr), ("", ""))
        folder = self.directory / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        subprocess.run(["tar", "--zstd", "-xf", target, "-C", folder], check=True)
        self.assertEqual([path.name for path in folder.iterdir()], [FOLDER])
        return folder / FOLDER

    def answers(self, root):
        found = {}
        for verb in VERBS:
            done = subprocess.run([MEMCTL, "--json", "--root", root, *verb.split()], env=self.environment, capture_output=True, text=True,
                                  check=False, timeout=120)
            text = re.sub(r'(?s)"longest_dispatch_seconds": ?[0-9.e-]+|"name":"memctl_longest_dispatch_seconds".*?\]', "", done.stdout)
            found[verb] = (done.returncode, text.replace(str(root), "ROOT"), done.stderr.replace(str(root), "ROOT"))
        return found

    def names(self, root):
        return {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir() or path.is_symlink()}

    def test_answers_as_the_tree(self):
        rich = self.directory / "rich"
        reporttree.make(rich)
        trees = [rich]
        for fill in (cases.ppc64, cases.gigantic, cases.hole, cases.virtio, cases.shared_block, cases.kmem):
            trees.append(self.directory / fill.__name__)
            fill(trees[-1])
        for root in trees:
            with self.subTest(root=root.name):
                before, after = self.answers(root), self.answers(self.unpacked(root))
                for verb in VERBS:
                    self.assertEqual(after[verb], before[verb], verb)
        self.assertEqual(before["block list"][0], 0)
        self.assertEqual(self.names(rich) - self.names(self.unpacked(rich)), set())

    def test_real_machines(self):
        for name in ("x86_64-16g", "s390-zvm-6g"):
            root = self.real_machine(name)
            self.assertEqual(self.json("block", "list", "--root", self.unpacked(root)), self.json("block", "list", "--root", root))

    def test_the_same_tree_makes_the_same_bundle(self):
        root = self.directory / "rich"
        reporttree.make(root)
        first = self.bundle(root)[1].read_bytes()
        self.assertEqual(self.bundle(root)[1].read_bytes(), first)
        piped = subprocess.run([MEMCTL, "report", "--bundle", "-", "--root", root], env=self.environment, capture_output=True, check=True)
        self.assertEqual(piped.stdout, first)

    def test_what_must_not_get_out(self):
        root = self.directory / "rich"
        reporttree.make(root)
        secret = {
            "proc/cmdline": "root=UUID=SECRET cma=64M rd.luks.key=SECRET quiet hostname=SECRET\n",
            "proc/iomem": "00001000-bfffffff : System RAM\n  12300000-12ffffff : Kernel code\n",
            "proc/swaps": "Filename Type Size Used Priority\n/home/SECRET/swap file 1024 0 -2\n",
            "proc/sys/kernel/hostname": "SECRET\n", "proc/sys/kernel/random/boot_id": "5ec7e75e-c7e7-5ec7-e75e-c7e75ec7e75e\n",
            "proc/1/cmdline": "SECRET\0", "proc/1/comm": "SECRET\n", "proc/1/maps": "SECRET\n", "proc/kallsyms": "SECRET\n",
            "etc/memctl/memctl.conf": "# SECRET\n[Compaction]\nEnabled=no\n", "etc/shadow": "SECRET\n", "etc/hostname": "SECRET\n",
            "var/lib/memctl/cma-history": "boot 5ec7e75e-c7e7-5ec7-e75e-c7e75ec7e75e\n", "run/memctl/journal": "SECRET\n",
            "sys/kernel/debug/page_owner": "SECRET\n", "sys/kernel/debug/dma_buf/bufinfo": "SECRET\n",
            "sys/class/dmi/id/product_serial": "SECRET\n", "boot/grub/grub.cfg": "SECRET\n",
        }
        for name, text in secret.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="ascii")
        out = self.unpacked(root)
        everything = b"".join(path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file() and not path.is_symlink())
        for word in (b"SECRET", b"SERIAL", b"ASSET-7", b"PART-9", b"Maker", b"5ec7e75e", b"12300000", b"Kernel code"):
            self.assertNotIn(word, everything)
        self.assertEqual((out / "proc/cmdline").read_text(encoding="ascii"), "cma=64M\n")
        self.assertEqual((out / "proc/swaps").read_text(encoding="ascii").splitlines()[1], "/swap1 file 1024 0 -2")
        self.assertEqual((out / "etc/memctl/memctl.conf").read_text(encoding="ascii"), "[Compaction]\nEnabled=no\n")
        self.assertEqual([dimm["label"] for dimm in self.json("dimm", "list", "--root", out)["dimms"]],
                         [dimm["label"] for dimm in self.json("dimm", "list", "--root", root)["dimms"]])
        documented = (SOURCE / "docs/report.md").read_text(encoding="utf-8")
        for name in ("proc/cmdline", "proc/iomem", "proc/swaps", "boot_id", "DMI", "memctl.conf", "cma-history"):
            self.assertIn(name, documented)

    def test_docs_name_each_file(self):
        documented = (SOURCE / "docs/report.md").read_text(encoding="utf-8")
        source = (SOURCE / "cli/bundle/files.c").read_text(encoding="utf-8")
        hows = re.findall(r"BUNDLE_(\w+),", source)
        self.assertGreater(len(hows), 40)
        for name in {re.sub(r".*/", "", pattern) for pattern in re.findall(r'"((?:proc|etc|var)/[^"]+)"', source)}:
            self.assertIn(name, documented)

    def test_hostile_trees(self):
        root = self.tree()
        outside = self.directory / "outside"
        (outside / "secret").mkdir(parents=True)
        (outside / "secret/state").write_text("SECRET\n", encoding="ascii")
        memory = root / MEMORY
        (root / "proc").mkdir()
        (root / "proc/meminfo").symlink_to("/etc/passwd")                   # a file that is a link
        os.mkfifo(root / "proc/vmstat")
        (root / "proc/zoneinfo").mkdir()
        with (root / "proc/kpageflags").open("wb") as file:                 # more than is taken, of which nothing is there
            file.truncate(3 << 30)
        with (root / "proc/buddyinfo").open("wb") as file:
            file.truncate(2 << 30)
        (memory / "memory8").symlink_to(outside / "secret")                 # a folder outside: within the root there is none
        (memory / "memory9").symlink_to("../../../../../../outside/secret")
        (memory / "memory10").symlink_to("memory10")                        # a loop
        (memory / "memory11").symlink_to("../memory")
        (memory / "memory3/firmware_node").symlink_to("../" * 20 + "etc/passwd")
        (memory / "memory2/node1").symlink_to("/etc/passwd")
        (memory / "memory1/state").unlink()
        (memory / "memory1/state").symlink_to("/etc/passwd")
        (memory / "memory0/state").unlink()
        os.mkfifo(memory / "memory0/state")
        hostile = root / "sys/kernel/mm/cma/a\nb"
        hostile.mkdir(parents=True)
        (hostile / "alloc_pages_success").write_text("1\n", encoding="ascii")
        (root / "sys/block").mkdir()
        (root / "sys/block/zram0").symlink_to("../block")
        out = self.unpacked(root)
        names = self.names(out)
        for name in ("proc/meminfo", "proc/vmstat", "proc/zoneinfo", "proc/kpageflags", "proc/buddyinfo", f"{MEMORY}/memory0/state",
                     f"{MEMORY}/memory1/state", f"{MEMORY}/memory3/firmware_node", f"{MEMORY}/memory2/node1", f"{MEMORY}/memory8/state",
                     f"{MEMORY}/memory9/state"):
            self.assertNotIn(name, names)
        self.assertIn(f"{MEMORY}/memory4/firmware_node", names)
        self.assertEqual([name for name in names if "\n" in name or "memory10/" in name], [])
        said = (out / "README").read_text(encoding="ascii")
        for line in ("proc/kpageflags: File too large", "proc/buddyinfo: File too large", f"{MEMORY}/memory3/firmware_node: a link that leads out"):
            self.assertIn(line, said)
        self.assertNotIn("SECRET", said)
        self.assertEqual([path for path in out.rglob("*") if path.is_symlink() and os.path.isabs(os.readlink(path))], [])

    def test_what_cannot_be_written(self):
        root, target = self.tree(), self.directory / "bundle.tar.zst"
        self.bundle(root)
        before = target.read_bytes()

        def no_room():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        done = subprocess.run([MEMCTL, "report", "--bundle", target, "--root", root], env=self.environment, capture_output=True, text=True,
                              check=False, preexec_fn=no_room)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("cannot write", done.stderr)
        self.assertEqual(target.read_bytes(), before)
        self.assertEqual([path.name for path in self.directory.glob("bundle*")], ["bundle.tar.zst"])
        self.assert_says_that_output_is_full(root, ["report", "--bundle", "-"])

    def test_bad_input(self):
        empty = self.directory / "empty"
        empty.mkdir()
        done, target = self.bundle(empty, status=1)
        self.assertIn("there is nothing of /sys or /proc", done.stderr)
        self.assertFalse(target.exists())
        for root, says in (("/nonexistent", "accepted is a folder"), ("/dev/null", "accepted is a folder")):
            self.assertIn(says, self.bundle(root, status=1)[0].stderr)
        for arguments, says in ((["--bundle", "-", "--html", "-"], "cannot both go to stdout"), (["--bundle"], "the name of a file"),
                                (["--bundle", ""], "the name of a file"), ([], "--html FILE, --bundle FILE, or both")):
            self.assertIn(says, self.memctl("report", "--root", empty, *arguments, status=2).stderr)

    def test_both(self):
        root = self.directory / "rich"
        reporttree.make(root)
        self.memctl("report", "--bundle", self.directory / "b", "--html", self.directory / "h", "--root", root)
        self.assertTrue((self.directory / "h").read_text(encoding="utf-8").startswith("<!DOCTYPE html>"))
        self.assertEqual((self.directory / "b").read_bytes()[:4], b"\x28\xb5\x2f\xfd")


if __name__ == "__main__":
    unittest.main()
