/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/attr.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static ssize_t read_it(const char *root, const char *path, char *buf)
{
        int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        ssize_t n;

        assert_true(fd >= 0);
        n = attr_read(fd, path, buf, ATTR_MAX);
        close(fd);
        return n;
}

static void test_good(void **state)
{
        char *root = tree_make(), buf[ATTR_MAX], longest[ATTR_MAX];

        (void) state;

        tree_text(root, "newline", "online\n");
        tree_text(root, "none", "online");
        tree_text(root, "inner", "a\nb\n");
        tree_text(root, "two", "a\n\n");
        assert_int_equal(read_it(root, "newline", buf), 6);
        assert_string_equal(buf, "online");
        assert_int_equal(read_it(root, "none", buf), 6);
        assert_string_equal(buf, "online");
        assert_int_equal(read_it(root, "inner", buf), 3);
        assert_string_equal(buf, "a\nb");
        assert_int_equal(read_it(root, "two", buf), 2);

        memset(longest, 'x', sizeof(longest));
        tree_bytes(root, "longest", longest, ATTR_MAX - 1);
        assert_int_equal(read_it(root, "longest", buf), ATTR_MAX - 1);
        tree_remove(root);
}

static void test_bad(void **state)
{
        char *root = tree_make(), buf[ATTR_MAX], *huge = calloc(1, 1 << 20);

        (void) state;

        assert_non_null(huge);
        memset(huge, 'x', 1 << 20);
        tree_text(root, "empty", "");
        tree_text(root, "newline", "\n");
        tree_bytes(root, "huge", huge, 1 << 20);
        tree_bytes(root, "page", huge, ATTR_MAX);
        tree_bytes(root, "binary", "on\0line\n", 8);
        tree_bytes(root, "high", "\xff\xfe\n", 3);
        tree_link(root, "dangling", "nowhere");
        tree_link(root, "loop", "loop");
        tree_fifo(root, "fifo");
        tree_folder(root, "folder");

        assert_int_equal(read_it(root, "missing", buf), -ENOENT);
        assert_int_equal(read_it(root, "empty", buf), -ENODATA);
        assert_int_equal(read_it(root, "newline", buf), -ENODATA);
        assert_int_equal(read_it(root, "huge", buf), -EMSGSIZE);
        assert_int_equal(read_it(root, "page", buf), -EMSGSIZE);
        assert_int_equal(read_it(root, "binary", buf), -EBADMSG);
        assert_int_equal(read_it(root, "high", buf), -EBADMSG);
        assert_int_equal(read_it(root, "dangling", buf), -ELOOP);
        assert_int_equal(read_it(root, "loop", buf), -ELOOP);
        assert_int_equal(read_it(root, "fifo", buf), -ENODATA);
        assert_int_equal(read_it(root, "folder", buf), -EISDIR);
        assert_string_equal(attr_strerror(-ENODATA), "is empty");
        free(huge);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_good), cmocka_unit_test(test_bad) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
