#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""monitoring/: alert rules and the dashboard go by metrics that there are, and hold what they promise."""

import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from test_cli import SOURCE
from test_metrics import promtool

FOLDER = SOURCE / "monitoring"
MADE = set(re.findall(r'"(memctl_[a-z_]+)"', "".join(path.read_text(encoding="utf-8")
                                                    for path in (SOURCE / "cli/metrics").glob("*.c"))))
OTHERS = {"node_textfile_mtime_seconds"}        # of node_exporter's textfile collector itself
UNITS = {"bytes", "s", "short", "percentunit"}
# what Grafana reads of a panel: names, and the type of each
PANEL = {"id": int, "type": str, "title": str, "description": str, "datasource": dict, "gridPos": dict, "targets": list,
         "fieldConfig": dict, "options": dict}
DASHBOARD = {"title": str, "uid": str, "tags": list, "schemaVersion": int, "version": int, "panels": list, "templating": dict,
             "time": dict, "annotations": dict, "refresh": str}


def metric_names(expression):
    return set(re.findall(r"\b((?:memctl|node)_[a-z_]+)\b", re.sub(r'"[^"]*"', "", expression)))


class Rules(unittest.TestCase):
    def setUp(self):
        self.rules = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
        self.tests = (FOLDER / "alerts_test.yml").read_text(encoding="utf-8")
        self.alerts = re.findall(r"- alert: (\w+)", self.rules)

    def test_each_alert_is_tried_where_it_is_and_where_it_is_not(self):
        self.assertGreaterEqual(len(self.alerts), 10)
        self.assertEqual(len(self.alerts), len(set(self.alerts)))
        for alert in self.alerts:
            self.assertIn(f"alertname: {alert}\n        exp_alerts: []\n", self.tests)
            self.assertIn(f"alertname: {alert}\n        exp_alerts:\n", self.tests)
            part = self.rules[self.rules.index(f"alert: {alert}\n"):].split("- alert:", 1)[0]
            for member in ("severity: ", "summary: ", "description: "):
                self.assertIn(member, part, alert)

    def test_metrics_are_there(self):
        used = metric_names(re.sub(r"(?m)^ +(summary|description):.*$|^ +#.*$", "", self.rules))
        self.assertGreaterEqual(len(used), 12)
        self.assertEqual(used - MADE - OTHERS, set())

    def test_promtool(self):
        tool = promtool()
        with tempfile.TemporaryDirectory() as directory:
            shutil.copytree(FOLDER, directory, dirs_exist_ok=True)

            def run(*arguments):
                return subprocess.run([tool, *arguments], cwd=directory, capture_output=True, text=True, check=False)
            for arguments in (("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")):
                done = run(*arguments)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            # a rule that never fires, one that always does, and one that does too soon are found
            for old, new in (("memctl_jobs_stuck > 0", "memctl_jobs_stuck > 1"), ("memctl_jobs_stuck > 0", "memctl_jobs_stuck >= 0"),
                             ("> 0\n        for: 15m\n        labels:\n          severity: warning", "> 0\n        labels:\n          severity: warning")):
                self.assertIn(old, self.rules)
                (Path(directory) / "alerts.yml").write_text(self.rules.replace(old, new, 1), encoding="utf-8")
                self.assertNotEqual(run("test", "rules", "alerts_test.yml").returncode, 0, new)


class Dashboard(unittest.TestCase):
    def setUp(self):
        self.dashboard = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
        self.panels = [panel for panel in self.dashboard["panels"] if panel["type"] != "row"]

    def expressions(self):
        return [target["expr"] for panel in self.panels for target in panel["targets"]]

    def assert_members(self, value, members):
        for name, kind in members.items():
            self.assertIsInstance(value.get(name), kind, f"{name} of {value.get('title')}")

    def test_form(self):
        self.assert_members(self.dashboard, DASHBOARD)
        self.assertGreaterEqual(len(self.panels), 15)
        everything = self.dashboard["panels"]
        self.assertEqual(len({panel["id"] for panel in everything}), len(everything))
        self.assertEqual({variable["name"] for variable in self.dashboard["templating"]["list"]}, {"datasource", "instance"})
        for panel in self.panels:
            self.assert_members(panel, PANEL)
            self.assertIn(panel["type"], {"timeseries", "stat", "bargauge", "table", "state-timeline"})
            self.assertIn(panel["fieldConfig"]["defaults"]["unit"], UNITS)
            self.assertEqual(panel["datasource"]["uid"], "${datasource}")
            self.assertEqual(len({target["refId"] for target in panel["targets"]}), len(panel["targets"]))
            for target in panel["targets"]:
                self.assertEqual(target["datasource"], panel["datasource"])
                self.assertIn('instance=~"$instance"', target["expr"])

    def test_panels_do_not_overlap(self):
        taken = {}
        for panel in self.dashboard["panels"]:
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], 24)
            for x in range(place["x"], place["x"] + place["w"]):
                for y in range(place["y"], place["y"] + place["h"]):
                    self.assertNotIn((x, y), taken, (panel["title"], taken.get((x, y))))
                    taken[x, y] = panel["title"]

    def test_metrics_are_there(self):
        used = set().union(*map(metric_names, self.expressions()))
        self.assertGreaterEqual(len(used), 25)
        self.assertEqual(used - MADE, set())
        for panel in self.panels:               # what is a counter is not shown as it is, but in tables of DIMMs
            for target in panel["targets"]:
                if "_total" in target["expr"] and panel["type"] == "timeseries":
                    self.assertRegex(target["expr"], r"(rate|increase)\(memctl_\w+_total")

    def test_promtool_can_read_each(self):
        tool = promtool()
        lines = ["groups:", "- name: dashboard", "  rules:"]
        for number, expression in enumerate(self.expressions()):
            expression = expression.replace("$__rate_interval", "15m").replace("$instance", ".*")
            lines += [f"  - record: expression:{number}", f"    expr: {json.dumps(expression)}"]
        with tempfile.TemporaryDirectory() as directory:
            rules = Path(directory) / "rules.yml"
            rules.write_text("\n".join(lines) + "\n", encoding="utf-8")
            done = subprocess.run([tool, "check", "rules", rules], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn(f"{len(self.expressions())} rules found", done.stdout)
            rules.write_text("\n".join(lines + ["  - record: bad", "    expr: 'sum(x'"]) + "\n", encoding="utf-8")
            self.assertNotEqual(subprocess.run([tool, "check", "rules", rules], capture_output=True, check=False).returncode, 0)


if __name__ == "__main__":
    unittest.main()
