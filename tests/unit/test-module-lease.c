/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/lease.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void not_called(void *userdata, int error, const char *message)
{
        (void) userdata, (void) error, (void) message;

        fail();
}

static void check_refused(struct tree *tree, uint64_t usec, int error, const char *says)
{
        struct lease *lease = NULL;
        char *message = NULL;

        assert_int_equal(lease_take(tree, usec, &lease, &message), error);
        assert_null(lease);
        assert_says(&message, says);
}

/* Where there are no leases, nobody is asked: neither for a foreign tree, nor without sys/module/memctl. */
static void test_refused(void **state)
{
        char *root = tree_make(), *message = NULL;
        struct lease_keeper *keeper = NULL;
        sd_event *event = NULL;
        struct tree *tree;

        (void) state;

        tree_text(root, "sys/module/memctl/version", "0.1\n");
        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        assert_int_equal(tree_open(root, &tree, &message), 0);
        check_refused(tree, 0, -EOPNOTSUPP, "is not the running machine");

        tree_unlink(root, "sys/module/memctl/version");
        assert_int_equal(rmdir(strcat(strcpy((char[4096]){ 0 }, root), "/sys/module/memctl")), 0);
        tree->live = true; /* as if it were the machine's own */
        check_refused(tree, 0, -EOPNOTSUPP, "memctl.ko is not loaded");
        check_refused(tree, 1, -EOPNOTSUPP, "memctl.ko is not loaded");
        check_refused(tree, UINT64_C(0xffffffff) * 1000000, -EOPNOTSUPP, "memctl.ko is not loaded");
        check_refused(tree, UINT64_C(0xffffffff) * 1000000 + 1, -ERANGE, "that long");
        check_refused(tree, UINT64_MAX, -ERANGE, "that long");

        assert_true(sd_event_new(&event) >= 0);
        assert_int_equal(lease_keeper_new(event, tree, not_called, NULL, &keeper, &message), -EOPNOTSUPP);
        assert_null(keeper);
        assert_string_equal(message, "memctl.ko is not loaded");
        free(message);
        sd_event_unref(event);
        assert_null(lease_free(NULL));
        assert_null(lease_keeper_free(NULL));
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
