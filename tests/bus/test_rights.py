#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may do what, what others get to see, and how much of memctld one caller may take."""

import array
import re
import unittest

from testbus import SOURCE, BusCase


class Checks(BusCase):
    """Calls that polkit is asked about: what a user may have waiting, and for how long."""

    def test_large_calls_are_refused_before_polkit_is_asked(self):
        polkit, daemon = self.polkit(inspect="wait"), self.serve(self.tree())
        flood = self.flood(20, 2 << 20)
        for line in self.read_lines(flood, 20):
            self.assertRegex(line, "InvalidArgument the arguments are too large: accepted is up to 1024 KiB")
        self.flood(1, 1)
        self.assertEqual(self.read_lines(polkit, 1), ["check org.memctl1.inspect 0"])     # that one's
        self.stop(daemon)

    def test_a_user_may_have_so_many_waiting(self):
        polkit, daemon = self.polkit(inspect="wait"), self.serve(self.tree())
        first = self.flood(40, 1000)
        for line in self.read_lines(first, 32):
            self.assertRegex(line, r"Error\.Busy user \d+ has 8 calls that wait for authorization")
        self.assertEqual(self.read_lines(polkit, 8), ["check org.memctl1.inspect 0"] * 8)
        second = self.flood(1, 1)
        self.assertIn("Busy", self.read_lines(second, 1)[0])     # the same user, on another connection
        self.assertEqual(self.busctl("call", "org.memctl1", "/org/memctl1", "org.memctl1.Manager", "ListBlocks").returncode, 0)

        first.stdin.close()                       # who is gone is not asked for
        self.assertEqual(self.read_lines(polkit, 8), ["cancel"] * 8)
        third = self.flood(9, 1)
        self.assertIn("Busy", self.read_lines(third, 1)[0])
        self.assertEqual(self.read_lines(polkit, 8), ["check org.memctl1.inspect 0"] * 8)
        self.assert_runs(daemon)
        self.stop(daemon)

    def test_polkit_goes_away(self):
        polkit, daemon = self.polkit(inspect="wait"), self.serve(self.tree())
        flood = self.flood(2, 1)
        self.read_lines(polkit, 2)
        polkit.kill()
        for line in self.read_lines(flood, 2):
            self.assertRegex(line, "NotAuthorized not authorized: polkit could not be asked about org.memctl1.inspect")
        self.assertRegex(self.call("", "Manager.Survey", "as", "0").stderr, "only root may")
        self.assert_runs(daemon)


class Answers(BusCase):
    """What is asked of polkit for whom, and what comes of its answers."""

    def tree_with_pages(self):
        root = self.tree()
        (root / "proc").mkdir()
        (root / "proc/kpageflags").write_bytes(array.array("Q", [1 << 7] * 32768 * 8).tobytes())     # slab
        return root

    def test_counts_for_all_and_addresses_for_administrators(self):
        polkit, daemon = self.polkit(inspect="yes"), self.serve(self.tree_with_pages())
        done = self.call("", "Manager.Why", "as", "1", "4")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"owners"', done.stdout)
        self.assertIn('"slab"', done.stdout)
        self.assertRegex(done.stdout, '"reasons".*"unmovable"')
        self.assertNotRegex(done.stdout, '"keepers"|"processes"|"start"|"pids"')
        self.assertEqual(self.read_lines(polkit, 2), ["check org.memctl1.inspect-processes 1", "check org.memctl1.inspect 0"])
        self.end(polkit)
        polkit = self.polkit(inspect_processes="yes")
        done = self.call("", "Manager.Why", "as", "1", "4")
        self.assertRegex(done.stdout, '"keepers".*"start".*"processes"')
        self.assertEqual(self.read_lines(polkit, 1), ["check org.memctl1.inspect-processes 1"])
        self.stop(daemon)

    def test_who_is_asked_for_a_password(self):
        polkit, daemon = self.polkit(inspect="challenge", offline="no"), self.serve(self.tree_with_pages())
        for path, member, arguments, asked in (
                ("", "Manager.Why", ["as", "1", "4"], ["inspect-processes 1", "inspect 0"]),
                ("/dimm/PNP0C80_3a00", "Dimm.Plan", ["a{sv}", "0"], ["inspect-processes 0", "inspect 1"]),
                ("", "Manager.PlanBlocks", ["asa{sv}", "1", "4", "0"], ["inspect-processes 0", "inspect 1"]),
                ("", "Manager.GetLruCache", [], ["inspect-processes 0", "inspect 1"]),
                ("", "Manager.Survey", ["as", "0"], ["inspect 1"])):
            with self.subTest(member):
                interface, method = member.split(".")
                done = self.busctl("--allow-interactive-authorization=yes", "call", "--", "org.memctl1", f"/org/memctl1{path}",
                                   f"org.memctl1.{interface}", method, *arguments, **self.as_nobody())
                self.assertRegex(done.stderr, "polkit wants a password for org.memctl1.inspect,.*over ssh.*sudo")
                self.assertEqual(self.read_lines(polkit, len(asked)), [f"check org.memctl1.{line}" for line in asked])
        self.assertIn("polkit says no to org.memctl1.offline", self.call("/block/4", "Block.Offline", "a{sv}", "0").stderr)
        self.stop(daemon)

    def test_every_method_is_in_the_table(self):
        daemon = self.serve(self.tree())
        document = (SOURCE / "docs/rights.md").read_text(encoding="utf-8")
        for path, interface in (("", "Manager"), ("/block/4", "Block"), ("/dimm/PNP0C80_3a00", "Dimm")):
            shown = self.busctl("introspect", "org.memctl1", f"/org/memctl1{path}", f"org.memctl1.{interface}").stdout
            methods = re.findall(r"^\.(\w+) +method", shown, re.MULTILINE)
            self.assertNotEqual(methods, [])
            for method in methods:
                self.assertIn(f"`{interface}.{method}`", document)
        self.stop(daemon)

    def test_the_bus_goes_away(self):
        """No job runs: it ends, as one that failed, so that systemd starts another."""
        daemon = self.serve(self.tree())
        self.bus.kill()
        self.assertEqual(daemon.wait(30), 1)


if __name__ == "__main__":
    unittest.main()
