/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DIMMs, and the errors EDAC has counted for them. */
#include "daemon/machine/dimm.h"
#include "daemon/machine/edac.h"
#include "tree.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MEMORY "sys/devices/system/memory/"
#define EDAC   "sys/devices/system/edac/mc/"

static char *new_root(void)
{
        char *root = tree_make();

        tree_text(root, MEMORY "block_size_bytes", "8000000\n");
        for (uint32_t number = 0; number < 6; number++)
                tree_block(root, number, number == 4 ? "offline" : "online", "Movable", "1");
        return root;
}

static void test_names(void **state)
{
        static const char *const bad[] = {
                "",           "PNP0C80",          "PNP0C80:",      "PNP0C80:0g", "PNP0C80:000000000",
                "pnp0c80:00", "PNP0C80:00/eject", "../PNP0C80:00", "PNP0C80:00 "
        };

        (void) state;

        assert_true(dimm_name_is_valid("PNP0C80:00"));
        assert_true(dimm_name_is_valid("PNP0C80:1ff"));
        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                assert_false(dimm_name_is_valid(bad[i]));
}

/* The links may dangle: what they are called is what counts. */
static void test_blocks_of_dimms(void **state)
{
        char *root = new_root();
        struct snapshot *snapshot;

        (void) state;

        tree_link(root, MEMORY "memory1/firmware_node", "../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:01");
        tree_link(root, MEMORY "memory2/firmware_node", "PNP0C80:00");
        tree_link(root, MEMORY "memory4/firmware_node", "../PNP0C80:00");
        tree_link(root, MEMORY "memory5/firmware_node", "../ACPI0007:00");
        snapshot = tree_snapshot(root);
        assert_int_equal(snapshot->n_dimms, 2);
        assert_string_equal(snapshot->dimms[0].name, "PNP0C80:00");
        assert_int_equal(snapshot->dimms[0].n_blocks, 2);
        assert_int_equal(snapshot->dimms[0].blocks[1], 4);
        assert_true(snapshot->dimms[0].start == UINT64_C(2) << 27);
        assert_true(snapshot->dimms[0].end == (UINT64_C(5) << 27) - 1);
        assert_true(snapshot->dimms[0].size == UINT64_C(2) << 27);
        assert_true(snapshot->dimms[0].online_bytes == UINT64_C(1) << 27);
        assert_true(snapshot->dimms[0].offline_bytes == UINT64_C(1) << 27);
        assert_false(snapshot->dimms[0].ejectable);
        assert_int_equal(snapshot->dimms[0].corrected_errors, -1);
        assert_null(snapshot->dimms[0].label);
        assert_int_equal(snapshot->blocks[1].dimm, 1);
        assert_int_equal(snapshot->blocks[4].dimm, 0);
        assert_true(snapshot->blocks[5].dimm == DIMM_NONE);
        assert_ptr_equal(snapshot_find_dimm(snapshot, "PNP0C80:01"), &snapshot->dimms[1]);
        assert_null(snapshot_find_dimm(snapshot, "PNP0C80:02"));
        snapshot_free(snapshot);
        tree_remove(root);
}

static void test_ejectable(void **state)
{
        char *root = new_root();
        struct snapshot *snapshot;

        (void) state;

        tree_link(root, MEMORY "memory1/firmware_node", "PNP0C80:00");
        tree_text(root, "sys/bus/acpi/devices/PNP0C80:00/eject", "");
        snapshot = tree_snapshot(root);
        assert_true(snapshot->dimms[0].ejectable);
        snapshot_free(snapshot);
        tree_remove(root);
}

static void test_labels_lead_to_errors(void **state)
{
        /* type 17 with the locator, type 20 for the second GiB, and the end */
        uint8_t table[128] = { 17, 0x28, 0x11, 0 };
        size_t at = 0x28;
        char *root = new_root();
        struct snapshot *snapshot;

        (void) state;

        table[0x10] = 1;
        memcpy(table + at, "DIMM_A1", 8); /* and the NUL that ends the strings */
        at += 9;
        memcpy(table + at, (uint8_t[]){ 20, 0x23, 0x20, 0, 0, 0, 2, 0, 0xff, 0xff, 0x0b, 0, 0x11, 0 }, 14);
        at += 0x23 + 2;
        memcpy(table + at, (uint8_t[]){ 127, 4, 0x7f, 0, 0, 0 }, 6);
        tree_bytes(root, "sys/firmware/dmi/tables/DMI", table, at + 6);
        tree_link(root, MEMORY "memory2/firmware_node", "PNP0C80:00");
        tree_text(root, EDAC "mc0/dimm0/dimm_label", "CPU_SrcID#0 DIMM_A1\n");
        tree_text(root, EDAC "mc0/dimm0/dimm_ce_count", "7\n");
        tree_text(root, EDAC "mc0/dimm0/dimm_ue_count", "1\n");
        snapshot = tree_snapshot(root);
        assert_string_equal(snapshot->dimms[0].label, "DIMM_A1");
        assert_int_equal(snapshot->dimms[0].corrected_errors, 7);
        assert_int_equal(snapshot->dimms[0].uncorrected_errors, 1);
        snapshot_free(snapshot);
        tree_remove(root);
}

