/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blocks that come and go in a tree, and what is begun about them: jobs are made up here.
 */
#include "daemon/machine/block.h"
#include "daemon/onlining/onlining.h"
#include "daemon/operation/operation.h"
#include "tree.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEN "run/memctl/seen-blocks"

/* What was asked for, and what is said of it. */
static struct {
        unsigned int n;
        int error; /* of the next ones */
        uint32_t blocks[16];
        size_t n_blocks;
        enum job_verb verb;
        enum online_zone zone;
        char target[64];
        struct job job;
        uint32_t claimed; /* a block that somebody else has; UINT32_MAX: none */
} started;

int operation_start(struct registry *registry, struct machine *machine,
                    const struct operation_request *request, struct job **ret, char **message)
{
        (void) registry, (void) machine, (void) message;

        started.n++;
        started.n_blocks = request->blocks->n_numbers;
        memcpy(started.blocks, request->blocks->numbers, started.n_blocks * sizeof(uint32_t));
        started.verb = request->verb;
        started.zone = request->zone;
        (void) snprintf(started.target, sizeof(started.target), "%s", request->target);
        if (started.error < 0)
                return started.error;
        started.job = (struct job){ .id = started.n };
        *ret = &started.job;
        return 0;
}

bool operation_has_block(const struct registry *registry, const struct machine *machine, uint32_t block)
{
        (void) registry, (void) machine;

        return block == started.claimed;
}

struct world {
        char *root;
        struct machine machine;
        struct onlining *onlining;
};

static void on_change(void *userdata, enum monitor_change change, uint32_t number, const char *name)
{
        struct world *world = userdata;

        (void) name;

        if (world->onlining)
                onlining_on_change(world->onlining, change, number);
}

static void begin(struct world *world)
{
        char *message = NULL;

        assert_int_equal(tree_open(world->root, &world->machine.tree, &message), 0);
        assert_int_equal(sd_event_new(&world->machine.event), 0);
        assert_int_equal(
                monitor_new(world->machine.tree, world->machine.event, &world->machine.monitor, &message),
                0);
        monitor_set_handler(world->machine.monitor, on_change, world);
        assert_int_equal(onlining_new(&world->machine, NULL, true, &world->onlining), 0);
}

static void end(struct world *world)
{
        onlining_stop(world->onlining);
        world->onlining = onlining_free(world->onlining);
        assert_true(helpers_are_gone(10000000));
        monitor_free(world->machine.monitor);
        sd_event_unref(world->machine.event);
        tree_close(world->machine.tree);
}

