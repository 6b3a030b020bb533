/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is the same for all boot loaders: links, permissions, crashes, settings one after the other. */
#include "basic/cleanup.h"
#include "boot_tree.h"
#include "daemon/boot/state.h"
#include "says.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_PATH "boot/firmware/cmdline.txt"

static void make(struct boot_tree *tree)
{
        boot_tree_make(tree);
        tree_text(tree->root, "boot/firmware/config.txt", "");
        tree_text(tree->root, FILE_PATH, "ro\n");
}

static struct stat stat_of(const struct boot_tree *tree)
{
        struct stat st;

        assert_int_equal(fstatat(tree->fd, FILE_PATH, &st, AT_SYMLINK_NOFOLLOW), 0);
        return st;
}

/* Permissions stay; the state is nobody else's to read. */
static void test_permissions(void **state)
{
        struct boot_tree tree;
        struct stat st;

        (void) state;

        make(&tree);
        assert_int_equal(fchmodat(tree.fd, FILE_PATH, 0640, 0), 0);
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_int_equal(stat_of(&tree).st_mode & 07777, 0640);
        assert_int_equal(fstatat(tree.fd, BOOT_STATE_FILE, &st, 0), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        assert_revert(&tree, 0, NULL);
        assert_int_equal(stat_of(&tree).st_mode & 07777, 0640);
        assert_int_equal(fstatat(tree.fd, BOOT_STATE_FILE, &st, 0), -1);
        boot_tree_remove(&tree);
}

/* A link is not replaced by a file, nor is what it names written to; nor is anything but a file. */
static void test_links(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        tree_unlink(tree.root, FILE_PATH);
        tree_link(tree.root, FILE_PATH, "elsewhere.txt");
        tree_text(tree.root, "boot/firmware/elsewhere.txt", "ro\n");
        assert_apply(&tree, "cma=64M", -ELOOP, "it is a symbolic link, and memctl replaces none");
        assert_true(S_ISLNK(stat_of(&tree).st_mode));
        assert_file(&tree, "boot/firmware/elsewhere.txt", "ro\n");
        tree_unlink(tree.root, FILE_PATH);
        tree_fifo(tree.root, FILE_PATH);
        assert_apply(&tree, "cma=64M", -EINVAL, "it is no regular file");

        /* it became one after it was written */
        tree_unlink(tree.root, FILE_PATH);
        tree_text(tree.root, FILE_PATH, "ro\n");
        assert_apply(&tree, "cma=64M", 1, NULL);
        tree_unlink(tree.root, FILE_PATH);
        tree_link(tree.root, FILE_PATH, "elsewhere.txt");
        assert_revert(&tree, -ELOOP, "it is a symbolic link");
        boot_tree_remove(&tree);
}

/* A folder may be a link, but leads nowhere outside. */
static void test_folders(void **state)
{
        struct boot_tree tree, outside;

        (void) state;

        make(&tree);
        make(&outside);
        assert_int_equal(renameat(tree.fd, "boot/firmware", tree.fd, "boot/real"), 0);
        tree_link(tree.root, "boot/firmware", "/boot/real");
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_file(&tree, "boot/real/cmdline.txt", "ro cma=64M\n");
        assert_revert(&tree, 0, NULL);
        tree_unlink(tree.root, "boot/firmware");
        {
                _cleanup_free_ char *target = NULL;

                assert_true(asprintf(&target, "%s/boot/firmware", outside.root) > 0);
                tree_link(tree.root, "boot/firmware", target);
        }
        assert_apply(&tree, "cma=64M", -ENOENT, "no boot loader that memctl knows");
        assert_file(&outside, FILE_PATH, "ro\n");
        boot_tree_remove(&outside);
        boot_tree_remove(&tree);
}

static void test_long(void **state)
{
        struct boot_tree tree;
        char line[2048];

        (void) state;

        make(&tree);
        memset(line, 'x', sizeof(line));
        line[2041] = '\0';
        tree_text(tree.root, FILE_PATH, line);
        assert_apply(&tree, "cma=64M", -E2BIG, "longer than the kernel takes");
        assert_file(&tree, FILE_PATH, line);
        {
                _cleanup_free_ char *much = calloc(1, CONFIG_FILE_MAX + 1);

                assert_non_null(much);
                memset(much, '\n', CONFIG_FILE_MAX);
                tree_text(tree.root, FILE_PATH, much);
                assert_apply(&tree, "cma=64M", -EFBIG, "too long to be what it should be");
        }
        boot_tree_remove(&tree);
}

/* Each setting takes the place of the one before; a revert goes back to what was there at first. */
static void test_one_after_the_other(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_apply(&tree, "cma=128M cma_pernuma=0", 1, NULL);
        assert_file(&tree, FILE_PATH, "ro cma=128M cma_pernuma=0\n");
        assert_apply(&tree, "cma=32M", 1, NULL);
        assert_file(&tree, FILE_PATH, "ro cma=32M\n");
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, FILE_PATH, "ro\n");
        boot_tree_remove(&tree);
}

