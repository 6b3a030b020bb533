/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A finished job as memctld keeps it in a file: written, read back, and anything else refused. */
#include "daemon/job/past.h"
#include "daemon/job/past_text.h"
#include "memctl/bus.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static struct tree tree = { .root = (char *) "/", .root_fd = -1, .live = true };
static struct machine machine = { .tree = &tree };

static void on_change(void *userdata, struct job *job)
{
        (void) userdata, (void) job;
}

static char *notes[] = { (char *) "a note", (char *) "another", NULL };
static struct job_record records[] = { { 33, RECORD_DONE },
                                       { 34, RECORD_FAILED },
                                       { 33, RECORD_ROLLED_BACK } };
static struct reason reasons[] = {
        { .code = REASON_UNMOVABLE,
          .block = 34,
          .pages = 2,
          .searched = true,
          .n_processes = 1,
          .processes = { { 77, "pin" } },
          .text = (char *) "anon" },
        { .code = REASON_NOT_ENOUGH_MEMORY,
          .block = REASON_NO_BLOCK,
          .needed_bytes = 5,
          .available_bytes = UINT64_MAX / 4 },
        { .code = REASON_DRIVER_OWNED,
          .block = 40,
          .last_block = 47,
          .bytes = 6,
          .device_bytes = 7,
          .count = 8,
          .driver = "virtio_mem" },
};

static struct job a_job(uint32_t id)
{
        return (struct job){
                .id = id,
                .machine = &machine,
                .name = "dimm-offline",
                .target = (char *) "PNP0C80:00 \"x\"\n",
                .arguments = (char *) "--force",
                .state = JOB_FINISHED,
                .result = JOB_RESULT_CANCELLED,
                .recovered = true,
                .progress = { .blocks_total = 2,
                              .blocks_done = 1,
                              .pages_in_use = 9,
                              .pages_migrated = 8,
                              .estimated_usec = 3 },
                .reasons = { .items = reasons, .n_items = ELEMENTSOF(reasons) },
                .notes = notes,
                .records = records,
                .n_records = ELEMENTSOF(records),
                .started_at = 1000,
                .finished_at = 5000,
        };
}

static void assert_same(const struct job *job, uint32_t id)
{
        assert_int_equal(job->id, id);
        assert_string_equal(job->name, "dimm-offline");
        assert_string_equal(job->target, "PNP0C80:00 \"x\"\n");
        assert_string_equal(job->arguments, "--force");
        assert_int_equal(job->state, JOB_FINISHED);
        assert_int_equal(job->result, JOB_RESULT_CANCELLED);
        assert_true(job->recovered);
        assert_false(job->ejected);
        assert_int_equal(job->progress.pages_migrated, 8);
        assert_int_equal(job->progress.blocks_done, 1);
        assert_int_equal(job_elapsed_usec(job), 4000);
        assert_int_equal(job->reasons.n_items, ELEMENTSOF(reasons));
        assert_int_equal(job->reasons.items[0].processes[0].pid, 77);
        assert_string_equal(job->reasons.items[0].processes[0].command, "pin");
        assert_string_equal(job->reasons.items[0].text, "anon");
        assert_int_equal(job->reasons.items[1].block, REASON_NO_BLOCK);
        assert_null(job->reasons.items[1].text);
        assert_int_equal(job->reasons.items[2].last_block, 47);
        assert_int_equal(job->reasons.items[2].bytes, 6);
        assert_int_equal(job->reasons.items[2].device_bytes, 7);
        assert_int_equal(job->reasons.items[2].count, 8);
        assert_string_equal(job->reasons.items[2].driver, "virtio_mem");
        assert_string_equal(job->notes[1], "another");
        assert_null(job->notes[2]);
        assert_int_equal(job->n_records, 3);
        assert_int_equal(job->records[2].kind, RECORD_ROLLED_BACK);
}

static void test_there_and_back(void **state)
{
        struct job asked = a_job(7), *job;
        char *text = past_text(&asked), *message = NULL;

        (void) state;

        assert_non_null(text);
        assert_int_equal(past_parse(&machine, text, on_change, NULL, &job, &message), 0);
        assert_same(job, 7);
        job_free(job);
        free(text);
}

static void assert_refused(const char *text, const char *says)
{
        char *message = NULL;
        struct job *job = NULL;

        if (past_parse(&machine, text, on_change, NULL, &job, &message) != -EBADMSG)
                fail_msg("taken: %s", text);
        assert_null(job);
        assert_says(&message, says);
}

