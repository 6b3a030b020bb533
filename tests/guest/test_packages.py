# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Debian packages: installed, upgraded with a job running and without, removed and purged, on bookworm and on trixie."""

import re
import tempfile
from pathlib import Path

from harness import fixture, kernel
from harness.host import call
from harness.module import build_root, in_copy, modules
from harness.package import packages
from testbed import MemctlCase

NEEDED = ("libbytesize1", "init-system-helpers")
# What is written while a system runs, by whomever.
CHANGING = ("/dev", "/proc", "/run", "/sys", "/tmp", "/var/cache", "/var/lib/dpkg", "/var/lib/systemd", "/var/log", "/root", "/usr/lib/modules", "/etc/ld.so.cache")
STATES = "dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\\n' 'memctl*'"


def later(package: Path, version: str, directory: Path) -> Path:
    """The same package as a later version."""
    tree, made = directory / "tree", directory / f"{package.stem}-later.deb"
    call("dpkg-deb", "-R", package, tree)
    control = tree / "DEBIAN/control"
    text = control.read_text("utf-8")
    [old] = [line for line in text.splitlines() if line.startswith("Version: ")]
    control.write_text(text.replace(old, f"Version: {version}"), "utf-8")
    call("dpkg-deb", "--root-owner-group", "-b", tree, made)
    return made


class Packages(MemctlCase):
    """Of the suite that has this kernel."""
    kernels = ("6.1",)
    every = ("6.1", "7.3")

    def boot_with_packages(self):
        suite = {"6.1": "bookworm", "7.3": "trixie"}[self.kernel]
        directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        made = packages(suite)
        [memctl], [dev] = made.glob("memctl_*.deb"), made.glob("memctl-dev_*.deb")
        self.guest = self.machine(root="systemd", suite=suite, packages=NEEDED, memory="1G", binaries=[fixture("pin")], files={
            "/packages/memctl.ko": modules(kernel(self.kernel)) / "memctl.ko",
            "/packages/memctl.deb": memctl, "/packages/dev.deb": dev, "/packages/later.deb": later(memctl, "9.1", directory)})
        self.dimm = self.guest.hotadd("512M")

    def files(self):
        but = " -o ".join(f"-path {path}" for path in CHANGING)
        return set(self.guest.run(f"find / -xdev \\( {but} \\) -prune -o -print", timeout=120).stdout.splitlines())

    def dpkg(self, arguments):
        return self.guest.run(f"dpkg {arguments}", timeout=300).output

    def main_pid(self):
        return self.guest.run("systemctl show -P MainPID memctld").stdout.strip()

    def test_life(self):
        self.boot_with_packages()
        before = self.files()
        self.dpkg("-i /packages/memctl.deb /packages/dev.deb")
        self.assertNotEqual(self.guest.run("systemctl is-active memctld", check=False).status, 0)
        self.assertEqual(self.guest.run("systemctl is-enabled memctld", check=False).stdout, "disabled\n")
        self.assertEqual(self.guest.run("systemctl is-enabled memctl-cma-history.timer", check=False).stdout, "disabled\n")
        self.assertEqual(self.memctl("status")["dimms"], 1)             # the bus has been told, and starts it
        self.guest.run("systemctl is-active memctld && [ -e /usr/src/memctl/include/memctl/movable.h ]")
        self.assertEqual(self.memctl(f"dimm offline {self.dimm.acpi}")["result"], "done")
        self.assertEqual(self.memctl(f"dimm online {self.dimm.acpi}")["result"], "done")

        self.what_is_said_of_the_module()
        self.upgrade_with_a_job()
        pid = self.main_pid()
        self.assertNotIn("when its job has ended", self.dpkg("-i /packages/memctl.deb"))         # which goes back
        self.assertNotEqual(self.main_pid(), pid)
        self.assertEqual(self.memctl("status")["dimms"], 1)

        self.guest.run("memctl cma record; echo '[Compaction]' > /etc/memctl/memctl.conf")
        self.dpkg("-r memctl memctl-dev")
        self.assertNotEqual(self.guest.run("pidof memctld", check=False).status, 0)
        self.assertRegex(self.guest.run(STATES).stdout, r"(?m)^memctl \S+ config-files$")
        self.guest.run("[ -e /var/lib/memctl/cma-history ] && [ -e /etc/memctl/memctl.conf ]")
        self.dpkg("-P memctl memctl-dev")
        self.assertEqual(self.files() - before, {"/etc/memctl", "/etc/memctl/memctl.conf"})      # the operator's
        self.assertEqual(before - self.files(), set())
        self.guest.run("! systemctl cat memctld 2> /dev/null && [ -z \"$(systemctl --failed --plain --no-legend)\" ]")

    def module(self):
        said = self.memctl("status")["module"]
        return said["loaded"], said["installed"], said["signed_only"], said["signer"]

    def what_is_said_of_the_module(self):
        """Which the service has to find out in its sandbox; the last kernel to be asked is one as with Secure Boot."""
        folder, status = f"/lib/modules/{kernel(self.kernel).version}", "memctl status | grep '^module '"
        self.assertEqual(self.module(), (False, False, False, None))
        self.assertIn("not installed for this kernel", self.guest.run(status).stdout)
        self.guest.run(f"mkdir -p {folder}/updates && cp /packages/memctl.ko {folder}/updates/ && depmod")
        self.assertEqual(self.module(), (False, True, False, None))
        self.assertIn("modprobe memctl loads it", self.guest.run(status).stdout)
        self.guest.run("modprobe memctl")
        said = self.memctl("status")["module"]
        self.assertEqual((said["loaded"], said["version"]), (True, self.memctl("version")["version"]))
        self.guest.run("rmmod memctl; echo 1 > /sys/module/module/parameters/sig_enforce")
        self.assertEqual(self.module(), (False, True, True, None))
        self.assertIn("it is not signed", self.guest.run(status).stdout)
        self.assertNotEqual(self.guest.run("modprobe memctl", check=False).status, 0)
        self.guest.run(f"rm -r {folder}/updates; depmod")

    def upgrade_with_a_job(self):
        """It goes on, with the program that it began with; then the new one comes."""
        pinned = self.pin_a_page()
        self.start(f"dimm offline {self.dimm.acpi} --stuck wait")
        self.wait_for_an_offline_block()
        pid = self.main_pid()
        self.assertIn("when its job has ended", self.dpkg("-i /packages/later.deb"))
        self.assertIn("memctl 9.1 installed", self.guest.run(STATES).stdout)
        self.assertEqual(self.main_pid(), pid)
        [job] = [job for job in self.memctl("job list")["jobs"] if job["state"] != "finished"]
        self.assertEqual(job["target"], self.dimm.acpi)
        self.unpin()
        self.assertIn('"done"', self.finish(status=0), pinned)
        self.wait_until(f"[ $(systemctl show -P MainPID memctld) != {pid} ]", "the new memctld is there")
        self.assertEqual(self.memctl("job list")["jobs"][-1]["result"], "done")
        self.assertEqual(self.memctl(f"dimm online {self.dimm.acpi}")["result"], "done")


