# SPDX-License-Identifier: LGPL-2.1-or-later
"""memctl matrix: cells of which it is certain what they are, and a machine that is as it was."""

import json

from matrixbed import MATRIX, MatrixGuest

VERDICTS = {"works", "splits", "slow", "fails", "not_supported", "not_tried"}
OPERATIONS = {"compaction", "block_offline", "reserve", "move_pages", "migrate_pages", "mbind", "swap", "zswap", "collapse", "damos",
              "soft_offline", "hard_poison"}
CELL_KEYS = {"kind", "operation", "verdict", "errno", "pages", "moved", "folios", "folios_kept", "seconds", "note", "known"}
MOVED = {"works", "splits", "slow"}
# A kernel with none of them has none of these cells.
SOMETIMES = {"mthp-16k", "mthp-32k", "mthp-64k", "mthp-128k", "mthp-256k", "mthp-512k", "mthp-1024k"}
KINDS = {"anon-4k", "thp-2m", "mlocked", "ksm", "file-private", "file-shared", "file-private-large", "file-shared-large", "tmpfs",
         "shmem-thp", "hugetlb-2m", "hugetlb-1g", "pinned-short", "pinned-long", "io-uring-ring", "secretmem", "fuse-dirty", "zsmalloc",
         "balloon", "memctl-heap", "dma-buf", "page-tables"}


