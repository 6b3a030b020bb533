/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The daemon as seen from the bus: what all interface files share, and the way in and out.
 */
#ifndef MEMCTL_BUS_SERVER_H
#define MEMCTL_BUS_SERVER_H

#include "daemon/bus/caller.h"
#include "daemon/module/provider.h"
#include "daemon/operation/operation.h"
#include "daemon/plan/range.h"

#include <systemd/sd-bus.h>

struct auth_check;
struct changes;
struct client_lease;
struct job_owner;
struct pending;
struct told;

struct server {
        struct machine *machine;
        struct registry *registry;
        sd_bus *bus;
        struct provider_list providers; /* as of the last look (provider.c) */
        struct client_lease *leases;    /* on the LRU caches, for clients (client_lease.c) */
        struct pending *pending;        /* calls to be answered later (pending.h) */
        struct changes *changes;        /* sums that are to be told (changes.h) */
        struct told *told;              /* what listeners know of jobs (told.h) */
        struct auth_check *checks;      /* calls that polkit is asked about (auth.c) */
        struct job_owner *owners;       /* of jobs that run (job_owner.h) */
        struct quota quota;             /* by enum caller_has */
        struct callers callers;         /* who has called (caller.h) */
        bool private;  /* a socket pair to the one who started us: no polkit, end with the caller */
        bool lost;     /* the system bus is gone: the loop fails when the last job is over */
        bool stopping; /* no new jobs; the loop ends when the last one is over */
        sd_event_source *stop_tick; /* or when none of them gets on for so long */
        size_t stop_records;        /* how far they were when that was last looked at */
};

/*
 * Puts all objects on a bus and attaches it to the loop: the system bus when fd is negative, else the
 * private connection behind fd (which is then the server's). 0 or -errno with *message set.
 */
int server_new(struct machine *machine, int fd, struct server **ret, char **message);
struct server *server_free(struct server *server);
DEFINE_CLEANUP(struct server *, server_free)

/*
 * Cancels all jobs; the loop ends once they have put everything back. One that does not get on with that is left to the
 * next memctld, by its journal.
 */
void server_stop(struct server *server);

/* The last job of a stopping server is over: ends the loop, a moment later, for callers that ask how it
 * ended. */
void server_stop_soon(struct server *server);

/* Ends the loop of a server that has lost its bus, with -ENOTCONN, unless a job runs. */
void server_end_if_lost(struct server *server);

static inline struct snapshot *server_snapshot(struct server *server)
{
        return monitor_snapshot(server->machine->monitor);
}

/* Manager.ListErrorCounts (failing.c) and ListCmaAreas (cma.c) */
int bus_list_error_counts(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_list_cma_areas(sd_bus_message *m, void *userdata, sd_bus_error *error);

/* Fails with NotSupported where the kernel has no memory blocks. */
int bus_check_hotplug(struct server *server, sd_bus_error *error);

/* The blocks that a list of ranges names (manager.c). 0, or -errno with error set. */
int bus_parse_blocks(struct server *server, char **ranges, struct block_set *ret, sd_bus_error *error);

/* Each interface: puts itself on the bus. Returns 0 or -errno. */
int bus_manager_attach(struct server *server);
int bus_block_attach(struct server *server);
int bus_dimm_attach(struct server *server);
int bus_node_attach(struct server *server);
int bus_job_attach(struct server *server);
int bus_provider_attach(struct server *server);

/*
 * What they share: objects below prefix, found by path; enumerate (NULL for objects that are not listed)
 * names those there are.
 */
int bus_attach_objects(struct server *server, const char *prefix, const char *interface,
                       const sd_bus_vtable *vtable, sd_bus_object_find_t find,
                       sd_bus_node_enumerator_t enumerate);

/* Manager.ListBlocks (blocks.c) */
int bus_list_blocks(sd_bus_message *m, void *userdata, sd_bus_error *error);

/* Manager.ListProviders, GetProvider (provider.c) and GetModule (module.c) */
int bus_list_providers(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_get_provider(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_get_module(sd_bus_message *m, void *userdata, sd_bus_error *error);

/* Manager.GetLruCache, HoldLruCache, ReleaseLruCache (lru.c), and what ends all leases of clients
 * (client_lease.c) */
int bus_get_lru_cache(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_hold_lru_cache(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_release_lru_cache(sd_bus_message *m, void *userdata, sd_bus_error *error);
void bus_drop_leases(struct server *server);

/* Manager.Survey (survey.c) */
int bus_survey(sd_bus_message *m, void *userdata, sd_bus_error *error);

/* Manager.Why, and the same for a DIMM's blocks (why.c); the call has been authorized for the latter, and
 * full: for processes and addresses, too */
int bus_why(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_answer_why(struct server *server, sd_bus_message *m, const struct block_set *blocks, bool full,
                   sd_bus_error *error);

/* Manager.OfflineSize (size.c), once it has been authorized */
int bus_offline_size(struct server *server, sd_bus_message *m, sd_bus_error *error);

/* -EINVAL or -ENOENT with error set unless name is the name of a DIMM in the snapshot (dimm.c). */
int bus_check_dimm(const struct snapshot *snapshot, const char *name, sd_bus_error *error);

/* strings.c: frees a NULL-ended list; counts it (0 for NULL); appends n strings as "as". */
void bus_strv_freep(char ***strings);
size_t bus_strv_length(char *const *strings);
int bus_append_strings(sd_bus_message *m, char *const *strings, size_t n);

/* An entry of an open a{sv} whose value is of that type, and its end. */
int bus_open_entry(sd_bus_message *m, const char *name, const char *type);
int bus_close_entry(sd_bus_message *m);

/*
 * Appends an array of n dictionaries, aa{sv}: append() puts the entries of the one with that index of list
 * into it, which is open. 0, or -errno, also of append().
 */
typedef int (*bus_append_t)(sd_bus_message *m, const void *list, size_t index);
int bus_append_dictionaries(sd_bus_message *m, bus_append_t append, const void *list, size_t n);

/*
 * Appends an entry to an open a{sv}: dictionaries, n strings, or an array of numbers of that type (size in
 * bytes).
 */
int bus_append_dictionaries_entry(sd_bus_message *m, const char *name, bus_append_t append, const void *list,
                                  size_t n);
int bus_append_strings_entry(sd_bus_message *m, const char *name, char *const *strings, size_t n);
int bus_append_array_entry(sd_bus_message *m, const char *name, char type, const void *array, size_t size);

/* paths.c. The object paths; the strings are the caller's to free, NULL when memory is short. */
char *bus_block_path(uint32_t number);
char *bus_dimm_path(const char *name);
char *bus_node_path(int id);
char *bus_job_path(uint32_t id);
char *bus_provider_path(const char *name);

/*
 * A list of n paths, as an enumerator answers it: path() makes the one with that index of what userdata
 * stands for. Returns 1, or -ENOMEM.
 */
typedef char *(*bus_path_t)(const void *userdata, size_t index);
int bus_list_paths(bus_path_t path, const void *userdata, size_t n, char ***ret);

/* True when path is prefix, a slash and a number; the number is then in *ret. */
bool bus_path_number(const char *path, const char *prefix, uint32_t *ret);

/* Changes, told to whoever listens. */
void bus_on_model_change(void *userdata, enum monitor_change change, uint32_t number, const char *name);
void bus_on_job_change(void *userdata, struct job *job, bool is_new, bool is_gone);

#endif
