# SPDX-License-Identifier: LGPL-2.1-or-later
"""cma list and cma show beside what a driver did in the area: figures, picture, holders, and failures in words."""

import json

from cmabed import DRIVER, MODULE, TEST, CmaCase
from harness import fixture, kernel
from harness.module import modules
from testbed import MEMCTLD, MemctlCase

PAGE = 4096
MIB = 1 << 20


class Show(CmaCase, MemctlCase):
    kernels = ("7.3",)

    def boot(self):
        built = modules(kernel(self.kernel))
        self.guest = self.machine(
            binaries=[self.programs() / "cli/memctl", fixture("dmabuf")], cmdline="cma=64M",
            files={MODULE: built / "memctl.ko", DRIVER: built / "memctl_test_cma.ko",
                   MEMCTLD: self.programs() / "daemon/memctld"})
        self.guest.run(f"mount -t debugfs none /sys/kernel/debug 2>/dev/null; insmod {DRIVER}")

    def test_an_area(self):
        self.boot()
        [listed] = self.memctl("cma list")["areas"]
        name, size, own = listed["name"], listed["size"], listed["used"]      # the kernel's own drivers may have some
        self.assertEqual((size, listed["source"]["size"], listed["source"]["used"]), (64 * MIB, "sysfs", "sysfs"))
        self.assertLess(own, MIB)
        self.use(name)

        with self.subTest("without the module"):
            before = self.alloc(1024)
            area = self.memctl(f"cma show {name}")
            self.assertEqual((area["used"], area["largest_free"], area["holders"], area["failures"]),
                             (own + 4 * MIB, None, None, None))
            self.assertIn("memctl.ko is not loaded", area["missing"][0])
            self.assertIn("CONFIG_CMA_DEBUGFS", area["missing"][1])

        self.guest.run(f"insmod {MODULE}")
        pid, pfn = map(int, self.guest.run(
            f"echo $$; echo '2048 10' > {TEST}/alloc; cat {TEST}/last").stdout.split())
        with self.subTest("figures"):
            area = self.memctl(f"cma show {name}")
            self.assertEqual((area["used"], area["before"], area["peak"], area["alloc_success"], area["alloc_fail"]),
                             (own + 12 * MIB, own + 4 * MIB, own + 12 * MIB, 1, 0))
            self.assertEqual({area["source"][key] for key in ("start", "used", "largest_free", "alloc_success")}, {"module"})
            self.assertEqual((area["node"], area["by_size"]), (0, [{"pages_max": 2048, "count": 1}]))
            self.assertAlmostEqual(area["fragmentation"], 1 - area["largest_free"] / (size - area["used"]), places=3)
            held = {one["start"]: one for one in area["holders"]}
            self.assertEqual(sum(one["size"] for one in held.values()), own + 12 * MIB)
            mine = held[f"0x{pfn * PAGE:016x}"]
            self.assertEqual((mine["size"], mine["align"], mine["pid"], mine["command"], mine["owner"], mine["before"]),
                             (8 * MIB, 4 * MIB, pid, "sh", "memctl_test_cma", False))
            [old] = [one for start, one in held.items()
                     if int(start, 16) <= before * PAGE < int(start, 16) + one["size"]]
            self.assertEqual((old["pid"], old["owner"], old["before"], old["seconds"]), (None, None, True, None))
            used = sum(run["size"] for run in area["map"]["used"])
            self.assertEqual((used, area["map"]["piece"]), (own + 12 * MIB, PAGE))

        with self.subTest("failures"):
            self.assertIsNone(self.alloc(size // PAGE + 1))
            [failure] = self.memctl(f"cma show {name}")["failures"]
            self.assertEqual((failure["cause"], failure["size"], failure["owner"]),
                             ("too_small", size + PAGE, "memctl_test_cma"))
            self.assertIn(failure["errno"], ("ENOMEM", "EBUSY"))      # as the kernel's release has it
            self.assertEqual(failure["free"], size - own - 12 * MIB)
            self.assertIn(f"memctl_test_cma) asked for 64 MiB and got {failure['errno']}: the area is too small; 5",
                          failure["text"])
            self.assertIn("boot with a larger area", failure["advice"])
            self.assertEqual(self.memctl("cma list")["areas"][0]["alloc_fail"], 1)

        with self.subTest("for people"):
            said = self.guest.run(f"memctl cma show {name}").stdout
            self.assertRegex(said, r"(?m)^used +12(\.\d+)? MiB memctl\.ko$")
            self.assertRegex(said, r"(?m)^0x\w+ [.#o+]+$")
            self.assertRegex(said, rf"(?m)^0x{pfn * PAGE:016x} +8 MiB +{pid} sh +memctl_test_cma \d+ s")
            self.assertRegex(said, r"(?m)^the area is too small +1$")
            self.assertIn("with 80 MiB nothing would have failed so far for want of room", said)
            self.guest.run(f"memctl cma show {name} --svg /run/area.svg && grep -q 'class=.before' /run/area.svg")
            self.assertEqual(self.guest.run("memctl cma show nothing", check=False).status, 6)

        with self.subTest("users of dma-bufs"):
            self.guest.run(f"dmabuf system {3 * MIB} 'preview 1' > /run/buffer & echo $! > /run/buffer.pid; "
                           "until grep -q open /run/buffer; do sleep 0.1; done")
            pid, inode = (int(self.guest.run(f"head -n 1 /run/{file}").stdout) for file in ("buffer.pid", "buffer"))
            area = self.memctl(f"cma show {name}")
            [found] = area["dma_bufs"]
            self.assertEqual({key: found[key] for key in ("inode", "size", "exporter", "name", "pids", "devices", "start")},
                             {"inode": inode, "size": 3 * MIB, "exporter": "system", "name": "preview 1", "pids": [pid],
                              "devices": [], "start": None})
            self.assertGreaterEqual(found["count"], 1)
            self.assertEqual(area["processes"], [{"pid": pid, "command": "dmabuf"}])
            self.assertNotIn("bufinfo", "".join(area["missing"]))
            self.guest.run(f"kill {pid}")

        with self.subTest("rates"):
            self.guest.run("memctl --json=short cma list --watch > /run/watch & echo $! > /run/watch.pid; "
                           f"until [ -s /run/watch ]; do sleep 0.1; done; echo '1 0' > {TEST}/alloc; "
                           "until grep -q 'success_rate.:[0-9.]*[1-9]' /run/watch; do sleep 0.1; done; "
                           "kill $(cat /run/watch.pid)", timeout=60)
            lines = self.guest.run("cat /run/watch").stdout.splitlines()
            rates = [json.loads(line)["areas"][0]["success_rate"] for line in lines]
            self.assertIsNone(rates[0])
            self.assertGreater(max(rates[1:]), 0)
        self.guest.run("rmmod memctl")