static void test_not_writable(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        if (geteuid() == 0) { /* whom permissions do not stop; a folder in the place of the new file does */
                tree_folder(tree.root, "boot/firmware/.cmdline.txt.memctl-new/x");
        } else
                assert_int_equal(fchmodat(tree.fd, "boot/firmware", 0500, 0), 0);
        {
                char *message = NULL;
                int r = boot_apply(tree.fd, BOOT_SHARE_CMA, "cma=64M", 1, &tree.runner, &message);

                assert_true(r == -EEXIST || r == -EACCES);
                assert_says(&message, "; all is as before");
        }
        (void) fchmodat(tree.fd, "boot/firmware", 0700, 0);
        assert_file(&tree, FILE_PATH, "ro\n");
        assert_file(&tree, BOOT_STATE_FILE, NULL);
        boot_tree_remove(&tree);
}

/* Between the check of a file and the moment in which it is replaced, another tool writes to it. */
static void test_changed_meanwhile(void **state)
{
        struct boot_change change = { 0 };
        struct boot_tree tree;
        char *message = NULL;

        (void) state;

        make(&tree);
        tree_text(tree.root, "boot/firmware/first.txt", "1\n");
        tree_text(tree.root, "boot/firmware/last.txt", "3\n");
        for (size_t i = 0; i < 3; i++) {
                static const char *const paths[] = { "boot/firmware/first.txt", FILE_PATH,
                                                     "boot/firmware/last.txt" };
                struct config_file before;

                assert_int_equal(config_file_read(tree.fd, paths[i], CONFIG_FILE_MAX, &before, &message), 0);
                assert_int_equal(boot_change_add(&change, paths[i], &before, "new\n", 4), 0);
        }
        assert_int_equal(boot_change_check(tree.fd, &change, false, &message), 0);
        tree_text(tree.root, FILE_PATH, "rw\n");
        assert_int_equal(boot_change_write(tree.fd, &change, &message), -ESTALE);
        assert_says(&message, "/" FILE_PATH ": it was changed meanwhile, and is left as it is");
        assert_file(&tree, "boot/firmware/first.txt", "new\n");
        assert_file(&tree, FILE_PATH, "rw\n");
        assert_file(&tree, "boot/firmware/.cmdline.txt.memctl-new", NULL);
        assert_file(&tree, "boot/firmware/last.txt", "3\n");

        /* nothing of it was written there, so that there is nothing to be put back */
        assert_int_equal(boot_change_undo(tree.fd, &change, &message), 0);
        assert_file(&tree, "boot/firmware/first.txt", "1\n");
        assert_file(&tree, FILE_PATH, "rw\n");

        assert_file(&tree, "boot/firmware/last.txt", "3\n");
        boot_change_clear(&change);
        boot_tree_remove(&tree);
}

/* What could not be taken back, for it was changed meanwhile, is none of those that are written again. */
static void test_again(void **state)
{
        static const char *const paths[] = { FILE_PATH, "boot/firmware/last.txt" };
        struct boot_change change = { 0 };
        struct boot_tree tree;
        char *message = NULL;

        (void) state;

        make(&tree);
        for (size_t i = 0; i < ELEMENTSOF(paths); i++) {
                struct config_file before = { 0 };

                tree_text(tree.root, paths[i], "new\n");
                assert_int_equal(boot_change_add(&change, paths[i], &before, "new\n", 4), 0);
        }
        tree_text(tree.root, FILE_PATH, "rw\n");
        assert_int_equal(boot_change_undo(tree.fd, &change, &message), -ESTALE);
        assert_says(&message, "/" FILE_PATH ": it was changed meanwhile, and is left as it is");
        assert_file(&tree, paths[1], NULL);
        assert_int_equal(boot_change_write(tree.fd, &change, &message), 0);
        assert_file(&tree, FILE_PATH, "rw\n");
        assert_file(&tree, paths[1], "new\n");
        boot_change_clear(&change);
        boot_tree_remove(&tree);
}

static void begin(struct boot_tree *tree, bool written)
{
        struct boot_state begun;
        char *message = NULL;

        assert_apply(tree, "cma=64M", 1, NULL);
        assert_int_equal(boot_state_load(tree->fd, &begun, &message), 0);
        begun.complete = false;
        assert_int_equal(boot_state_save(tree->fd, &begun, &message), 0);
        boot_state_clear(&begun);
        if (!written)
                tree_text(tree->root, FILE_PATH, "ro\n");
}

/* Of one that died before it wrote, and behind that. */
static void test_died(void **state)
{
        (void) state;

        for (int written = 0; written < 2; written++) {
                struct boot_tree tree;
                char *message = NULL;

                make(&tree);
                begin(&tree, written);
                assert_int_equal(boot_settle(tree.fd, &tree.runner, &message), 0);
                assert_file(&tree, FILE_PATH, "ro\n");
                assert_file(&tree, BOOT_STATE_FILE, NULL);
                begin(&tree, written);
                assert_apply(&tree, "cma=32M", 1, NULL);
                assert_file(&tree, FILE_PATH, "ro cma=32M\n");
                assert_revert(&tree, 0, NULL);
                begin(&tree, written);
                assert_revert(&tree, 0, NULL);
                assert_file(&tree, FILE_PATH, "ro\n");

                /* and somebody wrote to it since */
                begin(&tree, written);
                tree_text(tree.root, FILE_PATH, "rw\n");
                assert_revert(&tree, -ESTALE, "it was changed meanwhile, and is left as it is");
                assert_file(&tree, FILE_PATH, "rw\n");
                boot_tree_remove(&tree);
        }
}