class Matrix(MatrixGuest):
    kernels = ("7.3",)
    every = ("6.1", "6.12", "7.3")
    sanitized = ()

    def test_certain_cells(self):
        self.boot_for_matrix()
        before = self.state()
        self.nothing_yet()
        answer, said = self.matrix()
        self.assertIn("puts all back", said)
        self.assertEqual(self.state(), before)
        self.shape(answer)
        self.cells = {(cell["kind"], cell["operation"]): cell for cell in answer["cells"]}
        self.always_moves()
        self.never_moves()
        self.unsupported()
        self.kept(answer)
        if self.series == "7.3":
            self.zswap_once_on(before)

    def zswap_once_on(self, before):
        """What would not be put back is tried where it was done already."""
        self.guest.run("echo Y > /sys/module/zswap/parameters/enabled")
        said = self.guest.run(f"{MATRIX} anon-4k zswap").stdout.splitlines()
        self.assertEqual(json.loads(said[0])["verdict"], "works", said)
        self.guest.run("echo N > /sys/module/zswap/parameters/enabled")
        self.assertEqual(self.state(), before)

    def nothing_yet(self):
        result = self.guest.run("memctl matrix", check=False)
        self.assertEqual(result.status, 6, result.output)
        self.assertIn("memctl matrix --run", result.stderr)

    def shape(self, answer):
        self.assertEqual(set(answer), {"cells", "date", "kernel", "seconds", "not_put_back"})
        self.assertEqual(answer["kernel"], self.guest.run("uname -r").stdout.strip())
        self.assertEqual(answer["not_put_back"], [])
        self.assertLess(answer["seconds"], 300)
        kinds = {cell["kind"] for cell in answer["cells"]}
        self.assertEqual(kinds - SOMETIMES, KINDS)
        self.assertEqual(bool(kinds & SOMETIMES), self.series != "6.1")
        self.assertEqual(len(answer["cells"]), len(kinds) * len(OPERATIONS))
        for cell in answer["cells"]:
            with self.subTest(**cell):
                self.assertEqual(set(cell), CELL_KEYS)
                self.assertIn(cell["verdict"], VERDICTS)
                self.assertIn(cell["operation"], OPERATIONS)
                self.assertLessEqual(cell["folios_kept"], cell["folios"])
                self.assertTrue(cell["note"] or cell["verdict"] not in ("not_tried", "not_supported"))
                self.assertNotIn("another content", cell["note"] or "")
                self.assertFalse("the probe was ended" in (cell["note"] or ""))

    def verdict(self, kind, operation):
        return self.cells[kind, operation]["verdict"]

    def assert_moves(self, kind, *operations):
        for operation in operations:
            with self.subTest(kind=kind, operation=operation):
                self.assertIn(self.verdict(kind, operation), MOVED, self.cells[kind, operation])

    def assert_stays(self, kind, *operations):
        for operation in operations:
            with self.subTest(kind=kind, operation=operation):
                self.assertNotIn(self.verdict(kind, operation), MOVED, self.cells[kind, operation])

    def assert_compacts(self, kind):
        """Where compaction did not come by, it is asked to again."""
        cell = self.cells[kind, "compaction"]
        for _ in range(5):
            if cell["verdict"] != "not_tried":
                break
            cell = json.loads(self.guest.run(f"{MATRIX} {kind} compaction").stdout.splitlines()[0])
        self.assertIn(cell["verdict"], MOVED, cell)

    def always_moves(self):
        for kind in ("anon-4k", "mlocked", "tmpfs", "file-shared", "file-private", "fuse-dirty"):
            self.assert_moves(kind, "move_pages", "mbind", "migrate_pages", "block_offline")
        for kind in ("anon-4k", "mlocked", "memctl-heap"):
            self.assert_compacts(kind)
        self.assert_moves("anon-4k", "reserve", "swap", "collapse")
        self.assert_moves("hugetlb-2m", "move_pages", "mbind")
        self.assert_moves("thp-2m", "move_pages", "mbind", "block_offline")
        self.assert_moves("memctl-heap", "block_offline")
        for cell in (self.cells["thp-2m", "move_pages"], self.cells["hugetlb-2m", "move_pages"]):
            self.assertEqual(cell["folios"], cell["folios_kept"])

    def never_moves(self):
        self.assert_stays("page-tables", *OPERATIONS)
        for kind in ("secretmem", "io-uring-ring", "dma-buf"):
            self.assert_stays(kind, *(OPERATIONS - {"hard_poison"}))
        for kind in ("pinned-short", "pinned-long"):
            self.assert_stays(kind, "move_pages", "mbind", "compaction", "reserve")
        # long pins leave zone Movable first, so that there is nothing of them in a block that may go
        self.assertEqual(self.verdict("pinned-long", "block_offline"), "not_tried")

    def unsupported(self):
        """What kernels were not built with, or have not learned yet."""
        self.assertEqual(self.verdict("anon-4k", "zswap"), "not_tried" if self.series == "7.3" else "not_supported")
        self.assertEqual(self.verdict("anon-4k", "soft_offline") == "not_supported", self.series == "6.1")
        self.assertEqual(self.verdict("anon-4k", "damos") == "not_supported", self.series == "6.1")
        if self.series != "6.1":
            self.assert_moves("anon-4k", "soft_offline", "hard_poison", "damos")

    def kept(self, answer):
        """It is shown again, for people, too, and by columns."""
        self.assertEqual(json.loads(self.guest.run("memctl matrix --json").stdout), answer)
        table = self.guest.run("memctl matrix").stdout
        self.assertRegex(table, r"(?m)^KIND +COMPACT +OFFLINE")
        self.assertRegex(table, r"(?m)^anon-4k +\S+ +works +works")
        lines = self.guest.run("memctl matrix -n -o KIND,OPERATION,VERDICT").stdout.splitlines()
        self.assertEqual(len(lines), len(answer["cells"]))

    def test_ended_early(self):
        """A signal to one of its processes, or the end of another, and all is as it was."""
        self.boot_for_matrix()
        before = self.state()
        keeper = "$(pidof memctl-matrix | tr ' ' '\\n' | sort -n | head -n 1)"
        for how in (f"kill -TERM {keeper}", "kill -9 $(pidof memctl)", f"kill -9 {keeper}"):
            with self.subTest(how=how):
                self.guest.run("memctl matrix --run --json > /run/out 2>&1 & "
                               "until pidof memctl-matrix; do sleep 0.1; done; sleep 7")
                self.assertNotEqual(self.state(), before)
                busy = self.guest.run("memctl matrix --run --json", check=False)
                self.assertEqual((busy.status, json.loads(busy.stdout)["error"]["code"]), (7, "busy"), busy.output)
                self.guest.run(how)
                self.wait_until("! pidof memctl-matrix", "it ends")
                self.assertEqual(self.state(), before)
        self.killed_all_at_once(before)

    def killed_all_at_once(self, before):
        self.guest.run("memctl matrix --run > /run/out 2>&1 & until pidof memctl-matrix; do sleep 0.1; done; sleep 7; "
                       "kill -9 $(pidof memctl-matrix)")
        self.wait_until("! pidof memctl-matrix", "it ends")
        self.assertNotEqual(self.state(), before)
        self.guest.run(f"{MATRIX} no-such-kind")
        self.assertEqual(self.state(), before)
