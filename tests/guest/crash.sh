#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Kills memctld again and again in a guest, and looks at what the next one makes of it:
#
#     crash TIMES WANTED AGAIN POINT SECOND COMMAND...
#
# In `memctl COMMAND` memctld, or its worker, dies at POINT. Where SECOND is not "-", the memctld that finds its journal
# dies there. After `memctl AGAIN` then the blocks in $BLOCKS are WANTED ("online Movable", "offline"), or gone if that
# is "gone"; no journal, fence or lease is left, and what is in the machine's memory is what it was. Then `memctl $MEND`,
# if that is set, for the next time. $JOURNAL says whether the first one leaves a journal: yes, or no where it was over.
# With $CANCEL, the job is cancelled once a block is offline.
set -u
journals=/run/memctl/journal
times=$1 wanted=$2 again=$3 point=$4 second=$5
shift 5

die() {
    echo "$point/$second, time $i: $*"
    cat /run/said
    exit 1
}

state() {
    directory=/sys/devices/system/memory/memory$1
    [ -e "$directory" ] || { echo gone; return; }
    read -r state < "$directory/state"
    if [ "$state" = online ]; then
        read -r zones < "$directory/valid_zones"
        echo "online $zones"
    else
        echo "$state"
    fi
}

is_any_offline() {
    for block in $BLOCKS; do
        [ "$(state "$block")" != offline ] || return 0
    done
    return 1
}

# dies POINT yes|no COMMAND...
dies() {
    at=$1 leaves=$2
    shift 2
    MEMCTL_CRASH=$at memctl "$@" > /run/said 2>&1 &
    if [ -n "${CANCEL-}" ] && [ "$1" != version ]; then
        until is_any_offline; do :; done
        kill -TERM $!
    fi
    wait $!
    n=0     # what is done beside the loop may die after memctl has its answer
    until grep -qx "crash at $at" /run/said; do
        n=$((n + 1))
        [ $n -lt 100 ] || die "memctl $* does not die at $at"
        sleep 0.1
    done
    [ "$leaves" = no ] || [ -n "$(ls -A $journals)" ] || die "memctl $* has left no journal"
}

sum=$(data < /data/file)
i=0
while [ $i -lt "$times" ]; do
    i=$((i + 1))
    rm -f /data/copy
    cp /data/file /data/copy
    dies "$point" "${JOURNAL-yes}" "$@"
    [ "$second" = - ] || dies "$second" yes version
    # shellcheck disable=SC2086
    memctl $again > /run/said 2>&1 || die "memctl $again fails"
    for block in $BLOCKS; do
        [ "$(state "$block")" = "$wanted" ] || die "block $block is $(state "$block")"
    done
    [ -z "$(ls -A $journals)" ] || die "left: $(ls -A $journals)"
    held=$(genl 13)$(genl 7 | grep -v -E '^17=[0-9]+ 19=0 *$')
    [ -z "$held" ] || die "held: $held"
    [ "$(data < /data/copy)" = "$sum" ] || die "what was in memory has changed"
    # shellcheck disable=SC2086
    [ -z "${MEND-}" ] || memctl $MEND > /run/said 2>&1 || die "memctl $MEND fails"
done
