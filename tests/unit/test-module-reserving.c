/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who waits for his turn, what ends with whom, and what is given back. What memctl.ko would do is made up
 * here, in the helpers' processes, of which memory that they share tells.
 */
#include "daemon/core/helper.h"
#include "daemon/module/reserving.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define MANY       20
#define SHORT_USEC (20 * UINT64_C(1000))
#define LONG_USEC  (20 * UINT64_C(1000000))
#define PID        4711 /* of whom it is for */

/* What the kernel of this test does, and has seen. */
struct kernel {
        atomic_int running, most, reserved, released;
        atomic_bool holds;   /* nobody gets anything */
        atomic_bool kills;   /* the asker dies */
        int error;           /* -errno, or 0 */
        uint64_t start_pfn;  /* of all that is reserved */
        uint64_t held_nsecs; /* of what is listed by the name "camera" */
        uint32_t pid;        /* likewise */
        size_t n_exclude;    /* of the last wish */
        struct pfn_range exclude;
        atomic_ullong released_id;
};

static struct kernel *kernel;

/* Of the loop: how many connections there are. */
static int connections;
static int new_error;

struct reserver {
        int fd;
};

int __wrap_reserver_new(const struct tree *tree, struct reserver **ret, char **message);
struct reserver *__wrap_reserver_free(struct reserver *reserver);
int __wrap_reserver_fd(const struct reserver *reserver);
int __wrap_reserver_reserve(struct reserver *reserver, const struct reserver_wish *wish,
                            void (*on_step)(uint64_t places), struct reservation_step *ret, char **message);
int __wrap_reserver_release(struct reserver *reserver, uint64_t id, char **message);
int __wrap_reservation_list_read(const struct tree *tree, struct reservation_list *ret, char **message);

int __wrap_reserver_new(const struct tree *tree, struct reserver **ret, char **message)
{
        (void) tree;

        if (new_error < 0)
                return new_error;
        *ret = calloc(1, sizeof(**ret));
        if (!*ret)
                return -ENOMEM;
        (*ret)->fd = -1;
        (void) message;
        (void) __atomic_add_fetch(&connections, 1, __ATOMIC_SEQ_CST);
        return 0;
}

/* By a thread of aside.h, too. */
struct reserver *__wrap_reserver_free(struct reserver *reserver)
{
        if (reserver)
                (void) __atomic_sub_fetch(&connections, 1, __ATOMIC_SEQ_CST);
        free(reserver);
        return NULL;
}

int __wrap_reserver_fd(const struct reserver *reserver)
{
        return reserver->fd;
}

int __wrap_reserver_reserve(struct reserver *reserver, const struct reserver_wish *wish,
                            void (*on_step)(uint64_t places), struct reservation_step *ret, char **message)
{
        int running = atomic_fetch_add(&kernel->running, 1) + 1;

        (void) reserver;

        if (running > atomic_load(&kernel->most))
                atomic_store(&kernel->most, running);
        if (atomic_load(&kernel->kills))
                raise(SIGKILL);
        on_step(1);
        while (atomic_load(&kernel->holds))
                usleep(1000);
        kernel->n_exclude = wish->n_exclude;
        kernel->exclude = wish->exclude[0];
        (void) atomic_fetch_sub(&kernel->running, 1);
        if (kernel->error < 0) {
                *message = strdup("memctl.ko: it does not");
                return kernel->error;
        }
        *ret = (struct reservation_step){ .failed = 1 };
        ret->made = (struct reservation){ .id = (uint64_t) atomic_fetch_add(&kernel->reserved, 1) + 1,
                                          .start_pfn = kernel->start_pfn,
                                          .pages = wish->pages };
        /* the second place is another */
        kernel->start_pfn = 0;
        return 0;
}

int __wrap_reserver_release(struct reserver *reserver, uint64_t id, char **message)
{
        (void) reserver, (void) message;

        atomic_store(&kernel->released_id, id);
        (void) atomic_fetch_add(&kernel->released, 1);
        return 0;
}

int __wrap_reservation_list_read(const struct tree *tree, struct reservation_list *ret, char **message)
{
        (void) tree, (void) message;

        ret->items = calloc(1, sizeof(*ret->items));
        if (!ret->items)
                return -ENOMEM;
        ret->items[0] = (struct reservation){
                .id = 77,
                .name = "camera",
                .held_nsecs = kernel->held_nsecs,
                .pid = kernel->pid,
                .command = "memctl",
        };
        ret->n = 1;
        return 1;
}

