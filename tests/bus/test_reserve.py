#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Contiguous memory, as far as no kernel is needed: what is refused, in which words, to whom, and what becomes of files."""

import json
import unittest
from pathlib import Path

from testbus import MEMCTL, BusCase

NOT_HERE = "is not the running machine: no memory of it can be reserved"


class ReserveCase(BusCase):
    def tree_with_node(self):
        root = self.tree()
        node = root / "sys/devices/system/node/node0"
        node.mkdir(parents=True)
        (node / "meminfo").write_text("Node 0 MemTotal: 1048576 kB\nNode 0 MemFree: 4096 kB\n", encoding="ascii")
        for number in range(8):
            (node / f"memory{number}").symlink_to(f"../../memory/memory{number}")
        return root

    def copy_of_memctl(self):
        """Where nobody can run it."""
        binary = self.directory / "memctl"
        binary.write_bytes(Path(MEMCTL).read_bytes())
        binary.chmod(0o755)
        return binary

    def fails(self, status, says, *arguments):
        """In one line, with nothing on stdout."""
        done = self.memctl(*arguments)
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (status, "", 1), f"{arguments} {done}")
        self.assertIn(says, done.stderr)


class CommandLine(ReserveCase):
    def test_nothing_is_reserved_in_a_tree(self):
        root = self.tree_with_node()
        self.assertEqual(json.loads(self.memctl("--root", root, "--json", "cma", "reservations").stdout), {"reservations": []})
        self.assertEqual(json.loads(self.memctl("--root", root, "--json", "cma", "list").stdout)["reservations"], [])
        mark = self.directory / "mark"
        for arguments in (("reserve", "16M", "--name", "x"), ("reserve", "linux,cma", "16M", "--name", "x"), ("release", "x"),
                          ("reserve", "16M", "--align", "2M", "--node", "0", "--movable", "--", "touch", mark), ("release", "5")):
            self.fails(1, NOT_HERE, "--root", root, "cma", *arguments)
        self.assertFalse(mark.exists())
        done = self.memctl("--root", root, "--json=short", "cma", "reserve", "16M", "--name", "x")
        self.assertEqual(json.loads(done.stdout)["error"]["code"], "not_supported")

    def test_bad_input(self):
        root = self.tree_with_node()
        for status, says, *arguments in (
                (2, "accepted is: memctl cma reserve", "reserve"), (2, "accepted is: memctl cma reserve", "reserve", "--name", "x"),
                (2, "accepted is: memctl cma reserve", "reserve", "a", "b", "16M", "--name", "x"),
                (2, "accepted is: memctl cma reserve", "reserve", "--", "true"),
                (2, "give it a --name", "reserve", "16M"), (2, "one of them", "reserve", "16M", "--name", "x", "--", "true"),
                (2, "an amount of memory above 0", "reserve", "0", "--name", "x"),
                (2, "an amount of memory above 0", "reserve", "16Q", "--name", "x"),
                (2, "an amount of memory above 0", "reserve", "", "--name", "x"),
                (2, "the area comes before it", "reserve", "16M", "linux,cma", "--name", "x"),
                (2, "no such option", "reserve", "-16M", "--name", "x"),
                (2, "5000 bytes: accepted is a multiple of the page size, 4096 bytes", "reserve", "5000", "--name", "x"),
                (3, "the machine has only 1073741824 bytes of memory in all", "reserve", "2G", "--name", "x"),
                (3, "the machine has only", "reserve", "15EiB", "--name", "x"),
                (2, "node 1: the machine has no such node", "reserve", "1M", "--node", "1", "--name", "x"),
                (2, "--node \"-1\"", "reserve", "1M", "--node", "-1", "--name", "x"),
                (2, "accepted is a power of two", "reserve", "1M", "--align", "3M", "--name", "x"),
                (2, "from the page size, 4096 bytes, up", "reserve", "1M", "--align", "1K", "--name", "x"),
                (2, "--align \"0\"", "reserve", "1M", "--align", "0", "--name", "x"),
                (2, "name \"a b\": accepted are up to 63 letters", "reserve", "1M", "--name", "a b"),
                (2, "but not a number", "reserve", "1M", "--name", "007"), (2, "--name", "reserve", "1M", "--name", ""),
                (2, "name \"xxx", "reserve", "1M", "--name", "x" * 64), (2, "in no zone Movable", "reserve", "a", "1M", "--movable", "--name", "x"),
                (2, "area \"xxx", "reserve", "x" * 64, "1M", "--name", "x"), (2, "UTF-8", "reserve", "\udcff", "1M", "--name", "x"),
                (2, "does not go with", "release", "x", "--name", "y"), (2, "accepted is: memctl cma release", "release"),
                (2, "name or number", "release", "a b"), (2, "name or number", "release", "0"), (2, "name or number", "release", ""),
                (2, "name or number", "release", "18446744073709551616"), (2, "does not go with", "reserve", "1M", "--timeout", "1"),
                (2, "nothing beside it", "reserve", "--from", "/", "--name", "x"), (2, "nothing beside it", "reserve", "1M", "--from", "/"),
                (2, "nothing beside it", "reserve", "--from", "/", "--", "true"), (6, "No such file", "reserve", "--from", "/nonexistent"),
                (6, "Not a directory", "reserve", "--from", "/dev/null")):
            self.fails(status, says, "--root", root, "cma", *arguments)
        self.fails(2, "the memory is that of somewhere", "-H", "somewhere", "cma", "reserve", "1M", "--", "true")

    def test_where_the_command_begins(self):
        """Behind the first "--" that is no option's value; what is before it may be in any order."""
        root = self.tree_with_node()
        for arguments in (("cma", "reserve", "1M", "--", "a", "--", "b"), ("cma", "reserve", "--node", "0", "x", "1M", "--", "a"),
                          ("cma", "reserve", "x", "--align", "2M", "1M", "--", "--name"), ("cma", "reserve", "1M", "--", "1M", "1M", "1M")):
            self.fails(1, NOT_HERE, "--root", root, *arguments)
        self.fails(2, "accepted is", "--root", root, "cma", "reserve", "1M", "--name", "--", "x")

    def test_files(self):
        """One that is bad keeps no other; hidden ones and others are left alone."""
        root, files = self.tree_with_node(), self.directory / "reserve.d"
        files.mkdir()
        for name, text in (("b.conf", "[Reservation]\nName=b\nSize=1M\n"), ("a.conf", "[Reservation]\nName=a\nSize=x\n"),
                           ("w.conf", "[Warm]\nSize=1M\n"), ("c.txt", "x"), (".d.conf", "x"), (".conf", "x"), ("e.conf", "x" * 70000)):
            (files / name).write_text(text, encoding="ascii")
        (files / "f.conf").symlink_to("b.conf")
        done = self.memctl("--root", root, "--json", "cma", "reserve", "--from", files)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout)["reservations"], [
            {"file": name, "name": named, "warm": name == "w.conf", "result": "failed", "size": None, "seconds": None}
            for name, named in (("a.conf", None), ("b.conf", "b"), ("e.conf", None), ("f.conf", None), ("w.conf", None))])
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 5, lines)
        self.assertIn(f'{files}/a.conf:3: "x": accepted is an amount of memory above 0', lines[0])
        self.assertIn(NOT_HERE, lines[1])
        self.assertIn("e.conf: accepted is a file, no link, of less than 65536 bytes", lines[2])
        self.assertIn("f.conf: accepted is a file, no link", lines[3])
        self.assertIn("a warm reserve needs memctl.ko", lines[4])
        for file in files.iterdir():
            file.unlink()
        done = self.memctl("--root", root, "--json=short", "cma", "reserve", "--from", files)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, '{"reservations":[]}\n', ""))


