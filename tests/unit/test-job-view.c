/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told of a job is what changed, by the names of docs/bus.md. */
#include "daemon/job/view.h"
#include "memctl/bus.h"
#include "tree.h"

#include <string.h>

static struct job a_job(void)
{
        return (struct job){
                .state = JOB_RUNNING,
                .stage = STAGE_OFFLINING,
                .progress = { .blocks_total = 2, .current_block = 7, .pages_in_use = 100 },
        };
}

static void test_all_is_new_to_who_knows_nothing(void **state)
{
        const char *names[JOB_VIEW_CHANGES_MAX + 1];
        struct job job = a_job();
        struct job_view view;

        (void) state;

        job_view(&job, &view);
        assert_int_equal(view.current_block, 7);
        assert_int_equal(job_view_changes(NULL, &view, names), JOB_VIEW_CHANGES_MAX);
        assert_string_equal(names[0], "State");
        assert_null(names[JOB_VIEW_CHANGES_MAX]);
        assert_int_equal(job_view_changes(&view, &view, names), 0);
        assert_null(names[0]);
}

static void test_what_changed(void **state)
{
        const char *names[JOB_VIEW_CHANGES_MAX + 1];
        struct job job = a_job();
        struct job_view before, after;

        (void) state;

        job_view(&job, &before);
        job.progress.pages_migrated = 5;
        job_view(&job, &after);
        assert_int_equal(job_view_changes(&before, &after, names), 1);
        assert_string_equal(names[0], "PagesMigrated");
        assert_false(job_view_is_urgent(&before, &after));

        before = after;
        job.progress.blocks_done = 1;
        job.progress.current_block = 8;
        job_view(&job, &after);
        assert_int_equal(job_view_changes(&before, &after, names), 2);
        assert_string_equal(names[0], "BlocksDone");
        assert_string_equal(names[1], "CurrentBlock");
        assert_int_equal(after.current_block, 8);
        assert_false(job_view_is_urgent(&before, &after));

        before = after;
        job.state = JOB_FINISHED;
        job.result = JOB_RESULT_DONE;
        job.progress.current_block = MEMCTL_NONE;
        job_view(&job, &after);
        assert_true(job_view_is_urgent(&before, &after));
        assert_int_equal(job_view_changes(&before, &after, names), 4);
        assert_string_equal(names[1], "Stage"); /* there is none at the end */
        assert_string_equal(names[2], "Result");
        assert_int_equal(after.current_block, MEMCTL_NONE);
}

/* The result stands in the job while it is still rolled back: it is nobody's business then. */
static void test_a_result_is_seen_at_the_end(void **state)
{
        struct job job = a_job();
        struct job_view view;

        (void) state;

        job.state = JOB_ROLLING_BACK;
        job.result = JOB_RESULT_CANCELLED;
        job.progress.blocks_done = 2;
        job.progress.current_block = 8;
        job_view(&job, &view);
        assert_string_equal(view.result, "");
        assert_string_equal(view.stage, "");
        assert_int_equal(view.current_block, 8);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_all_is_new_to_who_knows_nothing),
                cmocka_unit_test(test_what_changed),
                cmocka_unit_test(test_a_result_is_seen_at_the_end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
