#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""memctl monitor: each of memctld's signals is a line; how it ends, and what it outlives."""

import json
import os
import signal
import subprocess
import unittest

import schema
from testbus import MEMCTL, MEMCTLD, BusCase

STARTED = "org.freedesktop.DBus.Properties.GetAll(s)=({'Version': <'1.2.3'>},)"
CHANGED, MANAGER = "org.freedesktop.DBus.Properties.PropertiesChanged", "org.freedesktop.DBus.ObjectManager"
JOB, DIMM = "/org/memctl1/job/3", "/org/memctl1/dimm/PNP0C80_3a00"
# What memctld says, and what is to be made of it: JSON without its time, and the line for people (None: no line).
SIGNALS = (
    (f"/org/memctl1 {MANAGER}.InterfacesAdded (objectpath '{DIMM}', {{'org.memctl1.Dimm': {{'Name': <'PNP0C80:00'>, "
     "'OnlineBytes': <uint64 0>, 'OfflineBytes': <uint64 134217728>}})",
     {"event": "dimm_added", "dimm": "PNP0C80:00", "online_bytes": 0, "offline_bytes": 134217728}, "DIMM PNP0C80:00 is there"),
    (f"/org/memctl1/block/32 {CHANGED} ('org.memctl1.Block', {{'State': <'online'>, 'Zones': <['Movable']>, 'Node': <-1>, "
     "'Dimm': <''>}, @as [])",
     {"event": "block", "block": 32, "state": "online", "zones": ["Movable"], "node": None, "dimm": None}, "block 32: online"),
    (f"{DIMM} {CHANGED} ('org.memctl1.Dimm', {{'OnlineBytes': <uint64 134217728>, 'OfflineBytes': <uint64 0>}}, @as [])",
     {"event": "dimm", "dimm": "PNP0C80:00", "online_bytes": 134217728, "offline_bytes": 0},
     "DIMM PNP0C80:00: 128 MiB online, 0 B offline"),
    (f"/org/memctl1 {CHANGED} ('org.memctl1.Manager', {{'Blocks': <uint32 8>, 'OnlineBytes': <uint64 2147483648>, "
     "'OfflineBytes': <uint64 0>}, @as [])",
     {"event": "memory", "blocks": 8, "online_bytes": 2147483648, "offline_bytes": 0},
     "memory: blocks: 8, 2 GiB online, 0 B offline"),
    (f"/org/memctl1 {MANAGER}.InterfacesAdded (objectpath '{JOB}', {{'org.memctl1.Job': {{'Id': <uint32 3>, "
     "'Verb': <'dimm-offline'>, 'Target': <'PNP0C80:00'>, 'State': <'planning'>, 'Stage': <''>, 'Result': <''>, "
     "'BlocksTotal': <uint32 0>, 'BlocksDone': <uint32 0>, 'CurrentBlock': <uint32 4294967295>, "
     "'PagesInUse': <uint64 18446744073709551615>, 'PagesMigrated': <uint64 0>, 'EstimatedUSec': <uint64 0>, "
     "'Figures': <@a{st} {}>}})",
     {"event": "job_added", "job": 3, "verb": "dimm-offline", "target": "PNP0C80:00", "state": "planning", "stage": None,
      "result": None, "blocks_total": 0, "blocks_done": 0, "current_block": None, "pages_in_use": None, "pages_migrated": 0,
      "estimated_seconds": None, "figures": None}, "job 3: dimm-offline PNP0C80:00"),
    (f"{JOB} {CHANGED} ('org.memctl1.Job', {{'State': <'running'>, 'Stage': <'offlining'>, 'CurrentBlock': <uint32 33>, "
     "'BlocksDone': <uint32 1>, 'BlocksTotal': <uint32 4>, 'EstimatedUSec': <uint64 1500000>}, @as [])",
     {"event": "job", "job": 3, "state": "running", "stage": "offlining", "current_block": 33, "blocks_done": 1,
      "blocks_total": 4, "estimated_seconds": 1.5}, "job 3: running, offlining, block 33, blocks done 1, of 4"),
    (f"{JOB} {CHANGED} ('org.memctl1.Job', {{'PagesMigrated': <uint64 77>}}, @as [])",
     {"event": "job", "job": 3, "pages_migrated": 77}, "job 3: goes on, pages moved 77"),
    (f"{JOB} org.memctl1.Job.Finished ('done',)", {"event": "job_finished", "job": 3, "result": "done"}, "job 3: done"),
    (f"/org/memctl1 {MANAGER}.InterfacesRemoved (objectpath '{JOB}', ['org.memctl1.Job'])", {"event": "job_removed", "job": 3},
     "job 3: is not known any more"),
    (f"/org/memctl1 {MANAGER}.InterfacesRemoved (objectpath '{DIMM}', ['org.memctl1.Dimm'])",
     {"event": "dimm_removed", "dimm": "PNP0C80:00"}, "DIMM PNP0C80:00 is gone"),
    # nothing of ours, and what nobody would say
    (f"/org/memctl1/node/0 {CHANGED} ('org.memctl1.Node', {{'FreeBytes': <uint64 5>}}, @as [])", None, None),
    (f"{JOB} {CHANGED} ('org.memctl1.Job', {{'Frob': <5>}}, @as [])", None, None),
    (f"/org/memctl1 {CHANGED} (5, 'x')", None, None),
    (f"/org/memctl1/cma/x {CHANGED} ('org.memctl1.Block', {{'State': <'online'>}}, @as [])", None, None),
    (f"/org/memctl1 {MANAGER}.InterfacesRemoved (objectpath '{JOB}', [5])", None, None),
    (f"{JOB} org.memctl1.Job.Finished (5,)", None, None),
)
FAILURE = ("/org/memctl1 org.memctl1.Manager.CmaFailed ('linux,cma', {'cause': <'fragmented'>, 'errno': <'EBUSY'>, 'serial': <uint64 7>, "
           "'size': <uint64 4194304>, 'align': <uint64 4096>, 'free_bytes': <uint64 8388608>, 'largest_free_bytes': <uint64 4096>, "
           "'retried': <uint64 1>, 'age_usec': <uint64 5>})")


