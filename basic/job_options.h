/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of a job: one table, which the command line, the bus and the journal read. A new option is a
 * row there, a member of the struct here, and a row of cli/ask/option.c that says what people write for it;
 * what the job does about it is all that is left. docs/bus.md has the table for people. Pure.
 */
#ifndef MEMCTL_BASIC_JOB_OPTIONS_H
#define MEMCTL_BASIC_JOB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What becomes of clean page cache in the blocks. */
enum cache_mode {
        CACHE_AUTO, /* what is cold is dropped, what is hot is moved */
        CACHE_KEEP,
        CACHE_DROP,
        _CACHE_MODE_MAX,
};

/* What is done about a block that does not get empty. */
enum stuck_mode {
        STUCK_ROLL_BACK, /* everything is put back */
        STUCK_SKIP,      /* the others first, and then it once more */
        STUCK_WAIT,      /* tried until the job's time is over, or somebody cancels it */
        _STUCK_MODE_MAX,
};

enum online_zone {
        ONLINE_MOVABLE, /* the default: memory that can be taken out again */
        ONLINE_KERNEL,
        _ONLINE_ZONE_MAX,
};

#define MAX_PAUSE_MIN_USEC UINT64_C(1000)
#define MAX_PAUSE_MAX_USEC UINT64_C(10000000)
#define RATE_MIN_BYTES     (UINT64_C(1) << 20)

/* How memory is to be taken offline. */
struct offline_options {
        bool force;   /* in spite of pages that do not move, and of drivers that manage blocks */
        bool partial; /* keep what went (of huge pages: what came), when the rest does not */
        bool swap;    /* free swap counts as room */
        bool resume;  /* a next memctld goes on, instead of putting back */
        enum cache_mode cache;
        enum stuck_mode stuck;
        uint64_t max_pause_usec; /* 0: no bound; else MAX_PAUSE_MIN_USEC to MAX_PAUSE_MAX_USEC */
        uint64_t rate;           /* bytes a second; 0: no bound; else at least RATE_MIN_BYTES */
        int to_node;             /* -1: anywhere */
};

#define OFFLINE_OPTIONS_NONE ((struct offline_options){ .to_node = -1 })

#define ORDER_MAX 31

/* How memory is to be compacted. */
struct compact_options {
        int order;      /* of the page allocator: pieces of 2^order pages; -1: those of a huge page */
        int node;       /* -1: all */
        uint64_t until; /* free pieces; 0: as many as can be */
};

#define COMPACT_OPTIONS_NONE ((struct compact_options){ .order = -1, .node = -1 })

/* All that can be asked of a job besides what it is about. */
struct job_options {
        struct offline_options offline;
        uint64_t timeout_usec; /* of the whole job, or of a lease; 0: none */
        bool eject;            /* the DIMM, once it is offline */
        enum online_zone zone;
        struct compact_options compact;
};

#define JOB_OPTIONS_NONE                                                                                    \
        ((struct job_options){ .offline = OFFLINE_OPTIONS_NONE, .compact = COMPACT_OPTIONS_NONE })

/* The kinds of request, which take different options. */
enum option_set {
        OPTIONS_NONE = -1, /* not a request that takes any */
        OPTIONS_OFFLINE,   /* of blocks, and of a node */
        OPTIONS_OFFLINE_DIMM,
        OPTIONS_ONLINE,
        OPTIONS_EJECT,
        OPTIONS_PLAN, /* of a node */
        OPTIONS_PLAN_DIMM,
        OPTIONS_LEASE,
        OPTIONS_COMPACT,
        OPTIONS_HUGEPAGES,
        _OPTION_SET_MAX,
};

enum job_option_id {
        JOB_OPTION_FORCE,
        JOB_OPTION_PARTIAL,
        JOB_OPTION_SWAP,
        JOB_OPTION_RESUME,
        JOB_OPTION_CACHE,
        JOB_OPTION_STUCK,
        JOB_OPTION_MAX_PAUSE,
        JOB_OPTION_RATE,
        JOB_OPTION_TO_NODE,
        JOB_OPTION_TIMEOUT,
        JOB_OPTION_LEASE_TIMEOUT,
        JOB_OPTION_EJECT,
        JOB_OPTION_ZONE,
        JOB_OPTION_ORDER,
        JOB_OPTION_UNTIL,
        _JOB_OPTION_MAX,
};

struct job_option {
        const char *key; /* on the bus and in the journal */
        const char *name; /* on the command line, without its dashes */
        char type;       /* of D-Bus: b, s (one of words), t or i */
        unsigned int sets; /* bits, 1 << enum option_set */
        int64_t none;      /* the value where it is not given */
        int64_t min, max;  /* else; of words, the first and the last index */
        const char *const *words;
        const char *accepted; /* on the bus, for people */
        size_t offset;        /* in struct job_options */
};

const struct job_option *job_option(enum job_option_id id);

/* The option of that key which a request of that kind takes; NULL: there is none. */
const struct job_option *job_option_find(enum option_set set, const char *key);

/* Whether a request of that kind takes the option. */
bool job_option_is_of(const struct job_option *option, enum option_set set);

/* Whether it is a member of struct offline_options: those are what the journal keeps as "options". */
bool job_option_is_of_offline(const struct job_option *option);

/* The value: booleans as 0 and 1, words as their index. */
int64_t job_option_get(const struct job_option *option, const struct job_options *options);

/* Sets it. False, and nothing is changed: the value is out of the option's range. */
bool job_option_set(const struct job_option *option, struct job_options *options, int64_t value);

/* The index of a word among the option's; -1: it is none of them. */
int job_option_word(const struct job_option *option, const char *word);

/* The words of docs/bus.md: "auto"; "movable". */
const char *cache_mode_name(enum cache_mode mode);
const char *online_zone_name(enum online_zone zone);

#endif
