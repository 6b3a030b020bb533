/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Short questions whose answers may keep who asks waiting: memctl.ko answers when others let go of generic
 * netlink, a block device says how much memory it has when it is not being reset. Each is asked by a process
 * of its own.
 */
#ifndef MEMCTL_QUERY_READING_H
#define MEMCTL_QUERY_READING_H

#include "daemon/machine/edac.h"
#include "daemon/machine/machine.h"
#include "daemon/module/lru.h"
#include "daemon/module/module.h"
#include "daemon/module/presence.h"
#include "daemon/module/provider.h"
#include "daemon/module/reservation.h"
#include "daemon/pages/cma.h"
#include "daemon/pages/cma_detail.h"
#include "daemon/pages/totals.h"

enum reading_what {
        READING_MODULE,       /* module_read() */
        READING_PRESENCE,     /* module_presence_read() */
        READING_LRU_CACHE,    /* lru_cache_read() */
        READING_PROVIDERS,    /* provider_list_read() */
        READING_TOTALS,       /* memory_totals_read() */
        READING_ERRORS,       /* edac_read(), corrupted_bytes_read() */
        READING_CMA,          /* cma_read() */
        READING_RESERVATIONS, /* reservation_list_read() */
        READING_CMA_AREA,     /* cma_detail_read() of the area named, cma_detail_read_devices() */
};

/* What was asked for; the rest is zero. */
struct reading_answer {
        uint64_t begun_usec; /* the reading: CLOCK_MONOTONIC; it shows no older state */
        bool loaded; /* memctl.ko; of module, providers and reservations */
        struct module_info module;
        struct module_presence presence;
        struct lru_cache lru_cache;
        struct provider_list providers;
        struct memory_totals totals;
        struct edac edac;
        int64_t corrupted_bytes; /* with edac */
        struct cma_areas cma;
        struct reservation_list reservations;
        struct cma_detail cma_area;
};

struct reading;

/*
 * error: as of the function, or -ETIMEDOUT: no answer in ten seconds; message says why, or is NULL. Lists of
 * the answer are freed after the call, unless the handler takes them.
 */
typedef void (*reading_done_t)(void *userdata, int error, const char *message,
                               struct reading_answer *answer);

/* done is called once, from the loop; the reading may be freed from within. 0 or -errno. */
int reading_new(struct machine *machine, enum reading_what what, reading_done_t done, void *userdata,
                struct reading **ret);

/* The same of what is read about one thing alone: READING_CMA_AREA. The name is copied. */
int reading_new_named(struct machine *machine, enum reading_what what, const char *name, reading_done_t done,
                      void *userdata, struct reading **ret);
struct reading *reading_free(struct reading *reading);
DEFINE_CLEANUP(struct reading *, reading_free)

#endif
