/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/machine/history.h"
#include "tree.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static int open_root(const char *root)
{
        int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

        assert_true(fd >= 0);
        return fd;
}

static off_t size_of(int fd)
{
        struct stat st;

        assert_int_equal(fstatat(fd, "history", &st, 0), 0);
        return st.st_size;
}

/* What is written is read; only the last are kept, and the file does not grow for ever. */
static void test_round_trip(void **state)
{
        char *root = tree_make();
        int fd = open_root(root);
        struct history history;
        off_t largest = 0;

        (void) state;

        history_read(fd, "history", &history);
        assert_int_equal(history.n_jobs, 0);
        for (uint64_t i = 0; i < UINT64_C(5) * HISTORY_MAX; i++) {
                const struct history_job job = {
                        .blocks = i,
                        .pages_moved = UINT64_C(1) << 62,
                        .pages_dropped = 7,
                        .usec = 1000 * i,
                        .fenced = i % 2,
                        .bounded = i % 3 == 0,
                };

                assert_int_equal(history_add(fd, "history", &job), 0);
                if (i == 0) {
                        history_read(fd, "history", &history);
                        assert_int_equal(history.n_jobs, 1);
                        assert_memory_equal(&history.jobs[0], &job, sizeof(job));
                }
                largest = size_of(fd) > largest ? size_of(fd) : largest;
        }
        history_read(fd, "history", &history);
        assert_int_equal(history.n_jobs, HISTORY_MAX);
        assert_int_equal(history.jobs[HISTORY_MAX - 1].blocks, 5 * HISTORY_MAX - 1);
        assert_int_equal(history.jobs[0].blocks, 4 * HISTORY_MAX);
        assert_true(largest < 64 * 1024);
        assert_int_equal(faccessat(fd, "history.new", F_OK, 0), -1);
        close(fd);
        tree_remove(root);
}

#define GOOD                                                                                                \
        "{\"blocks\":3,\"pages_moved\":5,\"pages_dropped\":0,\"usec\":9,\"fenced\":true,\"bounded\":false}" \
        "\n"

static void test_hostile(void **state)
{
        static const char text[] =
                "\n{}\nnull\n[1,2]\n" GOOD "{\"blocks\":-3,\"pages_moved\":5,\"pages_dropped\":0,\"usec\":9,"
                "\"fenced\":true,\"bounded\":false}\n"
                "{\"blocks\":\"3\",\"pages_moved\":5,\"pages_dropped\":0,\"usec\":9,\"fenced\":true,"
                "\"bounded\":false}\n"
                "{\"blocks\":3,\"pages_moved\":5,\"pages_dropped\":0,\"usec\":9.5,\"fenced\":true,"
                "\"bounded\":false}\n"
                "{\"blocks\":3,\"pages_moved\":5,\"pages_dropped\":0,\"usec\":9,\"fenced\":1,\"bounded\":"
                "false}\n"
                "{\"blocks\":3,\"pages_moved\":5,\"usec\":9,\"fenced\":true,\"bounded\":false}\n"
                "{{{{{{{{{{[[[[[[[[\n" GOOD "{\"blocks\":3,\"pages_mov";
        char *root = tree_make();
        int fd = open_root(root);
        struct history history;

        (void) state;

        tree_text(root, "history", text);
        history_read(fd, "history", &history);
        assert_int_equal(history.n_jobs, 2);
        assert_int_equal(history.jobs[1].usec, 9);
        tree_link(root, "link", "history");
        history_read(fd, "link", &history);
        assert_int_equal(history.n_jobs, 0);
        assert_true(history_add(fd, "link", &(struct history_job){ 0 }) < 0);
        tree_fifo(root, "fifo");
        history_read(fd, "fifo", &history);
        assert_int_equal(history.n_jobs, 0);
        close(fd);
        tree_remove(root);
}

/* A line that was cut off, as by a full disk, does not spoil the next. */
static void test_after_a_torn_line(void **state)
{
        char *root = tree_make();
        int fd = open_root(root);
        struct history history;

        (void) state;

        tree_text(root, "history", GOOD "{\"blocks\":3,\"pages_mov");
        assert_int_equal(history_add(fd, "history", &(struct history_job){ .blocks = 8, .usec = 1 }), 0);
        history_read(fd, "history", &history);
        assert_int_equal(history.n_jobs, 2);
        assert_int_equal(history.jobs[1].blocks, 8);

        /* one that somebody else has made too long is begun anew */
        {
                static char text[70000];

                memset(text, 'x', sizeof(text) - 1);
                tree_text(root, "history", text);
        }
        assert_int_equal(history_add(fd, "history", &(struct history_job){ .blocks = 9, .usec = 1 }), 0);
        history_read(fd, "history", &history);
        assert_int_equal(history.n_jobs, 1);
        assert_int_equal(history.jobs[0].blocks, 9);
        close(fd);
        tree_remove(root);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_round_trip),
                cmocka_unit_test(test_hostile),
                cmocka_unit_test(test_after_a_torn_line),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
