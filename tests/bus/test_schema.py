#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
docs/schema/: each verb has one that its answer fits, and that no key may be added to or left out of.

All other tests of memctl --json hold answers against them as well (schema.py).
"""

import copy
import json
import re
import unittest

import cases
import schema
from jsonschema import Draft202012Validator
from test_cli import MEMCTL, SOURCE, Case
from test_matrix import ANSWER, RELEASE
from testbus import BusCase

JOB = "/org/memctl1/job/3"
PROPERTIES = "org.freedesktop.DBus.Properties.GetAll(s)"
MANAGER = "org.memctl1.Manager"
# of jobs, as GetAll answers
FINISHED = """'Id': <uint32 3>, 'Verb': <'%s'>, 'Target': <'PNP0C80:00'>, 'State': <'finished'>, 'Result': <'%s'>, 'Stage': <''>,
'BlocksTotal': <uint32 4>, 'BlocksDone': <uint32 4>, 'CurrentBlock': <uint32 4294967295>, 'PagesInUse': <uint64 7>,
'PagesMigrated': <uint64 9>, 'PagesHeld': <uint64 0>, 'ElapsedUSec': <uint64 1500000>, 'EstimatedUSec': <uint64 0>,
'Recovered': <false>, 'Ejected': <true>, 'Notes': <['a note']>, 'Figures': <@a{st} {%s}>,
'Reasons': <[{'code': <'unmovable'>, 'block': <uint32 33>, 'pages': <uint64 12>}]>"""
COMPACTED = "'order': 9, 'blocks_before': 1, 'blocks_after': 5, 'cpu_usec': 70000"
HUGE = "'size_bytes': 2097152, 'wanted': 5, 'before': 1, 'after': 6, 'added': 5, 'possible': 5, 'possible_before': 2"
RESERVED = """'id': <uint64 7>, 'name': <'camera'>, 'size': <uint64 65536>, 'align': <uint64 4096>, 'node': <0>, 'zone': <'Movable'>,
'held_usec': <uint64 5>, 'moved': <uint64 2>, 'start': <uint64 1073741824>, 'pid': <uint32 9>, 'command': <'cat'>"""
NODE = "'node': <uint32 0>, 'order': <uint32 9>, 'target': <uint64 64>, 'free': <uint64 5>, 'state': <'compacts'>, 'reason': <'x'>"
DRY = """, 'until': <uint64 64>, 'cpu_usec': <uint64 9>, 'memory_pages': <uint64 9>, 'small_pages': <uint64 9>,
'kswapd_usec': <uint64 9>, 'memory_pressure': <uint32 1>"""
POLICY = "({'enabled': <true>, 'running': <true>, 'cpu_permille': <uint32 10>, 'vm.defrag_mode': <1>, 'nodes': <[{%s}]>},)"
WARM = "({'target_bytes': <uint64 5>, 'bytes': <uint64 5>, 'largest_bytes': <uint64 5>, 'runs': <uint32 1>, 'short': <false>," \
       "'served': <uint64 0>, 'missed': <uint64 0>, 'given_bytes': <uint64 0>, 'filled_bytes': <uint64 0>},)"
PROVIDER = "'Name': <'heap'>, 'Pages': <uint64 5>, 'Failures': <[('ENOMEM', uint64 2)]>, 'LongestPauseNSec': <uint64 5>"
PROVIDER_LISTED = "'Name': <'heap'>, 'Pages': <uint64 5>, 'LongestPauseNSec': <uint64 5>"
MODULE = f"{MANAGER}.GetModule=({{'version': <'1'>, 'binding': <'balloon'>, 'kernel': <'7.2'>, 'abilities': <['movable', 'cma']>}},)"
BLOCK_JOB = "/org/memctl1/dimm/PNP0C80_3a00:org.memctl1.Dimm"


def job(verb, result="done", figures="", start=None):
    properties = "({%s},)" % (FINISHED % (verb, result, figures))
    reasons = "([{'code': <'unmovable'>, 'block': <uint32 33>, 'pages': <uint64 12>, 'pids': <@au []>}], uint32 1)"
    return [f"{JOB}:{PROPERTIES}={properties}", f"{JOB}:org.memctl1.Job.GetReasons(u)={reasons}",
            f"org.freedesktop.DBus.ObjectManager.GetManagedObjects=({{objectpath '{JOB}': {{'org.memctl1.Job': {properties[1:-2]}}}, "
            "'/org/memctl1/node/0': {'org.memctl1.Node': {'Id': <0>}}},)",
            f"{MANAGER}.GetDimm(s)=(objectpath '/org/memctl1/dimm/PNP0C80_3a00',)",
            *([f"{start}=(objectpath '{JOB}',)"] if start else [])]


# Of what a tree cannot answer: arguments, exit status, and what memctld answers.
SERVED = {
    "dimm-offline": (["dimm", "offline", "PNP0C80:00", "--eject"], 0, job("dimm-offline", start=f"{BLOCK_JOB}.Offline(a{{sv}})")),
    "dimm-online": (["dimm", "online", "PNP0C80:00"], 65, job("dimm-online", "failed", start=f"{BLOCK_JOB}.Online(a{{sv}})")),
    "dimm-eject": (["dimm", "eject", "PNP0C80:00"], 0, job("dimm-eject", start=f"{BLOCK_JOB}.Eject(a{{sv}})")),
    "block-offline": (["block", "offline", "3"], 64, job("block-offline", "partial", start=f"{MANAGER}.OfflineBlocks(as,a{{sv}})")),
    "block-online": (["block", "online", "3", "--no-block"], 0, job("block-online", start=f"{MANAGER}.OnlineBlocks(as,a{{sv}})")),
    "node-offline": (["node", "offline", "0"], 65, job("node-offline", "timeout",
                                                      start="/org/memctl1/node/0:org.memctl1.Node.Offline(a{sv})")),
    "node-online": (["node", "online", "0"], 0, job("node-online", start="/org/memctl1/node/0:org.memctl1.Node.Online(a{sv})")),
    "job-list": (["job", "list"], 0, job("compact", "partial", COMPACTED)),
    "job-show": (["job", "show", "3"], 0, job("dimm-offline", "cancelled")),
    "job-wait": (["job", "wait", "3"], 3, job("dimm-offline", "refused")),
    "compact-run": (["compact", "run"], 0, job("compact", "done", COMPACTED, f"{MANAGER}.Compact(i,a{{sv}})")),
    "hugepages-reserve": (["hugepages", "reserve", "5"], 0, job("hugepages-reserve", "done", HUGE,
                                                                f"{MANAGER}.ReserveHugepages(t,t,i,a{{sv}})")),
    "compact-policy": (["compact", "policy", "dry-run"], 0, [f"{MANAGER}.GetCompactionPolicy(b)={POLICY % (NODE + DRY)}"]),
    "provider-list": (["provider", "list"], 0, [MODULE, f"{MANAGER}.ListProviders=([{{{PROVIDER_LISTED}}}],)"]),
    "provider-show": (["provider", "show", "heap"], 0, [MODULE, f"{MANAGER}.GetProvider(s)=(objectpath '/org/memctl1/provider/heap',)",
                                                        f"/org/memctl1/provider/heap:{PROPERTIES}=({{{PROVIDER}}},)"]),
    "cma-reserve": (["cma", "reserve", "64K", "--name", "camera"], 0,
                    [f"{MANAGER}.Reserve(t,a{{sv}})=({{{RESERVED}, 'failed': <uint64 0>, 'usec': <uint64 3>}},)"]),
    "cma-release": (["cma", "release", "camera"], 0, [f"{MANAGER}.ReleaseReservation(s)=()"]),
    "cma-reservations": (["cma", "reservations"], 0, [f"{MANAGER}.ListReservations=([{{{RESERVED}}}],)"]),
    "cma-warm": (["cma", "warm"], 0, [f"{MANAGER}.GetWarmReserve={WARM}"]),
    "cma-record": (["cma", "record"], 0, [f"{MANAGER}.RecordCma=(true,)"]),
    "lru-cache-status": (["lru-cache", "status"], 0, [
        f"{MANAGER}.GetLruCache=({{'supported': <true>, 'disabled': <true>, 'longest_usec': <uint64 60000000>, 'leases': <["
        "{'id': <uint64 1>, 'pid': <uint32 5>, 'command': <'cat'>, 'held_usec': <uint64 5>, 'left_usec': <uint64 5>}]>},)"]),
}
# And of what a tree can.
TREES = {
    "status": ["status"], "version": ["version"], "block-list": ["block", "list"], "block-show": ["block", "show", "32"],
    "dimm-list": ["dimm", "list"], "dimm-show": ["dimm", "show", "PNP0C80:00"], "dimm-plan": ["dimm", "plan", "PNP0C80:00"],
    "node-list": ["node", "list"], "node-show": ["node", "show", "0"], "node-plan": ["node", "plan", "0"], "map": ["map"],
    "movability": ["movability", "--by", "block"], "why": ["why", "PNP0C80:00"], "cma-list": ["cma", "list"],
    "cma-show": ["cma", "show", "linux,cma"], "cma-boot": ["cma", "boot"], "matrix": ["matrix"], "metrics": ["metrics"],
    "policy-online": ["policy", "online", "dry-run"],
}
# monitor is test_monitor.py's
SILENT = {"job-cancel", "lru-cache-hold", "report"}       # say nothing in JSON


def objects(value, path=()):
    """The path of each object that has fixed keys."""
    if isinstance(value, dict):
        if not path or path[-1] not in ("source", "figures", "by_cause"):
            yield path
        for key, member in value.items():
            yield from objects(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value[:1]):
            yield from objects(member, (*path, index))


def member(value, path):
    for key in path:
        value = value[key]
    return value


class Schemas(Case):
    def test_each_is_a_schema_and_closed(self):
        def closed(node, where):
            if isinstance(node, dict):
                if "properties" in node and where[-1:] != ("properties",):
                    self.assertIs(node.get("additionalProperties"), False, where)
                for key, inner in node.items():
                    closed(inner, (*where, key))
            elif isinstance(node, list):
                for inner in node:
                    closed(inner, where)

        for name, one in schema.SCHEMAS.items():
            Draft202012Validator.check_schema(one)
            self.assertEqual((one["$id"], one["$schema"]), (f"{name}.json", Draft202012Validator.META_SCHEMA["$id"]))
            self.assertIn("LGPL-2.1-or-later", one["$comment"])
            closed(one, (name,))

    def offered(self, *words):
        return [line.split("\t")[0] for line in self.memctl("--complete", *words, "").stdout.splitlines()]

    def test_each_verb_has_one(self):
        verbs = set()
        for word in self.offered():
            inner = [line for line in self.offered("help", word) if word != "help"]
            verbs |= {f"{word}-{verb}" for verb in inner} or {word}
        self.assertEqual(verbs - {"help"} - SILENT, set(schema.SCHEMAS) - {"common", "error"})
        self.assertEqual({*SERVED, *TREES, "monitor"}, set(schema.SCHEMAS) - {"common", "error"})

    def test_the_page_links_to_each(self):
        page = (SOURCE / "docs/json.md").read_text("utf-8")
        self.assertEqual(set(re.findall(r"\]\(schema/([a-z-]+)\.json\)", page)), set(schema.SCHEMAS))
        codes = re.findall(r"^\| `(\w+)` \| ([\d, or]+)", page, re.MULTILINE)
        self.assertEqual([code for code, _ in codes], schema.SCHEMAS["error"]["properties"]["error"]["properties"]["code"]["enum"])
        self.assertEqual({code: (int(exits),) for code, exits in codes if exits.strip().isdigit()}, schema.EXIT)

    def test_the_page_names_each_reason(self):
        page = (SOURCE / "docs/json.md").read_text("utf-8")
        for kind in ("reason", "boot_reason"):
            for one in schema.SCHEMAS["common"]["$defs"][kind]["oneOf"]:
                for code in one["properties"]["code"]["enum"]:
                    [row] = [line for line in page.splitlines() if re.match(rf"\| [^|]*`{code}`[^|]* \|", line) and line.count("|") == 3]
                    for key in one["properties"]:
                        if key not in ("code", "last_block", "area"):
                            self.assertIn(f"`{key}`", row, code)

    def assert_exact(self, name, answer):
        """It fits; with a key more, or one of its keys less, it would not."""
        self.assertIsNone(schema.complain(name, answer))
        for path in objects(answer):
            more = copy.deepcopy(answer)
            member(more, path)["surprise"] = 1
            self.assertIsNotNone(schema.complain(name, more), (name, path))
        for key in answer:
            if key not in ("ejected", "changed", "would"):       # another form of the answer leaves it out
                self.assertIsNotNone(schema.complain(name, {other: answer[other] for other in answer if other != key}), (name, key))

    def test_answers_about_trees(self):
        root = self.directory / "machine"
        tree = cases.small(root, [(32, 39, "Movable", "PNP0C80:00")], extra="\nCmaTotal: 262144 kB\nCmaFree: 1024 kB")
        tree.pages(40, (33 * 128 * cases.MIB, cases.MIB, "slab"))
        tree.write("proc/vmstat", "cma_alloc_success 100\ncma_alloc_fail 17")
        tree.write("sys/kernel/mm/cma/linux,cma/alloc_pages_fail", 5)
        tree.write("proc/sys/kernel/osrelease", RELEASE)
        tree.write(f"var/lib/memctl/matrix-{RELEASE}.json", json.dumps(ANSWER))
        tree.blocks(48, 48, "Normal Movable", (1,))
        tree.write("sys/devices/system/memory/memory48/state", "offline")
        tree.write("etc/memctl/memctl.conf", "[Online]\n[Online a]\nNode=1\nZone=kernel")
        for name, arguments in TREES.items():
            done = self.memctl("--json", "--root", root, *arguments, status=3 if name in ("dimm-plan", "node-plan") else 0)
            self.assert_exact(name, json.loads(done.stdout))


class Served(BusCase):
    def test_answers_of_a_memctld(self):
        for name, (arguments, status, answers) in SERVED.items():
            fake = self.fake(*answers)
            done = self.memctl("--json", *arguments)
            self.assertEqual(done.returncode, status, f"{name} {done.stdout}{done.stderr}")
            Schemas.assert_exact(self, name, json.loads(done.stdout))
            self.end(fake)

    def test_errors(self):
        for code, arguments in (("no_service", ["status"]), ("usage", ["frob"])):
            done = self.memctl("--json", *arguments)
            answer = json.loads(done.stdout)
            self.assertEqual(answer["error"]["code"], code)
            Schemas.assert_exact(self, "error", answer)


if __name__ == "__main__":
    unittest.main()
