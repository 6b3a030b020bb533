/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/quota.h"

#include <errno.h>

int quota_take(struct quota *quota, struct quota_claim *claim, size_t kind, uint32_t uid)
{
        const struct quota_limit *limit = &quota->limits[kind];
        size_t own = 0, others = 0;

        for (const struct quota_claim *other = quota->first; other; other = other->next) {
                if (other->kind != kind)
                        continue;
                own += other->uid == uid;
                others += other->uid != 0;
        }
        if (own >= (uid == 0 ? limit->root : limit->each))
                return -EDQUOT;
        if (uid != 0 && others >= limit->others)
                return -EBUSY;

        *claim = (struct quota_claim){ .quota = quota, .kind = kind, .uid = uid, .next = quota->first };
        if (claim->next)
                claim->next->previous = claim;
        quota->first = claim;
        return 0;
}

void quota_give(struct quota_claim *claim)
{
        if (!claim->quota)
                return;
        if (claim->next)
                claim->next->previous = claim->previous;
        if (claim->previous)
                claim->previous->next = claim->next;
        else
                claim->quota->first = claim->next;
        *claim = (struct quota_claim){ 0 };
}
