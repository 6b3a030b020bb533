# SPDX-License-Identifier: LGPL-2.1-or-later
"""Leases on the LRU caches: who holds one, how it ends, and that the kernel's count is then what it was."""

import re

from harness import in_ci_on
from lrubed import (ABILITIES, ABILITY, CLOSED, ENDED, EXPIRED, HELD, HOLD, ID, INFO, LEASES_MAX, LONGEST, LRU_CACHE,
                    DISABLED, LruCase, MODULE, RELEASE, RELEASED, SECONDS, leases)

TRACE = "/sys/kernel/tracing"


class Lru(LruCase):
    @in_ci_on("7.3")
    def test_leases(self):
        """Each way to end, in turn; the kernel's count is 0 behind each."""
        self.boot()
        info = self.guest.run(f"genl {INFO}").stdout
        self.assertTrue(int(re.search(rf"\b{ABILITIES}=(\d+)", info)[1]) & ABILITY)
        self.assertEqual(self.status(), (60, 0, []))
        self.listen()
        expect = []
        self.guest.run(f"mountpoint -q {TRACE} || mount -t tracefs none {TRACE}; echo 1 > {TRACE}/events/memctl/enable")

        with self.subTest("one, released"):
            self.session("a")
            lease = self.hold("a", f"{SECONDS}:u32:30")
            self.assertEqual(lease.pid, int(self.guest.run("cat /run/a.pid").stdout))
            self.assertEqual(lease.comm, "genl")
            self.assertTrue(29e9 < lease.left <= 30e9, lease)
            longest, disabled, held = self.status()
            self.assertEqual((disabled, [one.id for one in held]), (1, [lease.id]))
            self.assertGreater(held[0].held, lease.held)
            self.assertLess(held[0].left, lease.left)
            self.assertEqual(self.ask("a", f"{RELEASE} {ID}:u64:{lease.id}"), "ok\n")
            self.assert_free()
            self.assert_refused(self.ask("a", f"{RELEASE} {ID}:u64:{lease.id}"), 2, "ended")
            expect += [(HELD, lease.id, None), (ENDED, lease.id, RELEASED)]

        with self.subTest("two, of two; another's is not released"):
            self.session("b")
            first, second = self.hold("a"), self.hold("b")
            self.assertTrue(59e9 < first.left <= 60e9, first)
            self.assertEqual(self.status()[1], 1)       # we count; the kernel counts us once
            self.assert_refused(self.ask("a", f"{RELEASE} {ID}:u64:{second.id}"), 2, "another's")
            self.ask("a", f"{RELEASE} {ID}:u64:{first.id}")
            _, disabled, held = self.status()
            self.assertEqual((disabled, [one.id for one in held]), (1, [second.id]))
            self.ask("b", f"{RELEASE} {ID}:u64:{second.id}")
            self.assert_free()
            expect += [(HELD, first.id, None), (HELD, second.id, None), (ENDED, first.id, RELEASED),
                       (ENDED, second.id, RELEASED)]

        with self.subTest("two of one, which is killed; a third's stays"):
            kept = self.hold("a")
            two = [self.hold("b"), self.hold("b")]
            self.kill("b")
            _, disabled, held = self.status()
            self.assertEqual((disabled, [one.id for one in held]), (1, [kept.id]))
            self.kill("a", "TERM")
            self.assert_free()
            expect += [(HELD, lease.id, None) for lease in (kept, *two)] + \
                      [(ENDED, lease.id, CLOSED) for lease in (*two, kept)]

        with self.subTest("past its time"):
            self.session("c")
            later, lease = leases(self.ask("c", f"{HOLD} {SECONDS}:u32:5", f"{HOLD} {SECONDS}:u32:1"))
            self.guest.run(f"until ! genl {LRU_CACHE} | grep -q ' 2={lease.id} '; do sleep 0.1; done", timeout=20)
            self.guest.run(f"until genl {LRU_CACHE} | grep -q '{DISABLED}=0'; do sleep 0.1; done", timeout=20)
            self.assert_free()
            self.assert_refused(self.ask("c", f"{RELEASE} {ID}:u64:{lease.id}"), 2, "ended")
            expect += [(HELD, later.id, None), (HELD, lease.id, None), (ENDED, lease.id, EXPIRED),
                       (ENDED, later.id, EXPIRED)]
            ended = self.guest.run("grep 'event 11' /run/events").stdout.splitlines()[-2:]
            slack = 20 if self.debug_kernel else 3
            for line, seconds in zip(ended, (1, 5)):
                [told] = leases(line)
                self.assertEqual(told.left, 0)
                self.assertTrue(seconds * 1e9 <= told.held < (seconds + slack) * 1e9, told)

        self.assertEqual(self.events(), expect)
        traced = self.guest.run(f"echo 0 > {TRACE}/events/memctl/enable; cat {TRACE}/trace").stdout
        self.assertEqual(traced.count("memctl_lru_hold: id="), 8)
        self.assertEqual(traced.count("memctl_lru_end: id="), 8)
        self.guest.run("rmmod memctl")

    def test_storm(self):
        """Takers that are killed, that let go, and that outlast their time, and the VM's own use, all at once."""
        self.boot("lru_longest_seconds=1")
        dimm = self.guest.hotadd("128M")
        self.guest.run("touch /run/go")
        for i in range(3):
            self.guest.run(f"(while [ -e /run/go ]; do (echo {HOLD}; echo {HOLD}; echo wait {i % 2}; echo wait 9) | "
                           f"genl session > /run/storm{i} 2>&1 & p=$!; sleep 0.{i}; kill -9 $p; done) > /dev/null 2>&1 &")
        self.guest.run(f"(while [ -e /run/go ]; do genl {HOLD}; genl {LRU_CACHE}; done) > /run/storm 2>&1 &")
        self.guest.run(f"(while [ -e /run/go ]; do (echo {HOLD}; echo wait 2) | genl session; done) > /run/late 2>&1 &")
        block = f"/sys/devices/system/memory/memory{dimm.blocks[0]}/state"
        for _ in range(5):
            self.guest.run(f"echo offline > {block}; sleep 1; echo online_movable > {block}", timeout=120)
        self.guest.run("rm /run/go; sleep 3; while pidof genl; do kill -9 $(pidof genl); sleep 0.2; done")
        self.assertNotIn("error", self.guest.run("cat /run/storm /run/late").stdout)
        self.assert_free()
        self.guest.run("rmmod memctl")


