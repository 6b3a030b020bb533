# SPDX-License-Identifier: LGPL-2.1-or-later
"""What memctl.ko says of a range of pfns, for tests."""

from collections import Counter, namedtuple

from heapbed import END, HeapCase, START

SURVEY = 12
PAGE, MIB = 4096, 1 << 20
AT_ONCE = 100   # runs of pages in one script: a script of its own for each takes longer than to survey it
# uapi/memctl.h
CLASSES = ("unspec", "free", "file", "shmem", "anon", "mlocked", "cached", "pinned", "hugetlb", "movable_ops", "slab",
           "page_table", "reserved", "offline", "hwpoison", "other", "cma", "memmap")
S_START, S_END, S_ABSENT, S_COUNT, S_KEEPER = "2", "3", "4", "5", "6"

Count = namedtuple("Count", "klass order owner pages")
Keeper = namedtuple("Keeper", "pfn pages klass owner")


class Part:
    """A memory block's part of a survey, or absent blocks in a row."""

    def __init__(self, start, end):
        self.start, self.end, self.absent = start, end, 0
        self.counts, self.keepers = [], []

    @property
    def pages(self):
        return self.absent + sum(count.pages for count in self.counts)


def nests(words):
    """The attributes that genl prints: (type, value), where a nest's value is a list of these."""
    found = []
    for word in words:
        if word == "}":
            return found
        kind, value = word.split("=", 1)
        found.append((kind, nests(words) if value == "{" else value))
    return found


def parts(text):
    found = []
    for line in text.splitlines():
        (_, survey), = nests(iter(line.split()))
        one = dict(survey)
        start, end = int(one[S_START]), int(one[S_END])
        if not found or found[-1].start != start:
            found.append(Part(start, end))
        part = found[-1]
        assert part.end == end, line
        part.absent += int(one[S_ABSENT])
        for kind, nest in survey:
            values = dict(nest) if isinstance(nest, list) else {}
            if kind == S_COUNT:
                part.counts.append(Count(CLASSES[int(values["2"])], int(values["3"]), values.get("4"), int(values["5"])))
            elif kind == S_KEEPER:
                part.keepers.append(Keeper(int(values["2"]), int(values["3"]), CLASSES[int(values["4"])],
                                           values.get("5")))
    return found


class SurveyCase(HeapCase):
    def survey(self, start, end):
        """The parts of [start, end), which are checked to be that, and no page lost or counted twice."""
        [found] = self.surveys([(start, end)])
        return found

    def surveys(self, runs):
        """The same of each of these runs."""
        said = self.guest.run("set -e; " + "; echo --; ".join(f"genl {SURVEY} dump {START}:u64:{start} {END}:u64:{end}"
                                                 for start, end in runs), timeout=120).stdout
        answers = [parts(text) for text in said.split("--\n")]
        self.assertEqual(len(answers), len(runs), said)
        for (start, end), found in zip(runs, answers):
            self.assertEqual([part.start for part in found], [start, *(part.end for part in found[:-1])])
            self.assertEqual(found[-1].end, end)
            for part in found:
                self.assertEqual(part.pages, part.end - part.start, vars(part))
        return answers

    def classes(self, start, end):
        """(class, owner) -> pages"""
        return self.held([(start, end)])

    def keepers(self, start, end):
        return [keeper for part in self.survey(start, end) for keeper in part.keepers]

    # What is made

    def start(self, command, log):
        """A program that holds something from the line "ready" on; what it has said, as words of lines."""
        self.guest.run(f"rm -f {log}; {command} > {log} 2>&1 & p=$!; until grep -qE '^(ready|pinned)' {log}; do "
                       f"kill -0 $p || {{ cat {log}; exit 1; }}; sleep 0.1; done", timeout=120)
        return [line.split() for line in self.guest.run(f"cat {log}").stdout.splitlines()]

    def hold(self, kind, what):
        """Runs of pages of that kind, as (pfn, end); see fixtures/hold.c."""
        said = self.start(f"hold {kind} {what}", f"/run/hold.{kind}")
        self.guest.run("echo 1 > /proc/sys/vm/drop_caches")     # and all CPUs' LRU caches
        return [(int(words[1], 16), int(words[2], 16)) for words in said if words[0] == "pfns"]

    def held(self, runs):
        """What the survey says of all pages of these runs: (class, owner) -> pages."""
        total = Counter()
        for i in range(0, len(runs), AT_ONCE):
            for found in self.surveys(runs[i:i + AT_ONCE]):
                for part in found:
                    for count in part.counts:
                        total[count.klass, count.owner] += count.pages
        return total

    def kernel_counter(self, name, file="/proc/vmstat"):
        return int(self.guest.run(f"grep -E '^{name}:? ' {file}").stdout.split()[1])
