/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The worker is this program again, as memctld is for itself. */
#include "basic/number.h"
#include "daemon/worker/worker.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define NOTHING 12345

static sd_event *event;
static int last;

static void on_done(void *userdata, int error, const struct worker_answer *answer)
{
        (void) userdata, (void) answer;

        last = error;
        (void) sd_event_exit(event, 0);
}

static void on_done_go_on(void *userdata, int error, const struct worker_answer *answer)
{
        (void) userdata, (void) answer;

        last = error;
}

static struct worker *new_worker(worker_done_t done, void *userdata)
{
        struct worker *worker;

        assert_int_equal(sd_event_new(&event), 0);
        assert_int_equal(worker_new(event, done, userdata, &worker), 0);
        last = NOTHING;
        return worker;
}

static void assert_text(const char *path, const char *wanted)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
        char text[16] = "";

        assert_int_equal(read(fd, text, sizeof(text) - 1), strlen(wanted));
        assert_string_equal(text, wanted);
}

static void end(struct worker *worker)
{
        worker_free(worker);
        event = sd_event_unref(event);
}

static void test_writes(void **state)
{
        struct worker *worker = new_worker(on_done, NULL);
        char *root = tree_make(), path[128];

        (void) state;

        tree_text(root, "state", "online_");
        (void) snprintf(path, sizeof(path), "%s/state", root);
        assert_int_equal(worker_write(worker, path, "offline"), 0);
        assert_true(worker_is_busy(worker));
        assert_int_equal(worker_write(worker, path, "offline"), -EBUSY);
        assert_int_equal(sd_event_loop(event), 0);
        assert_int_equal(last, 0);
        assert_false(worker_is_busy(worker));
        assert_text(path, "offline");
        end(worker);
        tree_remove(root);
}

static void test_errors_come_back(void **state)
{
        struct worker *worker = new_worker(on_done, NULL);
        char longest[600];

        (void) state;

        assert_int_equal(worker_write(worker, "/nonexistent/state", "offline"), 0);
        assert_int_equal(sd_event_loop(event), 0);
        assert_int_equal(last, -ENOENT);
        memset(longest, 'x', sizeof(longest));
        longest[sizeof(longest) - 1] = '\0';
        assert_int_equal(worker_write(worker, longest, "offline"), -ENAMETOOLONG);
        end(worker);
}

/* Opening a FIFO for writing waits for a reader, who never comes: as stuck as an offlining can be. */
static void test_a_stuck_write_is_ended(void **state)
{
        struct worker *worker = new_worker(on_done, NULL);
        char *root = tree_make(), path[128];

        (void) state;

        tree_fifo(root, "fifo");
        (void) snprintf(path, sizeof(path), "%s/fifo", root);
        assert_int_equal(worker_write(worker, path, "offline"), 0);
        assert_true(sd_event_run(event, 200000) >= 0);
        assert_int_equal(last, NOTHING);
        worker_end(worker);
        worker_end(worker);
        assert_int_equal(sd_event_loop(event), 0);
        assert_int_equal(last, -EINTR);
        end(worker);

        /* and one that is thrown away while it is stuck leaves no process */
        worker = new_worker(on_done, NULL);
        assert_int_equal(worker_write(worker, path, "offline"), 0);
        end(worker);
        assert_int_equal(last, NOTHING);
        tree_remove(root);
}

/* The only child of this process, which its parent learns from the kernel. */
static pid_t only_child(void)
{
        _cleanup_close_ int fd = -1;
        char path[64], text[32] = "";

        (void) snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int) getpid());
        fd = open(path, O_RDONLY | O_CLOEXEC);
        assert_true(read(fd, text, sizeof(text) - 1) > 0);
        return (pid_t) strtol(text, NULL, 10);
}

/* Killed between two writes, before the loop hears of it: the next write has a process all the same. */
static void test_killed_while_idle(void **state)
{
        struct worker *worker = new_worker(on_done_go_on, NULL);
        char *root = tree_make(), path[128];
        siginfo_t info;
        pid_t pid;

        (void) state;

        tree_text(root, "state", "");
        (void) snprintf(path, sizeof(path), "%s/state", root);
        assert_int_equal(worker_write(worker, path, "offline"), 0);
        while (worker_is_busy(worker))
                assert_true(sd_event_run(event, UINT64_MAX) >= 0);
        assert_int_equal(last, 0);

        pid = only_child();
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitid(P_PID, (id_t) pid, &info, WEXITED | WNOWAIT), 0);
        last = NOTHING;
        assert_int_equal(worker_write(worker, path, "online_"), 0);
        while (worker_is_busy(worker))
                assert_true(sd_event_run(event, UINT64_MAX) >= 0);
        assert_int_equal(last, 0);
        assert_text(path, "online_");
        end(worker);
        tree_remove(root);
}

struct again {
        struct worker *worker;
        const char *path;
        int result;
};

/* As a roll back does: the end of one write is the time for the next. */
static void on_done_write_again(void *userdata, int error, const struct worker_answer *answer)
{
        struct again *again = userdata;

        (void) answer;

        if (last == NOTHING) {
                last = error;
                again->result = worker_write(again->worker, again->path, "online");
                if (again->result >= 0)
                        return;
        }
        (void) sd_event_exit(event, 0);
}

/* Ended when its answer is on the way already: there is an end to tell of, and no process to write with. */
static void test_ended_after_it_answered(void **state)
{
        struct again again = { 0 };
        char *root = tree_make(), path[128], text[16] = "";
        int fd;

        (void) state;

        tree_text(root, "state", "");
        (void) snprintf(path, sizeof(path), "%s/state", root);
        again.path = path;
        again.worker = new_worker(on_done_write_again, &again);
        assert_int_equal(worker_write(again.worker, path, "offline"), 0);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        while (pread(fd, text, sizeof(text) - 1, 0) == 0)
                usleep(1000);
        usleep(100000); /* for the answer: without it this would be the stuck write above */
        worker_end(again.worker);
        assert_int_equal(sd_event_loop(event), 0);
        assert_int_equal(last, 0);
        assert_int_equal(again.result, 0);
        memset(text, 0, sizeof(text));
        assert_true(pread(fd, text, sizeof(text) - 1, 0) > 0);
        assert_true(strncmp(text, "online", 6) == 0);
        close(fd);
        end(again.worker);
        tree_remove(root);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_writes),
                cmocka_unit_test(test_errors_come_back),
                cmocka_unit_test(test_a_stuck_write_is_ended),
                cmocka_unit_test(test_killed_while_idle),
                cmocka_unit_test(test_ended_after_it_answered),
        };
        sigset_t set;

        if (argc == 2 && strncmp(argv[1], "--worker=", strlen("--worker=")) == 0) {
                uint32_t fd;

                return parse_u32(argv[1] + strlen("--worker="), 10, &fd) < 0 ? 1 : worker_main((int) fd, -1);
        }
        sigemptyset(&set);
        sigaddset(&set, SIGCHLD);
        sigprocmask(SIG_BLOCK, &set, NULL);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
