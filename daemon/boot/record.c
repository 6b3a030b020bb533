/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/record.h"

#include "basic/cleanup.h"
#include "basic/message.h"
#include "basic/saturated.h"
#include <errno.h>
#include <string.h>

/* Figures that only grow, but begin anew when the module is loaded once more. */
static void count(uint64_t *sum, uint64_t *last, uint64_t now, bool same_source)
{
        if (!same_source)
                *sum = now > *sum ? now : *sum; /* the other source may have counted the same */
        else
                *sum = add_saturated(*sum, now >= *last ? now - *last : now);
        *last = now;
}

static void keep_most(uint64_t *most, uint64_t now)
{
        if (now > *most)
                *most = now;
}

static void merge(struct cma_record_area *area, const struct cma_demand_area *now)
{
        struct cma_demand_area *all = &area->demand;
        bool same = area->last_exact == now->exact;

        all->exact |= now->exact;
        if (now->size > 0)
                all->size = now->size;
        keep_most(&all->peak, now->peak);
        keep_most(&all->needed, now->needed);
        keep_most(&all->largest, now->largest);
        keep_most(&all->align, now->align);
        count(&all->requests, &area->last_requests, now->requests, same);
        count(&all->failed, &area->last_failed, now->failed, same);
        count(&all->lost, &area->last_lost, now->lost, same);
        for (size_t i = 0; i < ELEMENTSOF(all->by_cause); i++)
                count(&all->by_cause[i], &area->last_by_cause[i], now->by_cause[i], same);
        area->last_exact = now->exact;
}

static struct cma_record_area *find_area(struct cma_record_boot *boot, const struct cma_demand_area *now)
{
        struct cma_record_area *area;

        for (size_t i = 0; i < boot->n; i++)
                if (strcmp(boot->areas[i].demand.name, now->name) == 0)
                        return &boot->areas[i];
        if (boot->n == ELEMENTSOF(boot->areas))
                return NULL;
        area = &boot->areas[boot->n++];
        *area = (struct cma_record_area){ .last_exact = now->exact };
        memcpy(area->demand.name, now->name, sizeof(area->demand.name));
        return area;
}

static struct cma_record_boot *find_boot(struct cma_record *record, const struct cma_sample *sample)
{
        struct cma_record_boot *boots;

        for (size_t i = 0; i < record->n; i++)
                if (strcmp(record->boots[i].id, sample->boot_id) == 0)
                        return &record->boots[i];
        if (record->n == CMA_RECORD_BOOTS_MAX)
                memmove(&record->boots[0], &record->boots[1], --record->n * sizeof(*record->boots));
        boots = reallocarray(record->boots, record->n + 1, sizeof(*boots));
        if (!boots)
                return NULL;
        record->boots = boots;
        /* the kernel counts since it booted, memctl.ko since it was loaded */
        boots[record->n] = (struct cma_record_boot){
                .first_uptime = sample->n > 0 && sample->areas[0].exact ? sample->uptime : 0,
        };
        memcpy(boots[record->n].id, sample->boot_id, sizeof(boots->id));
        return &boots[record->n++];
}

int cma_record_add(struct cma_record *record, const struct cma_sample *sample)
{
        struct cma_record_boot *boot = find_boot(record, sample);

        if (!boot)
                return -ENOMEM;
        keep_most(&boot->last_uptime, sample->uptime);
        for (size_t i = 0; i < sample->n; i++) {
                struct cma_record_area *area = find_area(boot, &sample->areas[i]);

                if (area)
                        merge(area, &sample->areas[i]);
        }
        return 0;
}

static void sum_area(struct cma_demand *sum, const struct cma_demand_area *area)
{
        struct cma_record_area into = { 0 };
        size_t i;

        for (i = 0; i < sum->n && strcmp(sum->areas[i].name, area->name) != 0; i++)
                ;
        if (i == ELEMENTSOF(sum->areas))
                return;
        if (i == sum->n)
                memcpy(sum->areas[sum->n++].name, area->name, sizeof(area->name));
        /* nothing was counted before the boot began */
        into.demand = sum->areas[i];
        into.last_exact = area->exact;
        merge(&into, area);
        sum->areas[i] = into.demand;
}

void cma_record_sum(const struct cma_record *record, struct cma_demand *ret)
{
        *ret = (struct cma_demand){ .boots = record->n };
        for (size_t i = 0; i < record->n; i++) {
                const struct cma_record_boot *boot = &record->boots[i];
                uint64_t span = subtract_to_zero(boot->last_uptime, boot->first_uptime);

                /* a single sample tells something, too */
                ret->seconds = add_saturated(ret->seconds, span > 0 ? span : 1);
                for (size_t j = 0; j < boot->n; j++)
                        sum_area(ret, &boot->areas[j].demand);
        }
}

int cma_record_load(int root_fd, struct cma_record *ret, char **message)
{
        _cleanup_(config_file_clear) struct config_file file = { 0 };
        int r;

        *ret = (struct cma_record){ 0 };
        r = config_file_read(root_fd, CMA_RECORD_FILE, CMA_RECORD_TEXT_MAX, &file, message);
        if (r == -EFBIG || r == -EINVAL || r == -ELOOP)
                return -EBADMSG;
        return r < 0 || !file.there ? r : cma_record_parse(file.data, file.size, ret, message);
}

/* A file that somebody else made of it is not ours to destroy. */
static int put_aside(int root_fd, char **message)
{
        if (renameat(root_fd, CMA_RECORD_FILE, root_fd, CMA_RECORD_ASIDE) < 0)
                return fail(message, -errno, "/" CMA_RECORD_FILE ": cannot be put aside: %s",
                            strerror(errno));
        return 0;
}

static int save(int root_fd, const struct cma_record *record, char **message)
{
        struct config_file file = { .there = true, .mode = 0600, .uid = geteuid(), .gid = getegid() };
        _cleanup_free_ char *text = cma_record_format(record);

        if (!text)
                return -ENOMEM;
        file.data = text;
        file.size = strlen(text);
        return config_file_write(root_fd, CMA_RECORD_FILE, NULL, &file, message);
}

int cma_record_note(int root_fd, const struct cma_sample *sample, bool *aside, char **message)
{
        _cleanup_(cma_record_clear) struct cma_record record = { 0 };
        _cleanup_close_ int lock = config_folder_lock(root_fd, BOOT_STATE_FOLDER);
        _cleanup_free_ char *why = NULL;
        int r;

        *aside = false;
        if (lock < 0)
                return fail(message, lock, "/" BOOT_STATE_FOLDER ": %s", strerror(-lock));
        r = cma_record_load(root_fd, &record, &why);
        if (r == -EBADMSG) {
                r = put_aside(root_fd, message);
                *aside = r >= 0;
        } else if (r < 0)
                return fail(message, r, "%s", why ? why : strerror(-r));
        if (r >= 0)
                r = cma_record_add(&record, sample);
        return r < 0 ? r : save(root_fd, &record, message);
}
