# SPDX-License-Identifier: LGPL-2.1-or-later
"""A busybox initramfs: a tree described in memory, written as a newc cpio archive."""

import os
import stat
import subprocess
from pathlib import Path, PurePosixPath

from .architecture import AMD64, Architecture
from .host import HostError, call, which
from .kernel import Kernel
from .sysroot import libraries, sysroot

HERE = Path(__file__).parent
SYSTEM_LIBRARIES = ("/lib/", "/lib64/", "/usr/lib/")
DIRECTORIES = ("dev", "proc", "sys", "run", "tmp", "root", "etc", "usr/bin", "usr/sbin",
               "mnt", "usr/lib", "usr/lib64", "var")
MERGED = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}


class Tree:
    """Files by their path in the guest, /usr merged; a directory comes with all it holds."""

    def __init__(self, architecture: Architecture = AMD64):
        self._architecture = architecture
        self._nodes: dict[str, tuple[int, bytes]] = {}
        self._programs: set[Path] = set()

    def __contains__(self, path) -> bool:
        return _guest_path(path) in self._nodes

    def directory(self, path):
        path = PurePosixPath(_guest_path(path))
        for part in [*reversed(path.parents), path]:
            if str(part) != ".":
                self._nodes.setdefault(str(part), (stat.S_IFDIR | 0o755, b""))

    def symlink(self, path, target):
        self._put(path, stat.S_IFLNK | 0o777, os.fsencode(target))

    def link_at_root(self, name: str, target: str):
        """A merged-/usr link itself."""
        self._nodes[name] = (stat.S_IFLNK | 0o777, target.encode())

    def text(self, path, content: str, mode=0o644):
        self._put(path, stat.S_IFREG | mode, content.encode())

    def add(self, path, source):
        """A host file or directory; symbolic links inside a directory stay links."""
        source = Path(source)
        if source.is_dir():
            self.directory(path)
            for child in sorted(source.iterdir()):
                inside = f"{path}/{child.name}"
                if child.is_symlink():
                    self.symlink(inside, os.readlink(child))
                else:
                    self.add(inside, child)
        else:
            data = source.read_bytes()
            self._put(path, stat.S_IFREG | stat.S_IMODE(source.stat().st_mode), data)
            if data.startswith(b"\x7fELF") and source.suffix != ".ko":
                self._programs.add(source.resolve())

    def add_libraries(self, skip=frozenset()):
        """The shared libraries of every program added so far, but for those in `skip`."""
        wanted: dict[str, Path] = {}
        for program in self._programs:
            wanted |= _libraries(program) if self._architecture == AMD64 else libraries(program, self._architecture)
        for path, library in sorted(wanted.items()):
            if path not in self and _guest_path(path) not in skip:
                self.add(path, os.path.realpath(library))

    def _put(self, path, mode: int, data: bytes):
        path = _guest_path(path)
        self.directory(os.path.dirname(path))
        self._nodes[path] = (mode, data)

    def add_modules(self, kernel: Kernel, names) -> list[str]:
        """Kernel modules with all they depend on; their paths, in the order to load them in."""
        lib = f"/lib/modules/{kernel.version}"
        for index in ("modules.dep", "modules.alias", "modules.builtin", "modules.order"):
            self.add(f"{lib}/{index}", kernel.moddir / index)
        paths = []
        for file in kernel.load_order(names):
            paths.append(f"{lib}/{file.relative_to(kernel.moddir)}")
            self.add(paths[-1], file)
        return paths

    def write(self, path):
        """The tree as a newc archive, all of it owned by root."""
        with open(path, "wb") as file:
            for number, (name, (mode, data)) in enumerate(self._nodes.items(), start=1):
                _write_entry(file, name, number, mode, data)
            _write_entry(file, "TRAILER!!!", 0, 0, b"")


def _guest_path(path) -> str:
    """Relative to the root, below the real directory and not the merged-/usr link."""
    parts = PurePosixPath("/", path).parts[1:]
    if parts and parts[0] in MERGED:
        parts = (MERGED[parts[0]], *parts[1:])
    return "/".join(parts)


def _libraries(program: Path) -> dict[str, Path]:
    """What this host's dynamic linker loads for a program: path in the guest -> file; nothing if it is static."""
    done = subprocess.run(["ldd", program], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if "not found" in done.stdout:
        raise HostError(f"{program} lacks libraries:\n{done.stdout}")
    words = (word for line in done.stdout.splitlines() for word in line.split())
    return {word if word.startswith(SYSTEM_LIBRARIES) else f"/usr/lib/{AMD64.triplet}/{os.path.basename(word)}": Path(word)
            for word in words if word.startswith("/")}


def _write_entry(file, path: str, inode: int, mode: int, data: bytes):
    name = os.fsencode(path) + b"\0"
    fields = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
    file.write(head + b"\0" * (-len(head) % 4))
    file.write(data + b"\0" * (-len(data) % 4))


def busybox_tree(kernel: Kernel, modules) -> Tree:
    """busybox with all its applets, and the modules that /init is to load, in order."""
    tree = Tree(kernel.architecture)
    for directory in DIRECTORIES:
        tree.directory(directory)
    for link, target in MERGED.items():
        tree.link_at_root(link, target)
    tree.add("/bin/busybox", which("busybox") if kernel.architecture == AMD64 else sysroot(kernel.architecture) / "bin/busybox")
    for applet in call("busybox", "--list").split():
        if applet != "busybox":
            tree.symlink(f"/bin/{applet}", "busybox")
    tree.text("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n")
    tree.text("/etc/group", "root:x:0:\nnogroup:x:65534:\n")

    tree.text("/etc/load-modules", "".join(path + "\n" for path in tree.add_modules(kernel, modules)))
    tree.add("/init", HERE / "init")
    tree.add("/usr/lib/memctl-test/agent", HERE / "agent")
    return tree
