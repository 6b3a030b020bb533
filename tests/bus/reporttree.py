# SPDX-License-Identifier: LGPL-2.1-or-later
"""A tree with something of all that a report shows: DIMMs with hostile labels, pages of many kinds, CMA with a bitmap, a matrix."""

import json
import random
import struct

import cases

MIB = 1 << 20
LABEL = 'DIMM_A1 </td><script>alert(1)</script> "\' & \u202egnp\u202c'
RELEASE = "7.3.4-report"
KINDS = ("anon-4k", "anon-thp", "shmem", "file-ext4", "hugetlb-2m", "pinned-long", "driver", "page-tables", "secretmem")
OPERATIONS = ("compaction", "block_offline", "reserve", "move_pages", "migrate_pages", "mbind", "swap", "zswap", "collapse", "damos",
              "soft_offline", "hard_poison")


def smbios(labels, first, size):
    """Type 17 with a locator, a serial number and more, and type 20 with its range, of each DIMM."""
    table = b""
    for number, label in enumerate(labels):
        handle, start = 0x1100 + number, (first + number * size) // 1024
        device = struct.pack("<BBHHHHHHBBBBBHBBBB", 17, 0x1b, handle, 0, 0xfffe, 64, 64, 0, 9, 0, 1, 2, 26, 0, 0, 3, 4, 5)
        device = device[:0x1b].ljust(0x1b, b"\6")
        strings = b"\0".join((label.encode(), b"BANK 0", b"Maker Ltd", f"SERIAL{number}".encode(), b"ASSET-7", b"PART-9"))
        table += device + strings + b"\0\0"
        table += struct.pack("<BBHIIHHBBB", 20, 0x13, 0x1400 + number, start, start + size // 1024 - 1, handle, 0x1300, 1, 0, 0) + b"\0\0"
    return table + struct.pack("<BBH", 127, 4, 0xfeff) + b"\0\0"


def matrix():
    draw = random.Random(1)
    cells = []
    for kind in KINDS:
        for operation in OPERATIONS:
            verdict = draw.choice(("works", "works", "works", "splits", "slow", "fails", "not_supported", "not_tried"))
            cells.append({"kind": kind, "operation": operation, "verdict": verdict, "errno": "EBUSY" if verdict == "fails" else None,
                          "pages": 512, "moved": 512, "folios": 0, "folios_kept": 0, "seconds": 0.1, "note": None, "known": None})
    return {"cells": cells, "date": "2026-01-31T12:00:00Z", "kernel": RELEASE, "seconds": 100.0, "not_put_back": []}


def make(root):
    tree = cases.small(root, [(32, 63, "Movable", "PNP0C80:00"), (64, 95, "Movable", "PNP0C80:01")],
                       extra="\nCmaTotal: 262144 kB\nCmaFree: 101024 kB\nHardwareCorrupted: 12 kB")
    block, draw, runs = 128 * MIB, random.Random(7), []
    for number in range(24):
        runs += [(number * block, draw.randrange(1, 64) * MIB, "slab" if draw.random() < .7 else "anon"),
                 (number * block + 64 * MIB, draw.randrange(1, 63) * MIB, draw.choice(("file", "anon", "huge tail")))]
    for number in range(32, 96):
        if draw.random() < .8:
            runs.append((number * block, draw.randrange(1, 128) * MIB, draw.choice(("file", "anon", "anon"))))
        if draw.random() < .15:
            runs.append((number * block + 127 * MIB, 4096 * draw.randrange(1, 200), "slab"))
    runs.append((70 * block + 127 * MIB, 3 * 4096, "poison"))
    tree.pages(96, *runs)
    for number in (40, 41, 42, 43, 90):
        tree.write(f"sys/devices/system/memory/memory{number}/state", "offline")
        tree.write(f"sys/devices/system/memory/memory{number}/valid_zones", "Movable Normal")
    tree.write("sys/devices/system/memory/memory64/valid_zones", "Normal")
    tree.write("proc/buddyinfo", "Node 0, zone    DMA32   120   60   30   14    9    4    2    1    1    0    2\n"
                                 "Node 0, zone  Movable  9120 4960 2030  914  309  104   42   21   11   20  712")
    tree.write("proc/sys/kernel/osrelease", RELEASE)
    tree.write("proc/sys/kernel/arch", "x86_64")
    tree.write(f"var/lib/memctl/matrix-{RELEASE}.json", json.dumps(matrix()))
    (root / "sys/firmware/dmi/tables").mkdir(parents=True)
    (root / "sys/firmware/dmi/tables/DMI").write_bytes(smbios((LABEL, "DIMM_B1"), 32 * block, 32 * block))
    tree.write("sys/devices/system/edac/mc/mc0/dimm0/dimm_label", "DIMM_B1")
    for name, value in (("dimm_ce_count", 5539), ("dimm_ue_count", 1)):
        tree.write(f"sys/devices/system/edac/mc/mc0/dimm0/{name}", value)
    cma(tree)


def cma(tree):
    """64 MiB in pieces of 64 KiB, a part of them allocated."""
    draw, words = random.Random(3), []
    for word in range(32):
        words.append(0xffffffff if word in (3, 4, 5, 17) else draw.getrandbits(32) if word in (8, 20, 21) else 0)
    used = sum(bin(word).count("1") for word in words) * 16
    folder = "sys/kernel/debug/cma/camera"
    for name, value in (("base_pfn", 0x20000), ("count", 16384), ("order_per_bit", 4), ("used", used), ("maxchunk", 3072)):
        tree.write(f"{folder}/{name}", value)
    tree.write(f"{folder}/bitmap", " ".join(map(str, words)))
    for name, value in (("fail", 544), ("success", 6400)):
        tree.write(f"sys/kernel/mm/cma/camera/alloc_pages_{name}", value)
    tree.write("proc/vmstat", "cma_alloc_success 100\ncma_alloc_fail 17")
