#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual pages: clean for mandoc and man, and what is a table elsewhere is the same here."""

import os
import re
import subprocess
import unittest

from test_bus_page import documented, types
from test_cli import MEMCTLD, SOURCE, Case

FOLDER = SOURCE / "docs/man"
PAGES = ("memctl.1", "memctl.conf.5", "org.memctl1.5", "memctld.8", "memctl-movable.9")


def page(name):
    return (FOLDER / name).read_text("utf-8")


def items(text, macro):
    """What the tags of lists begin with: of ".It Fl J , Fl Fl json Ns Op x" J and json."""
    return [line.removeprefix(".It ") for line in text.splitlines() if line.startswith(f".It {macro}")]


def help_options(text):
    """Of lines like "  -o, --output COLUMNS": {"output": "o"}, without a letter ""."""
    return {name: letter for letter, name in re.findall(r"^ +(?:-(\w), )?--([a-z-]+)", text, re.MULTILINE)}


class Pages(Case):
    def test_all_are_there_and_clean(self):
        self.assertEqual({path.name for path in FOLDER.iterdir()} - {"meson.build"}, set(PAGES))
        for name in PAGES:
            lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", FOLDER / name], capture_output=True, text=True, check=False)
            self.assertEqual((lint.returncode, lint.stdout), (0, ""), name)
            for locale in ("C", "C.UTF-8"):
                shown = subprocess.run(["man", "--warnings", "-l", FOLDER / name], env={**os.environ, "LC_ALL": locale, "MANWIDTH": "80"},
                                       capture_output=True, check=True)
                self.assertEqual(shown.stderr, b"", name)
                self.assertGreater(len(shown.stdout), 1000)
            self.assertIn("LGPL-2.1-or-later", page(name).splitlines()[0])
            self.assertIn(f"'{name}'", page("meson.build"))

    def test_they_refer_to_pages_that_are_there(self):
        ours = {tuple(name.rsplit(".", 1)) for name in PAGES}
        for name in PAGES:
            for other, section in re.findall(r"^\.Xr (\S+) (\d)", page(name), re.MULTILINE):
                self.assertTrue((other, section) in ours or not other.startswith(("memctl", "org.memctl1")), (name, other))

    def test_memctl(self):
        text = page("memctl.1")
        listed = items(text, "Cm") + re.findall(r"^\.Xo\n\.(Cm .*)", text, re.MULTILINE) + re.findall(r"^\.It Xo\n\.(Cm .*)", text, re.MULTILINE)
        named = set()
        for item in listed:
            for part in re.split(r" , Cm |^Cm ", item):
                part = re.split(r" (?:Ar|Op|Oo|Fl|Xo|Cm)\b", part)[0].strip()
                if part:
                    named.add(re.sub(r" (show|dry-run|set)( \|.*)?$", "", part) if "policy" in part else part)
        verbs = set()
        for line in self.memctl("--complete", "").stdout.splitlines():
            word = line.split("\t")[0]
            inner = [entry.split("\t")[0] for entry in self.memctl("--complete", "help", word, "").stdout.splitlines()]
            verbs |= {f"{word} {verb}" for verb in inner} if word != "help" and inner else {word}
        self.assertEqual(named, verbs)
        options = {name: letter for letter, name in re.findall(r"^\.It (?:Fl (\w) , )?Fl Fl ([a-z-]+)", text, re.MULTILINE)}
        self.assertEqual(options, help_options(self.memctl("--help").stdout))
        for name, words in re.findall(r"^ +(?:-\w, )?--([a-z-]+) ([a-z-]+(?:\|[a-z-]+)+)$", self.memctl("--help").stdout, re.MULTILINE):
            self.assertIn(f".It Fl Fl {name} Cm {words.replace('|', ' | ')}\n", text)
        statuses = set(re.findall(r"(\d+) [a-z]", re.search(r"Exit status: ([^.]*)\.", self.memctl("--help").stdout)[1]))
        section = text[text.index(".Sh EXIT STATUS"):text.index(".Sh EXAMPLES")]
        self.assertEqual(set(re.findall(r"^\.It (\d+)$", section, re.MULTILINE)), statuses)

    def test_memctld(self):
        text = subprocess.run([MEMCTLD, "--help"], capture_output=True, text=True, check=True).stdout
        options = re.findall(r"^\.It Fl Fl ([a-z]+)", page("memctld.8"), re.MULTILINE)
        self.assertEqual(options, list(help_options(text)))

    def test_memctl_conf(self):
        keys, online = ([match.groups() for match in re.finditer(
            r'^        \{ "(\w+)", "([^"]+)",\s+\w+,\s+(\w+) \}', source[source.index("} keys[]"):], re.MULTILINE)]
                        for source in ((SOURCE / f"daemon/{room}/config.c").read_text("utf-8") for room in ("policy", "onlining")))
        text = page("memctl.conf.5")
        self.assertEqual(re.findall(r"^\.It Cm (\w+) Ns =\n(.*)\.$", text, re.MULTILINE),
                         [(key, accepted) for key, accepted, _ in (*keys, *online)])
        [of_nodes] = re.findall(r"^\.Cm (.*) \.$", text[text.index("Of NUMA node N alone"):], re.MULTILINE)
        self.assertEqual(of_nodes.split(" , "), [key for key, _, nodes in keys if nodes == "true"])
        example = re.search(r"^\.Bd .*?\n(.*?)\.Ed$", text, re.MULTILINE | re.DOTALL)[1]
        root = self.tree()
        (root / "etc/memctl").mkdir(parents=True)
        (root / "etc/memctl/memctl.conf").write_text(example, encoding="ascii")
        (root / "sys/devices/system/node/node0").mkdir(parents=True)
        (root / "proc").mkdir()
        for name, text in (("buddyinfo", f"Node 0, zone   Normal {' 5' * 11}\n"), ("zoneinfo", "Node 0, zone   Normal\n  managed 99999\n"),
                           ("meminfo", "MemTotal: 399996 kB\nHugepagesize: 2048 kB\n")):
            (root / "proc" / name).write_text(text, encoding="ascii")
        policy = self.json("--root", root, "compact", "policy", "show")
        self.assertEqual((policy["enabled"], policy["fault"], policy["quiet"]), (True, None, "08:00-18:00"))

    def test_org_memctl1(self):
        found = {}
        for interface, section in re.findall(r"^\.Ss org\.memctl1\.(\w+), on \S+\n(.*?)\.El$", page("org.memctl1.5"),
                                             re.MULTILINE | re.DOTALL):
            found[interface] = {}
            for name, signature in re.findall(r'^\.It Ic (\w+) Li "(.*)"$', section, re.MULTILINE):
                method = re.fullmatch(r"\((.*?)\)(?: -> (.*))?", signature)
                if signature.startswith("signal "):
                    found[interface][name] = "signal", types(signature.removeprefix("signal "))
                elif method:
                    found[interface][name] = "method", types(f"({method[1]})"), types(f"({method[2] or ''})")
                else:
                    found[interface][name] = "property", signature
        self.assertEqual(found, documented())
        names = re.findall(r'ERROR_\w+ +"org\.memctl1\.Error\.(\w+)"', (SOURCE / "include/memctl/bus.h").read_text("utf-8"))
        self.assertEqual(sorted(re.findall(r"^\.It ([A-Z]\w+)$", page("org.memctl1.5"), re.MULTILINE)), sorted(names))

    def test_memctl_movable(self):
        header = (SOURCE / "include/memctl/movable.h").read_text("utf-8")
        header = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
        operations = re.search(r"struct memctl_movable_ops \{(.*?)\};", header, re.DOTALL)[1]
        macros = re.findall(r"^#define (memctl_\w+)\(", header, re.MULTILINE)
        header = re.sub(r"struct memctl_movable_ops \{.*?\};", "", re.sub(r"(?m)^#define(?:.*\\\n)*.*", "", header), flags=re.DOTALL)
        there = [(re.sub(r"\s+", " ", kind).strip(), name, [re.sub(r"\s+", " ", part).strip() for part in arguments.split(",")])
                 for kind, name, arguments in re.findall(r"^((?:[a-z_]+[ \n*]+)+?)(memctl_\w+)\(([^)]*)\);", header, re.MULTILINE)]
        self.assertEqual(len(there), header.count("("))
        text = page("memctl-movable.9")
        told = [(kind, name, re.findall(r'"([^"]*)"', arguments)) for kind, name, arguments
                in re.findall(r'^\.Ft "(.*)"\n\.Fn (\w+) (.*)$', text, re.MULTILINE)]
        self.assertEqual(told, there)
        self.assertEqual(re.findall(r"^\.It Fn (\w+)", text, re.MULTILINE), [name for _, name, _ in there] + macros)
        self.assertEqual(re.findall(r"^\.It Fa (\w+)", text, re.MULTILINE), re.findall(r"\(\*(\w+)\)", operations))


if __name__ == "__main__":
    unittest.main()
