/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/mapper.h"
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRESENT(pfn) (UINT64_C(1) << 63 | (pfn))
#define SWAPPED(pfn) (UINT64_C(1) << 62 | (pfn))
#define MLOCKED      (UINT64_C(1) << 33)

/* A process with one mapping, of the pages from 16 on. */
static void add_process(const char *root, unsigned int pid, const char *command, const char *status,
                        const uint64_t *entries, size_t n)
{
        char path[64], text[128];
        uint64_t pagemap[64] = { 0 };
        unsigned long page = (unsigned long) sysconf(_SC_PAGESIZE);

        memcpy(pagemap + 16, entries, n * sizeof(*entries));
        (void) snprintf(path, sizeof(path), "proc/%u/maps", pid);
        (void) snprintf(text, sizeof(text), "%lx-%lx rw-p 00000000 00:00 0      [heap]\n", 16 * page,
                        (16 + n) * page);
        tree_text(root, path, n ? text : "");
        (void) snprintf(path, sizeof(path), "proc/%u/pagemap", pid);
        tree_bytes(root, path, pagemap, (16 + n) * sizeof(*pagemap));
        (void) snprintf(path, sizeof(path), "proc/%u/comm", pid);
        (void) snprintf(text, sizeof(text), "%s\n", command);
        tree_text(root, path, text);
        (void) snprintf(path, sizeof(path), "proc/%u/status", pid);
        tree_text(root, path, status);
}

static char *make_root(struct tree **tree)
{
        char *root = tree_make();

        tree_folder(root, "sys/devices/system/memory");
        assert_int_equal(tree_open(root, tree, NULL), 0);
        (*tree)->page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        return root;
}

static void run(struct mapper *mapper)
{
        int steps = 0;

        while (mapper_step(mapper) > 0)
                assert_true(++steps < 1000);
}

/* How many processes map what is wanted, and whether all could be looked into. */
static size_t count(struct tree *tree, const struct mapper_target *wanted, bool *ret_saw_all)
{
        _cleanup_(mapper_freep) struct mapper *mapper = NULL;
        size_t n;

        assert_int_equal(mapper_new(tree, wanted, 1, &mapper), 0);
        run(mapper);
        *ret_saw_all = mapper_saw_all(mapper);
        return mapper_targets(mapper, &n)->n_pids;
}

static void test_who_maps(void **state)
{
        _cleanup_(mapper_freep) struct mapper *mapper = NULL;
        _cleanup_(tree_closep) struct tree *tree = NULL;
        const struct mapper_target wanted[] = {
                { .pfn = 200, .pages = 8, .id = 7 },
                { .pfn = 100, .pages = 10, .id = 3 },
                { .pfn = 500, .pages = 1, .id = 5 },
        };
        char *root = make_root(&tree);
        const struct mapper_process *processes;
        const struct mapper_target *targets;
        size_t n;

        (void) state;

        add_process(root, 30, "both", "", (uint64_t[]){ PRESENT(109), PRESENT(109), PRESENT(200) }, 3);
        add_process(root, 4, "first", "", (uint64_t[]){ 0, PRESENT(100) }, 2);
        add_process(root, 5, "beside", "",
                    (uint64_t[]){ PRESENT(99), PRESENT(110), PRESENT(208), SWAPPED(500) }, 4);
        add_process(root, 2, "kthread", "", NULL, 0);
        tree_text(root, "proc/notapid/maps", "1000-2000 rw-p\n");
        assert_int_equal(mapper_new(tree, wanted, 3, &mapper), 0);
        run(mapper);
        assert_true(mapper_saw_all(mapper));
        targets = mapper_targets(mapper, &n);
        assert_int_equal(n, 3);
        assert_int_equal(targets[0].id, 3);
        assert_int_equal(targets[0].n_pids, 2);
        assert_int_equal(targets[0].pids[0], 4);
        assert_int_equal(targets[0].pids[1], 30);
        assert_int_equal(targets[1].n_pids, 1);
        assert_int_equal(targets[1].pids[0], 30);
        assert_int_equal(targets[2].n_pids, 0);
        processes = mapper_processes(mapper, &n);
        assert_int_equal(n, 2);
        assert_int_equal(processes[0].pid, 4);
        assert_string_equal(processes[0].command, "first");
        assert_string_equal(processes[1].command, "both");
        tree_remove(root);
}

