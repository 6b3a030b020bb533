# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trees of machines that people have told of: each is a function that fills a Tree."""

import struct

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
ERROR = 19
FLAGS = {"free": 1 << 10, "slab": 1 << 7, "file": 1 << 5 | 1 << 3, "anon": 1 << 5 | 1 << 11 | 1 << 12 | 1 << 14,
         "cached": 1 << 3 | 1 << 2, "poison": 1 << ERROR, "none": 1 << 20, "offline": 1 << 23,
         "huge": 1 << 17 | 1 << 15, "huge tail": 1 << 17 | 1 << 16}
MEMORY, NODES = "sys/devices/system/memory", "sys/devices/system/node"


class Tree:
    def __init__(self, root, block_size, page=4 * KIB):
        self.root, self.block_size, self.page = root, block_size, page
        self.per = block_size // page
        self.write(f"{MEMORY}/block_size_bytes", f"{block_size:x}")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="ascii")

    def link(self, name, target):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)

    def blocks(self, first, last, zones, nodes=(0,), dimm=None):
        for number in range(first, last + 1):
            folder = f"{MEMORY}/memory{number}"
            for name, text in (("state", "online"), ("valid_zones", zones), ("removable", "1")):
                self.write(f"{folder}/{name}", text)
            for node in nodes:
                self.link(f"{folder}/node{node}", f"../../node/node{node}")
                self.link(f"{NODES}/node{node}/memory{number}", f"../../memory/memory{number}")
            if dimm:
                self.link(f"{folder}/firmware_node", f"../../../LNXSYSTM:00/LNXSYBUS:00/{dimm}")
                self.write(f"sys/bus/acpi/devices/{dimm}/eject", "")

    def memory(self, nodes, extra=""):
        """nodes: (total, free) of each; bytes."""
        for node, (total, free) in enumerate(nodes):
            self.write(f"{NODES}/node{node}/meminfo",
                       f"Node {node} MemTotal:  {total // KIB} kB\nNode {node} MemFree:  {free // KIB} kB")
        total, free = (sum(figures) // KIB for figures in zip(*nodes))
        self.write("proc/meminfo", f"MemTotal:  {total} kB\nMemFree:  {free} kB\nMemAvailable:  {(total + free) // 2} kB\n"
                                   f"SwapTotal: 0 kB\nSwapFree: 0 kB{extra}")

    def zones(self, *zones):
        """(node, name, managed, free); bytes."""
        self.write("proc/zoneinfo", "\n".join(
            f"Node {node}, zone {name:>8}\n  pages free     {free // self.page}\n        high     100\n"
            f"        managed  {managed // self.page}\n        protection: (0, 0, 0, 0)\n"
            f"      nr_free_pages {free // self.page}"
            for node, name, managed, free in zones))

    def pages(self, blocks, *runs):
        """All free, but for runs: (first byte, bytes, what)."""
        words = bytearray(struct.pack("<Q", FLAGS["free"]) * (blocks * self.per))
        for start, size, what in runs:
            first, n = start // self.page, max(size // self.page, 1)
            words[first * 8:(first + n) * 8] = struct.pack("<Q", FLAGS[what]) * n
        (self.root / "proc").mkdir(exist_ok=True)
        (self.root / "proc/kpageflags").write_bytes(words)


def ppc64(root, slab=17):
    tree, size = Tree(root, 256 * MIB, 64 * KIB), 256 * MIB
    tree.blocks(0, 31, "Normal")
    tree.blocks(32, 63, "Movable", (1,))
    tree.memory([(8 * GIB, 6 * GIB)] * 2)
    tree.zones((0, "Normal", 8 * GIB, 6 * GIB), (1, "Movable", 8 * GIB, 6 * GIB))
    tree.pages(64, (slab * size, size, "slab"), (33 * size, size, "file"))


def arm64(root):
    tree, size = Tree(root, 32 * MIB, 16 * KIB), 32 * MIB
    tree.blocks(64, 127, "DMA")
    tree.memory([(2 * GIB, GIB)])
    tree.zones((0, "DMA", 2 * GIB, GIB))
    tree.pages(128, (72 * size, size, "file"))


def small(root, blocks, dimms=(), node_free=3 * GIB, extra=""):
    """Blocks 0 to 23 of the kernel's zones, and others as given: (first, last, zones, DIMM or None)."""
    tree, size = Tree(root, 128 * MIB), 128 * MIB
    tree.blocks(0, 23, "DMA32")
    movable = 0
    for first, last, zones, *dimm in blocks:
        tree.blocks(first, last, zones, dimm=dimm[0] if dimm else None)
        movable += last - first + 1
    tree.memory([(24 * size + movable * size, node_free)], extra)
    tree.zones((0, "DMA32", 24 * size, 20 * size), (0, "Movable", movable * size, movable * size * 3 // 4))
    return tree


def zones_none(root):
    tree = small(root, [(32, 32, "none"), (33, 39, "Movable")])
    tree.pages(40)


def kmem(root):
    tree = small(root, [(40, 63, "Movable")])
    tree.write("proc/iomem", "00001000-bfffffff : System RAM\n140000000-1ffffffff : CXL Window 0\n"
                             "  140000000-1ffffffff : region0\n    140000000-1ffffffff : dax0.0\n"
                             "      140000000-1ffffffff : System RAM (kmem)")
    tree.pages(64)


def gigantic(root):
    tree = small(root, [(32, 47, "Movable", "PNP0C80:00")])
    tree.pages(48, (4 * GIB, GIB, "huge tail"), (4 * GIB, 1, "huge"))
    for folder in ("sys/kernel/mm/hugepages/hugepages-1048576kB", f"{NODES}/node0/hugepages/hugepages-1048576kB"):
        for name, value in (("nr_hugepages", 1), ("free_hugepages", 0), ("resv_hugepages", 0)):
            tree.write(f"{folder}/{name}", value)


def hole(root, name="Reserved"):
    tree = small(root, [(32, 39, "Movable"), (40, 40, "Movable")])
    tree.write("proc/iomem", "00001000-bfffffff : System RAM\n100000000-143ffffff : System RAM\n"
                             "  100000000-103ffffff : Crash kernel\n"
                             + (f"144000000-147ffffff : {name}" if name else ""))
    tree.pages(41, (0x144000000, 64 * MIB, "none"))


def virtio(root):
    tree = small(root, [(40, 47, "Movable")])
    tree.write("proc/iomem", "00001000-bfffffff : System RAM\n140000000-23fffffff : virtio0\n"
                             "  140000000-17fffffff : System RAM (virtio_mem)")
    tree.pages(48, (47 * 128 * MIB, 64 * MIB, "offline"))


def shared_block(root):
    tree, size = Tree(root, 128 * MIB), 128 * MIB
    tree.blocks(0, 7, "Normal")
    tree.blocks(8, 15, "Movable", (1,))
    tree.blocks(16, 16, "none", (1, 2))
    tree.blocks(17, 23, "Movable", (2,))
    tree.memory([(GIB, GIB // 2), (GIB + size // 2, GIB), (GIB - size // 2, GIB // 2)])
    tree.zones((0, "Normal", GIB, GIB // 2), (1, "Movable", GIB + size // 2, GIB),
               (2, "Movable", GIB - size // 2, GIB // 2))
    tree.pages(24)


def edac(root, corrected=5539):
    tree = small(root, [])
    for controller, (label, errors) in enumerate((("CPU_SrcID#0_DIMM#0", 0), ("CPU_SrcID#1_DIMM#0", corrected))):
        folder = f"sys/devices/system/edac/mc/mc{controller}/dimm0"
        for name, value in (("dimm_label", label), ("dimm_ce_count", errors), ("dimm_ue_count", 0)):
            tree.write(f"{folder}/{name}", value)


def poison(root):
    tree = small(root, [(32, 39, "Movable", "PNP0C80:00"), (40, 47, "Movable", "PNP0C80:01")],
                 extra="\nHardwareCorrupted: 12 kB")
    tree.pages(48, (41 * 128 * MIB + 7 * 4096, 3 * 4096, "poison"))


def uncounted(root):
    small(root, [(32, 39, "Movable", "PNP0C80:00")])


def many(root):
    small(root, [(32 + i, 32 + i, "Movable", f"PNP0C80:{i:02x}") for i in range(300)])


def no_hotplug(root):
    (root / NODES / "node0").mkdir(parents=True)
    (root / "proc").mkdir()
    (root / "proc/meminfo").write_text("MemTotal: 8388608 kB\nMemFree: 4194304 kB\n", encoding="ascii")
    (root / NODES / "node0/meminfo").write_text("Node 0 MemTotal: 8388608 kB\nNode 0 MemFree: 4194304 kB\n",
                                               encoding="ascii")


def cma(root):
    tree = small(root, [], extra="\nCmaTotal: 262144 kB\nCmaFree: 1024 kB")
    tree.pages(24, (GIB, 256 * MIB, "file"))
    tree.write("proc/vmstat", "cma_alloc_success 100\ncma_alloc_fail 17")
    for name, value in (("fail", 544), ("success", 6400)):
        tree.write(f"sys/kernel/mm/cma/linux,cma/alloc_pages_{name}", value)
