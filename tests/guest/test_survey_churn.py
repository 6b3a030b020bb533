# SPDX-License-Identifier: LGPL-2.1-or-later
"""The survey, again and again, while all that it looks at comes, moves and goes: with KASAN and lockdep."""

from partsbed import PartsCase

SECONDS = 20


class Churn(PartsCase):
    kernels = ("debug",)

    def test_survey_under_churn(self):
        self.boot_parts(cmdline="kmemleak=off", memory="1536M")
        self.zram(48)
        checksum = self.guest.run("data < /dev/zram0", timeout=300).stdout
        self.heap(4000)
        self.hold("mlock", "16M")
        self.hold("iouring", "1M")
        self.guest.run("heap /run/other < /dev/null > /run/other.log 2>&1 & until [ -p /run/other.out ]; do sleep 0.1; done")
        self.loop("surveys", "memctl --json=short movability --by block; echo status $?")
        self.loop("files", "fill /ext4/churn 8388608; cat /ext4/churn > /dev/null; rm /ext4/churn; "
                           "fill /dev/shm/churn 8388608; rm /dev/shm/churn")
        # Compaction reads page structs of memory that is just going offline, and dies of it: docs/upstream.md. So it is
        # kept away then, also the one that begins by itself.
        self.guest.run("echo 0 > /proc/sys/vm/compaction_proactiveness")
        self.guest.run(f"echo 'cycle {SECONDS}' > /run/other.in")
        for size in ("64M", "0"):
            self.compact()
            self.guest.inflate(size, timeout=300)
            self.stop("compact")
            for block in self.dimm.blocks[:2 if self.thorough else 1]:
                state = f"/sys/devices/system/memory/memory{block}/state"
                self.guest.run(f"echo offline > {state}; echo online_movable > {state}", timeout=300)
        self.guest.unplug_request(self.dimm.id)         # with surveys of it on their way
        self.guest.wait_deleted(self.dimm.id, timeout=300)
        self.compact()
        self.assertEqual(self.guest.run("head -n 1 /run/other.out", timeout=300).stdout.strip(), "ok 0")
        self.stop("surveys", "files", "compact")

        said = self.guest.run("grep '^status' /run/surveys").stdout.split("\n")[:-1]
        self.assertGreater(said.count("status 0"), 3)
        self.assertEqual(set(said) - {"status 0", "status 1"}, set(), self.guest.run("cat /run/surveys.err").stdout)
        self.order("verify", "ok 4000")
        self.drop_caches()
        self.assertEqual(self.guest.run("data < /dev/zram0", timeout=300).stdout, checksum)
        rows = self.rows("block")
        self.assertEqual(self.pages(rows, "movable_ops", "heap"), 4000)
        self.assert_near(self.pages(rows, "movable_ops", "zsmalloc"), self.zram_pages(), 0.01, "zsmalloc")
        self.guest.run("echo quit > /run/heap.in; echo quit > /run/other.in; "
                       "while pidof heap; do sleep 0.1; done; rmmod memctl_heap && rmmod memctl", timeout=120)

    def compact(self):
        self.loop("compact", "echo 1 > /proc/sys/vm/compact_memory; sleep 1")

    def loop(self, name, commands):
        self.guest.run(f"touch /run/{name}.go; "
                       f"(while [ -e /run/{name}.go ]; do {commands}; done) > /run/{name} 2> /run/{name}.err & "
                       f"echo $! > /run/{name}.pid")

    def stop(self, *names):
        for name in names:
            self.guest.run(f"rm /run/{name}.go")
        for name in names:
            self.guest.run(f"while [ -e /proc/$(cat /run/{name}.pid) ]; do sleep 0.1; done", timeout=300)
