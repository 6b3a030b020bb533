#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""report --html: one page, whole or not at all, that hostile text does not get out of, and that all can read."""

import html.parser
import json
import re
import resource
import signal
import subprocess
import unittest

import cases
import reporttree
from test_cli import MEMCTL, Case
from testbus import BusCase

VOID = {"meta", "link", "br", "hr", "img", "input"}
ALLOWED = {"html", "head", "meta", "link", "title", "style", "body", "a", "header", "h1", "h2", "h3", "p", "time", "nav", "ul", "li", "main",
           "section", "dl", "div", "dt", "dd", "span", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "svg",
           "g", "rect", "path", "strong", "footer"}
SECTIONS = ["machine", "map", "movability", "cma", "fragmentation", "jobs", "matrix"]


class Page(html.parser.HTMLParser):
    """Elements with their attributes and parents; fails where tags do not match."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.stack, self.elements, self.text = [], [], []
        self.feed(text)
        self.close()
        assert not self.stack, self.stack

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, (tag, self.getpos())
        assert len({name for name, _ in attrs}) == len(attrs), (tag, attrs)
        self.elements.append((tag, dict(attrs), [one[0] for one in self.stack], len(self.elements)))
        if tag not in VOID and not self.rawdata[self.offset_now():].split(">", 1)[0].endswith("/"):
            self.stack.append((tag, len(self.elements) - 1))

    def handle_startendtag(self, tag, attrs):
        assert tag in {"rect", "path"}, tag
        self.elements.append((tag, dict(attrs), [one[0] for one in self.stack], len(self.elements)))

    def offset_now(self):
        line, column = self.getpos()
        return sum(len(text) + 1 for text in self.rawdata.split("\n")[:line - 1]) + column if line > 1 else column

    def handle_endtag(self, tag):
        assert self.stack and self.stack[-1][0] == tag, (tag, self.stack[-3:], self.getpos())
        self.stack.pop()

    def handle_data(self, data):
        within = {one[0] for one in self.stack}
        if "style" not in within:
            self.text.append(data)

    def all(self, *tags):
        return [element for element in self.elements if element[0] in tags]

    def words(self):
        return " ".join(" ".join(self.text).split())


class Report(Case):
    def page(self, root, *arguments):
        text = self.memctl("report", "--html", "-", "--root", root, *arguments).stdout
        return Page(text), text

    def rich(self):
        root = self.directory / "rich"
        reporttree.make(root)
        return root

    def assert_reads_well(self, page):
        self.assertEqual([attributes["lang"] for _, attributes, _, _ in page.all("html")], ["en"])
        for landmark in ("header", "nav", "main", "footer"):
            self.assertEqual(len(page.all(landmark)), 1, landmark)
        levels = [int(tag[1]) for tag, _, _, _ in page.all("h1", "h2", "h3")]
        self.assertEqual((levels[0], levels.count(1)), (1, 1))
        self.assertTrue(all(after <= before + 1 for before, after in zip(levels, levels[1:])), levels)
        ids = [attributes["id"] for _, attributes, _, _ in page.elements if "id" in attributes]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual([attributes["id"] for _, attributes, _, _ in page.all("section")], SECTIONS)
        for _, attributes, _, _ in page.all("section"):
            self.assertIn(attributes["aria-labelledby"], ids)
        for _, attributes, _, _ in page.all("a"):
            self.assertRegex(attributes["href"], "^#")
            self.assertIn(attributes["href"][1:], ids)
        self.assertEqual(len(page.all("table")), len(page.all("caption")))
        for _, attributes, parents, _ in page.all("th"):
            self.assertEqual(attributes["scope"], "col" if "thead" in parents else "row")
        for _, attributes, parents, _ in page.all("svg"):
            named = attributes.get("role") == "img" and attributes.get("aria-label")
            self.assertTrue(named or attributes.get("aria-hidden") == "true" or "figure" in parents, attributes)
        for _, attributes, _, _ in page.all("div"):
            if attributes.get("class") in ("frame", "map"):
                self.assertTrue(attributes["role"] and attributes["aria-label"])
        self.assert_rows_are_whole(page)

    def assert_rows_are_whole(self, page):
        """As many cells in each row as the table has columns."""
        width = cells = None
        for tag, _, parents, _ in page.elements + [("tr", {}, ["table"], 0)]:
            if tag == "thead":
                width = None
                cells = None
            elif tag == "tr":
                if cells is not None:
                    width = width or cells
                    self.assertEqual(cells, width)
                cells = 0 if "table" in parents else None
            elif tag in ("th", "td"):
                cells += 1
            elif tag == "table" and cells is not None:
                self.assertEqual(cells, width)
                cells = None

    def assert_needs_nothing(self, page, text):
        self.assertNotRegex(text, r"(?i)<script|javascript:|@import|url\(|http-equiv=.refresh| on[a-z]+=")
        for _, attributes, _, _ in page.elements:
            self.assertEqual(set(attributes) & {"src", "srcset", "action", "style", "data", "poster"}, set())
        self.assertEqual([(attributes["rel"], attributes["href"]) for _, attributes, _, _ in page.all("link")], [("icon", "data:,")])
        self.assertIn("default-src 'none'", text)
        self.assertNotRegex(text, r"https?://")

    def test_all_of_it(self):
        root = self.rich()
        page, text = self.page(root)
        self.assert_reads_well(page)
        self.assert_needs_nothing(page, text)
        words = page.words()
        for said in (f"Memory of the tree {root}", "Linux 7.3.4-report", "PNP0C80:01", "DIMM_B1 0 4 GiB 3.88 GiB yes 5539 1", "offline 5 640 MiB",
                     "up to half unmovable 17", "lru_anon", "which cannot tell pinned", "camera", "12 MiB", "77 %",
                     "0 9 1448", "memctld knows of no jobs", "pinned-long", "EBUSY", "One cell is 1 block, 128 MiB", "a tree has no memctl.ko"):
            self.assertIn(said, words)
        cells = [attributes["class"] for _, attributes, _, _ in page.all("rect") if attributes.get("class", "").startswith("cell k-")]
        legend = 5
        self.assertEqual(len(cells), 88 + legend + 512)
        self.assertEqual(cells.count("cell k-offline"), 5 + 1)
        self.assertEqual(len([1 for _, attributes, _, _ in page.all("rect") if attributes.get("class") in ("used", "part")]),
                         sum(1 for word in self.bitmap(root) for byte in word.to_bytes(4, "little") for pair in range(4) if byte >> 2 * pair & 3))
        self.assertIn("block 32, 0x0000000100000000-0x0000000107ffffff", words)

    def bitmap(self, root):
        return [int(word) for word in (root / "sys/kernel/debug/cma/camera/bitmap").read_text(encoding="ascii").split()]

    def test_hostile_text_stays_text(self):
        root = self.rich()
        kept = root / f"var/lib/memctl/matrix-{reporttree.RELEASE}.json"
        matrix = json.loads(kept.read_text(encoding="utf-8"))
        evil = '</td></table><script>alert(1)</script><img src=x onerror="alert(1)">&amp;\u202e\x1b[31m\u2066'
        for name in ("kind", "verdict", "errno", "operation", "note"):
            matrix["cells"][0][name] = evil
        matrix["cells"][1]["kind"] = "bad\udcff"
        matrix["date"] = matrix["kernel"] = evil
        kept.write_bytes(json.dumps(matrix, ensure_ascii=False).encode("utf-8", "surrogateescape"))
        (root / "sys/devices/system/edac/mc/mc0/dimm0/dimm_label").write_bytes(b"<b>\xff\n")
        hostile = root / "sys/kernel/mm/cma" / "<svg onload=x>"
        hostile.mkdir()
        (hostile / "alloc_pages_success").write_text("1\n", encoding="ascii")
        page, text = self.page(root)
        self.assert_reads_well(page)
        self.assert_needs_nothing(page, re.sub(r"&lt;.*?&gt;", "", text))
        self.assertIn("DIMM_A1 </td><script>alert(1)</script>", page.words())
        self.assertIn("</td></table><script>alert(1)</script><img src=x", page.words())
        self.assertNotRegex(text, "[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f\x7f]")

    def test_what_is_missing_is_told(self):
        for fill, missing in ((cases.uncounted, ("neither memctl.ko nor /proc/kpageflags", "proc/buddyinfo cannot be read",
                                                 "nothing was tried on this kernel", "No memory is set aside")),
                              (cases.no_hotplug, ("CONFIG_MEMORY_HOTPLUG", "nothing was tried"))):
            root = self.directory / fill.__name__
            fill(root)
            page, text = self.page(root)
            self.assert_reads_well(page)
            self.assert_needs_nothing(page, text)
            for said in missing:
                self.assertIn(said, page.words())

    def test_a_large_machine_stays_one_page(self):
        root = self.directory / "many"
        cases.many(root)
        page, text = self.page(root)
        self.assert_reads_well(page)
        self.assertLess(len(text), 2 << 20)
        self.assertIn("And 268 others without errors: memctl dimm list", page.words())
        self.assertIn("PNP0C80:1f", page.words())

    def test_a_file(self):
        root, target = self.rich(), self.directory / "out/report.html"
        target.parent.mkdir()
        self.assertEqual(self.memctl("report", "--html", target, "--root", root).stdout, "")
        before = target.read_bytes()
        self.assertEqual(len(Page(before.decode()).all("section")), len(SECTIONS))

        def no_room():
            resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        done = subprocess.run([MEMCTL, "report", "--html", target, "--root", root], env=self.environment, capture_output=True, text=True,
                              check=False, preexec_fn=no_room)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f'cannot write "{target}"'[:60], done.stderr)
        self.assertEqual(target.read_bytes(), before)
        self.assertEqual([path.name for path in target.parent.iterdir()], ["report.html"])
        self.assert_says_that_output_is_full(root, ["report", "--html", "-"])
        self.assertIn("accepted is the name of a regular file", self.memctl("report", "--html", "/dev/null", "--root", root, status=1).stderr)

    def test_command_lines(self):
        root = self.tree()
        for arguments, says in (([], "accepted is"), (["--html", ""], "the name of a file"), (["--html"], "the name of a file"),
                                (["x", "--html", "-"], "memctl report"), (["--html", "-", "--svg", "x"], "--svg does not go with report"),
                                (["--html", "-", "-o", "X"], "--output does not go")):
            self.assertIn(says, self.memctl("report", "--root", root, *arguments, status=2).stderr)
        self.assertIn("run memctl on other", self.memctl("report", "--html", "-", "-H", "other", status=2).stderr)


class OnTheBus(BusCase):
    def test_no_memctld(self):
        done = self.memctl("report", "--html", self.directory / "r.html")
        self.assertEqual((done.returncode, done.stdout), (5, ""), done.stderr)
        self.assertFalse((self.directory / "r.html").exists())

    def test_without_a_right_sections_say_so(self):
        root = self.directory / "rich"
        reporttree.make(root)
        self.polkit(inspect="no", inspect_processes="no")
        daemon = self.serve(root)
        full = self.memctl("report", "--html", "-")
        self.assertEqual(full.returncode, 0, full.stderr)
        done = self.run_it(MEMCTL, "report", "--html", "-", **self.as_nobody())
        self.assertEqual(done.returncode, 0, done.stderr)
        page = Page(done.stdout)
        self.assertRegex(page.words(), r"Cannot be told: not authorized")
        self.assertNotIn("lru_anon", page.words())
        self.assertIn("lru_anon", Page(full.stdout).words())
        self.assertIn("PNP0C80:00", page.words())
        self.stop(daemon)


if __name__ == "__main__":
    unittest.main()