/* The loop. */
static sd_event *event;
static struct reserving_queue *queue;
static struct pfn_range claimed[1];
static size_t n_claimed;
static bool claims_later; /* at the second time that it is asked */

static int exclude(void *userdata, struct pfn_range **ret, size_t *ret_n)
{
        (void) userdata;

        *ret = calloc(1, sizeof(**ret));
        if (!*ret)
                return -ENOMEM;
        **ret = claimed[0];
        *ret_n = n_claimed;
        n_claimed += claims_later;
        claims_later = false;
        return 0;
}

struct one {
        struct reserving *reserving;
        struct reserver *reserver;
        struct reservation_step made;
        int error;
        unsigned int calls, order;
        char *message;
};

static unsigned int n_done, n_wanted;

static void on_done(void *userdata, int error, const char *message, const struct reservation_step *what,
                    struct reserver *reserver)
{
        struct one *one = userdata;

        one->reserving = reserving_free(one->reserving);
        one->calls++;
        one->order = n_done++;
        one->error = error;
        one->message = message ? strdup(message) : NULL;
        one->reserver = reserver;
        if (error >= 0)
                one->made = *what;
}

static uint64_t now_usec(void)
{
        struct timespec now;

        (void) clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000;
}

/* Until so many more are done, or for so long; false: they are not. */
static bool run(unsigned int wanted, uint64_t usec)
{
        uint64_t end = now_usec() + usec;

        n_wanted = n_done + wanted;
        while (n_done < n_wanted && now_usec() < end)
                assert_true(sd_event_run(event, 5000) >= 0);
        return n_done >= n_wanted;
}

static struct tree tree = { .root_fd = -1, .memory_fd = -1 };

static void begin(void)
{
        memset(kernel, 0, sizeof(*kernel));
        n_done = 0;
        n_claimed = 0;
        claims_later = false;
        new_error = 0;
        assert_true(sd_event_new(&event) >= 0);
        assert_int_equal(reserving_queue_new(event, &tree, exclude, NULL, &queue), 0);
}

static void end(void)
{
        reserving_queue_free(queue);
        (void) helpers_are_gone(LONG_USEC);
        sd_event_unref(event);
        for (uint64_t until = now_usec() + LONG_USEC;
             now_usec() < until && __atomic_load_n(&connections, __ATOMIC_SEQ_CST) > 0;)
                usleep(1000);
        assert_int_equal(__atomic_load_n(&connections, __ATOMIC_SEQ_CST), 0);
}

static void add(struct one *one, const char *name)
{
        struct reserver_wish wish = { .pages = 16, .align = 1, .node = -1, .pid = PID, .command = "memctl" };
        char *message = NULL;

        *one = (struct one){ 0 };
        (void) snprintf(wish.name, sizeof(wish.name), "%s", name);
        assert_int_equal(reserving_new(queue, &wish, on_done, one, &one->reserving, &message), 0);
        assert_null(message);
}

static int let_go(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void) source, (void) usec, (void) userdata;

        atomic_store(&kernel->holds, false);
        return 0;
}

/* Eight at a time, the others after them. */
static void test_queue(void **state)
{
        struct one many[MANY];

        (void) state;

        begin();
        atomic_store(&kernel->holds, true);
        for (size_t i = 0; i < MANY; i++)
                add(&many[i], "");
        assert_true(sd_event_add_time_relative(event, NULL, CLOCK_MONOTONIC, 10 * SHORT_USEC, 1, let_go,
                                               NULL) >= 0);
        assert_true(run(MANY, LONG_USEC));
        assert_true(atomic_load(&kernel->most) <= RESERVING_MAX);
        assert_true(atomic_load(&kernel->most) > 1);
        assert_int_equal(atomic_load(&kernel->reserved), MANY);
        for (size_t i = 0; i < MANY; i++) {
                assert_int_equal(many[i].calls, 1);
                assert_int_equal(many[i].error, 0);
                assert_int_equal(many[i].made.made.pages, 16);
                assert_non_null(many[i].reserver);
                if (i >= RESERVING_MAX) /* it has waited for one of the first */
                        assert_true(many[i].order > 0);
                reserving_end(many[i].reserver);
        }
        end();
}

