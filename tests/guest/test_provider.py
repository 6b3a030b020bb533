# SPDX-License-Identifier: LGPL-2.1-or-later
"""What memctl says of memctl.ko and its providers: without the module, with it, and when it is gone again."""

from harness import kernel
from harness.module import modules
from testbed import MemctlCase

FIGURES = {"pages", "isolated", "migrated", "retried", "refused", "failed", "batches", "bytes",
           "longest_pause_seconds"}


class Provider(MemctlCase):
    kernels = ("6.12",)

    def test_the_module_comes_and_goes(self):
        built = modules(kernel(self.kernel))
        self.boot(files={f"/lib/modules/{name}.ko": built / f"{name}.ko" for name in ("memctl", "memctl_heap")})
        self.assert_no_module()
        for _ in range(2):
            self.guest.run("insmod /lib/modules/memctl.ko && insmod /lib/modules/memctl_heap.ko")
            self.assert_module()
            self.guest.run("rmmod memctl_heap && rmmod memctl")
            self.assert_no_module()
        self.assert_nothing_runs()

    def assert_no_module(self):
        self.assertEqual(self.memctl("provider list"), {"providers": [], "module": None})
        done = self.guest.run("memctl provider list")
        self.assertEqual((done.stdout.strip(), done.stderr),
                         ("", "memctl: memctl.ko is not loaded, so there are no providers\n"))
        done = self.guest.run("memctl provider show heap", check=False)
        self.assertEqual((done.status, done.stderr),
                         (6, "memctl: heap: memctl.ko is not loaded, so there are no providers\n"))

    def assert_module(self):
        answer = self.memctl("provider list")
        module = answer["module"]
        self.assertEqual(set(module), {"version", "binding", "kernel", "abilities"})
        self.assertEqual(module["kernel"], kernel(self.kernel).version)
        self.assertEqual(module["binding"], "balloon" if self.series == "7.3" else "movable_ops")
        self.assertEqual(module["abilities"][:3], ["movable", "evacuate", "lru_cache"])
        self.assertRegex(module["version"], r"^\d")

        [heap] = answer["providers"]
        self.assertEqual(heap, {"name": "heap", **dict.fromkeys(FIGURES, 0)})
        [shown] = self.memctl("provider show heap")["providers"]
        self.assertEqual(shown, {**heap, "failures": []})

        table = self.guest.run("memctl provider list")
        self.assertRegex(table.stdout, r"^PROVIDER +PAGES .*\nheap +0 ")
        self.assertEqual(table.stderr, "")
        self.assertIn("FAILURES", self.guest.run("memctl provider show heap").stdout)
        done = self.guest.run("memctl provider show heap other", check=False)
        self.assertEqual((done.status, done.stdout, done.stderr),
                         (6, "", "memctl: other: memctl.ko has no such provider\n"))
        self.guest.run("mkdir -p /tree/sys/devices/system && "
                       "cp -r /sys/devices/system/memory /tree/sys/devices/system/ 2>/dev/null; "
                       "memctl --root /tree provider list --json=short > /run/tree")
        self.assertEqual(self.guest.run("cat /run/tree").json(), {"providers": [], "module": None})
