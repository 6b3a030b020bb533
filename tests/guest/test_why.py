# SPDX-License-Identifier: LGPL-2.1-or-later
"""What keeps memory from going offline: named by address, owner and process, and refused before it is tried."""

import xml.etree.ElementTree

from partsbed import PAGE, PartsCase

KEEPER_KEYS = {"block", "start", "end", "pages", "class", "owner", "pids", "allocated_by"}


class Why(PartsCase):
    kernels = ("7.3",)

    def keeper_of(self, answer, address):
        """The one keeper whose pages this address is in."""
        [keeper] = [keeper for keeper in answer["keepers"]
                    if int(keeper["start"], 16) <= address <= int(keeper["end"], 16)]
        self.assertEqual(set(keeper), KEEPER_KEYS)
        return keeper

    def test_a_pinned_page_is_named_and_refused(self):
        self.boot_parts()
        before = self.fill(100)
        block = self.pin_a_page()
        address, pid = self.pinned()

        for target in (block, self.dimm.acpi):
            answer = self.memctl(f"why {target}")
            self.assertEqual((answer["source"], answer["unknown"], answer["offline"]), ("module", [], []))
            keeper = self.keeper_of(answer, address)
            self.assertEqual((keeper["start"], keeper["end"], keeper["pages"]),
                             (f"0x{address:016x}", f"0x{address + PAGE - 1:016x}", 1))
            self.assertEqual((keeper["block"], keeper["class"], keeper["owner"], keeper["pids"]),
                             (block, "pinned", "anon", [pid]))
            self.assertIn({"pid": pid, "command": "pin"}, answer["processes"])
            [owner] = [owner for owner in answer["owners"] if owner["class"] == "pinned"]
            self.assertEqual((owner["owner"], owner["kind"], owner["movable"], owner["pages"]),
                             ("anon", "unmovable", False, 1))
            self.assertIn("stop_process", owner["advice"])
        text = self.guest.run(f"memctl why {block}").stdout
        for word in (f"{address:x}", str(pid), "pin"):
            self.assertIn(word, text)

        self.assert_refused(block, pid)
        self.assert_tried_with_force(block)
        self.unpin()
        self.assertEqual(self.memctl(f"why {block}")["keepers"], [])
        self.assertEqual(self.memctl(f"block offline --force {block}")["blocks_offlined"], 1)
        self.assertEqual(self.memctl(f"dimm offline {self.dimm.acpi}")["result"], "done")
        self.assertEqual(self.checksum(), before)
        self.assert_offline_is_answered(block)

    def assert_refused(self, block, pid):
        migrated = self.kernel_counter("pgmigrate_success")
        for verb in (f"dimm plan {self.dimm.acpi}", f"dimm offline {self.dimm.acpi}", f"block offline {block}"):
            result = self.memctl(verb, status=3)
            self.assertEqual(result["result"], "refused")
            self.assertEqual(result["reasons"],
                             [{"code": "unmovable", "block": block, "pages": 1, "owner": "anon", "pids": [pid]}])
        self.assertEqual(self.kernel_counter("pgmigrate_success"), migrated)
        self.assert_all_as_before()
        said = self.guest.run(f"memctl dimm offline {self.dimm.acpi}", check=False)
        self.assertEqual(said.status, 3)
        self.assertIn(str(pid), said.output)

    def assert_tried_with_force(self, block):
        result = self.memctl(f"dimm offline --force {self.dimm.acpi}", status=1)
        self.assertEqual((result["result"], result["blocks_offlined"]), ("failed", 0))
        self.assertIn(("unmovable", block), [(reason["code"], reason["block"]) for reason in result["reasons"]])
        self.assert_all_as_before()

    def assert_offline_is_answered(self, block):
        for target in (block, self.dimm.acpi):
            answer = self.memctl(f"why {target}")
            self.assertIn(block, answer["offline"])
            self.assertEqual((answer["blocks"], answer["owners"], answer["keepers"]), ([], [], []))
            said = self.guest.run(f"memctl why {target}")
            self.assertIn("offline", said.output)

    def test_a_fixed_buffer_in_a_kernel_zone(self):
        """io_uring's pages are taken out of zone Movable, so that they keep only blocks of other zones."""
        self.boot_parts(cmdline="memhp_default_state=offline")
        block = self.dimm.blocks[0]
        self.memctl(f"block online --zone kernel {block}")
        start, end = self.dimm.start, self.dimm.start + self.dimm.size
        self.guest.run(f"pin 1500 {start:x} {end:x} fixed > /run/pin & echo $! > /run/pin.pid")
        self.wait_until("grep -q pinned /run/pin", "a page is pinned")
        address, pid = self.pinned()
        self.assertEqual(address // (self.dimm.size // len(self.dimm.blocks)), block)

        answer = self.memctl(f"why {block}")
        keeper = self.keeper_of(answer, address)
        self.assertEqual((keeper["class"], keeper["owner"], keeper["pids"]), ("pinned", "anon", [pid]))
        self.assertIn({"pid": pid, "command": "pin"}, answer["processes"])


class Asked(PartsCase):
    """Bad input, trouble, and pictures."""
    kernels = ("7.3",)

    def test_bad_input(self):
        self.boot_parts()
        for target, status, words in (("9999", 6, "no such block"), ("PNP0C80:77", 6, "PNP0C80:77"),
                                      ("rubbish", 2, "accepted"), ("''", 2, "accepted"), ("../2", 2, "accepted"),
                                      ("5-3", 2, "accepted"), ("99999999999999999999", 2, "accepted"), ("", 2, "")):
            done = self.guest.run(f"memctl why {target}", check=False)
            self.assertEqual((done.status, done.stdout), (status, ""), f"why {target}: {done.output}")
            self.assertIn(words, done.stderr)
        for arguments, words in (("movability --by colour", "accepted"), ("movability --by", "--by"),
                                 ("movability 33", "accepted is: memctl movability"), ("map --svg", "--svg"), ("map x", "accepted is: memctl map")):
            done = self.guest.run(f"memctl {arguments}", check=False)
            self.assertEqual((done.status, done.stdout), (2, ""), f"{arguments}: {done.output}")
            self.assertIn(words, done.stderr)
        done = self.guest.run("memctl map --svg /no/where.svg", check=False)
        self.assertEqual(done.status, 1)
        self.assertIn("/no/where.svg", done.stderr)
        self.assert_map()

    def assert_map(self):
        block = self.dimm.blocks[3]
        self.memctl(f"block offline {block}")
        picture = self.guest.run("memctl map").stdout
        self.assertEqual([line for line in picture.splitlines() if len(line) > 80], [])
        self.assertNotIn("\033", picture)
        answer = self.memctl("map")
        self.assertEqual(answer["source"], "module")
        listed = self.memctl("block list")["blocks"]
        self.assertEqual([(entry["block"], entry["state"]) for entry in answer["blocks"]],
                         [(entry["block"], entry["state"]) for entry in listed])
        for entry in answer["blocks"]:
            figures = [entry[key] for key in ("free", "movable", "unmovable", "unknown")]
            if entry["state"] == "online":
                self.assertLessEqual(sum(figures), answer["block_size"] // PAGE)
                self.assertGreater(sum(figures), 0)
            else:
                self.assertEqual(figures, [None] * 4)
        self.guest.run("memctl map --svg /run/map.svg")
        root = xml.etree.ElementTree.fromstring(self.guest.run("cat /run/map.svg").stdout)
        self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
        self.assertGreater(len(list(root.iter("{http://www.w3.org/2000/svg}rect"))), len(listed))

    def test_a_dimm_that_leaves_meanwhile(self):
        """Reports while DIMMs come and go: each is an answer, or an error in words."""
        self.boot_parts()
        self.zram(64)
        self.guest.run("touch /run/go; (while [ -e /run/go ]; do memctl --json=short movability --by block; "
                       "echo status $?; done) > /run/said 2> /run/errors & echo $! > /run/loop.pid")
        dimms = [self.guest.hotadd("256M") for _ in range(3)] + [self.dimm]
        for dimm in dimms:
            self.guest.unplug_request(dimm.id)
            self.guest.wait_deleted(dimm.id)
        self.guest.run("rm /run/go; while [ -e /proc/$(cat /run/loop.pid) ]; do sleep 0.1; done", timeout=120)
        statuses = [line for line in self.guest.run("cat /run/said").stdout.splitlines() if line.startswith("status")]
        errors = self.guest.run("cat /run/errors").stdout
        self.assertGreater(statuses.count("status 0"), 2)
        self.assertEqual(set(statuses) - {"status 0", "status 1"}, set(), errors)
        self.assertEqual([line for line in errors.splitlines() if not line.startswith("memctl: ")], [])