/* Of locked pages, and of those that may be another's by now, what they are when found counts. */
static void test_only_some(void **state)
{
        _cleanup_(mapper_freep) struct mapper *mapper = NULL;
        _cleanup_(tree_closep) struct tree *tree = NULL;
        const struct mapper_target wanted[] = {
                { .pfn = 64, .pages = 64, .only = MEMCTL_CLASS_LRU_MLOCKED },
                { .pfn = 70, .pages = 2, .only = MEMCTL_CLASS_OTHER },
        };
        uint64_t flags[128] = { [80] = MLOCKED, [71] = UINT64_C(1) << 5 };
        char *root = make_root(&tree);
        const struct mapper_target *targets;
        size_t n;

        (void) state;

        tree_bytes(root, "proc/kpageflags", flags, sizeof(flags));
        add_process(root, 1, "locks", "VmLck:\t       4 kB\n", (uint64_t[]){ PRESENT(81), PRESENT(80) }, 2);
        add_process(root, 2, "locks-other", "VmLck:\t       4 kB\n", (uint64_t[]){ PRESENT(81) }, 1);
        add_process(root, 3, "no-locks", "VmLck:\t       0 kB\n", (uint64_t[]){ PRESENT(80), PRESENT(71) },
                    2);
        add_process(root, 4, "other", "", (uint64_t[]){ PRESENT(70) }, 1);
        assert_int_equal(mapper_new(tree, wanted, 2, &mapper), 0);
        run(mapper);
        targets = mapper_targets(mapper, &n);
        assert_int_equal(targets[0].only, MEMCTL_CLASS_OTHER);
        assert_int_equal(targets[0].n_pids, 1);
        assert_int_equal(targets[0].pids[0], 4);
        assert_int_equal(targets[1].n_pids, 1);
        assert_int_equal(targets[1].pids[0], 1);
        tree_remove(root);
}

/* Processes that end while they are looked into are no trouble; those that hide their pages are told of. */
static void test_gone_and_hidden(void **state)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        const struct mapper_target wanted = { .pfn = 100, .pages = 1 };
        struct mapper *mapper = NULL;
        char *root = make_root(&tree);
        const struct mapper_target *targets;
        bool saw_all;
        size_t n;

        (void) state;

        tree_folder(root, "proc/8");
        tree_text(root, "proc/9/maps", "10000-20000 rw-p 0 0 0\nbroken\n\n20000-10000 rw-p 0\n");
        add_process(root, 10, "x", "", (uint64_t[]){ PRESENT(100) }, 1);
        assert_int_equal(mapper_new(tree, &wanted, 1, &mapper), 0);
        tree_unlink(root, "proc/10/comm");
        run(mapper);
        assert_true(mapper_saw_all(mapper));
        targets = mapper_targets(mapper, &n);
        assert_int_equal(targets[0].n_pids, 1);
        mapper_free(mapper);

        /* without the right to see pfns, the kernel shows 0 */
        add_process(root, 10, "x", "", (uint64_t[]){ PRESENT(0) }, 1);
        (void) count(tree, &wanted, &saw_all);
        assert_false(saw_all);

        /* a reservation that nobody could read through */
        tree_text(root, "proc/10/maps", "1000-7ffffffff000 rw-p 0 0 0\n");
        (void) count(tree, &wanted, &saw_all);
        assert_false(saw_all);
        tree_remove(root);
}

static void test_limits(void **state)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        const struct mapper_target wanted = { .pfn = 100, .pages = 1 };
        char *root = make_root(&tree);
        bool saw_all;

        (void) state;

        for (unsigned int pid = 1; pid <= MAPPER_PIDS_MAX + 5; pid++)
                add_process(root, pid, "x", "", (uint64_t[]){ PRESENT(100) }, 1);
        assert_int_equal(count(tree, &wanted, &saw_all), MAPPER_PIDS_MAX);
        tree_remove(root);
}

static void test_no_proc(void **state)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        const struct mapper_target wanted = { .pfn = 100, .pages = 1 };
        struct mapper *mapper = NULL;
        char *root = make_root(&tree);
        uint32_t pid;

        (void) state;

        assert_int_equal(mapper_new(tree, &wanted, 1, &mapper), 0);
        assert_int_equal(mapper_next(mapper, &pid), -ENOENT);
        assert_int_equal(mapper_step(mapper), 0);
        assert_false(mapper_saw_all(mapper));
        mapper = mapper_free(mapper);
        assert_int_equal(mapper_new(tree, NULL, 0, &mapper), 0);
        assert_int_equal(mapper_step(mapper), 0);
        mapper_free(mapper);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_who_maps),        cmocka_unit_test(test_only_some),
                cmocka_unit_test(test_gone_and_hidden), cmocka_unit_test(test_limits),
                cmocka_unit_test(test_no_proc),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
