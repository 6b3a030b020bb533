/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/boot/record.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static struct cma_sample sample;

static void make_sample(unsigned int boot, uint64_t uptime, bool exact)
{
        sample = (struct cma_sample){ .uptime = uptime, .n = 1 };
        (void) snprintf(sample.boot_id, sizeof(sample.boot_id), "%08x-0000-0000-0000-000000000000", boot);
        sample.areas[0] = (struct cma_demand_area){ .name = "reserved", .exact = exact, .size = 100 };
}

static void note(int fd, bool aside)
{
        char *message = NULL;
        bool was_aside = !aside;

        assert_int_equal(cma_record_note(fd, &sample, &was_aside, &message), 0);
        assert_int_equal(was_aside, aside);
        assert_null(message);
}

static void sum(int fd, struct cma_demand *ret)
{
        struct cma_record record;
        char *message = NULL;

        assert_int_equal(cma_record_load(fd, &record, &message), 0);
        cma_record_sum(&record, ret);
        cma_record_clear(&record);
}

static int open_root(const char *root)
{
        int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

        assert_true(fd >= 0);
        return fd;
}

/* The most of each is kept, over samples and boots; counters add up, also when they begin anew. */
static void test_merge(void **state)
{
        char *root = tree_make();
        int fd = open_root(root);
        struct cma_demand demand;

        (void) state;

        sum(fd, &demand);
        assert_int_equal(demand.seconds, 0);
        assert_int_equal(demand.n, 0);

        make_sample(1, 100, true);
        sample.areas[0].peak = 50;
        sample.areas[0].needed = 70;
        sample.areas[0].requests = 10;
        sample.areas[0].failed = 4;
        sample.areas[0].by_cause[2] = 4;
        note(fd, false);
        sum(fd, &demand);
        assert_int_equal(demand.seconds, 1);
        assert_int_equal(demand.areas[0].requests, 10);
        note(fd, false); /* the same once more is no more */
        sum(fd, &demand);
        assert_int_equal(demand.areas[0].requests, 10);
        assert_int_equal(demand.areas[0].by_cause[2], 4);

        /* the module was loaded anew */
        make_sample(1, 4000, true);
        sample.areas[0].peak = 40;
        sample.areas[0].needed = 90;
        sample.areas[0].requests = 3;
        sample.areas[0].failed = 1;
        sample.areas[0].by_cause[2] = 1;
        note(fd, false);
        sum(fd, &demand);
        assert_int_equal(demand.seconds, 3900);
        assert_int_equal(demand.areas[0].peak, 50);
        assert_int_equal(demand.areas[0].needed, 90);
        assert_int_equal(demand.areas[0].requests, 13);
        assert_int_equal(demand.areas[0].failed, 5);
        assert_int_equal(demand.areas[0].by_cause[2], 5);

        /* and another boot, without it: what the kernel counts is since it booted */
        make_sample(2, 500, false);
        sample.areas[0].size = 200;
        sample.areas[0].peak = 60;
        sample.areas[0].requests = 7;
        note(fd, false);
        sum(fd, &demand);
        assert_int_equal(demand.boots, 2);
        assert_int_equal(demand.seconds, 4400);
        assert_true(demand.areas[0].exact);
        assert_int_equal(demand.areas[0].size, 200);
        assert_int_equal(demand.areas[0].peak, 60);
        assert_int_equal(demand.areas[0].needed, 90);
        assert_int_equal(demand.areas[0].requests, 20);
        close(fd);
        tree_remove(root);
}

/* Within bounds, whatever comes: the last boots stay. */
static void test_bounds(void **state)
{
        char *root = tree_make();
        int fd = open_root(root);
        struct cma_demand demand;
        struct stat st;

        (void) state;

        for (unsigned int boot = 0; boot < 2 * CMA_RECORD_BOOTS_MAX; boot++) {
                make_sample(boot, 1000, true);
                for (sample.n = 0; sample.n < CMA_DEMAND_AREAS_MAX; sample.n++) {
                        struct cma_demand_area *area = &sample.areas[sample.n];

                        memset(area, 0xff, sizeof(*area));
                        area->exact = true;
                        (void) snprintf(area->name, sizeof(area->name), "%063zu",
                                        sample.n + 40 * (boot % 2));
                }
                note(fd, false);
        }
        sum(fd, &demand);
        assert_int_equal(demand.boots, CMA_RECORD_BOOTS_MAX);
        assert_int_equal(demand.n, CMA_DEMAND_AREAS_MAX);
        assert_int_equal(fstatat(fd, CMA_RECORD_FILE, &st, 0), 0);
        assert_true(st.st_size < (off_t) CMA_RECORD_TEXT_MAX);
        assert_int_equal(st.st_mode & 07777, 0600);
        close(fd);
        tree_remove(root);
}

