# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest in which tests of others run: memctl installed, a DIMM with data in it, and a loop that keeps memctl busy."""

import json
import time
from collections import Counter
from pathlib import Path

from harness import GuestTimeout, xfs_image
from harness.case import build_directory
from selftests import selftests
from suites import HOME
from test_system import InstalledCase

HERE = Path(__file__).parent
PACKAGES = ("stress-ng", "stressapptest", "python3", "bc", "psmisc")
MODULES = {"6.1": ("memory_notifier_error_inject", "xfs", "zram", "lzo_rle"),
           "6.12": ("memory_notifier_error_inject", "hwpoison_inject", "xfs", "zram"),
           "7.3": ("memory_notifier_error_inject", "hwpoison_inject", "xfs", "zram")}
DATA = 128              # MiB, most of them in the DIMM
LOOK = 5                # seconds between looks at what is done
SLACK = 120             # seconds that a test may take beyond its limit, for the checks after it
# Busy by the kernel's own means shows what is not memctl's doing.
BUSY_BY = {"busy": "memctl", "chmem": "chmem"}
OFFLINE = 60            # seconds for an offlining of the loop


class OutsideGuest(InstalledCase):
    """boot(), run() as often as there are suites, end()."""

    sanitized = ()

    def runTest(self):
        pass

    def programs(self):
        return build_directory()

    def boot_outside(self, kernel, state, only):
        self.kernel, self.only, self.seen = kernel, only, 0
        built = selftests(self.series)
        self.boot_installed(memory="3G", cpus=4, nodes=2, node=1, packages=PACKAGES, modules=MODULES[self.series], disks=[xfs_image()], allow=[""],
                            more={**{f"{HOME}/{name}": built / name for name in ("mm", "damon", "memory-hotplug")},
                                  **{f"{HOME}/{name}": HERE / "guest" / name for name in ("one", "busy")}})
        self.guest.run("insmod /usr/lib/modules/memctl.ko; mkdir -p /data /xfs /run/outside; mount /dev/vdb /xfs; "
                       "mount -t tmpfs -o size=100% none /data; echo 512M > /sys/block/zram0/disksize; mkswap -q /dev/zram0; "
                       "swapon /dev/zram0; "
                       # On 7.3 DAMON_STAT is on from the boot, and DAMON's tests skip themselves when somebody uses DAMON.
                       "echo N > /sys/module/damon_stat/parameters/enabled || true; : > /run/outside/results; : > /run/outside/busy")
        self.guest.run(f"taskset -c 1 data /data/file {DATA}; data < /data/file > /run/outside/sum; memctl status", timeout=120)
        self.daemon = self.guest.run("pidof memctld").stdout
        if state != "idle":
            tool, dimm = BUSY_BY[state], self.dimm
            self.guest.run(f": > /run/outside/is-busy; systemd-run --quiet --collect -p OOMPolicy=continue {HOME}/busy {tool} {dimm.acpi} "
                           f"{dimm.start:#x}-{dimm.start + dimm.size - 1:#x} {OFFLINE}")

    def run_suite(self, suite, after):
        """The results, as they come, but of the first so many; GuestTimeout when the guest hangs."""
        take = f"OUTSIDE_TAKE='{self.only}'" if self.only else ""
        done = f"/run/outside/{suite.name}"
        script = (f"export OUTSIDE_LIMIT={suite.limit} OUTSIDE_AFTER={after} {take}\n({suite.script}) > {done}.said 2>&1\n: > {done}.done\n")
        # A service of its own: systemd stops one whole service when a process of it is killed for want of memory.
        self.guest.run(f"rm -f /run/outside/begun; printf %s {quoted(script)} > {done}.sh; systemd-run --quiet --collect -p OOMPolicy=continue "
                       f"-p KillMode=process bash {done}.sh")
        last = time.monotonic()
        while True:
            said = self.guest.run(f"[ ! -e {done}.done ] || echo done; tail -n +{self.seen + 1} /run/outside/results",
                                  timeout=SLACK).stdout
            finished = said.startswith("done\n")
            for line in said.removeprefix("done\n").splitlines():
                self.seen += 1
                last = time.monotonic()
                yield {**json.loads(line), "suite": suite.name}
            if finished:
                return
            if time.monotonic() - last > suite.limit + SLACK:
                raise GuestTimeout(f"nothing comes any more in {suite.name}")
            time.sleep(LOOK)

    def end(self):
        """What is wrong in the end; all that the loop has heard, for who has to find out why; and what came of its jobs."""
        self.guest.run(f"pkill -f {HOME}/busy; while pidof memctl; do sleep 1; done; true", timeout=SLACK)
        wrong = []
        if self.guest.run("pidof memctld").stdout != self.daemon:
            wrong.append("memctld is not the one that it was")
        said = self.guest.run("cat /run/outside/busy.log; journalctl -u memctld -p warning; cat /run/outside/*.said", check=False).stdout
        jobs = Counter(self.guest.run("cat /run/outside/busy").stdout.splitlines())     # also those that ended between tests
        return wrong, said, jobs


def quoted(script):
    return "'" + script.replace("'", "'\\''") + "'"