static void find_errors(int fd, const char *label, int64_t *corrected, int64_t *uncorrected)
{
        struct edac edac;

        assert_int_equal(edac_read(fd, &edac), 0);
        edac_find(&edac, label, corrected, uncorrected);
        edac_clear(&edac);
}

/* What is of no DIMM is told by the label that EDAC has. */
static void test_edac_alone(void **state)
{
        char *root = tree_make();
        struct edac edac;
        int64_t corrected, uncorrected;
        int fd;

        (void) state;

        tree_text(root, EDAC "mc1/dimm0/dimm_label", "CPU_SrcID#1_MC#0_Chan#0_DIMM#0\n");
        tree_text(root, EDAC "mc1/dimm0/dimm_ce_count", "5539\n");
        tree_text(root, EDAC "mc1/dimm0/dimm_ue_count", "0\n");
        tree_text(root, EDAC "mc0/dimm3/dimm_label", "A1\n");
        tree_text(root, EDAC "mc0/dimm3/dimm_ce_count", "1\n");
        tree_text(root, EDAC "mc0/dimm4/dimm_label", "A1\n");
        tree_text(root, EDAC "mc0/dimm4/dimm_ce_count", "2\n");
        tree_text(root, EDAC "mc0/dimm5/dimm_label", "\n");
        fd = open(root, O_PATH | O_CLOEXEC);
        assert_int_equal(edac_read(fd, &edac), 0);
        assert_int_equal(edac.n_counts, 2);
        edac_find(&edac, "A1", &corrected, &uncorrected);
        assert_int_equal(corrected, 3);
        assert_true(edac.counts[0].placed);
        assert_int_equal(edac.counts[0].controller, 0);
        assert_int_equal(edac.counts[0].corrected, 3);
        assert_int_equal(edac.counts[0].uncorrected, -1);
        assert_false(edac.counts[1].placed);
        assert_string_equal(edac.counts[1].label, "CPU_SrcID#1_MC#0_Chan#0_DIMM#0");
        assert_int_equal(edac.counts[1].controller, 1);
        assert_int_equal(edac.counts[1].corrected, 5539);
        assert_int_equal(edac.counts[1].uncorrected, 0);
        edac_clear(&edac);
        close(fd);
        tree_remove(root);
}

static void test_edac(void **state)
{
        char *root = tree_make();
        int64_t corrected, uncorrected;
        int fd;

        (void) state;

        tree_text(root, EDAC "mc0/dimm0/dimm_label", "CPU0_A1\n");
        tree_text(root, EDAC "mc0/dimm0/dimm_ce_count", "5\n");
        tree_text(root, EDAC "mc0/dimm1/dimm_label", "slot A1\n");
        tree_text(root, EDAC "mc0/dimm1/dimm_ce_count", "6\n");
        tree_text(root, EDAC "mc1/rank0/dimm_label", "slot A1\n");
        tree_text(root, EDAC "mc1/rank0/dimm_ce_count", "4294967295\n");
        tree_text(root, EDAC "mc1/rank0/dimm_ue_count", "-3\n");
        tree_text(root, EDAC "mc1/rank1/dimm_label", "A10\n");
        tree_text(root, EDAC "mc1/rank1/dimm_ce_count", "100\n");
        fd = open(root, O_PATH | O_CLOEXEC);

        find_errors(fd, "A1", &corrected, &uncorrected);
        assert_true(corrected == 6 + INT64_C(4294967295)); /* "CPU0_A1" and "A10" are other words */
        assert_int_equal(uncorrected, -1);
        find_errors(fd, "B1", &corrected, &uncorrected);
        assert_int_equal(corrected, -1);
        find_errors(fd, "", &corrected, &uncorrected);
        assert_int_equal(corrected, -1);

        /* two sockets that have such a slot: nobody knows whose errors these are */
        tree_text(root, EDAC "mc1/rank2/dimm_label", "other A1\n");
        tree_text(root, EDAC "mc1/rank2/dimm_ce_count", "1\n");
        find_errors(fd, "A1", &corrected, &uncorrected);
        assert_int_equal(corrected, -1);
        /* the very label is not ambiguous */
        tree_text(root, EDAC "mc2/dimm0/dimm_label", "A1\n");
        tree_text(root, EDAC "mc2/dimm0/dimm_ce_count", "0\n");
        tree_text(root, EDAC "mc2/dimm0/dimm_ue_count", "2\n");
        find_errors(fd, "A1", &corrected, &uncorrected);
        assert_int_equal(corrected, 0);
        assert_int_equal(uncorrected, 2);
        close(fd);
        tree_remove(root);
}

