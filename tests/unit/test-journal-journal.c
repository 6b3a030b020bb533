/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A root with journals in it, as memctld leaves them, and as nobody should find them. */
#include "basic/cleanup.h"
#include "daemon/journal/journal.h"
#include "journal_text.h"
#include "says.h"
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define DIRECTORY "run/memctl/journal"

static struct journal_step steps[] = {
        { .block = 33, .zone = ZONE_MOVABLE },
        { .block = 40, .zone = ZONE_NORMAL },
        { .block = 32, .zone = ZONE_MOVABLE },
};
static uint32_t numbers[] = { 32, 33, 40, 41 };
static const struct block_set blocks = { .numbers = numbers, .n_numbers = ELEMENTSOF(numbers) };
static const struct journal_entry asked = {
        .id = 7,
        .verb = JOB_DIMM_OFFLINE,
        .target = "PNP0C80:00",
        .dimm = "PNP0C80:00",
        .eject = true,
        .blocks = &blocks,
        .steps = steps,
        .n_steps = ELEMENTSOF(steps),
        .options = { .partial = true,
                     .resume = true,
                     .stuck = STUCK_SKIP,
                     .rate = RATE_MIN_BYTES,
                     .to_node = 1 },
        .deadline = 123456789,
};

static char *root;
static int root_fd;

static int set_up(void **state)
{
        (void) state;

        root = tree_make();
        tree_folder(root, "run");
        root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return root_fd < 0;
}

static int tear_down(void **state)
{
        (void) state;

        close(root_fd);
        tree_remove(root);
        return 0;
}

static struct journal *begin(void)
{
        struct journal *journal = NULL;
        char *message = NULL;

        assert_int_equal(journal_begin(root_fd, &asked, &journal, &message), 0);
        assert_null(message);
        return journal;
}

/* The one journal that is there. */
static struct journal_found find_one(void)
{
        struct journal_found *found, one;
        char *problems;
        size_t n;

        assert_int_equal(journal_find(root_fd, &found, &n, &problems), 0);
        assert_null(problems);
        assert_int_equal(n, 1);
        one = found[0];
        free(found);
        return one;
}

/* None is; what was said of bad ones, to be freed. */
static char *find_none(void)
{
        struct journal_found *found;
        char *problems;
        size_t n;

        assert_int_equal(journal_find(root_fd, &found, &n, &problems), 0);
        assert_int_equal(n, 0);
        free(found);
        return problems;
}

/* How many names are in the directory, and in name one of them. */
static size_t count(char name[static NAME_MAX + 1])
{
        int fd = openat(root_fd, DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *directory = fdopendir(fd);
        struct dirent *entry;
        size_t n = 0;

        assert_non_null(directory);
        while ((entry = readdir(directory)))
                if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
                        strcpy(name, entry->d_name);
                        n++;
                }
        closedir(directory);
        return n;
}

static void test_what_is_written_is_read(void **state)
{
        struct journal *journal = begin();
        struct journal_found found;

        (void) state;

        assert_int_equal(journal_mark(journal, JOURNAL_OFFLINE, 33), 0);
        assert_int_equal(journal_mark(journal, JOURNAL_OFFLINED, 33), 0);
        assert_int_equal(journal_mark(journal, JOURNAL_OFFLINE, 32), 0);
        journal_close(journal);

        found = find_one();
        assert_int_equal(found.verb, JOB_DIMM_OFFLINE);
        assert_string_equal(found.target, "PNP0C80:00");
        assert_string_equal(found.dimm, "PNP0C80:00");
        assert_true(found.eject);
        assert_true(found.options.partial && found.options.resume);
        assert_false(found.options.force || found.options.swap);
        assert_int_equal(found.options.stuck, STUCK_SKIP);
        assert_int_equal(found.options.rate, RATE_MIN_BYTES);
        assert_int_equal(found.options.to_node, 1);
        assert_int_equal(found.deadline, 123456789);
        assert_int_equal(found.blocks.n_numbers, 4);
        assert_int_equal(found.blocks.numbers[3], 41);
        assert_int_equal(found.n_steps, 3);
        assert_int_equal(found.steps[0].block, 33);
        assert_int_equal(found.steps[0].begun, 2);
        assert_int_equal(found.steps[1].identity, steps[1].identity);
        assert_int_equal(found.steps[1].zone, ZONE_NORMAL);
        assert_int_equal(found.steps[1].begun, 0);
        assert_int_equal(found.steps[2].begun, 4);
        assert_false(found.rolling_back || found.ejecting || found.asked);
        assert_true(journal_workers_gone(found.journal));

        /* gone on with, and read once more */
        assert_int_equal(journal_mark(found.journal, JOURNAL_ROLL_BACK, REASON_NO_BLOCK), 0);
        assert_int_equal(journal_mark(found.journal, JOURNAL_ONLINED, 32), 0);
        journal_found_clear(&found);
        found = find_one();
        assert_true(found.rolling_back);
        assert_int_equal(found.steps[0].begun, 2);
        assert_int_equal(found.steps[2].begun, 0);
        journal_end(TAKE_PTR(found.journal));
        journal_found_clear(&found);
        assert_null(find_none());
}

