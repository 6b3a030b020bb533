# SPDX-License-Identifier: LGPL-2.1-or-later
"""Offline jobs while all that memory is used for goes on: each ends as done, and no byte is lost."""

from harness import fixture
from partsbed import PartsCase

FENCE = 13      # uapi/memctl.h
HEAP_PAGES = 4000
HOG = "/run/hog"


class Load(PartsCase):
    """Churn of page cache and of anonymous memory on all CPUs, zram full, buffers of a device written, forks."""

    kernels = ("6.12",)

    def test_jobs_under_load(self):
        self.boot_parts(memory="1536M", dimm="512M",
                        binaries=[fixture(name) for name in ("hold", "fill", "heap", "churn", "genl")])
        self.zram(64)
        zram = self.guest.run("data < /dev/zram0", timeout=300).stdout
        self.heap(HEAP_PAGES)
        checksum = self.fill(100)
        self.guest.run(f"hog 64 5 > {HOG} & echo $! > {HOG}.pid; until grep -q ready {HOG}; do sleep 0.1; done",
                       timeout=120)
        self.begin_load()
        # On so slow a machine a page is on its way from one use to the next for long, and a plan may take it for one
        # that stays: what is asked here is whether the job comes through.
        for options in ("--force", "--force --cache drop"):
            with self.subTest(options=options):
                self.guest.run("echo 'write 10' > /run/heap.in")
                result = self.memctl(f"dimm offline {self.dimm.acpi} {options}", timeout=300)
                self.assertEqual((result["result"], result["blocks_offlined"]), ("done", len(self.dimm.blocks)))
                self.assertEqual(self.guest.run("head -n 1 /run/heap.out", timeout=300).stdout.strip(), "ok 0")
                self.memctl(f"dimm online {self.dimm.acpi}")
                self.assert_load_runs()
        self.end_load()

        self.order("verify", f"ok {HEAP_PAGES}")
        self.order("device", f"ok {HEAP_PAGES}")
        self.assertEqual(self.checksum(), checksum)
        self.guest.run(f"kill -USR1 $(cat {HOG}.pid); until grep -qE 'ok|bad' {HOG}; do sleep 0.1; done; grep -qx ok {HOG}",
                       timeout=120)
        self.drop_caches()
        self.assertEqual(self.guest.run("data < /dev/zram0", timeout=300).stdout, zram)
        self.assertEqual(self.guest.run(f"genl {FENCE}").stdout.strip(), "")
        self.assert_all_as_before()

    def begin_load(self):
        self.guest.run("touch /run/go; churn 2 /data > /run/churn 2>&1 & echo $! > /run/churn.pid; "
                       "until grep -q ready /run/churn; do sleep 0.1; done")
        for number in range(2):
            self.loop(f"cache{number}", f"fill /ext4/churn{number} 8388608; cat /ext4/churn{number} > /dev/null; "
                                        f"rm /ext4/churn{number}")
            self.loop(f"forks{number}", "/bin/true; (:)")

    def loop(self, name, commands):
        """Counts its rounds in /run/NAME."""
        self.guest.run(f"(n=0; while [ -e /run/go ]; do {commands}; n=$((n + 1)); echo $n > /run/{name}; done) "
                       f"> /dev/null 2> /run/{name}.err & echo $! > /run/{name}.pid")

    def assert_load_runs(self):
        for name in ("churn", "cache0", "cache1", "forks0", "forks1"):
            self.guest.run(f"[ -e /proc/$(cat /run/{name}.pid) ]")

    def end_load(self):
        self.assert_load_runs()
        self.guest.run("rm /run/go; kill $(cat /run/churn.pid)")
        for name in ("cache0", "cache1", "forks0", "forks1"):
            self.guest.run(f"while [ -e /proc/$(cat /run/{name}.pid) ]; do sleep 0.1; done", timeout=120)
            self.assertGreater(int(self.guest.run(f"cat /run/{name}").stdout), 2)
            self.assertEqual(self.guest.run(f"cat /run/{name}.err").stdout, "")
