#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may do what, what others get to see, and how much of memctld one caller may take."""

import unittest

from testbus import BusCase


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


if __name__ == "__main__":
    unittest.main()
