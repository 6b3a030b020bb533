/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/reading.h"

#include "daemon/pages/usage.h"

#include <errno.h>
#include <string.h>

#define STALL_USEC (10 * UINT64_C(1000000))

#define DEVICES_NOT_TOLD                                                                                    \
        "/sys/kernel/debug/dma_buf/bufinfo has not answered for ten seconds: which devices are attached "   \
        "to dma-bufs cannot be told"

struct reading {
        struct machine *machine;
        enum reading_what what;
        char *name; /* of what is read about; NULL: it has none */
        struct helper *helper;
        reading_done_t done;
        void *userdata;
        uint64_t begun_usec;
};

static int read_module(const struct tree *tree, struct packet *packet, char **message)
{
        struct module_info module = { 0 };
        int r = module_read(tree, &module, message);

        packet_put_u64(packet, r > 0);
        packet_put(packet, &module, sizeof(module));
        return r;
}

static void get_module(struct packet_reader *reader, struct reading_answer *ret)
{
        ret->loaded = packet_get_u64(reader);
        packet_get(reader, &ret->module, sizeof(ret->module));
}

static int read_presence(const struct tree *tree, struct packet *packet, char **message)
{
        struct module_presence presence;

        (void) message;

        module_presence_read(tree, &presence);
        packet_put(packet, &presence, sizeof(presence));
        return 0;
}

static void get_presence(struct packet_reader *reader, struct reading_answer *ret)
{
        packet_get(reader, &ret->presence, sizeof(ret->presence));
}

static int read_lru_cache(const struct tree *tree, struct packet *packet, char **message)
{
        struct lru_cache cache = { 0 };
        int r = lru_cache_read(tree, &cache, message);

        packet_put(packet, &cache, sizeof(cache));
        return r;
}

static void get_lru_cache(struct packet_reader *reader, struct reading_answer *ret)
{
        packet_get(reader, &ret->lru_cache, sizeof(ret->lru_cache));
}

static int read_providers(const struct tree *tree, struct packet *packet, char **message)
{
        struct provider_list list = { 0 };
        int r = provider_list_read(tree, &list, message);

        packet_put_u64(packet, r > 0);
        packet_put_array(packet, list.providers, list.n_providers, sizeof(*list.providers));
        provider_list_clear(&list);
        return r;
}

static void get_providers(struct packet_reader *reader, struct reading_answer *ret)
{
        struct provider_list *list = &ret->providers;

        ret->loaded = packet_get_u64(reader);
        list->providers = packet_get_array(reader, sizeof(*list->providers), &list->n_providers);
        list->size = list->n_providers;
}

static int read_totals(const struct tree *tree, struct packet *packet, char **message)
{
        struct memory_totals totals = { 0 };
        int r = memory_totals_read((struct tree *) (uintptr_t) tree, &totals);

        (void) message;

        /* their sources are names of ours, at the same address in both processes */
        packet_put_array(packet, totals.items, totals.n_items, sizeof(*totals.items));
        memory_totals_clear(&totals);
        return r;
}

static void get_totals(struct packet_reader *reader, struct reading_answer *ret)
{
        ret->totals.items = packet_get_array(reader, sizeof(*ret->totals.items), &ret->totals.n_items);
}

static int read_errors(const struct tree *tree, struct packet *packet, char **message)
{
        struct edac edac = { 0 };
        int r = edac_read(tree->root_fd, &edac);

        (void) message;

        packet_put_u64(packet, edac.n_counts);
        for (size_t i = 0; i < edac.n_counts; i++) {
                packet_put_string(packet, edac.counts[i].label);
                packet_put(packet, &edac.counts[i], sizeof(edac.counts[i]));
        }
        edac_clear(&edac);
        packet_put_u64(packet, (uint64_t) corrupted_bytes_read((struct tree *) (uintptr_t) tree));
        return r;
}

static void get_errors(struct packet_reader *reader, struct reading_answer *ret)
{
        uint64_t n = packet_get_u64(reader);
        struct edac *edac = &ret->edac;

        if (n > reader->size) { /* each takes more than a byte */
                reader->error = -EBADMSG;
                return;
        }
        edac->counts = calloc(n + 1, sizeof(*edac->counts));
        if (!edac->counts)
                reader->error = -ENOMEM;
        while (reader->error >= 0 && edac->n_counts < n) {
                struct edac_counts *counts = &edac->counts[edac->n_counts];
                char *label = packet_get_string(reader);

                packet_get(reader, counts, sizeof(*counts));
                counts->label = label;
                if (label)
                        edac->n_counts++;
                else if (reader->error >= 0)
                        reader->error = -EBADMSG;
        }
        ret->corrupted_bytes = (int64_t) packet_get_u64(reader);
}

static int read_cma(const struct tree *tree, struct packet *packet, char **message)
{
        struct cma_areas areas = { 0 };
        int r = cma_read(tree, true, &areas);

        (void) message;

        packet_put(packet, &areas.all, sizeof(areas.all));
        packet_put_array(packet, areas.areas, areas.n, sizeof(*areas.areas));
        packet_put_u64(packet, areas.n_notes);
        for (size_t i = 0; i < areas.n_notes; i++)
                packet_put_string(packet, areas.notes[i]);
        cma_clear(&areas);
        return r;
}

