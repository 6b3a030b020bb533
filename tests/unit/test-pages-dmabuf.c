/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/dmabuf.h"
#include "tree.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define HEAD  "\nDma-buf Objects:\nsize    \tflags   \tmode    \tcount   \texp_name\tino     \tname    \n"
#define MIB   (1 << 20)
#define PAGES (MIB / 4096)

/* Flags and mode. */
#define MODES "00000002\t00080007\t"

static const char info[] = HEAD "01048576\t00000002\t00080007\t00000003\treserved\t00000042\tcamera\n"
                                "\tkernel fence:amdgpu gfx seq 5 signalled\n"
                                "\tAttached Devices:\n"
                                "\tfe801000.csi\n"
                                "\tgpu\n"
                                "Total 2 devices attached\n\n"
                                "02097152\t00000002\t00080007\t00000001\tsystem\t00000041\t<none>\n"
                                "\tAttached Devices:\n"
                                "Total 0 devices attached\n\n\n"
                                "Total 2 objects, 3145728 bytes\n";

static void test_info(void **state)
{
        struct dmabuf_list list = { 0 };

        (void) state;

        assert_int_equal(dmabuf_parse_info(info, &list), 0);
        assert_int_equal(list.n, 2);
        assert_int_equal(list.items[0].inode, 41);
        assert_int_equal(list.items[0].size, 2 * MIB);
        assert_string_equal(list.items[0].name, "");
        assert_int_equal(list.items[0].n_devices, 0);
        assert_int_equal(list.items[1].inode, 42);
        assert_int_equal(list.items[1].count, 3);
        assert_string_equal(list.items[1].exporter, "reserved");
        assert_string_equal(list.items[1].name, "camera");
        assert_int_equal(list.items[1].n_devices, 2);
        assert_string_equal(list.items[1].devices[0], "fe801000.csi");
        assert_string_equal(list.items[1].devices[1], "gpu");
        dmabuf_clear(&list);
}

static void test_hostile_info(void **state)
{
        static const char *const texts[] = {
                "",
                "\n",
                "\t\t\t\t\t\t\n",
                "x\t" MODES "1\ta\t1\tb\n",
                "00000001\t" MODES "1\ta\t-1\tb\n",
                "00000001\t" MODES "1\ta\n",
                "\tAttached Devices:\n\tx\n",
                "99999999999999999999\t" MODES "1\ta\t1\tb\n",
                /* what would fit into a name */
                "1\t" MODES "1\ta\t1\tb\n",
                "00000001\t1\t00000001\t1\ta\t1\tb\n",
                "00000001\t00000001\t1\t1\ta\t1\tb\n",
                "00000001\t00000001\t0000000x\t1\ta\t1\tb\n",
        };
        struct dmabuf_list list = { 0 };
        _cleanup_free_ char *many = NULL;
        size_t size;
        FILE *f;

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                assert_int_equal(dmabuf_parse_info(texts[i], &list), 0);
                assert_int_equal(list.n, 0);
        }
        f = open_memstream(&many, &size);
        for (unsigned int i = 0; i < DMABUFS_MAX + 10; i++)
                (void) fprintf(f, "00000001\t" MODES "1\t%0100u\t%u\t\x1b[1m%0100u\n\tAttached Devices:\n",
                               i, i, i);
        for (unsigned int i = 0; i < 100; i++)
                (void) fprintf(f, "\t%0100u\n", i);
        assert_int_equal(fclose(f), 0);
        assert_int_equal(dmabuf_parse_info(many, &list), 0);
        assert_int_equal(list.n, DMABUFS_MAX);
        assert_int_equal(strncmp(list.items[7].name, "?[1m000", 7), 0);
        assert_true(strlen(list.items[7].name) < sizeof(list.items[7].name));
        assert_true(list.items[DMABUFS_MAX - 1].n_devices <= DMABUF_DEVICES_MAX);
        dmabuf_clear(&list);
}