class LruLimits(LruCase):
    kernels = ("7.3",)

    def test_bad_input(self):
        self.boot("lru_longest_seconds=7")
        for sent, errno, text in (
                (f"{HOLD} {SECONDS}:u32:0", 34, "at least 1 second"),
                (f"{HOLD} {SECONDS}:u32:8", 34, "lru_longest_seconds"),
                (f"{HOLD} {SECONDS}:u32:1000000000", 34, "lru_longest_seconds"),
                (f"{HOLD} {SECONDS}:u32:0xffffffff", 34, "lru_longest_seconds"),
                (f"{HOLD} {SECONDS}:u64:5", 22, ""),
                (f"{HOLD} {SECONDS}:u8:5", 22, ""),
                (f"{HOLD} {SECONDS}:cut:5", 22, ""),
                (f"{HOLD} {SECONDS}:u32:5 {SECONDS}:u32:5", 22, "twice"),
                (f"{HOLD} {ID}:u64:5", 22, ""),
                (f"{HOLD} 99:u32:5", 22, "nknown"),
                (f"{HOLD} dump", 95, ""),
                (f"{RELEASE}", 22, "id is missing"),
                (f"{RELEASE} {ID}:u64:0", 2, "no lease"),
                (f"{RELEASE} {ID}:u64:0xffffffffffffffff", 2, "no lease"),
                (f"{RELEASE} {ID}:u32:1", 22, ""),
                (f"{RELEASE} {ID}:u64:1 {ID}:u64:1", 22, "twice"),
                (f"{RELEASE} {SECONDS}:u32:1", 22, ""),
                (f"{LRU_CACHE} {SECONDS}:u32:1", 22, ""),
                (f"{LRU_CACHE} dump", 95, ""),
                (f"{HELD}", 95, ""), (f"{ENDED}", 95, "")):
            with self.subTest(sent=sent):
                self.assert_refused(self.guest.run(f"genl {sent}", check=False).stdout, errno, text)
        self.assertEqual(self.status(), (7, 0, []))

        for command in (HOLD, f"{RELEASE} {ID}:u64:1"):
            refused = self.guest.run(f"su -s /bin/sh -c 'genl {command}' nobody", check=False)
            self.assert_refused(refused.stdout, 1)
        self.assertIn(f"{LONGEST}=7", self.guest.run(f"su -s /bin/sh -c 'genl {LRU_CACHE}' nobody").stdout)

        parameter = "/sys/module/memctl/parameters/lru_longest_seconds"
        for value in ("0", "3601", "-1", "x", "4294967297"):
            self.assertNotEqual(self.guest.run(f"echo {value} > {parameter}", check=False).status, 0, value)
        self.guest.run(f"echo 3600 > {parameter}")
        self.assertEqual(self.status()[0], 3600)
        self.guest.run("rmmod memctl")
        for value in ("0", "3601"):
            self.assertNotEqual(self.guest.run(f"insmod {MODULE} lru_longest_seconds={value}", check=False).status, 0)

    def test_as_many_as_there_may_be(self):
        self.boot()
        self.session("a", *[str(HOLD)] * (LEASES_MAX // 2))
        self.session("b", *[str(HOLD)] * (LEASES_MAX // 2))
        _, disabled, held = self.status()
        self.assertEqual((disabled, len({lease.id for lease in held})), (1, LEASES_MAX))
        for name in "ab":
            self.assert_refused(self.ask(name, str(HOLD)), 28, "as many leases")
        self.ask("a", f"{RELEASE} {ID}:u64:{held[3].id}")
        self.assertGreater(self.hold("b").id, held[-1].id)
        self.kill("a")
        self.assertEqual(len(self.status()[2]), LEASES_MAX // 2 + 1)
        self.kill("b")
        self.assert_free()

    def test_module_goes_while_a_lease_is_held(self):
        """The lease ends with it: a module that is loaded anew finds the kernel's count at 0."""
        self.boot()
        for name in "ab":
            self.session(name)
            self.hold(name)
            self.hold(name)
            self.guest.run("rmmod memctl")
            self.guest.run(f"insmod {MODULE}")
            self.assert_free()
            self.assertIn("error", self.ask(name, str(HOLD)))       # that family is gone
            self.kill(name)                                         # and nobody hears of that socket
            self.assert_free()