class ModulePackage(MemctlCase):
    """memctl-dkms, installed where a kernel has its headers: it is built at once, loaded at boot, and gone again."""
    kernels = ("6.1",)
    every = ("6.1", "7.3")

    def test_built_when_installed(self):
        suite = {"6.1": "bookworm", "7.3": "trixie"}[self.kernel]
        version = kernel(self.kernel).version
        with tempfile.TemporaryDirectory() as name:
            for package in packages(suite).glob("memctl-d*_all.deb"):
                call("cp", package, name)
            said = in_copy(build_root(kernel(self.kernel)), Path(name), f"""
                ln -s /proc/self/fd /dev/fd
                find / -xdev -path /proc -prune -o -path /src -prune -o -print | sort > /tmp/before
                dpkg -i /src/memctl-dkms_*.deb /src/memctl-dev_*.deb
                dkms status
                cp /lib/modules/{version}/updates/dkms/memctl.ko* /src/
                cp /usr/lib/modules-load.d/memctl.conf /src/
                [ -e /var/lib/memctl/symvers/{version}/Module.symvers ]
                pkg-config --cflags memctl-kmod 2>/dev/null || cat /usr/share/pkgconfig/memctl-kmod.pc
                dpkg -P memctl-dkms memctl-dev
                find / -xdev -path /proc -prune -o -path /src -prune -o -print | sort > /tmp/after
                comm -13 /tmp/before /tmp/after | grep -v -e ^/tmp/ -e ^/var/lib/dpkg -e ^/var/log -e ^/var/cache -e /modules[.] |
                        sed s/^/left:/
                """)
            self.assertRegex(said, rf"memctl/\S+, {re.escape(version)}, x86_64: installed")
            self.assertEqual([line for line in said.splitlines() if line.startswith("left:")], [])
            [module] = Path(name).glob("memctl.ko*")
            self.assertEqual(Path(name, "memctl.conf").read_text("ascii").split()[-1], "memctl")
            if module.suffix == ".xz":
                call("xz", "-d", module)
                module = module.with_suffix("")
            self.boot(files={"/lib/modules/memctl.ko": module})
            self.guest.run("insmod /lib/modules/memctl.ko")
            self.assertEqual(self.memctl("provider list")["providers"], [])
            self.guest.run("rmmod memctl")
