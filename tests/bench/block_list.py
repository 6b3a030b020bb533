#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures: tests/bench/block_list.py BUILDDIR

block list --json of 98,304 blocks on tmpfs, against lsmem with the same columns: by a memctld started for
it (goal: 4 times as fast) and by a running one (goal: 10 times). And how long the loop of the running one was away at most
(goal: 50 ms), which is also asked for all DIMMs, whose pages there are, a plan, and why. A goal that is missed is said, and is
no failure: machines are noisy. What fails is an answer that is not the same.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mktree import main as make_tree

BLOCKS = 98_304
ROUNDS = 7
BUS = """<busconfig><type>session</type><listen>unix:path={path}</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""


def timed(argv, output, **kwargs):
    with open(output, "wb") as file:
        began = time.monotonic()
        subprocess.run(argv, stdout=file, check=True, **kwargs)
        return time.monotonic() - began


def side_by_side(commands, directory):
    """Median seconds of each command, run by turns."""
    times = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, (argv, environment) in commands.items():
            times[name].append(timed(argv, f"{directory}/{name}.json", env=environment))
    return {name: statistics.median(values) for name, values in times.items()}


def same_answer(directory):
    theirs = json.loads(Path(f"{directory}/lsmem.json").read_bytes())["memory"]
    theirs = [(block["range"], block["size"], block["state"], block["removable"], int(block["block"]),
               block["node"], block["zones"]) for block in theirs]
    for name in ("cold", "running"):
        ours = json.loads(Path(f"{directory}/{name}.json").read_bytes())["blocks"]
        ours = [(f"{block['start']}-{block['end']}", block["size"], block["state"], block["removable"],
                 block["block"], block["node"], "/".join(block["zones"])) for block in ours]
        if ours != theirs:
            raise SystemExit(f"bench: {name}: the answer is not that of lsmem")


def wait_for_service(memctl, environment):
    for _ in range(200):
        if subprocess.run([memctl, "version"], env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise SystemExit("bench: memctld did not start")


LARGE = (("dimm", "list"), ("movability",), ("block", "plan", "0-20000"), ("why", "0-20000"))


def longest_away(memctl, environment):
    """Milliseconds, by memctld's own word, after large questions; what they are answered does not matter here."""
    for command in LARGE:
        subprocess.run([memctl, *command, "--json"], env=environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
    status = subprocess.run([memctl, "status", "--json"], env=environment, stdout=subprocess.PIPE, check=True).stdout
    return json.loads(status)["longest_dispatch_seconds"] * 1000


def main(build):
    memctl, memctld = f"{build}/cli/memctl", f"{build}/daemon/memctld"
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="memctl-bench-") as directory:
        tree, socket = f"{directory}/tree", f"{directory}/bus"
        make_tree(tree, BLOCKS)
        Path(f"{directory}/bus.conf").write_text(BUS.format(path=socket), encoding="ascii")
        no_bus = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={directory}/none"}
        bus = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={socket}"}
        processes = []
        try:
            processes.append(subprocess.Popen(["dbus-daemon", f"--config-file={directory}/bus.conf", "--nofork"],
                                              stderr=subprocess.DEVNULL))
            while not os.path.exists(socket):
                time.sleep(0.05)
            processes.append(subprocess.Popen([memctld, "--root", tree], env=bus))
            wait_for_service(memctl, bus)
            seconds = side_by_side({
                "lsmem": (["lsmem", "--sysroot", tree, "--json", "-a", "-b", "-o",
                           "RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES"], no_bus),
                "cold": ([memctl, "--root", tree, "block", "list", "--json"], no_bus),
                "running": ([memctl, "block", "list", "--json"], bus),
            }, directory)
            same_answer(directory)
            away = longest_away(memctl, bus)
        finally:
            for process in reversed(processes):
                process.terminate()
                process.wait()

    for name, goal in (("cold", 4), ("running", 10)):
        ratio = seconds["lsmem"] / seconds[name]
        print(f"block list --json, {BLOCKS} blocks, {name} memctld: {ratio:.1f} times as fast as lsmem "
              f"({seconds['lsmem']:.3f} s against {seconds[name]:.3f} s; goal {goal}: "
              f"{'met' if ratio >= goal else 'MISSED'})")
    print(f"the loop of memctld, {BLOCKS} blocks, large answers: away for {away:.1f} ms at most (goal 50 ms: "
          f"{'met' if away <= 50 else 'MISSED'})")


if __name__ == "__main__":
    main(sys.argv[1])
