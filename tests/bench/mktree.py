#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the sysfs tree of a large machine, as Linux 6.6 and later have it: mktree.py DIRECTORY BLOCKS

Two nodes, blocks of 128 MiB, one in seven offline.
"""

import os
import sys


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def main(root, blocks):
    memory, nodes = f"{root}/sys/devices/system/memory", f"{root}/sys/devices/system/node"
    os.makedirs(memory)
    os.makedirs(f"{root}/sys/bus/acpi/devices")
    os.makedirs(f"{root}/proc")
    for node in (0, 1):
        os.makedirs(f"{nodes}/node{node}")
        write(f"{nodes}/node{node}/meminfo", f"Node {node} MemTotal: 1024 kB\nNode {node} MemFree: 512 kB\n")
    write(f"{memory}/block_size_bytes", "8000000\n")
    write(f"{memory}/auto_online_blocks", "offline\n")
    write(f"{memory}/crash_hotplug", "0\n")
    for number in range(blocks):
        block, node, online = f"{memory}/memory{number}", number * 2 // blocks, number % 7 != 0
        os.mkdir(block)
        write(f"{block}/state", "online\n" if online else "offline\n")
        write(f"{block}/removable", "1\n")
        write(f"{block}/valid_zones", "Movable\n" if online else "Normal Movable\n")
        write(f"{block}/phys_index", f"{number:08x}\n")
        os.symlink(f"../../node/node{node}", f"{block}/node{node}")
        os.symlink(f"../../memory/memory{number}", f"{nodes}/node{node}/memory{number}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
