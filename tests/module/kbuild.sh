#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# kbuild.sh KBUILD: for a kernel that memctl.ko cannot be built for, kernel/Kbuild says so in one line.
set -u

said() {
        make -f "$@" 2>&1 | grep -c 'memctl.ko needs a kernel with'
}

fail() {
        echo "$1" >&2
        exit 1
}

kbuild=$1
good="src=. CONFIG_MODULES=y CONFIG_MEMORY_HOTPLUG=y CONFIG_SPARSEMEM=y"

[ "$(said "$kbuild" $good)" = 0 ] || fail "a kernel that has all is refused"
[ "$(said "$kbuild" $good CONFIG_MEMORY_HOTPLUG=)" = 1 ] || fail "no word of CONFIG_MEMORY_HOTPLUG"
[ "$(said "$kbuild" $good CONFIG_SPARSEMEM=)" = 1 ] || fail "no word of CONFIG_SPARSEMEM"
[ "$(said "$kbuild" src=.)" = 0 ] || fail "without a configuration nothing can be cleaned"
