# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest with memctl in it and a DIMM plugged in: what the tests of the main job start from."""

import json
import time

from harness import PATIENCE, GuestCase, fixture
from harness.case import build_directory, plain_directory
from harness.cross import cross_binaries
from harness.kernel import kernel
from harness.source import FOREIGN

# What `meson setup --prefix /usr` has compiled into memctl.
MEMCTLD = "/usr/libexec/memctld"

RESULT_KEYS = {"result", "blocks_offlined", "pages_in_use", "pages_migrated", "seconds", "notes", "reasons"}

PLAN_KEYS = RESULT_KEYS | {"blocks", "needed_bytes", "available_bytes", "fence", "take_used", "cache", "to_node",
                           "estimated_seconds"}


class MemctlCase(GuestCase):
    """Without a bus: memctl starts a memctld of its own, as in a rescue shell."""

    sanitized = ("6.12",)       # kernels on which the programs are those with sanitizers, which take twice the time

    def programs(self):
        """Where meson has built them."""
        if self.kernel in FOREIGN:
            return cross_binaries(kernel(self.kernel).architecture)
        return build_directory() if self.kernel in self.sanitized else plain_directory()

    def boot(self, dimm="1G", node=0, **options):
        """self.guest and self.dimm: a booted guest and its hot-added DIMM, online in zone Movable."""
        options.setdefault("binaries", ())
        options["binaries"] = [self.programs() / "cli/memctl", fixture("data"), fixture("pin"), fixture("hog"),
                               *options["binaries"]]
        options["files"] = {MEMCTLD: self.programs() / "daemon/memctld", **options.pop("files", {})}
        self.guest = self.machine(**options)
        self.dimm = self.guest.hotadd(dimm, node=node)

    def memctl(self, arguments, status=0, timeout=120):
        """The JSON that `memctl --json ARGUMENTS` printed, once its exit status is as expected (None: any)."""
        result = self.guest.run(f"memctl --json {arguments}", check=False, timeout=timeout)
        if status is not None:
            self.assertEqual(result.status, status, f"memctl {arguments}\n{result.stdout}{result.stderr}")
        return json.loads(result.stdout)

    def blocks(self):
        """The DIMM's blocks: number -> (state, zones)."""
        return {block["block"]: (block["state"], block["zones"])
                for block in self.memctl("block list")["blocks"] if block["dimm"] == self.dimm.acpi}

    def assert_all_as_before(self):
        self.assertEqual(self.blocks(), {block: ("online", ["Movable"]) for block in self.dimm.blocks})
        self.assert_nothing_runs()

    def assert_nothing_runs(self):
        """No memctld, and so no worker, outlives its memctl."""
        self.wait_until("! pidof memctld", "memctld is gone")

    def wait_until(self, condition, what, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while self.guest.run(condition, check=False).status != 0:
            self.assertLess(time.monotonic(), deadline, f"never: {what}")
            time.sleep(0.1)

    def fill(self, mebibytes, path="/data/file"):
        """A file in a tmpfs that takes what it gets, DIMM included; its checksum."""
        self.guest.run(f"mkdir -p /data; grep -q ' /data ' /proc/mounts || mount -t tmpfs -o size=100% none /data; "
                       f"data {path} {mebibytes}", timeout=120)
        return self.checksum(path)

    def checksum(self, path="/data/file"):
        return self.guest.run(f"data < {path}", timeout=120).stdout

    def pin_a_page(self, how=""):
        """A page in the DIMM that will not move, held by a process that is run so; the number of its block."""
        start, end = self.dimm.start, self.dimm.start + self.dimm.size
        self.guest.run(f"rm -f /run/pin; {how} pin 1500 {start:x} {end:x} > /run/pin & echo $! > /run/pin.pid")
        self.wait_until("grep -q pinned /run/pin", "a page is pinned")
        pfn = int(self.guest.run("head -n 1 /run/pin").stdout, 16)
        block_size = self.dimm.size // len(self.dimm.blocks)
        return pfn * 4096 // block_size

    def unpin(self):
        self.guest.run("kill $(cat /run/pin.pid)")

    def start(self, arguments, environment=""):
        """memctl in the background; signal() reaches it and finish() waits for it."""
        self.guest.run("rm -f /run/status; "
                       f"( sh -c 'echo $$ > /run/memctl.pid; exec env {environment} memctl --json {arguments}' > /run/out 2> /run/err; "
                       "echo $? > /run/status ) > /dev/null 2>&1 & "
                       "until [ -s /run/memctl.pid ]; do sleep 0.1; done")

    def signal(self, name):
        self.guest.run(f"kill -{name} $(cat /run/memctl.pid)")

    def finish(self, status):
        """What a started memctl printed, once it has ended with this status (None: any)."""
        self.wait_until("[ -s /run/status ]", "memctl ends", seconds=120)
        said = self.guest.run("cat /run/err").stdout
        if status is not None:
            self.assertEqual(int(self.guest.run("cat /run/status").stdout), status, said)
        return self.guest.run("cat /run/out").stdout

    def wait_for_an_offline_block(self):
        self.wait_until("grep -lx offline /sys/devices/system/memory/memory*/state", "a block is offline")