/* Of one that died between writing a file and giving it its name; a folder's entry is all that tells. */
static void test_died_aside(void **state)
{
#define ASIDE "boot/firmware/.cmdline.txt.memctl-new"
        (void) state;

        for (int written = 0; written < 2; written++) {
                struct boot_tree tree;
                char *message = NULL;

                make(&tree);
                begin(&tree, written);
                tree_text(tree.root, ASIDE, "ro cm");
                assert_int_equal(boot_settle(tree.fd, &tree.runner, &message), 0);
                assert_file(&tree, ASIDE, NULL);
                begin(&tree, written);
                tree_text(tree.root, ASIDE, "ro cm");
                assert_revert(&tree, 0, NULL);
                assert_file(&tree, ASIDE, NULL);

                /* the state's own, of one that died before that had its name: the lock says that it did */
                tree_text(tree.root, BOOT_STATE_FOLDER "/.cma-boot.memctl-new", "{");
                assert_int_equal(boot_settle(tree.fd, &tree.runner, &message), 0);
                assert_file(&tree, BOOT_STATE_FOLDER "/.cma-boot.memctl-new", NULL);

                /* what somebody has changed is left alone, and has nothing beside it */
                begin(&tree, written);
                tree_text(tree.root, FILE_PATH, "rw\n");
                tree_text(tree.root, ASIDE, "ro cm");
                assert_revert(&tree, -ESTALE, "it was changed meanwhile");
                assert_file(&tree, ASIDE, NULL);
                boot_tree_remove(&tree);
        }
}

/* A state that memctl did not write, or only a part of, sends it nowhere. */
static void test_bad_state(void **state)
{
#define HEAD                                                                                                \
        "{\"version\":1,\"loader\":\"x\",\"made\":\"\",\"parameters\":\"cma=1M\",\"boot\":\"\",\"time\":1," \
        "\"bytes\":1,"
#define FILES "\"mode\":420,\"uid\":0,\"gid\":0,\"before\":null,\"after\":\"00\"}]}"
        static const char *const texts[] = {
                "",
                "garbage",
                "{\"version\":1",
                "{\"version\":2}",
                "[]",
                HEAD "\"program\":\"\",\"complete\":true,\"files\":1}",
                HEAD "\"program\":\"\",\"own\":1,\"complete\":true,\"files\":[]}",
                HEAD "\"program\":\"sh\",\"complete\":true,\"files\":[]}",
                HEAD "\"program\":\"../update-grub\",\"complete\":true,\"files\":[]}",
                HEAD "\"program\":\"\",\"complete\":true,\"files\":[{\"path\":\"etc/../root/x\"," FILES,
                HEAD "\"program\":\"\",\"complete\":true,\"files\":[{\"path\":\"/etc/x\"," FILES,
                HEAD "\"program\":\"\",\"complete\":true,\"files\":[{\"path\":\"home/x\"," FILES,
                HEAD "\"program\":\"\",\"complete\":true,\"files\":[{\"path\":\"etc/x/..\"," FILES,
                HEAD "\"program\":\"\",\"complete\":true,\"files\":[{\"path\":\"etc/"
                     "x\",\"mode\":420,\"uid\":0,\"gid\":0,"
                     "\"before\":null,\"after\":\"0g\"}]}",
                HEAD "\"program\":\"\",\"complete\":true,\"files\":[{\"path\":\"etc/"
                     "x\",\"mode\":420,\"uid\":0,\"gid\":0,"
                     "\"before\":\"0\",\"after\":null}]}",
                HEAD "\"program\":\"\",\"complete\":true,\"files\":[{\"path\":\"etc/"
                     "x\",\"mode\":-1,\"uid\":0,\"gid\":0,"
                     "\"before\":null,\"after\":null}]}",
        };
        struct boot_tree tree;

        (void) state;

        make(&tree);
        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                tree_text(tree.root, BOOT_STATE_FILE, texts[i]);
                assert_revert(&tree, -EBADMSG, "/var/lib/memctl/cma-boot: ");
                assert_apply(&tree, "cma=64M", -EBADMSG, "memctl begins anew");
        }
        assert_file(&tree, FILE_PATH, "ro\n");
        assert_file(&tree, BOOT_STATE_FILE, texts[ELEMENTSOF(texts) - 1]);
        boot_tree_remove(&tree);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_permissions),
                cmocka_unit_test(test_links),
                cmocka_unit_test(test_folders),
                cmocka_unit_test(test_long),
                cmocka_unit_test(test_not_writable),
                cmocka_unit_test(test_one_after_the_other),
                cmocka_unit_test(test_died),
                cmocka_unit_test(test_bad_state),
                cmocka_unit_test(test_changed_meanwhile),
                cmocka_unit_test(test_again),
                cmocka_unit_test(test_died_aside),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
