# SPDX-License-Identifier: LGPL-2.1-or-later
"""A thousand rounds at random: load, register, make, pin, migrate, unmake, free, unload."""

import os
import random

from providerbed import END_PFN, EVACUATE, MEMORY, START_PFN, TEST, FaultCase

# In the guest: rounds of one step each, by a generator of its own. Says what went wrong, with its round.
SCRIPT = """
seed=%(seed)d; loaded=
draw() { seed=$(( (seed * 1103515245 + 12345) & 0x7fffffff )); drawn=$(( (seed >> 12) %% $1 )); }
fail() { echo "round $round: $1"; exit 1; }
put() { echo $2 > %(test)s/$1 2> /dev/null; }
load() { insmod /lib/modules/memctl.ko && insmod /lib/modules/test.ko || fail load; loaded=1; }
unload() { rmmod memctl_test_provider && rmmod memctl || fail unload; loaded=; }
block() { draw %(blocks)d; block=%(memory)s/memory$(( %(first)d + drawn ))/state; }
round=0
while [ $round -lt %(rounds)d ]; do
    round=$((round + 1)); draw 100; step=$drawn
    if [ -z "$loaded" ]; then load; continue; fi
    case $step in
    [0-9]|1[0-9]|2[0-4]) draw 1500; put pages $drawn || fail pages;;
    2[5-9]|3[0-9]) draw 300; put free $drawn || fail free;;
    4[0-9]|5[0-4]) draw 300; put unmake $drawn;;
    5[5-9]|6[0-4]) draw 200; put pin $drawn;;
    6[5-9]) put pin 0 || fail unpin;;
    7[0-9]) echo 1 > /proc/sys/vm/compact_memory;;
    8[0-4]) genl %(evacuate)s > /dev/null || fail evacuate;;
    8[5-8]) block; grep -qx online $block && timeout 2 sh -c "echo offline > $block" 2> /dev/null
        grep -qx offline $block && { echo online_movable > $block || fail online; };;
    89) unload;;
    *) draw 5; echo $drawn > %(parameters)s/again; draw 3; echo $(( drawn * 3 )) > %(parameters)s/refuse_every
        draw 4; echo $(( drawn * 5 )) > %(parameters)s/free_isolated;;
    esac
    [ -z "$loaded" ] || [ $(( round %% 20 )) != 0 ] || grep -qx 'wrong 0' %(test)s/verify || fail contents
done
[ -z "$loaded" ] || unload
echo done
"""


class Rounds(FaultCase):
    kernels = ("6.1", "7.3", "debug")

    def test_rounds(self):
        seed = int(os.environ.get("MEMCTL_SEED") or random.randrange(1 << 31))
        print(f"seed {seed}: MEMCTL_SEED={seed} runs the same steps again", flush=True)
        self.boot()
        start, end = self.dimm.start // 4096, (self.dimm.start + self.dimm.size) // 4096
        said = self.guest.run(SCRIPT % {
            "seed": seed, "rounds": 100 if self.kernel.startswith("debug") else 1000, "test": TEST, "memory": MEMORY,
            "first": self.dimm.blocks[0], "blocks": len(self.dimm.blocks), "parameters": "/sys/module/memctl_test_provider/parameters",
            "evacuate": f"{EVACUATE} dump {START_PFN}:u64:{start} {END_PFN}:u64:{end}"}, timeout=900)
        self.assertEqual(said.stdout.strip().splitlines()[-1], "done", f"seed {seed}: {said.output}")
        self.assert_nothing_left()
