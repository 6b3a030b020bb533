/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/damon_admin.h"
#include "daemon/query/damon_ranges.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define ADMIN   "sys/kernel/mm/damon/admin/kdamonds/"
#define CONTEXT ADMIN "0/contexts/0/"
#define REGIONS CONTEXT "schemes/0/tried_regions"
#define RUNTIME "run/memctl/damon"

/* Only files stand there: what is written to them stays, and nothing comes of it. */
static const char *const files[] = {
        ADMIN "0/state",
        ADMIN "0/contexts/nr_contexts",
        CONTEXT "operations",
        CONTEXT "monitoring_attrs/intervals/sample_us",
        CONTEXT "monitoring_attrs/intervals/aggr_us",
        CONTEXT "monitoring_attrs/nr_regions/min",
        CONTEXT "monitoring_attrs/nr_regions/max",
        CONTEXT "targets/nr_targets",
        CONTEXT "targets/0/regions/nr_regions",
        CONTEXT "targets/0/regions/0/start",
        CONTEXT "targets/0/regions/0/end",
        CONTEXT "targets/0/regions/1/start",
        CONTEXT "targets/0/regions/1/end",
        CONTEXT "schemes/nr_schemes",
        CONTEXT "schemes/0/action",
        CONTEXT "schemes/0/access_pattern/sz/min",
        CONTEXT "schemes/0/access_pattern/sz/max",
        CONTEXT "schemes/0/access_pattern/nr_accesses/min",
        CONTEXT "schemes/0/access_pattern/nr_accesses/max",
        CONTEXT "schemes/0/access_pattern/age/min",
        CONTEXT "schemes/0/access_pattern/age/max",
};

static struct cold_range two[] = { { 512, 1024 }, { 2048, 2560 } };
static const struct cold_ranges ranges = { .ranges = two, .n_ranges = 2 };

struct world {
        char *root;
        int fd;
};

static struct world make(const char *kdamonds)
{
        struct world world = { .root = tree_make() };

        for (size_t i = 0; kdamonds && i < sizeof(files) / sizeof(*files); i++)
                tree_text(world.root, files[i], "");
        if (kdamonds)
                tree_text(world.root, ADMIN "nr_kdamonds", kdamonds);
        tree_folder(world.root, "run");
        world.fd = open(world.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        assert_true(world.fd >= 0);
        return world;
}

static void drop(struct world *world)
{
        close(world->fd);
        tree_remove(world->root);
}

static void expect(const struct world *world, const char *path, const char *text)
{
        char found[64];
        _cleanup_close_ int fd = openat(world->fd, path, O_RDONLY | O_CLOEXEC);
        ssize_t n = read(fd, found, sizeof(found) - 1);

        assert_true(n >= 0);
        found[n] = '\0';
        assert_string_equal(found, text);
}

static bool has_runtime(const struct world *world)
{
        return faccessat(world->fd, RUNTIME, F_OK, 0) == 0;
}

static void test_set_up(void **state)
{
        _cleanup_(damon_admin_freep) struct damon_admin *admin = NULL, *second = NULL;
        struct world world = make("0");
        char text[32];

        (void) state;

        assert_int_equal(damon_admin_state(world.fd), DAMON_FREE);
        assert_int_equal(damon_admin_new(world.fd, RUNTIME, &ranges, &admin), 0);
        assert_true(has_runtime(&world));
        expect(&world, ADMIN "nr_kdamonds", "1");
        expect(&world, CONTEXT "operations", "paddr");
        expect(&world, CONTEXT "schemes/0/action", "stat");
        expect(&world, CONTEXT "targets/0/regions/nr_regions", "2");
        (void) snprintf(text, sizeof(text), "%llu", 512ULL * (unsigned long long) sysconf(_SC_PAGESIZE));
        expect(&world, CONTEXT "targets/0/regions/0/start", text);
        (void) snprintf(text, sizeof(text), "%llu", 2560ULL * (unsigned long long) sysconf(_SC_PAGESIZE));
        expect(&world, CONTEXT "targets/0/regions/1/end", text);
        expect(&world, CONTEXT "schemes/0/access_pattern/nr_accesses/max", "0");
        expect(&world, ADMIN "0/state", "");
        assert_int_equal(damon_admin_start(admin), 0);
        expect(&world, ADMIN "0/state", "on");

        /* one memctld at a time, and a living one is not cleared up behind */
        assert_int_equal(damon_admin_new(world.fd, RUNTIME, &ranges, &second), -EBUSY);
        damon_admin_clear_left(world.fd, RUNTIME);
        assert_true(has_runtime(&world));
        expect(&world, ADMIN "0/state", "on");

        admin = damon_admin_free(admin);
        expect(&world, ADMIN "0/state", "off");
        expect(&world, ADMIN "nr_kdamonds", "0");
        assert_false(has_runtime(&world));
        drop(&world);
}

static void test_not_ours(void **state)
{
        static const char *const others[] = { "1", "2", "", "no number" };
        struct damon_admin *admin = NULL;
        struct world world;

        (void) state;

        for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
                world = make(others[i]);
                assert_int_equal(damon_admin_state(world.fd), DAMON_BUSY);
                assert_int_equal(damon_admin_new(world.fd, RUNTIME, &ranges, &admin), -EBUSY);
                expect(&world, ADMIN "nr_kdamonds", others[i]);
                assert_false(has_runtime(&world));
                drop(&world);
        }
        world = make(NULL);
        assert_int_equal(damon_admin_state(world.fd), DAMON_MISSING);
        drop(&world);
}

