#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tools/circles finds each circle, and nothing else."""

import importlib.machinery
import importlib.util
import random
import sys
import unittest
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "tools/circles"
LOADER = importlib.machinery.SourceFileLoader("circles", str(PATH))
circles = importlib.util.module_from_spec(importlib.util.spec_from_loader("circles", LOADER))
LOADER.exec_module(circles)


class Circles(unittest.TestCase):
    def test_shapes(self):
        for graph, expected in (
                ({}, []),
                ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
                ({"a": {"b"}, "b": {"a"}}, [["a", "b"]]),
                ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, [["a", "b", "c"]]),
                ({"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"c"}}, [["a", "b"], ["c", "d"]]),
                ({"a": {"elsewhere"}}, [])):
            self.assertEqual(circles.circles(graph), expected)

    def test_folders(self):
        """Two folders whose files are in no circle may need one another all the same."""
        graph = {"d/plan/fit": {"d/query/why", "d/plan/size"}, "d/query/why": {"d/plan/size"}, "d/plan/size": set()}
        self.assertEqual(circles.circles(graph), [])
        self.assertEqual(circles.circles(circles.folders(graph)), [["d/plan", "d/query"]])

    def test_any_graph(self):
        """Two are in one circle when each reaches the other."""
        print("# seed 1", file=sys.stderr)
        chance = random.Random(1)
        for _ in range(300):
            names = "abcdefgh"[:chance.randint(1, 8)]
            graph = {name: {other for other in names if other != name and chance.random() < 0.25} for name in names}
            reach = {name: set(others) for name, others in graph.items()}
            for middle in names:
                for name in names:
                    if middle in reach[name]:
                        reach[name] |= reach[middle]
            expected = {tuple(sorted({name} | {other for other in names if other in reach[name] and name in reach[other]}))
                        for name in names}
            self.assertEqual({tuple(circle) for circle in circles.circles(graph)},
                             {circle for circle in expected if len(circle) > 1}, graph)


if __name__ == "__main__":
    unittest.main()