static void test_a_live_one_is_busy(void **state)
{
        struct journal *journal = begin(), *other = NULL;
        uint32_t same[] = { 1, 41 }, others[] = { 1, 2, 42 };
        const struct block_set shared = { same, 2 }, free_ones = { others, 3 };
        char *message = NULL;

        (void) state;

        assert_null(find_none());
        assert_int_equal(journal_busy(root_fd, &free_ones, &message), 0);
        assert_int_equal(journal_busy(root_fd, &shared, &message), -EBUSY);
        assert_says(&message, "block 41 is being worked on by another memctld (dimm-offline \"PNP0C80:00\", "
                              "/" DIRECTORY "/");
        assert_int_equal(journal_begin(root_fd, &asked, &other, &message), -EBUSY);
        assert_says(&message, "block 32 is being worked on by another memctld");
        assert_null(other);

        /* dead, and not put back */
        journal_close(journal);
        assert_int_equal(journal_busy(root_fd, &shared, &message), -EBUSY);
        assert_says(&message, "block 41");
}

/* Each would count what the other adds as its own, or take it out again. */
static void test_a_pool_is_one_s(void **state)
{
        const struct block_set none = { 0 };
        struct journal_entry pool = { .id = 3,
                                      .verb = JOB_HUGEPAGES,
                                      .target = "5 huge pages of 2 MiB",
                                      .options = OFFLINE_OPTIONS_NONE,
                                      .blocks = &none,
                                      .huge_page_size = 2 << 20 };
        struct journal *journal = NULL, *other = NULL, *blocks_of = begin();
        char *message = NULL;

        (void) state;

        assert_int_equal(journal_begin(root_fd, &pool, &journal, &message), 0);
        assert_int_equal(journal_begin(root_fd, &pool, &other, &message), -EBUSY);
        assert_says(&message, "the pool of huge pages of 2048 KiB is being worked on by another memctld "
                              "(hugepages-reserve \"5 huge pages of 2 MiB\"");
        assert_null(other);
        pool.huge_page_size = UINT64_C(1) << 30; /* another pool */
        assert_int_equal(journal_begin(root_fd, &pool, &other, &message), 0);
        journal_end(other);
        journal_end(journal);
        journal_end(blocks_of);
}

