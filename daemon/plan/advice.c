/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/advice.h"

enum movability class_movability(enum survey_source source, enum memctl_class class)
{
        switch (class) {
        case MEMCTL_CLASS_FREE:
        case MEMCTL_CLASS_LRU_FILE:
        case MEMCTL_CLASS_LRU_SHMEM:
        case MEMCTL_CLASS_LRU_ANON:
        case MEMCTL_CLASS_LRU_MLOCKED:
        case MEMCTL_CLASS_LRU_CACHED:
        case MEMCTL_CLASS_HUGETLB:
        case MEMCTL_CLASS_MOVABLE_OPS:
        case MEMCTL_CLASS_HWPOISON: /* stays behind, and does not keep its block */
                return MOVABLE_YES;
        case MEMCTL_CLASS_OFFLINE: /* up to the driver that took it: virtio-mem gives it back, others do not */
                return MOVABLE_UNKNOWN;
        case MEMCTL_CLASS_OTHER:
                return source == SURVEY_MODULE ? MOVABLE_NO : MOVABLE_UNKNOWN;
        default:
                return MOVABLE_NO;
        }
}

const char *class_kind_name(enum survey_source source, enum memctl_class class)
{
        switch (class) {
        case MEMCTL_CLASS_FREE:
                return "free";
        case MEMCTL_CLASS_LRU_FILE:
        case MEMCTL_CLASS_LRU_SHMEM:
        case MEMCTL_CLASS_LRU_ANON:
        case MEMCTL_CLASS_LRU_MLOCKED:
        case MEMCTL_CLASS_LRU_CACHED:
                return "lru";
        case MEMCTL_CLASS_HUGETLB:
        case MEMCTL_CLASS_MOVABLE_OPS:
                return "non_lru_movable";
        default:
                return class_movability(source, class) == MOVABLE_NO ? "unmovable" : "";
        }
}
