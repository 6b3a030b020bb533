/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which classes of pages move, and what can be done about those that do not. Pure.
 */
#ifndef MEMCTL_PLAN_ADVICE_H
#define MEMCTL_PLAN_ADVICE_H

#include "daemon/model/survey.h"

enum movability {
        MOVABLE_NO,
        MOVABLE_YES,
        MOVABLE_UNKNOWN, /* the source cannot tell */
};

/* Whether pages that source counted as class move, or else do not keep their block. */
enum movability class_movability(enum survey_source source, enum memctl_class class);

/* "free", "lru", "non_lru_movable", "unmovable"; "" where it cannot be told or is none of these. */
const char *class_kind_name(enum survey_source source, enum memctl_class class);

#endif
