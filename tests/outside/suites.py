# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is run: the suites, each a script that runs in the guest and hands every test to `one`."""

from dataclasses import dataclass

HOME = "/usr/lib/outside"
CATEGORIES = "hugetlb compaction ksm ksm_numa cow thp migration rmap"
# 6.1 has no categories: of its run_vmtests.sh these are taken, and those that it builds and leaves out are run beside it.
TAKEN_6_1 = r"^(hugepage|hugetlb|map_hugetlb|compaction|ksm|thuge)"
BESIDE_6_1 = ("bash ./charge_reserved_hugetlb.sh -cgroup-v2", "bash ./hugetlb_reparenting_test.sh -cgroup-v2", "./khugepaged",
              "./split_huge_page_test", "./migration")
DAMON = {"6.1": "*.sh", "6.12": "*.sh *.py", "7.3": "*.sh *.py"}
# stress-ng runs mlockmany only where that is asked for, for a machine may hang by it.
STRESSORS = ("pagemove 2", "physpage 2", "mlockmany 2 --pathological", "rmap 2", "vm 2")
SECONDS = 15
STRESS_NG = f"stress-ng --timeout {SECONDS} --verify --%s"


@dataclass(frozen=True)
class Suite:
    name: str
    script: str
    limit: int                      # seconds for a test
    skips: tuple[int, ...] = (4,)   # exit statuses that mean so


def _mm(series):
    script = f"cd {HOME}/mm; export SPLIT_HUGE_PAGE_TEST_XFS_PATH=/xfs; "
    if series != "6.1":
        return f"{script} ./run_vmtests.sh -t '{CATEGORIES}'"
    beside = "; ".join(f"{HOME}/one {test}" for test in BESIDE_6_1)
    return f"{script} OUTSIDE_TAKE=${{OUTSIDE_TAKE:-'{TAKEN_6_1}'}} ./run_vmtests.sh; {beside}"


def _poison(series):
    """What poisons pages, which stay so: last. stress-ng's madvise does so, too."""
    madvise = f"{HOME}/one {STRESS_NG % 'madvise 2'}"
    if series == "6.1":
        return madvise      # it has no such selftests, and Debian's does not poison
    hugetlb = "hugetlb-soft-offline|hugetlb-read-hwpoison"
    script = f"cd {HOME}/mm; OUTSIDE_TAKE=${{OUTSIDE_TAKE:-'{hugetlb}'}} ./run_vmtests.sh -d -t hugetlb; "
    return script + ("./run_vmtests.sh -t memory-failure; " if series == "7.3" else "") + madvise


def suites(series: str) -> list[Suite]:
    damon = (f"cd {HOME}/damon; for test in {DAMON[series]}; do case $test in _*|drgn*) continue ;; *.sh) shell=bash ;; "
             f"*) shell=python3 ;; esac; {HOME}/one $shell ./$test; done")
    stress = "; ".join(f"{HOME}/one {STRESS_NG % stressor}" for stressor in STRESSORS)
    return [Suite("stressapptest", f"{HOME}/one stressapptest -s 30 -M 512 -m 2 -C 1", 120),
            Suite("stress-ng", stress, 120, (3, 4)),
            Suite("mm", _mm(series), 400),
            Suite("damon", damon, 600),
            Suite("hotplug", f"cd {HOME}/memory-hotplug; {HOME}/one bash ./mem-on-off-test.sh; "
                             f"{HOME}/one {STRESS_NG % 'memhotplug 2'}", 180, (3, 4)),
            Suite("poison", _poison(series), 180, (3, 4))]
