/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files and a look, read in a process of its own; and what is said of them when that dies.
 */
#include "daemon/policy/policy.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

struct world {
        char *root;
        struct machine machine;
        int error, config_error;
        struct compaction_config config;
};

static void on_read(void *userdata, int error, const char *message, const struct policy_read *read)
{
        struct world *world = userdata;

        (void) message;

        world->error = error;
        world->config_error = read->config_error;
        world->config = read->config;
        assert_true(sd_event_exit(world->machine.event, 0) >= 0);
}

static void kill_children(void)
{
        char path[64], text[256] = "", *at = text;
        int fd;

        (void) snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int) getpid());
        fd = open(path, O_RDONLY | O_CLOEXEC);
        assert_true(read(fd, text, sizeof(text) - 1) > 0);
        close(fd);
        for (long pid; (pid = strtol(at, &at, 10)) > 0;)
                assert_int_equal(kill((pid_t) pid, SIGKILL), 0);
}

static void read_policy(struct world *world, bool killed)
{
        const struct policy_wish wish = { .files = true };
        struct policy_reading *reading;

        assert_int_equal(sd_event_new(&world->machine.event), 0);
        assert_int_equal(policy_reading_new(&world->machine, &wish, on_read, world, &reading), 0);
        if (killed)
                kill_children();
        assert_true(sd_event_loop(world->machine.event) >= 0);
        policy_reading_free(reading);
        assert_true(helpers_are_gone(10000000));
        sd_event_unref(world->machine.event);
}

static struct world make_world(void)
{
        struct world world = { .root = tree_make() };
        char *message = NULL;

        tree_block(world.root, 0, "online", "Normal", "1");
        tree_text(world.root, "sys/devices/system/node/node0/meminfo", "Node 0 MemTotal: 4096000 kB\n");
        tree_text(world.root, "proc/meminfo", "MemTotal: 4096000 kB\nHugepagesize:       2048 kB\n");
        tree_text(world.root, "proc/zoneinfo", "Node 0, zone Normal\n        managed  1024000\n");
        tree_text(world.root, "proc/buddyinfo", "Node 0, zone   Normal  10 0 0 0 0 0 0 0 0 3 2 \n");
        tree_text(world.root, "etc/memctl/memctl.conf", "[Compaction]\nEnabled=no\nCPU=5%\n");
        assert_int_equal(tree_open(world.root, &world.machine.tree, &message), 0);
        return world;
}

static void clear_world(struct world *world)
{
        tree_close(world->machine.tree);
        tree_remove(world->root);
}

static void test_death(void **state)
{
        struct world world = make_world();

        (void) state;

        read_policy(&world, false);
        assert_int_equal(world.error, 0);
        assert_int_equal(world.config_error, 0);
        assert_int_equal(world.config.cpu, 50);

        /* it may have answered before: then again */
        for (int i = 0; i < 100 && world.error == 0; i++)
                read_policy(&world, true);
        assert_int_equal(world.error, -EIO);
        assert_int_equal(world.config_error, -EIO); /* there is nothing that could be taken for a policy */

        clear_world(&world);
}

static void on_job(void *userdata, struct job *job, bool is_new, bool is_gone)
{
        (void) userdata, (void) job, (void) is_new, (void) is_gone;
}

/* When that happens as memctld starts, nothing is in force; but what the files say is soon, unasked. */
static void test_read_again(void **state)
{
        struct world world = make_world();
        struct policy_state *now = calloc(1, sizeof(*now));
        struct registry *registry;
        struct policy *policy;
        bool died = false;

        (void) state;

        assert_non_null(now);
        assert_int_equal(sd_event_new(&world.machine.event), 0);
        assert_int_equal(registry_new(&world.machine, on_job, NULL, &registry), 0);
        assert_int_equal(policy_new(&world.machine, registry, true, &policy), 0);
        kill_children();
        for (int i = 0; i < 200 && now->config.cpu != 50; i++) {
                assert_true(sd_event_run(world.machine.event, 100000) >= 0);
                died |= policy_fault(policy) != NULL;
                policy_copy_state(policy, now);
        }
        assert_int_equal(now->config.cpu, 50);
        assert_true(died); /* or it had answered before: then this has shown nothing */

        policy_free(policy);
        registry_free(registry);
        assert_true(helpers_are_gone(10000000));
        sd_event_unref(world.machine.event);
        free(now);
        clear_world(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_death),
                cmocka_unit_test(test_read_again),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
