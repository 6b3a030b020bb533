# SPDX-License-Identifier: LGPL-2.1-or-later
"""Without memctl.ko: the same verbs say less, say so, and take nothing that they cannot tell for 0."""

from partsbed import PartsCase


class Bare(PartsCase):
    kernels = ("6.1",)

    def test_the_poorer_answer(self):
        self.boot_parts(module=False)
        self.zram(128)
        block = self.pin_a_page()
        self.hold("mlock", "64M")
        self.guest.run("echo 8 > /proc/sys/vm/nr_hugepages")

        report = self.memctl("movability")
        self.assertEqual(report["source"], "kpageflags")
        self.assertLessEqual({"pinned", "movable_ops"}, set(report["unknown"]))
        rows = {(row["owner"], row["class"]): row for row in report["owners"]}
        zsmalloc = rows["zsmalloc", "movable_ops"]
        self.assertEqual((zsmalloc["source"], zsmalloc["pages"]), ("mm_stat", self.zram_pages()))
        self.assertEqual((zsmalloc["migrated"], zsmalloc["failed"]), (None, None))
        self.assertEqual([row["pages"] for row in report["owners"] if row["class"] == "pinned"], [None])
        counted = {row["class"]: row["pages"] for row in report["owners"] if row["source"] == "kpageflags"}
        self.assertEqual(counted["hugetlb"], 8 * 512)
        for name in ("free", "lru_anon", "lru_file", "slab", "page_table", "reserved", "other"):
            self.assertGreater(counted[name], 0, name)
        for by in ("block", "node", "order"):
            self.assertEqual(self.memctl(f"movability --by {by}")["source"], "kpageflags")

        for verb in ("movability", f"why {block}", "map"):
            said = self.guest.run(f"memctl {verb}")
            self.assertIn("memctl.ko is not loaded", said.output, verb)
        self.assert_why(block)
        self.assertEqual(self.memctl("map")["source"], "kpageflags")

    def assert_why(self, block):
        """The pinned page looks like any other here: nothing may say that it moves, or that nothing is pinned."""
        answer = self.memctl(f"why {block}")
        self.assertEqual(answer["source"], "kpageflags")
        self.assertIn("pinned", answer["unknown"])
        self.assertEqual([owner for owner in answer["owners"] if owner["class"] == "pinned"], [])
        self.assertTrue(any("load_module" in owner["advice"] for owner in answer["owners"]), answer["owners"])
