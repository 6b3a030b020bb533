/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/verb.h"

static const struct {
        const char *name;
        bool offline, online, dimm;
} verbs[_JOB_VERB_MAX] = {
        [JOB_BLOCK_OFFLINE] = { "block-offline", .offline = true },
        [JOB_BLOCK_ONLINE] = { "block-online", .online = true },
        [JOB_DIMM_OFFLINE] = { "dimm-offline", .offline = true, .dimm = true },
        [JOB_DIMM_ONLINE] = { "dimm-online", .online = true, .dimm = true },
        [JOB_DIMM_EJECT] = { "dimm-eject", .dimm = true },
        [JOB_NODE_OFFLINE] = { "node-offline", .offline = true },
        [JOB_NODE_ONLINE] = { "node-online", .online = true },
        [JOB_COMPACT] = { "compact" },
        [JOB_HUGEPAGES] = { "hugepages-reserve" },
};

const char *job_verb_name(enum job_verb verb)
{
        return verbs[verb].name;
}

bool job_verb_is_offline(enum job_verb verb)
{
        return verbs[verb].offline;
}

bool job_verb_is_online(enum job_verb verb)
{
        return verbs[verb].online;
}

bool job_verb_is_of_blocks(enum job_verb verb)
{
        return verb != JOB_COMPACT && verb != JOB_HUGEPAGES;
}

bool job_verb_is_of_dimm(enum job_verb verb)
{
        return verbs[verb].dimm;
}
