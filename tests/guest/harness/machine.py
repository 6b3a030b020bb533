# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest: booted on entering the context, gone without a trace on leaving it.

    with Machine(kernel="7.3") as machine:
        dimm = machine.hotadd("1G")
        print(machine.run("lsmem").output)
"""

import contextlib
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import log
from .agent import Agent, AgentSilent, Result
from .debug import SERIES
from .hibernation import SERIAL_AGENT, Hibernation
from .host import temporary_directory, unwind_on_sigterm, which
from .initramfs import HERE, Tree, busybox_tree
from .kernel import Kernel, kernel as kernel_named
from .qemu import Qemu
from .qmp import PATIENCE, Qmp, QmpError
from .root import SUITE, systemd_root

BOOT_MODULES = ("virtio_pci", "virtio_console", "virtio_blk", "ext4")
# TCG is slow: watchdogs that only measure that are off. Pages of hot-added
# memory are to be movable unless a test asks for something else.
CMDLINE = ("panic=-1 mitigations=off nowatchdog printk.devkmsg=on "
           "rcupdate.rcu_cpu_stall_suppress=1 systemd.show_status=0 systemd.getty_auto=0 "
           "memhp_default_state=online_movable")
# 7.3 forgets for a moment of its boot that it has page tables of five levels (it scans the CPU's features anew), and
# KASAN takes an interrupt's accesses for wild ones then. The debug kernels are booted with four.
DEBUG_CPU = "la57=off"
# From 7.0 on the slab allocator keeps free objects in arrays (sheaves), and who takes one leaves its address there. kmemleak
# reads these arrays too: what is leaked has a reference as long as nothing is put in that place. Caches that are
# checked have none.
LEAKS_CMDLINE = "slab_debug=F"
TAIL = 40       # lines of console in an error


class GuestError(AssertionError):
    """A script in the guest failed."""


class GuestTimeout(GuestError):
    """A script in the guest took too long, or the guest does not answer."""


@dataclass(frozen=True)
class Dimm:
    id: str             # QEMU's name
    acpi: str           # the kernel's name: PNP0C80:00
    start: int          # physical address
    size: int
    node: int
    blocks: range       # numbers of its memory blocks


class Machine(Hibernation):
    """A QEMU guest. What can be asked for:

    kernel    "6.1", "6.12", "7.3", "arm64", "arm64-16k", "debug", "debug-7.3" (slow, and see more), "cma-7.3" (has CMA's
              debugfs), or a Kernel
    memory    boot memory, spread over the first `memory_nodes` (all, if not said) of `nodes` NUMA nodes;
              `slots` DIMMs fit up to `maxmem`
    binaries  host programs for /usr/bin, by name or path; with their shared libraries
    files     guest path -> host file or directory; programs in them with their libraries
    modules   kernel modules to load, by name; what they depend on comes along
    root      "busybox", or "systemd": a Debian system of the `suite`, with further `packages` if need be
    disks     virtio disks, /dev/vda and on ("systemd" has its root on the first): the size of an empty
              one, or the file with what is on it, which is never written to
    balloon   a virtio-balloon, for inflate()
    hibernates  its agent is on a serial line: see hibernation.py
    edu       QEMU's edu device behind an Intel IOMMU, for memctl_edu.ko; iotlb_invalidations() counts
    steady    the guest's clock counts instructions, 2 ns each: what is timed in the guest does not depend on how
              busy the host is. Where the guest only waits for a timer, its clock jumps there
    cmdline   goes after the default kernel command line, so it overrides it
    qemu      further arguments for QEMU
    allow     patterns of kernel complaints that do not fail the test
    """

    def __init__(self, kernel: str | Kernel = "6.1", memory="1G", cpus=2, slots=8, maxmem="16G", nodes=1, memory_nodes=None,
                 binaries=(), files=None, modules=(), root="busybox", suite=SUITE, packages=(),
                 disks=(), balloon=False, hibernates=False, edu=False, steady=False, cmdline="", cpu=None, qemu=(), allow=(),
                 boot_timeout=400):
        self.kernel = kernel if isinstance(kernel, Kernel) else kernel_named(kernel)
        self.boot_seconds = 0.0
        self._memory, self._cpus, self._nodes = size_bytes(memory), cpus, nodes
        architecture = self.kernel.architecture
        cpu = cpu or architecture.cpu
        self._cpu = f"{cpu},{DEBUG_CPU}" if self.kernel.name in SERIES else cpu
        self._memory_nodes = memory_nodes or nodes
        self._memory_option = f"size={size_bytes(memory)}b,slots={slots},maxmem={size_bytes(maxmem)}b"
        self._binaries, self._files, self._modules = tuple(binaries), dict(files or {}), tuple(modules)
        self._systemd = {"busybox": False, "systemd": True}[root]
        self._suite, self._packages, self._cmdline = suite, packages, f"{architecture.cmdline} {CMDLINE} {cmdline}"
        if SERIES.get(self.kernel.name) == "7.3" and "kmemleak=off" not in cmdline:
            self._cmdline = f"{self._cmdline} {LEAKS_CMDLINE}"
        self._disks, self._balloon, self._steady = tuple(disks), balloon, steady
        self._edu, self._trace, self._qemu_arguments = edu, None, list(qemu)
        self._serial_agent = hibernates
        if hibernates:
            self._cmdline = f"{self._cmdline} {SERIAL_AGENT}"
        if edu:
            self._cmdline = f"{self._cmdline} intel_iommu=on"
        if balloon:
            self._modules += ("virtio_balloon",)
        self._allow, self._boot_timeout = tuple(allow), boot_timeout
        self._context = contextlib.ExitStack()
        self._console, self._past, self._dimms = "", "", 0
        self._directory, self._arguments = None, []
        self._qemu = self._agent = self.qmp = None

    # Life

    def __enter__(self) -> "Machine":
        unwind_on_sigterm()
        with contextlib.ExitStack() as stack:
            self._directory = stack.enter_context(temporary_directory())
            self._arguments = self._boot_arguments(self._directory)
            began = time.monotonic()
            self._qemu = Qemu(self.kernel.architecture.qemu, self._directory, self._arguments, self._serial_agent)
            stack.callback(self._stop)
            self._boot()
            self.boot_seconds = time.monotonic() - began
            self._context = stack.pop_all()
        return self

    def __exit__(self, kind, error, trace):
        with self._context:
            if error is None:
                self._power_off()
        found = log.report(self.console, self._allow)
        if found and error is None:
            raise AssertionError(f"kernel {self.kernel.version} complained:\n{found}")
        if found:
            error.add_note(f"The kernel complained too:\n{found}")

    def _boot(self):
        try:
            self.qmp = Qmp(self._qemu.qmp_socket)
            self._agent = Agent(self._qemu.agent_socket)
            self._agent.wait_ready(self._boot_timeout)
        except (AgentSilent, QmpError) as error:
            raise GuestTimeout(f"the guest did not boot: {error}\n{self._qemu.errors()}{self._tail()}") from error
        if self._systemd:       # "degraded" is for the test to judge
            self.run("systemctl is-system-running --wait", check=False, timeout=self._boot_timeout)

    def _power_off(self):
        """Let the guest end by itself, so that all it has to say is on its console."""
        with contextlib.suppress(AgentSilent, subprocess.TimeoutExpired):
            self._agent.post("poweroff -f", timeout=10)
            self._qemu.process.wait(10)

    def _stop(self):
        self._qemu.stop()
        self._console = self._past + self._qemu.console()

    # Making

    def _boot_arguments(self, directory: Path) -> list[str]:
        root = systemd_root(self._packages, self._suite) if self._systemd else None
        tree = busybox_tree(self.kernel, (*BOOT_MODULES, *self._modules))
        extra = Tree() if root else tree
        for program in self._binaries:
            path = Path(program) if "/" in str(program) else which(program)
            extra.add(f"/usr/bin/{path.name}", path)
        for destination, source in self._files.items():
            extra.add(destination, source)
        extra.add_libraries(skip=root.paths if root else ())
        if root:
            extra.add("/usr/lib/memctl-test/agent", HERE / "agent")
            extra.add_modules(self.kernel, self._modules)
            extra.write(directory / "overlay")
            tree.add("/overlay", directory / "overlay")
        tree.write(directory / "initramfs")

        cmdline = self._cmdline + (" memctl.root=systemd" if root else "")
        balloon = ["-device", "virtio-balloon-pci"] if self._balloon else []
        clock = ["-icount", "shift=1,sleep=off"] if self._steady else []
        return [*self._iommu(directory), "-cpu", self._cpu, "-smp", f"{self._cpus},sockets={self._cpus}", "-m", self._memory_option,
                *self._numa(), *self._drives([root.image] if root else [], directory), *balloon, *clock,
                *self._qemu_arguments, "-kernel", str(self.kernel.vmlinuz), "-initrd", str(directory / "initramfs"),
                "-append", cmdline]

    def _iommu(self, directory: Path) -> list[str]:
        """The IOMMU with a device behind it, and what QEMU is to note of them."""
        if not self._edu:
            return []
        self._trace = directory / "trace"
        return ["-machine", "q35", "-device", "intel-iommu", "-device", "edu",
                "-trace", "enable=vtd_inv_desc_iotlb_*", "-trace", f"file={self._trace}"]

    def _numa(self) -> list[str]:
        """The boot memory and the CPUs, spread over the nodes."""
        share = self._memory // self._memory_nodes
        arguments = []
        for node in range(self._memory_nodes, self._nodes):
            arguments += ["-numa", f"node,nodeid={node}"]
        for node in range(self._memory_nodes):
            arguments += ["-object", f"memory-backend-ram,id=boot{node},size={share}",
                          "-numa", f"node,nodeid={node},memdev=boot{node}"]
        for cpu in range(self._cpus):
            arguments += ["-numa", f"cpu,node-id={cpu % self._nodes},socket-id={cpu}"]
        return arguments

    def _drives(self, images: list[Path], directory: Path) -> list[str]:
        """The images and then the disks, in this order."""
        arguments = []
        for disk in (*images, *self._disks):
            options = "snapshot=on"
            if not isinstance(disk, Path):
                path = directory / f"disk{len(arguments)}"
                path.touch()
                os.truncate(path, size_bytes(disk))
                disk, options = path, "cache=unsafe"
            arguments += ["-drive", f"file={disk},format=raw,if=virtio,{options}"]
        return arguments

    # Use

    def run(self, script: str, check=True, timeout: float = PATIENCE) -> Result:
        """Run a shell script in the guest; with `check` it has to succeed."""
        try:
            result = self._agent.run(script, timeout)
        except AgentSilent as error:
            raise GuestTimeout(f"{error}: {script}\n{self._tail()}") from error
        if result.timed_out:
            raise GuestTimeout(f"not done in {timeout} s: {script}\n{result.output}\n{self._tail()}")
        if check and result.status != 0:
            raise GuestError(f"exit status {result.status}: {script}\n{result.output}")
        return result

    def hotadd(self, size="1G", node=0, id=None, timeout: float = PATIENCE) -> Dimm:
        """Plug a DIMM in; it is there, with its blocks in their default state, on return."""
        self._dimms += 1        # an id is not used again: the events of the first would be taken for the second's
        id = id or f"dimm{self._dimms}"
        self.qmp.command("object-add", **{"qom-type": "memory-backend-ram", "id": f"ram-{id}",
                                          "size": size_bytes(size)})
        self.qmp.command("device_add", driver="pc-dimm", id=id, memdev=f"ram-{id}", node=node)
        devices = (device["data"] for device in self.qmp.command("query-memory-devices"))
        start = next(device["addr"] for device in devices if device["id"] == id)

        block_size = int(self.run("cat /sys/devices/system/memory/block_size_bytes").stdout, 16)
        blocks = range(start // block_size, (start + size_bytes(size)) // block_size)
        # The kernel binds the blocks in order, each to its device, when all are online.
        last = f"/sys/devices/system/memory/memory{blocks[-1]}/firmware_node"
        acpi = self.run(f"until [ -e {last} ]; do sleep 0.1; done; basename $(readlink {last})",
                        timeout=timeout).stdout.strip()
        return Dimm(id, acpi, start, size_bytes(size), node, blocks)

    def hotadd_virtio_mem(self, size, plugged, node=0, id="vmem"):
        """A virtio-mem device of this size, of which so much is plugged; its driver adds that by itself."""
        self.qmp.command("object-add", **{"qom-type": "memory-backend-ram", "id": f"ram-{id}",
                                          "size": size_bytes(size)})
        self.qmp.command("device_add", driver="virtio-mem-pci", id=id, memdev=f"ram-{id}", node=node,
                         **{"requested-size": size_bytes(plugged)})

    def unplug_request(self, id: str):
        """Ask the guest, over ACPI, to let a DIMM go."""
        self.qmp.command("device_del", id=id)

    def wait_deleted(self, id: str, timeout: float = PATIENCE):
        """Wait until the guest has ejected a DIMM, and take its memory back."""
        self.qmp.wait_event("DEVICE_DELETED", timeout, device=id)
        self.qmp.command("object-del", id=f"ram-{id}")

    def inflate(self, size, timeout: float = PATIENCE):
        """The balloon takes this much of the guest's memory, all in all; 0 gives back what it has."""
        summary = self.qmp.command("query-memory-size-summary")
        left = summary["base-memory"] + summary["plugged-memory"] - size_bytes(size)
        self.qmp.command("balloon", value=left)
        deadline = time.monotonic() + timeout
        while self.qmp.command("query-balloon")["actual"] != left:
            if time.monotonic() > deadline:
                raise GuestTimeout(f"the balloon did not become {size} in {timeout} s\n{self._tail()}")
            time.sleep(0.1)

    def kmemleak(self, timeout: float = 300) -> str:
        """What the debug kernel takes for leaked memory, with who allocated it; "" is good.

        It also says so on the console, which fails the test. Objects count when they are
        five seconds old and looked the same in two scans. Fails with kmemleak=off.
        """
        file = "/sys/kernel/debug/kmemleak"
        return self.run(f"[ -e {file} ] || mount -t debugfs debug /sys/kernel/debug; sleep 6; "
                        f"echo scan > {file} && echo scan > {file} && cat {file}", timeout=timeout).stdout

    def iotlb_invalidations(self) -> int:
        """How often the guest has told the IOMMU to forget translations so far; by QEMU, with `edu`."""
        return self._trace.read_bytes().count(b"vtd_inv_desc_iotlb_")

    @property
    def pid(self) -> int:
        """QEMU's process id."""
        return self._qemu.process.pid

    @property
    def events(self) -> list[dict]:
        """All QMP events so far."""
        return self.qmp.poll()

    @property
    def console(self) -> str:
        """The whole kernel log; also after the machine is gone."""
        return self._console or self._past + self._qemu.console()

    def _tail(self) -> str:
        """What the kernel complained of, which a long trace may have pushed up, and its last words."""
        console = self.console
        return "\n".join(["--- complaints of the kernel:", *log.complaints(console)[:TAIL],
                          "--- end of the console:", *console.splitlines()[-TAIL:], "---"])


def size_bytes(size: str | int) -> int:
    """4096, "4K", "128M" or "1G" in bytes."""
    if isinstance(size, int):
        return size
    factor = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(size[-1])
    return int(size[:-1]) * factor if factor else int(size)
