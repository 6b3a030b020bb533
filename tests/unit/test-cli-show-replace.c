/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/replace.h"

#include "basic/cleanup.h"
#include "basic/file.h"
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

static char *path_in(const char *root, const char *name)
{
        char *path;

        assert_true(asprintf(&path, "%s/%s", root, name) > 0);
        return path;
}

static void assert_content(const char *path, const char *expected)
{
        _cleanup_free_ char *content = file_read(AT_FDCWD, path, 4096, NULL);

        assert_non_null(content);
        assert_string_equal(content, expected);
}

/* Nothing is left beside the one file there was. */
static void assert_files(const char *root, int expected)
{
        _cleanup_closedir_ DIR *dir = opendir(root);
        int n = 0;

        assert_non_null(dir);
        for (struct dirent *entry; (entry = readdir(dir));)
                n += entry->d_name[0] != '.';
        assert_int_equal(n, expected);
}

static void test_replaces(void **state)
{
        char *root = tree_make();
        _cleanup_free_ char *path = path_in(root, "map.svg");
        struct replacement replacement;

        (void) state;

        for (int i = 0; i < 2; i++) {
                assert_int_equal(replace_begin(&replacement, path), 0);
                (void) fprintf(replacement.file, "picture %d", i);
                if (i == 0)
                        assert_int_equal(access(path, F_OK), -1);
                else
                        assert_content(path, "picture 0");
                assert_int_equal(replace_finish(&replacement), 0);
        }
        assert_content(path, "picture 1");
        assert_int_equal(replace_begin(&replacement, path), 0);
        (void) fprintf(replacement.file, "half a pic");
        replace_abandon(&replacement);
        assert_content(path, "picture 1");
        assert_files(root, 1);
        tree_remove(root);
}

/* A disk that is full, as a limit on the size of files. */
static void test_cannot_be_written(void **state)
{
        const struct rlimit small = { .rlim_cur = 4, .rlim_max = RLIM_INFINITY };
        const struct rlimit usual = { .rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY };
        char *root = tree_make();
        _cleanup_free_ char *path = path_in(root, "map.svg");
        struct replacement replacement;
        int r;

        (void) state;

        tree_text(root, "map.svg", "as it was");
        (void) signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(replace_begin(&replacement, path), 0);
        (void) fprintf(replacement.file, "more than four bytes");
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        r = replace_finish(&replacement);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
        assert_int_equal(r, -EFBIG);
        assert_content(path, "as it was");
        assert_files(root, 1);
        tree_remove(root);
}

static void test_refuses(void **state)
{
        char *root = tree_make();
        _cleanup_free_ char *folder = path_in(root, "folder"), *link = path_in(root, "link"),
                            *nowhere = path_in(root, "nowhere/map.svg");
        struct replacement replacement;

        (void) state;

        tree_folder(root, "folder");
        assert_int_equal(symlink("folder", link), 0);
        assert_int_equal(replace_begin(&replacement, nowhere), -ENOENT);
        assert_int_equal(replace_begin(&replacement, folder), -EINVAL);
        assert_int_equal(replace_begin(&replacement, link), -EINVAL);
        assert_int_equal(replace_begin(&replacement, "/dev/null"), -EINVAL);
        assert_int_equal(replace_begin(&replacement, ""), -EINVAL);
        assert_files(root, 2);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_replaces),
                cmocka_unit_test(test_cannot_be_written),
                cmocka_unit_test(test_refuses),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