/* With these rules; and block 0, of the boot, and block 1, which is offline and not new. */
static void make(struct world *world, const char *config)
{
        *world = (struct world){ .root = tree_make() };
        memset(&started, 0, sizeof(started));
        started.claimed = UINT32_MAX;
        tree_text(world->root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        tree_text(world->root, "proc/meminfo", "MemTotal: 131072 kB\n");
        tree_block(world->root, 0, "online", "Normal", "1");
        tree_block(world->root, 1, "offline", "Normal Movable", "1");
        tree_text(world->root, "etc/memctl/memctl.conf", config);
        begin(world);
}

/* Until the file of seen blocks says so, or until something was started; a minute at most. */
static void run(struct world *world, unsigned int n, const char *says)
{
        for (int i = 0; i < 600; i++) {
                char text[4096] = "", path[256];
                FILE *f;

                (void) snprintf(path, sizeof(path), "%s/" SEEN, world->root);
                f = fopen(path, "re");
                if (f) {
                        text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
                        (void) fclose(f);
                }
                if (started.n >= n &&
                    (says[0] == '!' ? f && !strstr(text, says + 1) : strstr(text, says) != NULL))
                        return;
                assert_true(sd_event_run(world->machine.event, 100000) >= 0);
        }
        fail_msg("%u were started, and the file does not say %s", started.n, says);
}

/* Until it is done with so many; a minute at most. */
static void run_until_handled(struct world *world, size_t n)
{
        const struct handled_list *list = onlining_view(world->onlining).handled;

        for (int i = 0; i < 600; i++) {
                if (list->n >= n && handled_is_over(&list->items[list->n - 1]))
                        return;
                assert_true(sd_event_run(world->machine.event, 100000) >= 0);
        }
        fail_msg("%zu are handled, and not %zu", list->n, n);
}

static void plug(struct world *world, uint32_t first, uint32_t last, const char *state_text)
{
        for (uint32_t i = first; i <= last; i++) {
                char path[128];

                tree_block(world->root, i, state_text,
                           strcmp(state_text, "online") == 0 ? "Movable" : "Normal Movable", "1");
                (void) snprintf(path, sizeof(path), "sys/devices/system/memory/memory%u/firmware_node", i);
                tree_link(world->root, path, "../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00");
                monitor_take_event(world->machine.monitor, "add", i);
        }
}

static void set_state(struct world *world, uint32_t block, const char *text)
{
        char path[128];

        (void) snprintf(path, sizeof(path), "sys/devices/system/memory/memory%u/state", block);
        tree_unlink(world->root, path);
        tree_text(world->root, path, text);
        monitor_take_event(world->machine.monitor, "change", block);
}

static void finish(struct world *world, enum job_result result)
{
        started.job.state = JOB_FINISHED;
        started.job.result = result;
        onlining_on_job(world->onlining, &started.job);
}

static const struct handled *last(const struct world *world)
{
        const struct handled_list *list = onlining_view(world->onlining).handled;

        assert_true(list->n > 0);
        return &list->items[list->n - 1];
}

#define ON "[Online]\nEnabled=yes\nMovableRatio=none\n"

static void test_a_dimm_comes(void **state)
{
        struct world world;

        (void) state;

        make(&world, ON);
        run(&world, 0, "mark");
        plug(&world, 8, 10, "offline");
        run(&world, 1, "block 8 "); /* under way: it is not dealt with */
        assert_int_equal(started.n, 1);
        assert_int_equal(started.verb, JOB_DIMM_ONLINE);
        assert_int_equal(started.zone, ONLINE_MOVABLE);
        assert_string_equal(started.target, "PNP0C80:00");
        assert_int_equal(started.n_blocks, 3);
        assert_int_equal(started.blocks[0], 8);
        assert_int_equal(last(&world)->state, HANDLED_RUNNING);
        for (uint32_t i = 8; i <= 10; i++)
                set_state(&world, i, "online\n");
        finish(&world, JOB_RESULT_DONE);
        assert_int_equal(last(&world)->state, HANDLED_DONE);
        run(&world, 1, "!block");

        /* taken offline by somebody: it stays so, for the next memctld, too */
        set_state(&world, 9, "offline\n");
        end(&world);
        begin(&world);
        run(&world, 1, "!block");
        onlining_reload(world.onlining);
        run(&world, 1, "!block");
        assert_int_equal(started.n, 1);
        end(&world);
        tree_remove(world.root);
}

static void test_off(void **state)
{
        struct world world;

        (void) state;

        make(&world, "[Online]\nZone=kernel\n");
        run(&world, 0, "mark");
        plug(&world, 8, 8, "offline");
        run_until_handled(&world, 1);
        run(&world, 0, "!block");
        assert_int_equal(started.n, 0);
        assert_int_equal(last(&world)->why, WHY_OFF);
        end(&world);
        tree_remove(world.root);
}

/* What a memctld has seen and not dealt with, and what came since, is new to the next. */
static void test_while_away(void **state)
{
        struct world world;
        char text[256];

        (void) state;

        make(&world, ON "[Online a]\nDriver=acpi\nZone=kernel\n");
        run(&world, 0, "mark");
        plug(&world, 8, 9, "offline");
        run(&world, 1, "block 9 ");
        end(&world); /* its job is the next one's to put back */
        started.claimed = 8;
        begin(&world);
        for (int i = 0; i < 40; i++)
                assert_true(sd_event_run(world.machine.event, 100000) >= 0);
        assert_int_equal(started.n, 1); /* not while that is under way */
        started.claimed = UINT32_MAX;
        started.job.id = 77;
        finish(&world, JOB_RESULT_FAILED); /* another's job: when it is over, it is looked again */
        run(&world, 2, "block 9 ");
        assert_int_equal(started.n_blocks, 2);
        assert_int_equal(started.zone, ONLINE_KERNEL);
        finish(&world, JOB_RESULT_DONE);
        run(&world, 2, "!block");
        end(&world);

        /* all that is there, but one, came since; and one of them is not what it was */
        (void) snprintf(text, sizeof(text), "mark 0\nblock 9 1\n");
        tree_unlink(world.root, SEEN);
        tree_text(world.root, SEEN, text);
        tree_unlink(world.root, "sys/devices/system/memory/memory9/state");
        tree_text(world.root, "sys/devices/system/memory/memory9/state", "online\n");
        begin(&world);
        run(&world, 3, "block 8 ");
        assert_int_equal(started.n_blocks, 1);
        assert_int_equal(started.zone, ONLINE_KERNEL); /* where the rest of the DIMM is */
        assert_int_equal(last(&world)->why, WHY_SAME_DIMM);
        end(&world);
        tree_remove(world.root);
}

static void test_failures(void **state)
{
        struct world world;

        (void) state;

        make(&world, ON);
        run(&world, 0, "mark");
        started.error = -EBUSY;
        plug(&world, 8, 8, "offline");
        run(&world, 1, "block 8 ");
        assert_int_equal(last(&world)->state, HANDLED_WAITING);
        assert_int_equal(last(&world)->tries, 1);
        started.error = 0;
        run(&world, 2, "block 8 ");
        finish(&world, JOB_RESULT_FAILED);
        assert_int_equal(last(&world)->state, HANDLED_WAITING);
        assert_int_equal(last(&world)->tries, 2);

        /* it is taken out meanwhile */
        tree_unlink(world.root, "sys/devices/system/memory/memory8/state");
        tree_unlink(world.root, "sys/devices/system/memory/memory8/valid_zones");
        tree_unlink(world.root, "sys/devices/system/memory/memory8/removable");
        tree_unlink(world.root, "sys/devices/system/memory/memory8/firmware_node");
        monitor_take_event(world.machine.monitor, "remove", 8);
        run(&world, 2, "!block");
        assert_int_equal(last(&world)->state, HANDLED_GONE);
        end(&world);
        tree_remove(world.root);
}

/* Somebody cancels it: that is his wish. */
static void test_cancelled(void **state)
{
        struct world world;

        (void) state;

        make(&world, ON);
        run(&world, 0, "mark");
        plug(&world, 8, 8, "offline");
        run(&world, 1, "block 8 ");
        finish(&world, JOB_RESULT_CANCELLED);
        assert_int_equal(last(&world)->state, HANDLED_LEFT);
        run(&world, 1, "!block");
        end(&world);
        tree_remove(world.root);
}

static void test_others(void **state)
{
        struct world world;

        (void) state;

        make(&world, ON);
        run(&world, 0, "mark");
        tree_text(world.root, "run/udev/control", "");
        tree_text(world.root, "etc/udev/rules.d/1.rules", "SUBSYSTEM==\"memory\", ATTR{state}=\"online\"\n");
        plug(&world, 8, 8, "offline");
        run_until_handled(&world, 1);
        run(&world, 0, "!block");
        assert_int_equal(started.n, 0);
        assert_int_equal(last(&world)->why, WHY_OTHERS);
        plug(&world, 9, 9, "online");
        for (int i = 0; i < 600 && last(&world)->state != HANDLED_THERE; i++)
                assert_true(sd_event_run(world.machine.event, 100000) >= 0);
        assert_int_equal(last(&world)->state, HANDLED_THERE);
        assert_int_equal(last(&world)->target, TARGET_MOVABLE);
        assert_non_null(strstr(last(&world)->reason, "/etc/udev/rules.d/1.rules:1"));
        assert_int_equal(started.n, 0);
        end(&world);
        tree_remove(world.root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_dimm_comes), cmocka_unit_test(test_off),
                cmocka_unit_test(test_while_away),   cmocka_unit_test(test_failures),
                cmocka_unit_test(test_cancelled),    cmocka_unit_test(test_others),
        };
        sigset_t blocked;

        sigemptyset(&blocked);
        sigaddset(&blocked, SIGCHLD);
        sigprocmask(SIG_BLOCK, &blocked, NULL);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