static void check_bad(const char *root, int fd, const char *says)
{
        struct cma_record record;
        struct cma_demand demand;
        char *message = NULL;

        assert_int_equal(cma_record_load(fd, &record, &message), -EBADMSG);
        assert_int_equal(record.n, 0);
        assert_null(record.boots);
        assert_says(&message, says);
        make_sample(7, 10, true);
        note(fd, true);
        sum(fd, &demand);
        assert_int_equal(demand.boots, 1);
        assert_int_equal(faccessat(fd, CMA_RECORD_ASIDE, F_OK, AT_SYMLINK_NOFOLLOW), 0);
        tree_unlink(root, CMA_RECORD_ASIDE);
}

#define ZEROES "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]"
#define NUMBERS                                                                                             \
        "\"size\":1,\"peak\":1,\"needed\":1,\"largest\":1,\"align\":1,\"requests\":1,\"failed\":1,"         \
        "\"lost\":1,"                                                                                       \
        "\"last_requests\":1,\"last_failed\":1,\"last_lost\":1,\"exact\":true,\"last_exact\":true,"
#define AREA "{\"name\":\"a\"," NUMBERS "\"by_cause\":" ZEROES ",\"last_by_cause\":" ZEROES "}"
#define BOOTS(areas)                                                                                        \
        "{\"version\":1,\"boots\":[{\"boot\":\"x\",\"first_uptime\":1,\"last_uptime\":2,\"areas\":" areas   \
        "}]}"

/* Not trusted, named, and kept beside. */
static void test_bad(void **state)
{
        static const char *const texts[] = {
                "",
                "garbage",
                "{\"version\":1,\"boots\":[",
                "{\"version\":1}",
                "{\"boots\":[]}",
                "{\"version\":1,\"boots\":[]} more",
                "{\"version\":1,\"boots\":[[]]}",
                "{\"version\":1,\"boots\":[null]}",
                BOOTS("[" AREA "," AREA "]"),
                BOOTS("[{\"name\":\"a\"}]"),
                BOOTS("[{\"name\":\"\"," NUMBERS "\"by_cause\":" ZEROES ",\"last_by_cause\":" ZEROES "}]"),
                BOOTS("[{\"name\":\"a\\u0007\"," NUMBERS "\"by_cause\":" ZEROES ",\"last_by_cause\":" ZEROES
                      "}]"),
                BOOTS("[{\"name\":\"a\\u0000b\"," NUMBERS "\"by_cause\":" ZEROES ",\"last_by_cause\":" ZEROES
                      "}]"),
                BOOTS("[{\"name\":\"a\"," NUMBERS "\"by_cause\":[0],\"last_by_cause\":" ZEROES "}]"),
                "[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]",
        };
        char *root = tree_make();
        int fd = open_root(root);
        struct cma_record record;
        char *message = NULL;

        (void) state;

        /* what the texts are changed from is good */
        assert_int_equal(
                cma_record_parse(BOOTS("[" AREA "]"), strlen(BOOTS("[" AREA "]")), &record, &message), 0);
        assert_int_equal(record.boots[0].areas[0].demand.needed, 1);
        cma_record_clear(&record);

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                tree_text(root, CMA_RECORD_FILE, texts[i]);
                check_bad(root, fd, "/" CMA_RECORD_FILE ": ");
        }
        tree_text(root, CMA_RECORD_FILE, "{\"version\":2,\"boots\":[]}");
        check_bad(root, fd, "another version");
        tree_bytes(root, CMA_RECORD_FILE, "{\"version\":1,\0", 14);
        check_bad(root, fd, "no text");
        tree_unlink(root, CMA_RECORD_FILE);
        tree_link(root, CMA_RECORD_FILE, "/etc/hostname");
        check_bad(root, fd, "symbolic link");
        tree_unlink(root, CMA_RECORD_FILE);
        tree_fifo(root, CMA_RECORD_FILE);
        check_bad(root, fd, "no regular file");
        close(fd);
        tree_remove(root);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_merge),
                cmocka_unit_test(test_bounds),
                cmocka_unit_test(test_bad),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
