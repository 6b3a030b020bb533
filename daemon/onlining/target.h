/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is to become of memory: a zone, or none.
 */
#ifndef MEMCTL_ONLINING_TARGET_H
#define MEMCTL_ONLINING_TARGET_H

enum online_target {
        TARGET_NONE, /* a rule's: it says nothing */
        TARGET_MOVABLE,
        TARGET_KERNEL,
        TARGET_OFFLINE,
        _TARGET_MAX,
};

const char *online_target_name(enum online_target target); /* "movable"; "" for TARGET_NONE */

#endif