/* Those that are given up make room for those that wait, and are not heard of any more. */
static void test_given_up(void **state)
{
        struct one many[MANY];

        (void) state;

        begin();
        atomic_store(&kernel->holds, true);
        for (size_t i = 0; i < MANY; i++)
                add(&many[i], "");
        assert_false(run(MANY, 5 * SHORT_USEC));
        for (size_t i = 0; i + 1 < MANY; i++)
                many[i].reserving = reserving_free(many[i].reserving);
        for (size_t i = 0; i + 1 < MANY; i++)
                assert_int_equal(many[i].calls, 0);
        assert_non_null(many[MANY - 1].reserving);
        many[MANY - 1].reserving = reserving_free(many[MANY - 1].reserving);
        assert_int_equal(atomic_load(&kernel->reserved), 0);
        end();
}

static void test_killed(void **state)
{
        struct one many[RESERVING_MAX + 2];

        (void) state;

        begin();
        atomic_store(&kernel->kills, true);
        for (size_t i = 0; i < ELEMENTSOF(many); i++)
                add(&many[i], "");
        assert_true(run(ELEMENTSOF(many), LONG_USEC));
        for (size_t i = 0; i < ELEMENTSOF(many); i++) {
                assert_int_equal(many[i].calls, 1);
                assert_int_equal(many[i].error, -EIO);
                assert_null(many[i].reserver);
        }
        end();
}

static void test_failed(void **state)
{
        struct one one;

        (void) state;

        begin();
        kernel->error = -EBUSY;
        add(&one, "camera");
        assert_true(run(1, LONG_USEC));
        assert_int_equal(one.error, -EBUSY);
        assert_null(one.reserver);
        assert_says(&one.message, "it does not");
        end();

        begin();
        new_error = -EOPNOTSUPP;
        {
                struct reserver_wish wish = { .pages = 16 };
                char *message = NULL;

                assert_int_equal(reserving_new(queue, &wish, on_done, &one, &one.reserving, &message),
                                 -EOPNOTSUPP);
        }
        end();
}

static bool wait_for_release(void)
{
        for (int i = 0; i < 500 && atomic_load(&kernel->released) == 0; i++)
                usleep(1000);
        return atomic_load(&kernel->released) > 0;
}

/* A name that came into being meanwhile was ours, and goes; one that was there before stays. */
static void check_undone_of(const char *name, uint64_t held_nsecs, uint32_t pid, bool released)
{
        struct one one;

        begin();
        atomic_store(&kernel->holds, true);
        kernel->held_nsecs = held_nsecs;
        kernel->pid = pid;
        add(&one, name);
        assert_false(run(1, 2 * SHORT_USEC));
        one.reserving = reserving_free(one.reserving);
        (void) helpers_are_gone(LONG_USEC);
        assert_int_equal(wait_for_release(), released);
        assert_int_equal(atomic_load(&kernel->released_id), released ? 77 : 0);
        end();
}

static void check_undone(const char *name, uint64_t held_nsecs, bool released)
{
        check_undone_of(name, held_nsecs, PID, released);
}

static void test_names_are_undone(void **state)
{
        (void) state;

        check_undone("camera", 1000000, true);
        check_undone("camera", UINT64_C(3600000000000), false);
        check_undone("other", 0, false);
        check_undone("", 0, false);
        check_undone_of("camera", 1000000, PID + 1, false); /* somebody else was quicker */
}

/* What jobs have claimed is left out; what they claim meanwhile is given back. */
static void test_claims(void **state)
{
        struct one one;

        (void) state;

        begin();
        claimed[0] = (struct pfn_range){ 1000, 2000 };
        n_claimed = 1;
        add(&one, "");
        assert_true(run(1, LONG_USEC));
        assert_int_equal(kernel->n_exclude, 1);
        assert_int_equal(kernel->exclude.start, 1000);
        assert_int_equal(kernel->exclude.end, 2000);
        assert_int_equal(atomic_load(&kernel->released), 0);
        reserving_end(one.reserver);
        end();

        begin();
        claims_later = true;
        kernel->start_pfn = 1990;
        add(&one, "");
        assert_true(run(1, LONG_USEC));
        assert_int_equal(one.error, 0);
        assert_int_equal(one.made.made.id, 2);
        assert_int_equal(one.made.made.start_pfn, 0);
        assert_int_equal(atomic_load(&kernel->released_id), 1);
        assert_int_equal(kernel->n_exclude, 1);
        reserving_end(one.reserver);
        end();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_queue),
                cmocka_unit_test(test_given_up),
                cmocka_unit_test(test_killed),
                cmocka_unit_test(test_failed),
                cmocka_unit_test(test_names_are_undone),
                cmocka_unit_test(test_claims),
        };
        sigset_t child;

        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        (void) sigprocmask(SIG_BLOCK, &child, NULL);
        kernel = mmap(NULL, sizeof(*kernel), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (kernel == MAP_FAILED)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