/* Rows and channels: where there are no ranks, and not twice where there are. */
static void test_edac_rows(void **state)
{
        char *root = tree_make();
        int64_t corrected, uncorrected;
        int fd;

        (void) state;

        tree_text(root, EDAC "mc0/csrow0/ue_count", "9\n");
        tree_text(root, EDAC "mc0/csrow0/ch0_dimm_label", "DIMM_A\n");
        tree_text(root, EDAC "mc0/csrow0/ch0_ce_count", "3\n");
        tree_text(root, EDAC "mc0/csrow0/ch1_dimm_label", "DIMM_B\n");
        tree_text(root, EDAC "mc0/csrow0/ch1_ce_count", "4\n");
        tree_text(root, EDAC "mc0/csrow1/ch0_dimm_label", "DIMM_A\n");
        tree_text(root, EDAC "mc0/csrow1/ch0_ce_count", "20\n");
        tree_text(root, EDAC "mc0/csrow1/ue_count", "1\n");
        tree_text(root, EDAC "mc1/rank0/dimm_label", "DIMM_C\n");
        tree_text(root, EDAC "mc1/rank0/dimm_ce_count", "7\n");
        tree_text(root, EDAC "mc1/rank0/dimm_ue_count", "0\n");
        tree_text(root, EDAC "mc1/csrow0/ch0_dimm_label", "DIMM_C\n");
        tree_text(root, EDAC "mc1/csrow0/ch0_ce_count", "7\n");
        fd = open(root, O_PATH | O_CLOEXEC);

        find_errors(fd, "DIMM_A", &corrected, &uncorrected);
        assert_int_equal(corrected, 23);
        assert_int_equal(uncorrected, 1); /* of csrow0's nobody knows which channel's they are */
        find_errors(fd, "DIMM_B", &corrected, &uncorrected);
        assert_int_equal(corrected, 4);
        assert_int_equal(uncorrected, -1);
        find_errors(fd, "DIMM_C", &corrected, &uncorrected);
        assert_int_equal(corrected, 7);
        assert_int_equal(uncorrected, 0);
        close(fd);
        tree_remove(root);
}

#define MANY 128U

/* What __wrap_attr_read() has seen. */
static unsigned int reads;

ssize_t __real_attr_read(int dirfd, const char *path, char *buf, size_t size);
ssize_t __wrap_attr_read(int dirfd, const char *path, char *buf, size_t size);

ssize_t __wrap_attr_read(int dirfd, const char *path, char *buf, size_t size)
{
        reads++;
        return __real_attr_read(dirfd, path, buf, size);
}

/* A label and two counts each, and each is read once for all DIMMs together. */
static void test_edac_of_many(void **state)
{
        char *root = tree_make(), path[128], text[32];
        struct dimm dimms[MANY] = { 0 };
        struct snapshot snapshot = { .dimms = dimms, .n_dimms = MANY };
        struct edac edac;
        int fd;

        (void) state;

        for (unsigned int i = 0; i < MANY; i++) {
                (void) snprintf(path, sizeof(path), EDAC "mc%u/dimm%u/dimm_label", i / 8, i % 8);
                (void) snprintf(text, sizeof(text), "DIMM_%u\n", i);
                tree_text(root, path, text);
                (void) snprintf(path, sizeof(path), EDAC "mc%u/dimm%u/dimm_ce_count", i / 8, i % 8);
                (void) snprintf(text, sizeof(text), "%u\n", i);
                tree_text(root, path, text);
                (void) snprintf(path, sizeof(path), EDAC "mc%u/dimm%u/dimm_ue_count", i / 8, i % 8);
                tree_text(root, path, "0\n");
                assert_true(asprintf(&dimms[i].label, "DIMM_%u", i) > 0);
        }
        fd = open(root, O_PATH | O_CLOEXEC);
        reads = 0;
        assert_int_equal(edac_read(fd, &edac), 0);
        dimms_take_errors(&snapshot, &edac);
        assert_int_equal(reads, 3 * MANY);
        for (unsigned int i = 0; i < MANY; i++) {
                assert_int_equal(dimms[i].corrected_errors, i);
                assert_int_equal(dimms[i].uncorrected_errors, 0);
                free(dimms[i].label);
        }
        edac_clear(&edac);
        close(fd);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names),     cmocka_unit_test(test_blocks_of_dimms),
                cmocka_unit_test(test_ejectable), cmocka_unit_test(test_labels_lead_to_errors),
                cmocka_unit_test(test_edac),      cmocka_unit_test(test_edac_rows),
                cmocka_unit_test(test_edac_alone), cmocka_unit_test(test_edac_of_many),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