/* Another memctld is in the midst of it: the loop is not kept, and nothing has been begun. */
static void test_a_folder_that_is_locked(void **state)
{
        struct journal *journal = begin(), *other = NULL;
        char *message = NULL;
        int fd;

        (void) state;

        journal_end(journal);
        fd = openat(root_fd, DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(fd >= 0);
        assert_int_equal(flock(fd, LOCK_EX), 0);
        assert_int_equal(journal_begin(root_fd, &asked, &other, &message), -EAGAIN);
        assert_null(other);
        assert_says(&message, "another memctld keeps it locked");
        assert_int_equal(journal_busy(root_fd, &blocks, &message), -EAGAIN);
        assert_says(&message, "another memctld keeps it locked");
        close(fd);
        assert_int_equal(journal_begin(root_fd, &asked, &other, &message), 0);
        journal_end(other);
}

/* What a worker inherits keeps its memctld's journal from being acted upon. */
static void test_workers_are_waited_for(void **state)
{
        struct journal *journal = begin();
        struct journal_found found;
        int ends[2];
        pid_t pid;

        (void) state;

        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        pid = fork();
        if (pid == 0) {
                (void) dup2(ends[0], STDIN_FILENO);
                execlp("cat", "cat", (char *) NULL); /* ends with our end of the pipe */
                _exit(1);
        }
        close(ends[0]);
        while (waitpid(pid, NULL, WNOHANG) == 0) {
                char path[64], name[64] = "";
                ssize_t n;

                (void) snprintf(path, sizeof(path), "/proc/%d/exe", pid);
                n = readlink(path, name, sizeof(name) - 1);
                if (n > 0 && !strstr(name, "test-journal-journal"))
                        break;
        }
        journal_close(journal);
        found = find_one();
        assert_false(journal_workers_gone(found.journal));
        assert_false(journal_workers_gone(found.journal));
        close(ends[1]);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        assert_true(journal_workers_gone(found.journal));
        journal_found_clear(&found);
}

static void test_steps_are_renewed(void **state)
{
        struct journal *journal = begin();
        struct journal_step now[] = { { .block = 40, .zone = ZONE_NORMAL },
                                      { .block = 41, .zone = ZONE_MOVABLE } };
        char before[NAME_MAX + 1], after[NAME_MAX + 1], *message = NULL;
        struct journal_entry going_on = asked;
        struct journal_found found;

        (void) state;

        assert_int_equal(count(before), 1);
        going_on.steps = now;
        going_on.n_steps = 2;
        going_on.n_done = 1;
        assert_int_equal(journal_renew(&journal, &going_on, &message), 0);
        assert_int_equal(count(after), 1);
        assert_string_equal(before, after);
        assert_null(find_none());
        assert_int_equal(journal_mark(journal, JOURNAL_OFFLINE, 41), 0);
        journal_close(journal);
        found = find_one();
        assert_int_equal(found.n_steps, 2);
        assert_int_equal(found.steps[0].block, 40);
        assert_true(found.steps[0].begun < found.steps[1].begun);
        journal_found_clear(&found);
}

/* No room: the line is not there, and the next one whole. */
static void test_a_full_disk(void **state)
{
        struct rlimit limit, before;
        struct journal *journal = begin();
        struct journal_found found;
        char name[NAME_MAX + 1];
        struct stat status;
        int fd;

        (void) state;

        assert_int_equal(count(name), 1);
        fd = openat(root_fd, DIRECTORY, O_RDONLY | O_CLOEXEC);
        assert_int_equal(fstatat(fd, name, &status, 0), 0);
        close(fd);
        signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        limit = before;
        limit.rlim_cur = (rlim_t) status.st_size + 5;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        assert_int_equal(journal_mark(journal, JOURNAL_OFFLINE, 33), -EFBIG);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(journal_mark(journal, JOURNAL_OFFLINE, 32), 0);
        journal_close(journal);
        found = find_one();
        assert_int_equal(found.steps[0].begun, 0);
        assert_int_equal(found.steps[2].begun, 2);
        journal_found_clear(&found);
}

/* What the next memctld could not read is not begun. */
static void test_a_job_that_cannot_be_read_back(void **state)
{
        struct journal_entry bad = asked;
        struct journal *journal = NULL;
        char name[NAME_MAX + 1], *message = NULL;

        (void) state;

        bad.dimm = NULL;
        assert_int_equal(journal_begin(root_fd, &bad, &journal, &message), -EBADMSG);
        assert_null(journal);
        assert_says(&message, "no journal can be written");
        assert_int_equal(count(name), 0);
}

static void test_one_without_a_name_is_swept(void **state)
{
        char name[NAME_MAX + 1];

        (void) state;

        tree_text(root, DIRECTORY "/.12-1-0", "{\"vers");
        assert_null(find_none());
        assert_int_equal(count(name), 0);
}

/* It is named in what is said, and still there under another name. */
static void assert_put_aside(const char *said)
{
        char name[NAME_MAX + 1], *problems = find_none();

        assert_non_null(problems);
        if (!strstr(problems, said) || !strstr(problems, "/" DIRECTORY "/1-1-0: ") ||
            !strstr(problems, "nothing is done for it, and it is kept as 1-1-0.bad"))
                fail_msg("said: %s", problems);
        free(problems);
        assert_int_equal(count(name), 1);
        assert_non_null(strstr(name, ".bad"));
        assert_null(find_none());
}

static void test_bad_files(void **state)
{
        char path[PATH_MAX];

        (void) state;

        tree_text(root, DIRECTORY "/1-1-0", GOOD "nonsense\n");
        assert_put_aside("line 2: accepted is");
        tree_unlink(root, DIRECTORY "/1-1-0.bad");

        tree_text(root, "elsewhere", GOOD);
        tree_link(root, DIRECTORY "/1-1-0", "../../../elsewhere");
        assert_put_aside("accepted is a regular file");
        tree_unlink(root, DIRECTORY "/1-1-0.bad");

        tree_fifo(root, DIRECTORY "/1-1-0");
        assert_put_aside("accepted is a regular file");
        tree_unlink(root, DIRECTORY "/1-1-0.bad");

        tree_folder(root, DIRECTORY "/1-1-0/inside");
        assert_put_aside("accepted is a regular file");
        (void) snprintf(path, sizeof(path), "%s/" DIRECTORY "/1-1-0.bad/inside", root);
        assert_int_equal(rmdir(path), 0);
        strrchr(path, '/')[0] = '\0';
        assert_int_equal(rmdir(path), 0);

        tree_text(root, DIRECTORY "/1-1-0", GOOD);
        (void) snprintf(path, sizeof(path), "%s/" DIRECTORY "/1-1-0", root);
        assert_int_equal(chmod(path, 0620), 0);
        assert_put_aside("nobody else may write to");
        tree_unlink(root, DIRECTORY "/1-1-0.bad");

        tree_text(root, DIRECTORY "/1-1-0", GOOD);
        assert_int_equal(truncate(path, 33 * 1024 * 1024), 0);
        assert_put_aside("more than");

        /* nor is the first one lost */
        tree_text(root, DIRECTORY "/1-1-0", "");
        free(find_none());
        assert_int_equal(count(path), 2);
}

static void test_somebody_elses(void **state)
{
        char path[PATH_MAX];

        (void) state;

        if (geteuid() != 0)
                skip();
        tree_text(root, DIRECTORY "/1-1-0", GOOD);
        (void) snprintf(path, sizeof(path), "%s/" DIRECTORY "/1-1-0", root);
        assert_int_equal(chown(path, 1, 0), 0);
        assert_put_aside("nobody else may write to");
}

static void test_a_directory_of_everybody(void **state)
{
        struct journal_found *found;
        struct journal *journal;
        char path[PATH_MAX], *problems, *message = NULL;
        size_t n;

        (void) state;

        tree_text(root, DIRECTORY "/1-1-0", GOOD);
        (void) snprintf(path, sizeof(path), "%s/" DIRECTORY, root);
        assert_int_equal(chmod(path, 0777), 0);
        assert_int_equal(journal_find(root_fd, &found, &n, &problems), -EPERM);
        assert_null(found);
        assert_says(&problems, "nobody else may write to");
        assert_int_equal(journal_begin(root_fd, &asked, &journal, &message), -EPERM);
        assert_says(&message, "nobody else may write to");
}

static void test_no_directory(void **state)
{
        char *message = NULL;

        (void) state;

        assert_null(find_none());
        assert_int_equal(journal_busy(root_fd, &blocks, &message), 0);
        tree_text(root, DIRECTORY, "a file");
        assert_int_equal(journal_busy(root_fd, &blocks, &message), -ENOTDIR);
        assert_says(&message, DIRECTORY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_what_is_written_is_read),
                TEST(test_a_live_one_is_busy),
                TEST(test_a_pool_is_one_s),
                TEST(test_a_folder_that_is_locked),
                TEST(test_workers_are_waited_for),
                TEST(test_steps_are_renewed),
                TEST(test_a_full_disk),
                TEST(test_a_job_that_cannot_be_read_back),
                TEST(test_one_without_a_name_is_swept),
                TEST(test_bad_files),
                TEST(test_somebody_elses),
                TEST(test_a_directory_of_everybody),
                TEST(test_no_directory),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