/* What cannot be written is undone, as far as it came. */
static void test_half(void **state)
{
        struct damon_admin *admin = NULL;
        struct world world = make("0");

        (void) state;

        tree_unlink(world.root, CONTEXT "schemes/0/action");
        assert_int_equal(damon_admin_new(world.fd, RUNTIME, &ranges, &admin), -ENOENT);
        expect(&world, ADMIN "nr_kdamonds", "0");
        assert_false(has_runtime(&world));
        drop(&world);
}

static void test_left(void **state)
{
        struct world world = make("1");
        char sample[16];

        (void) state;

        tree_text(world.root, RUNTIME, "");
        tree_unlink(world.root, ADMIN "0/contexts/nr_contexts");
        tree_text(world.root, ADMIN "0/contexts/nr_contexts", "1");
        tree_unlink(world.root, CONTEXT "monitoring_attrs/intervals/sample_us");
        tree_text(world.root, CONTEXT "monitoring_attrs/intervals/sample_us", "5000\n");
        tree_unlink(world.root, ADMIN "0/state");
        tree_text(world.root, ADMIN "0/state", "on\n");
        damon_admin_clear_left(world.fd, RUNTIME); /* another's since */
        expect(&world, ADMIN "nr_kdamonds", "1");
        assert_false(has_runtime(&world));

        (void) snprintf(sample, sizeof(sample), "%u\n", DAMON_SAMPLE_USEC);
        tree_unlink(world.root, CONTEXT "monitoring_attrs/intervals/sample_us");
        tree_text(world.root, CONTEXT "monitoring_attrs/intervals/sample_us", sample);
        damon_admin_clear_left(world.fd, RUNTIME); /* nobody says that it is ours */
        expect(&world, ADMIN "nr_kdamonds", "1");
        tree_text(world.root, RUNTIME, "");
        damon_admin_clear_left(world.fd, RUNTIME);
        expect(&world, ADMIN "nr_kdamonds", "0");
        expect(&world, ADMIN "0/state", "off");
        assert_false(has_runtime(&world));
        drop(&world);
}

static void test_ranges(void **state)
{
        struct cold_block blocks[2000] = { 0 };
        struct cold cold = { .blocks = blocks, .n_blocks = 4 };
        struct cold_ranges found = { 0 };

        (void) state;

        for (size_t i = 0; i < 4; i++)
                blocks[i] = (struct cold_block){ .pfn = i * 512, .cold = i == 1 ? 0 : 5, .hot = 1 };
        assert_int_equal(damon_ranges(&cold, &found), 0);
        assert_int_equal(found.n_ranges, 3);
        assert_int_equal(found.ranges[1].start, 1024);
        assert_int_equal(found.ranges[1].end, 1536);
        free(found.ranges);

        /* every other page block of much memory: fewer ranges, and nothing of it is left out */
        cold.n_blocks = 2000;
        for (size_t i = 0; i < 2000; i++)
                blocks[i] = (struct cold_block){ .pfn = 40960 + 2 * i * 512, .cold = 1 };
        assert_int_equal(damon_ranges(&cold, &found), 0);
        assert_in_range(found.n_ranges, DAMON_RANGES_MAX / 4, DAMON_RANGES_MAX);
        for (size_t i = 0, at = 0; i < 2000; i++) {
                while (at < found.n_ranges && found.ranges[at].end <= blocks[i].pfn)
                        at++;
                assert_true(at < found.n_ranges && found.ranges[at].start <= blocks[i].pfn);
                assert_true(found.ranges[at].end >= blocks[i].pfn + 512);
        }
        free(found.ranges);
}

static int read_regions(const struct world *world, struct cold_ranges *found)
{
        _cleanup_close_ int fd = openat(world->fd, REGIONS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        assert_true(fd >= 0);
        return damon_read_regions(fd, 4096, found);
}

static void test_regions(void **state)
{
        struct world world = make("0");
        struct cold_ranges found = { 0 };

        (void) state;

        tree_text(world.root, REGIONS "/total_bytes", "12\n");
        assert_int_equal(read_regions(&world, &found), 0);
        assert_int_equal(found.n_ranges, 0);
        tree_text(world.root, REGIONS "/7/start", "4198400\n");
        tree_text(world.root, REGIONS "/7/end", "6291456\n");
        tree_text(world.root, REGIONS "/12/start", "100\n"); /* page 1 is in it, 0 and 2 are not */
        tree_text(world.root, REGIONS "/12/end", "8200\n");
        assert_int_equal(read_regions(&world, &found), 0);
        assert_int_equal(found.n_ranges, 2);
        assert_int_equal(found.ranges[0].start, 1);
        assert_int_equal(found.ranges[0].end, 2);
        assert_int_equal(found.ranges[1].start, 1025);
        assert_int_equal(found.ranges[1].end, 1536);
        free(found.ranges);

        found = (struct cold_ranges){ 0 };
        tree_text(world.root, REGIONS "/13/start", "5000000\n"); /* in the other one */
        assert_true(read_regions(&world, &found) < 0);           /* it has no end */
        tree_text(world.root, REGIONS "/13/end", "5500000\n");
        assert_int_equal(read_regions(&world, &found), -EBADMSG);
        assert_null(found.ranges);
        drop(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_set_up), cmocka_unit_test(test_not_ours),
                cmocka_unit_test(test_half),   cmocka_unit_test(test_left),
                cmocka_unit_test(test_ranges), cmocka_unit_test(test_regions),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
