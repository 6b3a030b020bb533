#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/bus.md has all that introspection shows, and nothing else; and its examples do what they are for."""

import re
import subprocess
import unittest
from xml.etree import ElementTree

import cases
from testbus import SOURCE, BusCase

PAGE = (SOURCE / "docs/bus.md").read_text("utf-8")
NAME = r"[A-Z]\w+"
TYPE = r"[a-z(){}]+"
# of these nothing is there on a tree: their tables in the source stand for introspection
FROM_SOURCE = {"Job": "job", "Provider": "provider", "Reservation": "reservation"}


def types(text):
    """Of "(t block_size, au number)": "t au"; of "o job": "o"; of "()": ""."""
    text = text.strip()
    if text.startswith("("):
        text = text[1:-1]
    return " ".join(part.split()[0] for part in re.split(r",\s*", text) if part)


def member(signature):
    """("method", in, out), ("signal", types) or ("property", type)."""
    signature = signature.strip()
    if "->" in signature:
        taken, given = signature.split("->")
        return "method", types(taken), types(given)
    if signature.startswith("signal"):
        return "signal", types(signature.removeprefix("signal"))
    return ("method", types(signature), "") if signature == "()" else ("property", signature)


def documented():
    found = {}
    for interface, section in re.findall(r"^## org\.memctl1\.(\w+), on .*?\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL):
        members = found.setdefault(interface, {})
        for row in section.splitlines():
            cells = row.split(" | ")
            names = re.findall(rf"`({NAME})`", cells[0]) if row.startswith("| `") else []
            signatures = re.findall(r"(?:signal )?`[^`]+`", cells[1]) if names else []
            for number, name in enumerate(names):
                signature = signatures[min(number, len(signatures) - 1)].replace("`", "")
                members[name] = member(signature)
        # in prose: `Name type`, `Name(types)`, `Name(types) -> types`
        prose = "\n".join(line for line in section.splitlines() if not line.startswith("|"))
        for name, kind in re.findall(rf"`({NAME})\s({TYPE})`", prose):
            members[name] = "property", kind
        for name, nodes in re.findall(rf"`({NAME})(\([^`]*)`", prose):
            members[name] = member(nodes if "->" in nodes else f"{nodes} -> ()")
    return found


def introspected(xml):
    found = {}
    for interface in ElementTree.fromstring(xml).iter("interface"):
        if not interface.get("name").startswith("org.memctl1."):
            continue
        members = found.setdefault(interface.get("name").removeprefix("org.memctl1."), {})
        for one in interface:
            if one.tag == "property":
                members[one.get("name")] = "property", one.get("type")
            elif one.tag == "signal":
                members[one.get("name")] = "signal", " ".join(arg.get("type") for arg in one.iter("arg"))
            elif one.tag == "method":
                members[one.get("name")] = ("method", *(" ".join(arg.get("type") for arg in one.iter("arg") if arg.get("direction") == way)
                                                        for way in ("in", "out")))
    return found


def quoted_types(text):
    return " ".join(re.findall(r'"([^"]*)"', text))


def from_source(file):
    """The members of the vtable, as introspection would have them."""
    text = re.sub(r"\s+", " ", (SOURCE / f"daemon/bus/object/{file}.c").read_text("utf-8"))
    text = text[text.index("SD_BUS_VTABLE_START"):text.index("SD_BUS_VTABLE_END")]
    members = {name: ("property", kind) for name, kind in re.findall(r'SD_BUS_PROPERTY\("(\w+)", "([^"]+)"', text)}
    for name, taken, given in re.findall(r'SD_BUS_METHOD_WITH_ARGS\("(\w+)", (SD_BUS_NO_ARGS|SD_BUS_ARGS\(.*?\)), '
                                         r'(SD_BUS_NO_RESULT|SD_BUS_RESULT\(.*?\)), \w+,', text):
        members[name] = "method", quoted_types(taken), quoted_types(given)
    members |= {name: ("method", "", "") for name in re.findall(r'SD_BUS_METHOD\("(\w+)", NULL, NULL', text)}
    members |= {name: ("signal", quoted_types(arguments)) for name, arguments
                in re.findall(r'SD_BUS_SIGNAL_WITH_ARGS\("(\w+)", SD_BUS_ARGS\((.*?)\), 0\)', text)}
    return members


def examples(heading, until):
    """The indented lines between."""
    section = PAGE[PAGE.index(heading):]
    section = section[:section.index(until)]
    return "\n".join(line[4:] for line in section.splitlines() if line.startswith("    ") or not line)


class Page(BusCase):
    def machine(self):
        root = self.directory / "machine"
        tree = cases.small(root, [(32, 39, "Movable", "PNP0C80:00")], extra="\nCmaTotal: 262144 kB\nCmaFree: 1024 kB")
        tree.pages(40)
        tree.write("sys/kernel/mm/cma/linux,cma/alloc_pages_fail", 5)
        return root

    def test_all_that_introspection_shows(self):
        self.serve(self.machine())
        shown = {}
        self.assertEqual(self.call("", "Manager.GetCmaArea", "s", "linux,cma").stdout, 'o "/org/memctl1/cma/linux_2ccma"\n')
        for path in ("", "/block/32", "/dimm/PNP0C80_3a00", "/node/0", "/cma/linux_2ccma"):
            done = self.busctl("introspect", "--xml-interface", "org.memctl1", f"/org/memctl1{path}")
            shown |= introspected(done.stdout[done.stdout.index("<node"):])
        self.assertEqual(set(shown), {"Manager", "Block", "Dimm", "Node", "CmaArea"})
        # the tables are read as they are meant
        for interface, file in (("Manager", "manager"), ("Block", "block"), ("Dimm", "dimm"), ("Node", "node"), ("CmaArea", "cma")):
            self.assertEqual(from_source(file), shown[interface], interface)
        shown |= {interface: from_source(file) for interface, file in FROM_SOURCE.items()}
        told = documented()
        self.assertEqual(set(told), set(shown))
        for interface, members in shown.items():
            self.assertGreater(len(members), 1)
            self.assertEqual(told[interface], members, interface)

    def test_busctl_and_gdbus(self):
        self.serve(self.machine_of_the_page())
        printed = {}
        lines = [line for heading, until in (("With busctl:", "With gdbus:"), ("With gdbus:", "A method that starts"))
                 for line in examples(heading, until).splitlines() if line]
        self.assertEqual(len(lines), 9)
        for line in lines:
            done = subprocess.run(["sh", "-c", line], env=self.environment, capture_output=True, text=True, check=False, timeout=120)
            self.assertEqual(done.returncode, 0, f"{line}\n{done.stderr}")
            printed[line.split("Manager")[-1].split("org.memctl1.")[-1]] = done.stdout
        text = "".join(printed.values())
        for expected in ("/org/memctl1/node/0", ".Plan", 's "0.', 'o "/org/memctl1/dimm/PNP0C80_3a00"', "au 3 4 5 7",
                         '"blocks":{"type":"au","data":[7,6,5,4]}', "TotalBytes", "(objectpath '/org/memctl1/block/4',)",
                         "'result': <'done'>"):
            self.assertIn(expected, text)

    def machine_of_the_page(self):
        root = self.tree()
        (root / "sys/devices/system/node/node0").mkdir(parents=True)
        for number in range(8):
            (root / f"sys/devices/system/memory/memory{number}/node0").symlink_to("../../node/node0")
        return root

    def test_a_job_in_python(self):
        """However soon it is over."""
        script = self.directory / "example"
        script.write_text(examples("In Python, with python3-gi:", "## org.memctl1.Manager").strip() + "\n", encoding="utf-8")
        script.chmod(0o755)
        for when in ("before", "after"):
            fake = self.fake(f"--finish={when}", "/org/memctl1/dimm/PNP0C80_3a00:org.memctl1.Dimm.Offline(a{sv})="
                                                 "(objectpath '/org/memctl1/job/3',)")
            done = self.run_it(script)
            self.assertEqual((done.returncode, done.stdout), (0, "/org/memctl1/job/3 done\n"), done.stderr)
            self.end(fake)

    def test_paths(self):
        self.serve(self.machine())
        for path, method, name in (("/org/memctl1/dimm/PNP0C80_3a00", "GetDimm", "PNP0C80:00"),
                                   ("/org/memctl1/cma/linux_2ccma", "GetCmaArea", "linux,cma")):
            self.assertIn(f"`{path}`", PAGE)
            self.assertEqual(self.call("", f"Manager.{method}", "s", name).stdout, f'o "{path}"\n')


if __name__ == "__main__":
    unittest.main()