class Monitor(BusCase):
    def monitor(self, *arguments, **kwargs):
        return self.start(MEMCTL, "monitor", *arguments, stdout=subprocess.PIPE, **kwargs)

    def event(self, monitor):
        event = json.loads(monitor.stdout.readline())
        self.assertIsNone(schema.complain("monitor", event))
        surprise = {**event, "surprise": 1}
        self.assertIsNotNone(schema.complain("monitor", surprise))
        del event["time"]
        return event

    def send(self, fake, text):
        fake.stdin.write(" ".join(text.split("\n")) + "\n")
        fake.stdin.flush()
        self.assertEqual(fake.stdout.readline(), "sent\n")

    def test_each_signal(self):
        fake = self.fake(STARTED)
        monitors = [self.monitor("--json"), self.monitor(), self.monitor("--json=pretty")]
        for monitor in monitors[::2]:
            self.assertEqual(self.event(monitor), {"event": "started", "version": "1.2.3"})
        self.assertRegex(monitors[1].stdout.readline(), r"^\d\d:\d\d:\d\d  memctld 1\.2\.3 is watched\n$")
        for text, event, line in SIGNALS:
            self.send(fake, text)
            if event:
                self.assertEqual(self.event(monitors[0]), event)
                self.assertEqual(self.event(monitors[2]), event)
                self.assertEqual(monitors[1].stdout.readline()[10:], f"{line}\n")
        self.send(fake, FAILURE)
        failed = self.event(monitors[0])
        self.assertEqual((failed["event"], failed["area"], failed["failure"]["cause"], failed["failure"]["pid"]),
                         ("cma_failed", "linux,cma", "fragmented", None))
        self.assertIn(failed["failure"]["text"], monitors[1].stdout.readline())

    def test_ends_on_signals(self):
        self.fake(STARTED)
        for number in (signal.SIGINT, signal.SIGTERM):
            monitor = self.monitor("--json", stderr=subprocess.PIPE)
            self.event(monitor)
            monitor.send_signal(number)
            self.assertEqual((monitor.wait(60), monitor.stdout.read(), monitor.stderr.read()), (0, "", ""))
            monitor.stderr.close()

    def test_nobody_reads(self):
        """It ends at once, and not at the next event."""
        self.fake(STARTED)
        for arguments in (["--json"], []):
            monitor = self.monitor(*arguments, stderr=subprocess.PIPE)
            monitor.stdout.readline()
            monitor.stdout.close()
            self.assertEqual((monitor.wait(60), monitor.stderr.read()), (0, ""))
            monitor.stderr.close()

    def test_what_cannot_be_written(self):
        self.fake(STARTED)
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([MEMCTL, "monitor"], env=self.environment, stdout=full, stderr=subprocess.PIPE, text=True,
                                  check=False, timeout=60)
        self.assertEqual((done.returncode, "cannot write" in done.stderr), (1, True), done.stderr)

    def test_into_a_file(self):
        fake = self.fake(STARTED)
        path = self.directory / "events"
        with open(path, "w", encoding="ascii") as file:
            monitor = self.start(MEMCTL, "monitor", "--json", stdout=file)
        self.wait_for(lambda: path.read_text().count("\n") == 1)
        self.send(fake, SIGNALS[1][0])
        self.wait_for(lambda: path.read_text().count("\n") == 2)
        monitor.terminate()
        self.assertEqual(monitor.wait(60), 0)

    def test_memctld_goes_and_comes_back(self):
        root = self.tree()
        daemon = self.serve(root)
        monitor = self.monitor("--json")
        self.assertEqual(self.event(monitor)["event"], "started")
        self.stop(daemon)
        self.assertEqual(self.event(monitor), {"event": "service_gone"})
        self.serve(root)
        self.assertEqual(self.event(monitor), {"event": "service_started"})
        monitor.terminate()
        self.assertEqual(monitor.wait(60), 0)

    def test_signals_of_the_next_memctld(self):
        fake = self.fake(STARTED)
        monitor = self.monitor("--json")
        self.event(monitor)
        self.end(fake)
        self.assertEqual(self.event(monitor), {"event": "service_gone"})
        fake = self.fake(STARTED)
        self.assertEqual(self.event(monitor), {"event": "service_started"})
        self.send(fake, SIGNALS[1][0])
        self.assertEqual(self.event(monitor), SIGNALS[1][1])

    def test_the_bus_goes(self):
        self.fake(STARTED)
        monitor = self.monitor("--json", stderr=subprocess.PIPE)
        self.event(monitor)
        self.bus.terminate()
        lines = monitor.stdout.read().splitlines()
        self.assertEqual(json.loads(lines[-1])["event"], "connection_lost")
        self.assertEqual((monitor.wait(60), monitor.stderr.read()), (5, "memctl: the connection to memctld is gone\n"))
        monitor.stderr.close()

    def test_where_there_is_nothing_to_monitor(self):
        done = self.memctl("monitor", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["error"]["code"]), (5, "no_service"))
        done = self.memctl("monitor", "--root", self.tree())
        self.assertEqual((done.returncode, done.stderr), (2, "memctl: --root is a tree, in which nothing happens\n"))

    def test_without_a_bus(self):
        """By a memctld of its own, which ends with it."""
        daemon = self.directory / "memctld"
        daemon.write_text(f'#!/bin/sh\nexec {MEMCTLD} "$@" --root {self.tree()}\n', encoding="ascii")
        daemon.chmod(0o755)
        self.environment["MEMCTL_DAEMON"] = str(daemon)
        self.environment["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={self.directory}/none"
        monitor = self.monitor("--json")
        self.assertEqual(self.event(monitor)["event"], "started")
        os.kill(monitor.pid, signal.SIGTERM)
        self.assertEqual(monitor.wait(60), 0)


if __name__ == "__main__":
    unittest.main()
