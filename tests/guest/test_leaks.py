# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nothing that memctl.ko took is forgotten, by kmemleak's word: buffers, handles, rounds, targets, leases, sockets."""

from heapbed import HeapCase
from lrubed import HOLD, ID, RELEASE, SECONDS, leases
from sessionbed import Sessions


class Leaks(Sessions, HeapCase):
    kernels = ("debug",)

    def test_leaks(self):
        self.boot(cmdline="kmemleak=on", dimm="512M")
        self.order("alloc 5000", "ok 5000")
        self.compact()
        self.offline(self.dimm.blocks[0])
        self.evacuate(*self.pfns(self.dimm.blocks[1:]))
        for name in "abcd":
            [first] = leases(self.session(name, HOLD))
            self.ask(name, HOLD, f"{HOLD} {SECONDS}:u32:1", f"{RELEASE} {ID}:u64:{first.id}")
            self.kill(name)
        self.verify(5000)
        self.order("free", "ok 0")
        self.assertEqual(self.guest.kmemleak(), "")
        self.unload()