/* Names, of 31 bytes at most, that go on in lines of their own. */
static void test_hostile_names(void **state)
{
        static const struct {
                const char *name, *device;
        } buffers[] = {
                { "a\n1\t1\t1\t1\tb\t7\tc", "gpu" },
                { "a\n\tAttached Devices:\n\tevil", "gpu" },
                { "a\n\tAttached Devices:\n\tevil", NULL },
                { "a\nTotal", "gpu" },
                { "a\tb", NULL },
                { "<none>x", NULL },
                { "bar", "gpu" },
        };
        static const char told[] = "ino:\t7\nsize:\t4096\ncount:\t2\nexp_name:\tvc4\nname:\tfoo\n";
        struct dmabuf_list list = { 0 };
        _cleanup_free_ char *text = NULL;
        size_t size;
        FILE *f;

        (void) state;

        f = open_memstream(&text, &size);
        for (size_t i = 0; i < ELEMENTSOF(buffers); i++)
                (void) fprintf(f,
                               "00008192\t" MODES "00000003\tsystem\t%08zu\t%s\n\tAttached Devices:\n"
                               "%s%s%sTotal %d devices attached\n\n",
                               i + 1, buffers[i].name, buffers[i].device ? "\t" : "",
                               buffers[i].device ? buffers[i].device : "", buffers[i].device ? "\n" : "",
                               buffers[i].device != NULL);
        assert_int_equal(fclose(f), 0);
        assert_int_equal(dmabuf_parse_fdinfo(told, 10, &list), 0);
        assert_int_equal(dmabuf_parse_info(text, &list), 0);
        assert_int_equal(list.n, ELEMENTSOF(buffers));
        for (size_t i = 0; i < list.n; i++) {
                assert_int_equal(list.items[i].n_devices, buffers[i].device != NULL);
                if (buffers[i].device)
                        assert_string_equal(list.items[i].devices[0], buffers[i].device);
        }
        assert_string_equal(list.items[0].name, "a");
        assert_string_equal(list.items[4].name, "a?b");
        assert_string_equal(list.items[5].name, "<none>x");

        /* what fdinfo has told is not told anew */
        assert_int_equal(list.items[6].size, 4096);
        assert_int_equal(list.items[6].count, 3);
        assert_string_equal(list.items[6].exporter, "vc4");
        assert_string_equal(list.items[6].name, "foo");
        dmabuf_clear(&list);
}

static void test_fdinfo(void **state)
{
        struct dmabuf_list list = { .complete = true };
        const char *text = "pos:\t0\nflags:\t02\nmnt_id:\t15\nino:\t7\nsize:\t4096\ncount:\t2\n"
                           "exp_name:\tvc4\nname:\tfoo bar\n";

        (void) state;

        assert_int_equal(dmabuf_parse_fdinfo(text, 10, &list), 0);
        assert_int_equal(dmabuf_parse_fdinfo(text, 10, &list), 0);
        assert_int_equal(dmabuf_parse_fdinfo(text, 11, &list), 0);
        assert_int_equal(dmabuf_parse_fdinfo("pos: 0\nino: 8\n", 11, &list), 0);
        assert_int_equal(dmabuf_parse_fdinfo("exp_name:\t", 11, &list), 0);
        assert_int_equal(list.n, 1);
        assert_int_equal(list.items[0].n_pids, 2);
        assert_string_equal(list.items[0].exporter, "vc4");
        assert_string_equal(list.items[0].name, "foo bar");
        for (uint32_t pid = 20; pid < 40; pid++)
                assert_int_equal(dmabuf_parse_fdinfo(text, pid, &list), 0);
        assert_int_equal(list.items[0].n_pids, DMABUF_PIDS_MAX);
        assert_false(list.complete);
        dmabuf_clear(&list);
}

static void open_buffer(const char *root, uint32_t pid, uint32_t fd, uint64_t inode, uint64_t size,
                        const char *exporter)
{
        char path[64], text[256];

        (void) snprintf(path, sizeof(path), "proc/%u/fd/%u", pid, fd);
        tree_link(root, path, "/dmabuf:");
        (void) snprintf(path, sizeof(path), "proc/%u/fdinfo/%u", pid, fd);
        (void) snprintf(text, sizeof(text),
                        "ino:\t%" PRIu64 "\nsize:\t%" PRIu64 "\ncount:\t1\nexp_name:\t%s\n", inode, size,
                        exporter);
        tree_text(root, path, text);
}