static void get_cma(struct packet_reader *reader, struct reading_answer *ret)
{
        uint64_t n_notes;

        packet_get(reader, &ret->cma.all, sizeof(ret->cma.all));
        ret->cma.areas = packet_get_array(reader, sizeof(*ret->cma.areas), &ret->cma.n);
        n_notes = packet_get_u64(reader);
        for (uint64_t i = 0; i < n_notes && i < CMA_NOTES_MAX; i++)
                cma_note(&ret->cma, packet_get_string(reader));
}

/* Attached devices come last: the kernel locks each buffer for them, and who is killed over it has told the
 * rest. */
static int read_cma_area(const struct tree *tree, const char *name, struct packet *packet, char **message)
{
        struct cma_detail detail = { 0 };
        int r;

        r = cma_detail_read(tree, name, &detail, message);
        if (r < 0)
                return r;
        cma_detail_put(packet, &detail);
        r = helper_tell(packet);
        if (r >= 0)
                r = cma_detail_read_devices(tree, &detail);
        packet_clear(packet);
        cma_detail_put(packet, &detail);
        cma_detail_clear(&detail);
        return r;
}

static void get_cma_area(struct packet_reader *reader, struct reading_answer *ret)
{
        cma_detail_get(reader, &ret->cma_area);
}

static int read_reservations(const struct tree *tree, struct packet *packet, char **message)
{
        struct reservation_list list = { 0 };
        int r = reservation_list_read(tree, &list, message);

        packet_put_u64(packet, r > 0);
        packet_put_array(packet, list.items, list.n, sizeof(*list.items));
        reservation_list_clear(&list);
        return r;
}

static void get_reservations(struct packet_reader *reader, struct reading_answer *ret)
{
        ret->loaded = packet_get_u64(reader);
        ret->reservations.items =
                packet_get_array(reader, sizeof(*ret->reservations.items), &ret->reservations.n);
}

static const struct {
        int (*read)(const struct tree *tree, struct packet *packet, char **message);
        int (*read_named)(const struct tree *tree, const char *name, struct packet *packet, char **message);
        void (*get)(struct packet_reader *reader, struct reading_answer *ret);
} readings[] = {
        [READING_MODULE] = { .read = read_module, .get = get_module },
        [READING_PRESENCE] = { .read = read_presence, .get = get_presence },
        [READING_LRU_CACHE] = { .read = read_lru_cache, .get = get_lru_cache },
        [READING_PROVIDERS] = { .read = read_providers, .get = get_providers },
        [READING_TOTALS] = { .read = read_totals, .get = get_totals },
        [READING_ERRORS] = { .read = read_errors, .get = get_errors },
        [READING_CMA] = { .read = read_cma, .get = get_cma },
        [READING_CMA_AREA] = { .read_named = read_cma_area, .get = get_cma_area },
        [READING_RESERVATIONS] = { .read = read_reservations, .get = get_reservations },
};

static int work(void *userdata, struct packet *answer, char **message)
{
        const struct reading *reading = userdata;
        const struct tree *tree = reading->machine->tree;
        int r = reading->name ? readings[reading->what].read_named(tree, reading->name, answer, message)
                              : readings[reading->what].read(tree, answer, message);

        return r < 0 ? r : 0;
}

static void on_done(void *userdata, const struct helper_result *result)
{
        struct reading *reading = userdata;
        struct reading_answer answer = { .begun_usec = reading->begun_usec };
        int r = result->error;

        if (r >= 0 || (r == -ETIMEDOUT && result->answer)) { /* what it had told when it was killed */
                readings[reading->what].get(result->answer, &answer);
                if (r < 0 && reading->what == READING_CMA_AREA)
                        cma_detail_note(&answer.cma_area, strdup(DEVICES_NOT_TOLD));
                r = result->answer->error;
        }
        reading->done(reading->userdata, r,
                      r == -ETIMEDOUT ? "the kernel has not answered for ten seconds" : result->message,
                      &answer);
        provider_list_clear(&answer.providers);
        memory_totals_clear(&answer.totals);
        edac_clear(&answer.edac);
        cma_clear(&answer.cma);
        reservation_list_clear(&answer.reservations);
        cma_detail_clear(&answer.cma_area);
}

int reading_new_named(struct machine *machine, enum reading_what what, const char *name, reading_done_t done,
                      void *userdata, struct reading **ret)
{
        static const struct machine_work reading_work = {
                .name = "memctld-read", .work = work, .stall_usec = STALL_USEC,
        };
        _cleanup_(reading_freep) struct reading *reading = calloc(1, sizeof(*reading));
        int r;

        if (!reading)
                return -ENOMEM;
        reading->machine = machine;
        reading->begun_usec = machine_now(machine);
        reading->what = what;
        reading->name = name ? strdup(name) : NULL;
        if (name && !reading->name)
                return -ENOMEM;
        reading->done = done;
        reading->userdata = userdata;
        r = machine_help(machine, &reading_work, reading, on_done, reading, &reading->helper);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(reading);
        return 0;
}

int reading_new(struct machine *machine, enum reading_what what, reading_done_t done, void *userdata,
                struct reading **ret)
{
        return reading_new_named(machine, what, NULL, done, userdata, ret);
}

struct reading *reading_free(struct reading *reading)
{
        if (!reading)
                return NULL;

        helper_free(reading->helper);
        free(reading->name);
        free(reading);
        return NULL;
}
