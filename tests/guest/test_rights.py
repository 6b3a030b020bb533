# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may have memctl.ko do what, and to whom it names processes and addresses."""

import re

from compactbed import ONE as COMPACT
from fencebed import A_ID, A_WHAT, DROP, FENCE, FREE, HOLD as FENCE_HOLD, RAISE, fences
from harness import fixture
from heapbed import END, EVACUATE, HeapCase, INFO, PROVIDER, START
from lrubed import HOLD as LRU_HOLD, ID, LRU_CACHE, RELEASE, leases
from sessionbed import Sessions
from surveybed import SURVEY

LRU_HOT = 21
EPERM, ENOENT = 1, 2
NET_ADMIN, SYS_ADMIN = 12, 21
NOBODY = 65534


class Rights(Sessions, HeapCase):
    kernels = ("6.1", "7.3")

    def guarded(self):
        """Requests that move memory, hold it, or tell whose it is: all that are not for everybody."""
        start, end = self.pfns()
        span = f"{START}:u64:{start} {END}:u64:{end}"
        return (f"{EVACUATE} dump {span}", f"{LRU_HOLD}", f"{RELEASE} {ID}:u64:{self.lease.id}", f"{SURVEY} dump {span}",
                f"{RAISE} {span}", f"{FENCE_HOLD} dump {A_ID}:u64:{self.fence.id} {span} {A_WHAT}:u32:{FREE}",
                f"{DROP} {A_ID}:u64:{self.fence.id}", f"{LRU_HOT} {START}:u64:{start} {END}:u64:{start + 64}",
                COMPACT)

    def ask_each(self, as_whom, requests):
        """What is said to each request, sent by a process of its own."""
        said = self.guest.run("; ".join(f"{as_whom.format(f'genl {request}')} 2>&1; echo --" for request in requests),
                              timeout=120).stdout
        return said.split("--\n")[:-1]

    def assert_each_refused(self, said):
        self.assertEqual(len(said), len(self.guarded()), said)
        for request, answer in zip(self.guarded(), said):
            with self.subTest(request=request):
                self.assertRegex(answer, rf"^error {EPERM} .*CAP_SYS_ADMIN")

    def state(self):
        fences = [(fence.id, fence.held) for fence in self.told_fences()]
        return self.counters()["migrated"], fences, [lease.id for lease in self.told_leases()]

    def told_fences(self):
        return fences(self.guest.run(f"genl {FENCE}").stdout)

    def told_leases(self):
        return leases(self.guest.run(f"genl {LRU_CACHE}").stdout)

    def boot_held(self):
        """With heap pages in the DIMM, and a lease and a fence of the session "a"."""
        self.boot(binaries=[fixture("caps")])
        self.order("alloc 2000", "ok 2000")
        start, end = self.pfns()
        [self.lease] = leases(self.session("a", str(LRU_HOLD)))
        [self.fence] = fences(self.ask("a", f"{RAISE} {START}:u64:{start} {END}:u64:{end}"))

    def test_who_may(self):
        self.boot_held()
        before = self.state()
        nobody = "su -s /bin/sh -c '{}' nobody"
        for whom, how in (("nobody", nobody),
                          ("root of a user namespace", "unshare -Ur {}"),
                          ("the same, of nobody", nobody.format("unshare -Ur {}")),
                          ("CAP_NET_ADMIN alone", f"caps {NET_ADMIN} {{}}"),
                          ("root with all but CAP_SYS_ADMIN",
                           f"caps {','.join(str(cap) for cap in range(41) if cap != SYS_ADMIN)} {{}}"),
                          ("a socket that nobody has opened", f"GENL_OPENER={NOBODY} {{}}")):
            with self.subTest(whom):
                self.assert_each_refused(self.ask_each(how, self.guarded()))
                self.assertEqual(self.state(), before)
        self.assertNotEqual(self.guest.run(nobody.format("heap_bad"), check=False).status, 0)
        with self.subTest("a socket that was handed to nobody"):
            self.session("handed")
            self.guest.run("echo drop > /run/handed.in; until grep -q dropped /run/handed; do sleep 0.1; done")
            said = self.ask("handed", *self.guarded())
            self.assert_each_refused([line for line in said.splitlines() if line != "dropped"])
            self.assertEqual(self.state(), before)
        with self.subTest("another network namespace"):     # there is no such family
            said = self.ask_each("unshare -Urn {}", self.guarded())
            self.assertTrue(all(answer.startswith(f"error {ENOENT}") for answer in said), said)
            self.assertEqual(self.state(), before)
        with self.subTest("CAP_SYS_ADMIN alone"):
            self.guest.run("kill $(cat /run/a.pid)")
            self.wait_fences_gone()
            start, end = self.pfns()
            span = f"{START}:u64:{start} {END}:u64:{end}"
            said = self.ask_each(f"caps {SYS_ADMIN} {{}}", (f"{EVACUATE} dump {span}", f"{LRU_HOLD}", f"{RAISE} {span}",
                                                            f"{SURVEY} dump {span}"))
            self.assertNotIn("error", "".join(said))
        self.verify(2000)

    def wait_fences_gone(self):
        self.guest.run(f"until [ -z \"$(genl {FENCE} | tr -d '\\n')\" ]; do sleep 0.1; done", timeout=20)

    def test_what_everybody_is_told(self):
        """Counts, and no process and no address."""
        self.boot_held()
        [fence], [lease] = self.told_fences(), self.told_leases()
        self.assertEqual((fence.comm, lease.comm), ("genl", "genl"))
        for whom, how in (("nobody", "su -s /bin/sh -c '{}' nobody"), ("CAP_NET_ADMIN alone", f"caps {NET_ADMIN} {{}}")):
            with self.subTest(whom):
                info, provider, lru, fenced = self.ask_each(how, (f"{INFO}", f"{PROVIDER} dump", f"{LRU_CACHE}",
                                                                  f"{FENCE}"))
                self.assertIn("2=", info)
                self.assertIn("2=heap", provider)
                self.assertRegex(lru, rf"{{ 2={lease.id} (1= )?5=\d+ (1= )?6=\d+ }}")
                self.assertRegex(re.sub(r"\b1= ", "", fenced), rf"{{ 2={fence.id} 7=0 8=0 }}")
                self.assertNotIn("genl", lru + fenced)
                refused = self.guest.run(how.format("genl listen 5"), check=False)
                self.assertEqual(refused.stdout, f"error {EPERM} listen\n", refused.output)
        self.guest.run(f"caps {SYS_ADMIN} genl listen 300 > /run/events & "
                       "until grep -q listening /run/events; do sleep 0.1; done")
        self.ask("a", str(LRU_HOLD))
        self.guest.run("until grep -q event /run/events; do sleep 0.1; done", timeout=20)
        self.assertEqual([one.comm for one in leases(self.guest.run("cat /run/events").stdout)], ["genl"])