static void test_users(void **state)
{
        struct dmabuf_list list = { 0 }, copy = { 0 };
        struct packet packet = { 0 };
        struct packet_reader reader;
        char *root = tree_make();
        struct tree *tree;

        (void) state;

        tree_folder(root, "sys/devices/system/memory");
        tree_text(root, "proc/12/comm", "came\nra\n");
        open_buffer(root, 12, 3, 42, MIB, "reserved");
        open_buffer(root, 12, 4, 42, MIB, "reserved");
        open_buffer(root, 7, 0, 42, MIB, "reserved");
        tree_link(root, "proc/7/fd/1", "/dev/null");
        tree_text(root, "proc/7/fdinfo/1", "ino:\t1\nsize:\t1\nexp_name:\tx\n");
        tree_link(root, "proc/7/fd/2", "/dmabuf:gone");
        tree_folder(root, "proc/8/fd");
        tree_folder(root, "proc/self");
        tree_text(root, "sys/kernel/debug/dma_buf/bufinfo", info);
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        assert_int_equal(dmabuf_read_users(tree, 10000000, &list), 0);
        assert_true(list.complete);
        assert_int_equal(list.n, 1);
        assert_int_equal(list.items[0].n_pids, 2);
        assert_int_equal(list.n_processes, 2);
        assert_int_equal(list.processes[0].pid, 7);
        assert_string_equal(list.processes[0].command, "");
        assert_string_equal(list.processes[1].command, "came");
        assert_int_equal(dmabuf_read_info(tree, &list), 1);
        assert_int_equal(list.n, 2);
        assert_int_equal(list.items[1].n_devices, 2);
        assert_int_equal(list.items[1].n_pids, 2);

        dmabuf_put(&packet, &list);
        reader = (struct packet_reader){ .data = packet.data, .size = packet.size };
        dmabuf_get(&reader, &copy);
        assert_int_equal(reader.error, 0);
        assert_true(copy.n == 2 && copy.n_processes == 2 && copy.complete);
        dmabuf_clear(&copy);
        packet_clear(&packet);
        dmabuf_clear(&list);

        assert_int_equal(dmabuf_read_users(tree, 0, &list), 0);
        assert_false(list.complete);
        dmabuf_clear(&list);
        tree_close(tree);
        tree_remove(root);
}

/* In a list of one process's buffers, by inode; and another's. */
static struct dmabuf_list buffers(void)
{
        struct dmabuf_list list = { 0 };

        for (uint64_t inode = 1; inode <= 3; inode++) {
                char text[128];

                (void) snprintf(text, sizeof(text), "ino: %" PRIu64 "\nsize: %d\nexp_name: %s\n", inode, MIB,
                                inode < 3 ? "vc4" : "linux,cma");
                assert_int_equal(dmabuf_parse_fdinfo(text, inode < 3 ? 10 : 99, &list), 0);
        }
        return list;
}

static void test_match(void **state)
{
        struct module_cma_holder items[] = {
                { .start = 100, .pages = PAGES, .pid = 10, .age_nsecs = 5 },
                { .start = 600, .pages = PAGES, .pid = 10, .age_nsecs = 9 },
                { .start = 900, .pages = PAGES, .pid = 50, .age_nsecs = 1 },
                { .start = 1900, .pages = PAGES, .before = true },
        };
        struct module_cma_holders holders = { .holders = items, .n = 4 };
        struct dmabuf_list list = buffers();

        (void) state;

        dmabuf_match(&list, &holders, "linux,cma", 4096);
        assert_int_equal(list.items[0].holder, 1); /* the older allocation is the older buffer's */
        assert_int_equal(list.items[1].holder, 0);
        assert_int_equal(list.items[2].holder, 2); /* another process asked its heap for it */
        dmabuf_clear(&list);

        /* one allocation more than buffers: which is which cannot be told */
        items[2].pid = 10;
        list = buffers();
        dmabuf_match(&list, &holders, "other", 4096);
        for (size_t i = 0; i < 3; i++)
                assert_true(list.items[i].holder == DMABUF_NO_HOLDER);
        dmabuf_clear(&list);

        list = buffers();
        dmabuf_match(&list, &holders, "linux,cma", 0);
        assert_true(list.items[0].holder == DMABUF_NO_HOLDER);
        dmabuf_clear(&list);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_info),   cmocka_unit_test(test_hostile_info),
                cmocka_unit_test(test_fdinfo), cmocka_unit_test(test_users),
                cmocka_unit_test(test_match),  cmocka_unit_test(test_hostile_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