static void test_bad_texts(void **state)
{
        static const struct {
                const char *old, *new, *says;
        } changes[] = {
                { "\"version\":1", "\"version\":2", "version 1" },
                { "\"verb\":\"dimm-offline\"", "\"verb\":\"dimm\"", "\"verb\"" },
                { "\"arguments\":\"--force\"", "\"arguments\":null", "\"arguments\"" },
                { "\"result\":\"cancelled\"", "\"result\":\"\"", "result" },
                { "\"id\":7", "\"id\":0", "figures" },
                { "\"id\":7", "\"id\":4294967296", "figures" },
                { "\"id\":7", "\"id\":-1", "figures" },
                { "\"notes\":[", "\"notes\":[null,", "notes" },
                { "\"records\":[", "\"records\":[7,", "records" },
                { "\"records\":[", "\"records\":[[],", "records" },
                { "\"records\":[", "\"records\":[[33,\"gone\"],", "records" },
                { "\"reasons\":[", "\"reasons\":[{},", "reasons" },
                { "[77,\"pin\"]", "[77]", "reasons" },
                { "[77,\"pin\"]", "7", "reasons" },
                { "[77,\"pin\"]", "[77,\"a name that is longer than any\"]", "reasons" },
                { "\"block\":34,", "\"block\":4294967296,", "reasons" },
                { "\"last_block\":47,", "\"last_block\":4294967296,", "reasons" },
                { "\"virtio_mem\"", "\"a driver whose name is too long\"", "reasons" },
                { "\"device_bytes\":7,", "\"device_bytes\":-7,", "reasons" },
        };
        struct job asked = a_job(7);
        char *good = past_text(&asked);

        (void) state;

        assert_non_null(good);
        for (size_t i = 0; i < ELEMENTSOF(changes); i++) {
                const char *at = strstr(good, changes[i].old);
                char *text;

                assert_non_null(at);
                assert_true(asprintf(&text, "%.*s%s%s", (int) (at - good), good, changes[i].new,
                                     at + strlen(changes[i].old)) > 0);
                assert_refused(text, changes[i].says);
                free(text);
        }
        free(good);
        assert_refused("", "version 1");
        assert_refused("[]", "version 1");
        assert_refused("{\"version\":1}", "\"verb\"");
}

static void test_files(void **state)
{
        char folder[] = "/tmp/memctl-past-XXXXXX";
        struct job first = a_job(2), last = a_job(10), **jobs;
        char *problems = NULL;
        size_t n;
        int fd;

        (void) state;

        assert_non_null(mkdtemp(folder));
        tree.root_fd = open(folder, O_RDONLY | O_DIRECTORY);
        assert_int_equal(past_load(&machine, on_change, NULL, &jobs, &n, &problems), 0);
        assert_int_equal(n, 0);
        assert_int_equal(mkdirat(tree.root_fd, "run", 0755), 0);
        assert_int_equal(past_save(tree.root_fd, &last), 0);
        assert_int_equal(past_save(tree.root_fd, &first), 0);
        fd = openat(tree.root_fd, PAST_DIRECTORY "/0000000003", O_WRONLY | O_CREAT, 0600);
        assert_true(fd >= 0 && write(fd, "{}", 2) == 2 && close(fd) == 0);
        assert_int_equal(renameat(tree.root_fd, PAST_DIRECTORY "/0000000003", tree.root_fd,
                                  PAST_DIRECTORY "/0000000003"),
                         0);
        assert_int_equal(symlinkat("/dev/zero", tree.root_fd, PAST_DIRECTORY "/0000000004"), 0);

        assert_int_equal(past_load(&machine, on_change, NULL, &jobs, &n, &problems), 0);
        assert_int_equal(n, 2);
        assert_same(jobs[0], 2);
        assert_same(jobs[1], 10);
        assert_non_null(strstr(problems, "0000000003"));
        assert_says(&problems, "0000000004: cannot be read");
        job_free(jobs[0]);
        job_free(jobs[1]);
        free(jobs);

        past_forget(tree.root_fd, 2);
        past_forget(tree.root_fd, 2);
        assert_int_equal(past_load(&machine, on_change, NULL, &jobs, &n, &problems), 0);
        assert_int_equal(n, 1);
        job_free(jobs[0]);
        free(jobs);
        free(problems);
        past_forget(tree.root_fd, 10);
        assert_int_equal(unlinkat(tree.root_fd, PAST_DIRECTORY "/0000000003", 0), 0);
        assert_int_equal(unlinkat(tree.root_fd, PAST_DIRECTORY "/0000000004", 0), 0);
        assert_int_equal(unlinkat(tree.root_fd, PAST_DIRECTORY, AT_REMOVEDIR), 0);
        assert_int_equal(unlinkat(tree.root_fd, "run/memctl", AT_REMOVEDIR), 0);
        assert_int_equal(unlinkat(tree.root_fd, "run", AT_REMOVEDIR), 0);
        assert_int_equal(rmdir(folder), 0);
        close(tree.root_fd);
        tree.root_fd = -1;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_there_and_back),
                cmocka_unit_test(test_bad_texts),
                cmocka_unit_test(test_files),
        };

        /* job_new() asks the loop for the time */
        if (sd_event_default(&machine.event) < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
