# SPDX-License-Identifier: LGPL-2.1-or-later
"""What differs between the machines that guests are: names, and what QEMU is told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Architecture:
    debian: str             # of packages
    triplet: str            # of the compiler, and of the directory of libraries
    qemu: tuple[str, ...]   # the program, and which machine
    cpu: str
    cmdline: str            # what the kernel is told: the console that QEMU keeps, and more


AMD64 = Architecture(
    "amd64", "x86_64-linux-gnu", ("qemu-system-x86_64",),
    # QEMU 7.2 spoils the flags in cmpxchg16b: 6.12, whose slab allocator uses it, then
    # dies of double faults. Without the feature the kernel takes a lock instead.
    # It carries out "rep stosb" and "rep movsb" byte by byte. Clearing a page, which Debian's kernels do with each that they
    # give, then costs as much as moving one; without these features filling and offlining 200 MiB took 5.6 s of the host's
    # CPU and not 7.7 s (7.3).
    "max,cx16=off,erms=off,fsrm=off", "console=ttyS0 tsc=reliable")

ARM64 = Architecture(
    "arm64", "aarch64-linux-gnu", ("qemu-system-aarch64", "-machine", "virt"),
    # Signing pointers as the architecture says is most of what QEMU would do.
    "max,pauth-impdef=on", "console=ttyAMA0")