class Calls(ReserveCase):
    def manager(self, *arguments):
        return self.busctl("call", "--", "org.memctl1", "/org/memctl1", "org.memctl1.Manager", *arguments)

    def test_bad_calls(self):
        daemon = self.serve(self.tree_with_node())
        for says, *arguments in (
                ("accepted is a multiple", "Reserve", "ta{sv}", "0", "0"), ("Invalid arguments", "Reserve", "t", "4096"),
                ("has only 1073741824", "Reserve", "ta{sv}", "18446744073709547520", "0"),
                ("a multiple of the page size", "Reserve", "ta{sv}", "18446744073709551615", "0"),
                ("unknown option \"frob\"", "Reserve", "ta{sv}", "4096", "1", "frob", "s", "x"),
                ('option "align": accepted is bytes', "Reserve", "ta{sv}", "4096", "1", "align", "u", "4096"),
                ('option "align": accepted is bytes', "Reserve", "ta{sv}", "4096", "1", "align", "t", "0"),
                ("accepted is a power of two", "Reserve", "ta{sv}", "4096", "1", "align", "t", "9223372036854775809"),
                ('option "node": accepted is', "Reserve", "ta{sv}", "4096", "1", "node", "i", "-1"),
                ('option "name": accepted is', "Reserve", "ta{sv}", "4096", "1", "name", "b", "true"),
                ('option "movable": accepted is', "Reserve", "ta{sv}", "4096", "1", "movable", "s", "yes"),
                ("accepted are up to 63", "Reserve", "ta{sv}", "4096", "1", "name", "s", "a/b"),
                ("area \"\"", "Reserve", "ta{sv}", "4096", "1", "area", "s", ""),
                (NOT_HERE, "Reserve", "ta{sv}", "4096", "5", "area", "s", "x", "align", "t", "65536", "node", "i", "0",
                 "movable", "b", "false", "name", "s", "x"),
                ("Invalid arguments", "ReleaseReservation", "t", "5"), ("name or number", "ReleaseReservation", "s", "a b"),
                (NOT_HERE, "ReleaseReservation", "s", "camera"), ("name or number", "GetReservation", "s", "0"),
                ("no reservation camera", "GetReservation", "s", "camera"), ("no reservation 7", "GetReservation", "s", "7")):
            done = self.manager(*arguments)
            self.assertNotEqual(done.returncode, 0, arguments)
            self.assertIn(says, done.stderr)
        self.assertEqual(self.manager("ListReservations").stdout, "aa{sv} 0\n")
        for path in ("/reservation/1", "/reservation/0", "/reservation/x", "/reservation/18446744073709551616"):
            for method in ("Get", "Release"):
                self.assertIn("Unknown object", self.call(path, f"Reservation.{method}").stderr)
        self.assert_runs(daemon)
        self.stop(daemon)

    def test_who_may(self):
        polkit, daemon = self.polkit(reserve="no", inspect="yes"), self.serve(self.tree_with_node())
        for call in (("Manager.Reserve", "ta{sv}", "4096", "0"), ("Manager.ReleaseReservation", "s", "x")):
            self.assertIn("polkit says no to org.memctl1.reserve", self.call("", *call).stderr)
            self.assertEqual(self.read_lines(polkit, 1), ["check org.memctl1.reserve 1"])
        done = self.call("", "Manager.ListReservations")
        self.assertEqual((done.returncode, done.stdout), (0, "aa{sv} 0\n"), done.stderr)
        self.assertEqual(self.read_lines(polkit, 2), ["check org.memctl1.inspect-processes 0", "check org.memctl1.inspect 1"])
        self.end(polkit)
        self.polkit(reserve="yes")
        self.assertIn(NOT_HERE, self.call("", "Manager.Reserve", "ta{sv}", "4096", "0").stderr)
        self.stop(daemon)

    def test_the_list_of_areas_asks_for_no_password(self):
        """It has to say something without it: what is reserved is null then."""
        polkit, daemon = self.polkit(inspect="challenge"), self.serve(self.tree_with_node())
        done = self.run_it(self.copy_of_memctl(), "--json", "cma", "list", **self.as_nobody())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((json.loads(done.stdout)["reservations"], done.stderr),
                         (None, "memctl: this kernel has no CMA area\n"))
        self.assertEqual(self.read_lines(polkit, 2), ["check org.memctl1.inspect-processes 0", "check org.memctl1.inspect 0"])
        self.stop(daemon)


if __name__ == "__main__":
    unittest.main()
