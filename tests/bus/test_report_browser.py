#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A report in Chromium: on a phone, a tablet and a desk, light and dark, and on paper. Skipped where there is no Chromium; which is
installed here only for who runs this as root with MEMCTL_TEST_CHROMIUM=install."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import browser
import cases
import reporttree
from test_cli import MEMCTL

WIDTHS = (360, 768, 1280)
# The least contrast of text to what is behind it, and of what text that is.
CONTRAST = """(() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = colour => { const [r, g, b] = channels(colour).slice(0, 3).map(c => { c /= 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor, v = channels(c);
    if (v.length === 3 || v[3] > 0) return c; } return "rgb(255, 255, 255)"; };
  let worst = [99, ""], seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();) {
    const e = node.parentElement;
    if (!node.data.trim() || e.closest("svg") || !e.getClientRects().length) continue;
    const a = luminance(getComputedStyle(e).color), b = luminance(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    seen++;
    if (ratio < worst[0]) worst = [ratio, node.data.trim()];
  }
  return [worst[0], worst[1], seen];
})()"""
# Texts that are wider than what they are in, and that nothing scrolls.
CUT = """[...document.querySelectorAll("body *")].filter(e => !e.closest(".frame, svg, .skip") &&
  e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5).map(e => e.outerHTML.slice(0, 80))"""
PARTS = """[".k-free", ".k-movable", ".mark", ".k-offline", ".edge"].map(s => {
  const style = getComputedStyle(document.querySelector(s)); return [s, style.fill, style.stroke]; })"""


def skip(reason):
    print(f"skipped: {reason}", file=sys.stderr)
    raise unittest.SkipTest(reason)


def find():
    if not browser.find() and os.environ.get("MEMCTL_TEST_CHROMIUM") == "install" and os.geteuid() == 0:
        for arguments in (["update"], ["-y", "--no-install-recommends", "install", "chromium", "fonts-dejavu-core"]):
            subprocess.run(["apt-get", "-q", *arguments], check=False, capture_output=True,
                           env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    found = browser.find()
    if not found:
        skip("there is no chromium here; as root, MEMCTL_TEST_CHROMIUM=install has it installed")
    return found


class Look(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        program = find()
        cls.directory = Path(cls.enterClassContext(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        cls.pages = {}
        for name, fill in (("rich", reporttree.make), ("poor", cases.no_hotplug), ("many", cases.many)):
            cls.pages[name] = cls.directory / f"{name}.html"
            fill(cls.directory / name)
            subprocess.run([MEMCTL, "report", "--html", cls.pages[name], "--root", cls.directory / name], check=True, capture_output=True,
                           env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={cls.directory}/no-bus"})
        try:
            cls.browser = browser.Browser(program, cls.directory)
        except (OSError, RuntimeError) as error:
            skip(f"{program} cannot run here: {error}: {(cls.directory / 'chromium.log').read_text(errors='replace')[-300:]}")
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.requests.clear()
        self.browser.said.clear()

    def test_widths_and_schemes(self):
        shots = Path(os.environ.get("MEMCTL_TEST_SCREENSHOTS", self.directory))
        sizes = {}
        for name, page in self.pages.items():
            for width in WIDTHS:
                for scheme in ("light", "dark"):
                    with self.subTest(page=name, width=width, scheme=scheme):
                        self.browser.look(width, scheme)
                        self.browser.open(page)
                        self.assertEqual(self.browser.evaluate("document.documentElement.scrollWidth"), width)
                        self.assertEqual(self.browser.evaluate(CUT), [])
                        ratio, text, seen = self.browser.evaluate(CONTRAST)
                        self.assertGreater(seen, 20)
                        self.assertGreaterEqual(ratio, 4.5, text)
                        shot = shots / f"report-{name}-{width}-{scheme}.png"
                        self.browser.screenshot(shot)
                        sizes[shot.name] = shot.stat().st_size
        self.assertEqual(len(sizes), 18)
        self.assertGreater(min(sizes.values()), 10000)
        self.assertEqual(self.browser.said, [])
        self.assertEqual(set(self.browser.requests), {f"file://{page}" for page in self.pages.values()})

    def test_light_is_not_dark(self):
        looks = {}
        for scheme in ("light", "dark"):
            self.browser.look(768, scheme)
            self.browser.open(self.pages["rich"])
            looks[scheme] = (self.browser.evaluate("getComputedStyle(document.body).backgroundColor"), self.browser.evaluate(PARTS))
            kinds = {str(part[1:]) for part in looks[scheme][1]}
            self.assertEqual(len(kinds), 5, looks[scheme])
        self.assertNotEqual(looks["light"], looks["dark"])

    def test_on_paper(self):
        self.browser.look(718, "dark", media="print")        # A4 without its margins
        self.browser.open(self.pages["rich"])
        self.assertEqual(self.browser.evaluate("document.documentElement.scrollWidth"), 718)
        self.assertEqual(self.browser.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        self.assertEqual(self.browser.evaluate("getComputedStyle(document.querySelector('nav')).display"), "none")
        self.assertGreaterEqual(self.browser.evaluate(CONTRAST)[0], 4.5)

    def test_for_screen_readers(self):
        self.browser.look(1280)
        self.browser.open(self.pages["rich"])
        self.browser.call("Accessibility.enable")
        nodes = self.browser.call("Accessibility.getFullAXTree")["nodes"]
        named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
        roles = [role for role, _ in named]
        for role in ("banner", "navigation", "main", "contentinfo", "table", "columnheader", "rowheader"):
            self.assertIn(role, roles)
        for role in ("img", "image", "region", "table", "navigation"):
            self.assertNotIn("", [name for one, name in named if one == role], role)
        self.assertIn("Picture of 88 memory blocks by movability; the table below has its figures", [name for _, name in named])

    def test_a_request_would_be_seen(self):
        """What the tests above look for is found where it is."""
        page = self.directory / "bad.html"
        page.write_text("<meta name='viewport' content='width=device-width, initial-scale=1'><body style='color:#999;background:#fff'><img src='nothing.png'><p style='width:900px'>grey</p>", encoding="ascii")
        self.browser.look(360)
        self.browser.open(page)
        self.assertEqual(len(set(self.browser.requests)), 2)
        self.assertTrue(self.browser.said)
        self.assertGreater(self.browser.evaluate("document.documentElement.scrollWidth"), 360)
        self.assertNotEqual(self.browser.evaluate(CUT), [])
        self.assertLess(self.browser.evaluate(CONTRAST)[0], 4.5)


if __name__ == "__main__":
    unittest.main()
