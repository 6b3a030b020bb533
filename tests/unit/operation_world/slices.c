/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Slices of a compaction, which gain something or nothing, and the survey behind the last.
 */
#include "operation_world/parts.h"

#include "daemon/operation/compact/slice.h"
#include "daemon/query/survey.h"

#include <errno.h>
#include <string.h>

struct slice {
        struct sd_event_source *over;
        struct slice_wish wish;
        slice_done_t done;
        void *userdata;
};

static int on_slice(sd_event_source *source, uint64_t usec, void *userdata)
{
        static const int errors[] = { -ENOENT, -EINVAL, -ETIMEDOUT, -EIO };
        struct slice *slice = userdata;
        struct slice_result result = { .order = slice->wish.order < 0 ? 9
                                                                      : (unsigned int) slice->wish.order };
        int error = world_chance(world.slices_fail ? 4 : UINT32_MAX) ? errors[world_random(4)] : 0;

        (void) source, (void) usec;

        if (error == 0 || world_chance(2)) {
                result.compacted = !slice->wish.only_look;
                result.slice.before = world.free_pieces;
                if (result.compacted)
                        world.free_pieces += world_random(10);
                world.free_pieces -= world_random(world.free_pieces < 10 ? 1 : 6);
                result.slice.after = result.compacted ? world.free_pieces : result.slice.before;
                result.slice.end = (enum compact_slice_end) world_random(SLICE_NO_ROOM + 1);
                result.slice.cursor = slice->wish.cursor + world_random(2);
                result.cpu_usec = 7;
        }
        slice->done(slice->userdata, error, NULL, &result);
        return 0;
}

int slice_new(struct machine *machine, const struct slice_wish *wish, slice_done_t done, void *userdata,
              struct slice **ret)
{
        (void) machine;

        if (world.slices_fail && world_chance(10))
                return -EBUSY;
        *ret = calloc(1, sizeof(**ret));
        assert_non_null(*ret);
        (*ret)->wish = *wish;
        (*ret)->done = done;
        (*ret)->userdata = userdata;
        (*ret)->over = world_timer(world_random(2000000), on_slice, *ret);
        world.slices++;
        return 0;
}

struct slice *slice_free(struct slice *slice)
{
        if (!slice)
                return NULL;
        sd_event_source_disable_unref(slice->over);
        world.slices--;
        free(slice);
        return NULL;
}

struct survey_task {
        struct sd_event_source *over;
        survey_done_t done;
        void *userdata;
};

static int on_survey(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct survey_task *task = userdata;
        struct survey survey = { 0 };

        (void) source, (void) usec;

        if (world.why_finds) {
                survey.counts = calloc(1, sizeof(*survey.counts));
                assert_non_null(survey.counts);
                survey.n_counts = 1;
                survey.counts[0] = (struct survey_count){ .owner = SURVEY_OWNER_NONE,
                                                          .class = MEMCTL_CLASS_SLAB,
                                                          .pages = 3 };
        }
        task->done(task->userdata, world_chance(3) ? -ENODATA : 0, NULL, &survey);
        survey_clear(&survey);
        return 0;
}

int survey_task_new(struct machine *machine, const struct block_set *blocks, bool settle, survey_done_t done,
                    void *userdata, struct survey_task **ret)
{
        (void) machine, (void) settle;

        assert_true(blocks->n_numbers > 0);
        if (world_chance(10))
                return -EBUSY;
        *ret = calloc(1, sizeof(**ret));
        assert_non_null(*ret);
        (*ret)->done = done;
        (*ret)->userdata = userdata;
        (*ret)->over = world_timer(world_random(2000000), on_survey, *ret);
        world.surveys++;
        return 0;
}

struct survey_task *survey_task_free(struct survey_task *task)
{
        if (!task)
                return NULL;
        sd_event_source_disable_unref(task->over);
        world.surveys--;
        free(task);
        return NULL;
}
