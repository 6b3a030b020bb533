# SPDX-License-Identifier: LGPL-2.1-or-later
"""How much memory a guest has left: what a test compares that says that memory has come back."""


def free_pages(guest) -> int:
    """
    Free pages, with those in the lists of CPUs. There pages go first that are given back, an eighth of the memory at
    most (vm.percpu_pagelist_high_fraction), and MemFree and nr_free_pages leave them out.
    """
    return int(guest.run("awk '/^ *(nr_free_pages |count:)/ { n += $2 } END { print n }' /proc/zoneinfo").stdout)
