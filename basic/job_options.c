/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/job_options.h"

#include <limits.h>
#include <string.h>

#define SET(set)     (1U << (set))
#define OFFLINE      (SET(OPTIONS_OFFLINE) | SET(OPTIONS_OFFLINE_DIMM))
#define PLANNED      (OFFLINE | SET(OPTIONS_PLAN) | SET(OPTIONS_PLAN_DIMM))
#define WEEK_USEC    (INT64_C(7) * 24 * 3600 * 1000000)
#define FIELD(field) offsetof(struct job_options, field)

#define BOOLEAN .type = 'b', .max = 1, .accepted = "a boolean"

static const char *const cache_words[_CACHE_MODE_MAX + 1] = {
        [CACHE_AUTO] = "auto",
        [CACHE_KEEP] = "keep",
        [CACHE_DROP] = "drop",
};

static const char *const stuck_words[_STUCK_MODE_MAX + 1] = {
        [STUCK_ROLL_BACK] = "roll-back",
        [STUCK_SKIP] = "skip",
        [STUCK_WAIT] = "wait",
};

static const char *const zone_words[_ONLINE_ZONE_MAX + 1] = {
        [ONLINE_MOVABLE] = "movable",
        [ONLINE_KERNEL] = "kernel",
};

static const struct job_option table[_JOB_OPTION_MAX] = {
        [JOB_OPTION_FORCE] = { "force", "force", BOOLEAN, .sets = PLANNED, .offset = FIELD(offline.force) },
        [JOB_OPTION_PARTIAL] = { "partial", "partial", BOOLEAN, .sets = PLANNED | SET(OPTIONS_HUGEPAGES),
                                 .offset = FIELD(offline.partial) },
        [JOB_OPTION_SWAP] = { "swap", "swap", BOOLEAN, .sets = PLANNED, .offset = FIELD(offline.swap) },
        [JOB_OPTION_RESUME] = { "resume", "resume", BOOLEAN, .sets = OFFLINE,
                                .offset = FIELD(offline.resume) },
        [JOB_OPTION_CACHE] = { "cache", "cache", 's', .sets = PLANNED, .max = _CACHE_MODE_MAX - 1,
                               .words = cache_words, .accepted = "\"auto\", \"keep\" or \"drop\"",
                               .offset = FIELD(offline.cache) },
        [JOB_OPTION_STUCK] = { "stuck", "stuck", 's', .sets = PLANNED, .max = _STUCK_MODE_MAX - 1,
                               .words = stuck_words, .accepted = "\"roll-back\", \"skip\" or \"wait\"",
                               .offset = FIELD(offline.stuck) },
        [JOB_OPTION_MAX_PAUSE] = { "max_pause_usec", "max-pause", 't', .sets = PLANNED,
                                   .min = MAX_PAUSE_MIN_USEC, .max = MAX_PAUSE_MAX_USEC,
                                   .accepted = "microseconds, from 1000 to 10000000",
                                   .offset = FIELD(offline.max_pause_usec) },
        [JOB_OPTION_RATE] = { "rate", "rate", 't', .sets = PLANNED, .min = RATE_MIN_BYTES, .max = INT64_MAX,
                              .accepted = "bytes a second, from 1048576 to 9223372036854775807",
                              .offset = FIELD(offline.rate) },
        [JOB_OPTION_TO_NODE] = { "to_node", "to-node", 'i', .sets = PLANNED, .none = -1, .max = INT_MAX,
                                 .accepted = "the number of a NUMA node", .offset = FIELD(offline.to_node) },
        [JOB_OPTION_TIMEOUT] = { "timeout_usec", "timeout", 't',
                                 .sets = OFFLINE | SET(OPTIONS_ONLINE) | SET(OPTIONS_EJECT) |
                                         SET(OPTIONS_COMPACT) | SET(OPTIONS_HUGEPAGES),
                                 .min = 1, .max = WEEK_USEC,
                                 .accepted = "microseconds, from 1 to seven days",
                                 .offset = FIELD(timeout_usec) },
        [JOB_OPTION_LEASE_TIMEOUT] = { "timeout_usec", "timeout", 't', .sets = SET(OPTIONS_LEASE), .min = 1,
                                       .max = WEEK_USEC,
                                       .accepted =
                                               "microseconds, from 1 to what GetLruCache calls longest_usec",
                                       .offset = FIELD(timeout_usec) },
        [JOB_OPTION_EJECT] = { "eject", "eject", BOOLEAN,
                               .sets = SET(OPTIONS_OFFLINE_DIMM) | SET(OPTIONS_PLAN_DIMM),
                               .offset = FIELD(eject) },
        [JOB_OPTION_ZONE] = { "zone", "zone", 's', .sets = SET(OPTIONS_ONLINE), .max = _ONLINE_ZONE_MAX - 1,
                              .words = zone_words, .accepted = "\"movable\" or \"kernel\"",
                              .offset = FIELD(zone) },
        [JOB_OPTION_ORDER] = { "order", "order", 'i', .sets = SET(OPTIONS_COMPACT), .none = -1,
                               .max = ORDER_MAX, .accepted = "an order of the page allocator, from 0 on",
                               .offset = FIELD(compact.order) },
        [JOB_OPTION_UNTIL] = { "until", "until", 't', .sets = SET(OPTIONS_COMPACT), .min = 1,
                               .max = INT64_MAX / 2, .accepted = "a number of free pieces, from 1 on",
                               .offset = FIELD(compact.until) },
};

/* Words are stored through an int. */
_Static_assert(sizeof(enum cache_mode) == sizeof(int) && sizeof(enum stuck_mode) == sizeof(int) &&
                       sizeof(enum online_zone) == sizeof(int),
               "enums are ints");

const struct job_option *job_option(enum job_option_id id)
{
        return &table[id];
}

bool job_option_is_of(const struct job_option *option, enum option_set set)
{
        return set != OPTIONS_NONE && (option->sets & SET(set)) != 0;
}

const struct job_option *job_option_find(enum option_set set, const char *key)
{
        for (size_t i = 0; i < _JOB_OPTION_MAX; i++)
                if (strcmp(table[i].key, key) == 0 && job_option_is_of(&table[i], set))
                        return &table[i];
        return NULL;
}

bool job_option_is_of_offline(const struct job_option *option)
{
        return option->offset < sizeof(struct offline_options);
}

int64_t job_option_get(const struct job_option *option, const struct job_options *options)
{
        const void *field = (const char *) options + option->offset;

        switch (option->type) {
        case 'b':
                return *(const bool *) field;
        case 't':
                return (int64_t) *(const uint64_t *) field;
        default:
                return *(const int *) field;
        }
}

bool job_option_set(const struct job_option *option, struct job_options *options, int64_t value)
{
        void *field = (char *) options + option->offset;

        if (value < option->min || value > option->max)
                return false;
        switch (option->type) {
        case 'b':
                *(bool *) field = value;
                return true;
        case 't':
                *(uint64_t *) field = (uint64_t) value;
                return true;
        default:
                *(int *) field = (int) value;
                return true;
        }
}

int job_option_word(const struct job_option *option, const char *word)
{
        for (int i = 0; option->words && option->words[i]; i++)
                if (strcmp(option->words[i], word) == 0)
                        return i;
        return -1;
}

const char *cache_mode_name(enum cache_mode mode)
{
        return cache_words[mode];
}

const char *online_zone_name(enum online_zone zone)
{
        return zone_words[zone];
}
