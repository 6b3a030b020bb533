# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest whose free memory is in small pieces, and requests to memctl.ko to compact it."""

from heapbed import NAME, NODE, PAGES_MAX

# uapi/memctl.h
COMPACT = 34
ORDER, PLACES, EMPTIED, COMPACT_END, CURSOR = range(47, 52)
ENOUGH, ALL, NO_ROOM = range(1, 4)
HUGE = 9        # order of a huge page

# (pages written, pages kept) of files: page blocks that are nearly empty, half full, nearly full
FILES = ((50000, 2500), (50000, 15000), (30000, 15000), (20000, 18000))

EINVAL, ERANGE, EOPNOTSUPP = 22, 34, 95
ONE = f"{COMPACT} dump {ORDER}:u32:{HUGE}"

# What is sent, the errno, and words of the text.
WRONG = (
    (f"{COMPACT}", EOPNOTSUPP, None),                                   # it is a dump
    (f"{COMPACT} {ORDER}:u32:{HUGE}", EOPNOTSUPP, None),
    (f"{COMPACT} dump", EINVAL, "order is missing"),
    (f"{COMPACT} dump {PLACES}:u64:1", EINVAL, "order is missing"),
    (f"{COMPACT} dump {ORDER}:u32:11", EINVAL, "no pieces of that order"),
    (f"{COMPACT} dump {ORDER}:u32:63", EINVAL, "no pieces of that order"),
    (f"{COMPACT} dump {ORDER}:u32:0xffffffff", EINVAL, "no pieces of that order"),
    (f"{COMPACT} dump {ORDER}:u8:{HUGE}", EINVAL, None),
    (f"{COMPACT} dump {ORDER}:u64:{HUGE}", EINVAL, None),
    (f"{COMPACT} dump {ORDER}:raw:", EINVAL, None),
    (f"{ONE} {ORDER}:u32:{HUGE}", EINVAL, "twice"),
    (f"{ONE} {NODE}:u32:7", EINVAL, "no such node"),
    (f"{ONE} {NODE}:u32:0xffffffff", EINVAL, "no such node"),
    (f"{ONE} {NODE}:u64:0", EINVAL, None),
    (f"{ONE} {NODE}:u32:0 {NODE}:u32:0", EINVAL, "twice"),
    (f"{ONE} {PLACES}:u64:0", ERANGE, None),
    (f"{ONE} {PLACES}:u32:1", EINVAL, None),
    (f"{ONE} {PLACES}:u64:1 {PLACES}:u64:1", EINVAL, "twice"),
    (f"{ONE} {PAGES_MAX}:u32:0", ERANGE, None),
    (f"{ONE} {PAGES_MAX}:u64:1", EINVAL, None),
    (f"{ONE} {PAGES_MAX}:u32:1 {PAGES_MAX}:u32:1", EINVAL, "twice"),
    (f"{ONE} {CURSOR}:u64:1", EINVAL, "cursor"),                        # phase 0; zone 7; node 32767
    (f"{ONE} {CURSOR}:u64:{1 << 62 | 7 << 59}", EINVAL, "cursor"),
    (f"{ONE} {CURSOR}:u64:{1 << 62 | 32767 << 44}", EINVAL, "cursor"),
    (f"{ONE} {CURSOR}:u32:1", EINVAL, None),
    (f"{ONE} {CURSOR}:u64:{1 << 62} {CURSOR}:u64:{1 << 62}", EINVAL, "twice"),
    (f"{ONE} {EMPTIED}:u64:1", EINVAL, None),                           # not of this request
    (f"{ONE} {COMPACT_END}:u32:1", EINVAL, None),
    (f"{ONE} {NAME}:str:heap", EINVAL, None),
    (f"{ONE} {NAME}:cut:1", EINVAL, None),
    (f"{ONE} 99:u32:1", EINVAL, "nknown"),
)


class Pieces:
    """Of a case whose guest has the fixture spread."""

    def make_pieces(self, files=FILES, first=None):
        """Free memory is in small pieces, between pages that stay, and those that `first` puts there before them."""
        # what the kernel itself would compact meanwhile, or would be short of
        self.guest.run("echo 0 > /proc/sys/vm/compaction_proactiveness; "
                       "echo never > /sys/kernel/mm/transparent_hugepage/enabled; "
                       "mkdir /fill; mount -t tmpfs -o size=100% none /fill")
        if first:
            first()
        for seed, (total, kept) in enumerate(files):
            self.guest.run(f"spread /fill/kept{seed} /fill/other{seed} {total} {kept} {seed}", timeout=120)
        self.guest.run("rm /fill/other*")

    def assert_kept(self, files=FILES):
        for seed, (_, kept) in enumerate(files):
            self.assertEqual(self.guest.run(f"spread check /fill/kept{seed} {kept} {seed}", timeout=120).stdout, "ok\n")

    def free(self, order=HUGE):
        """Pieces of that order that could be had at once."""
        rows = [line.split()[4:] for line in self.guest.run("cat /proc/buddyinfo").stdout.splitlines()]
        return sum(int(number) << index - order for row in rows for index, number in enumerate(row) if index >= order)


def steps(text):
    """What each message of an answer says."""
    return [{int(key): int(value) for key, value in (word.split("=") for word in line.split())}
            for line in text.splitlines() if line.startswith(f"{EMPTIED}=")]
