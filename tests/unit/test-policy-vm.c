/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/attr.h"
#include "daemon/policy/known.h"
#include "daemon/policy/vm.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>

#define PROACTIVENESS "proc/sys/vm/compaction_proactiveness"
#define DEFRAG_MODE   "proc/sys/vm/defrag_mode"

struct world {
        char *root;
        struct tree *tree;
};

static struct world world_make(const char *release)
{
        struct world world = { .root = tree_make() };

        tree_block(world.root, 0, "online", "Normal", "1");
        tree_text(world.root, PROACTIVENESS, "20\n");
        tree_text(world.root, DEFRAG_MODE, "0\n");
        tree_text(world.root, "proc/sys/kernel/osrelease", release);
        assert_int_equal(tree_open(world.root, &world.tree, NULL), 0);
        return world;
}

static void world_end(struct world *world)
{
        tree_close(world->tree);
        tree_remove(world->root);
}

static int apply(struct world *world, int proactiveness, int defrag_mode, char **message)
{
        const int wanted[_VM_SETTING_MAX] = { proactiveness, defrag_mode };

        return vm_settings_apply(world->tree, wanted, message);
}

/* A file of the kernel is written over; one of a tree is longer than what is written. */
static void assert_is(struct world *world, enum vm_setting setting, int value)
{
        assert_int_equal(vm_setting_read(world->tree, setting), value);
}

static void test_set_and_put_back(void **state)
{
        struct world world = world_make("7.3.4+deb13-amd64\n");
        char *message = NULL;

        (void) state;

        assert_int_equal(apply(&world, VM_SETTING_NONE, VM_SETTING_NONE, &message), 0);
        assert_is(&world, VM_PROACTIVENESS, 20);
        assert_int_equal(apply(&world, 30, 1, &message), 0);
        assert_is(&world, VM_PROACTIVENESS, 30);
        assert_is(&world, VM_DEFRAG_MODE, 1);
        assert_int_equal(apply(&world, 40, 1, &message), 0); /* as asked by another memctld, too */
        assert_is(&world, VM_PROACTIVENESS, 40);
        assert_int_equal(apply(&world, 40, VM_SETTING_NONE, &message), 0);
        assert_is(&world, VM_DEFRAG_MODE, 0);
        assert_int_equal(apply(&world, VM_SETTING_NONE, VM_SETTING_NONE, &message), 0);
        assert_is(&world, VM_PROACTIVENESS, 20);
        assert_null(message);

        /* what is there already is nobody's to put back */
        assert_int_equal(apply(&world, 20, VM_SETTING_NONE, &message), 0);
        tree_text(world.root, PROACTIVENESS, "50\n");
        assert_int_equal(apply(&world, VM_SETTING_NONE, VM_SETTING_NONE, &message), 0);
        assert_is(&world, VM_PROACTIVENESS, 50);
        world_end(&world);
}

static void test_somebody_elses(void **state)
{
        struct world world = world_make("7.3.4\n");
        char *message = NULL;

        (void) state;

        assert_int_equal(apply(&world, 30, VM_SETTING_NONE, &message), 0);
        tree_text(world.root, PROACTIVENESS, "77\n");
        for (int i = 0; i < 2; i++) {
                assert_int_equal(apply(&world, 30, VM_SETTING_NONE, &message), -EPERM);
                assert_says(&message,
                            "vm.compaction_proactiveness: somebody has set it to 77 since memctl set "
                            "it to 30");
                assert_is(&world, VM_PROACTIVENESS, 77);
        }
        assert_int_equal(apply(&world, VM_SETTING_NONE, VM_SETTING_NONE, &message), 0);
        assert_is(&world, VM_PROACTIVENESS, 77);

        /* tuned: only while it runs */
        tree_text(world.root, "run/tuned/tuned.pid", "4711\n");
        tree_text(world.root, "etc/tuned/active_profile", "throughput-performance\n");
        tree_text(world.root, "proc/4711/stat", "4711 (tuned) S");
        assert_int_equal(apply(&world, 30, VM_SETTING_NONE, &message), -EPERM);
        assert_says(&message, "left to tuned (profile throughput-performance), which sets vm.*");
        assert_is(&world, VM_PROACTIVENESS, 77);
        tree_unlink(world.root, "proc/4711/stat");
        assert_int_equal(apply(&world, 30, VM_SETTING_NONE, &message), 0);
        assert_is(&world, VM_PROACTIVENESS, 30);
        world_end(&world);
}

static void test_kernels(void **state)
{
        struct world world = world_make("7.2.12+deb13-amd64\n");
        char *message = NULL;

        (void) state;

        assert_int_equal(apply(&world, 30, 1, &message), -EOPNOTSUPP);
        assert_says(&message,
                    "vm.defrag_mode: with vm.defrag_mode=1 requests for single pages may be retried");
        assert_is(&world, VM_PROACTIVENESS, 30); /* the other one is set */
        assert_is(&world, VM_DEFRAG_MODE, 0);
        assert_null(vm_trouble(world.tree));
        tree_text(world.root, DEFRAG_MODE, "1\n");
        assert_non_null(vm_trouble(world.tree));
        tree_unlink(world.root, DEFRAG_MODE);
        assert_int_equal(apply(&world, 30, 0, &message), -EOPNOTSUPP);
        assert_says(&message, "vm.defrag_mode: this kernel has no such setting");
        world_end(&world);

        assert_null(known_trouble("7.3.4+deb13-amd64", VM_DEFRAG_MODE, 1));
        assert_null(known_trouble("7.2.12", VM_DEFRAG_MODE, 0));
        assert_null(known_trouble("7.2.12", VM_PROACTIVENESS, 1));
        assert_non_null(known_trouble("7.2", VM_DEFRAG_MODE, 1));
        assert_non_null(known_trouble("6.15.0", VM_DEFRAG_MODE, 1));
        assert_non_null(known_trouble("7.1.9-rc1", VM_DEFRAG_MODE, 1));
        assert_null(known_trouble("", VM_DEFRAG_MODE, 1));
        assert_null(known_trouble("x", VM_DEFRAG_MODE, 1));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_set_and_put_back),
                cmocka_unit_test(test_somebody_elses),
                cmocka_unit_test(test_kernels),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
