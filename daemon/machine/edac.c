/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/edac.h"

#include "basic/attr.h"
#include "basic/cleanup.h"
#include "basic/file.h"
#include "basic/number.h"
#include "basic/printable.h"
#include "daemon/machine/listing.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EDAC_DIR "sys/devices/system/edac/mc"

/* Of a row; the kernel has no more. */
#define CHANNELS_MAX 16U

struct reading {
        int dirfd;
        struct edac *edac;
        uint32_t controller;
        char folder[64];  /* of the controller */
        const char *word; /* "dimm" or "rank" */
        bool has_members; /* the controller has some */
};

void edac_clear(struct edac *edac)
{
        for (size_t i = 0; i < edac->n_counts; i++)
                free(edac->counts[i].label);
        free(edac->counts);
        *edac = (struct edac){ 0 };
}

/* A count that a kernel can have: it has 32 bits. */
static void add_count(const struct reading *reading, const char *name, int64_t *sum)
{
        char path[192], text[ATTR_MAX];
        uint64_t count;

        (void) snprintf(path, sizeof(path), "%s/%s", reading->folder, name);
        if (attr_read(reading->dirfd, path, text, sizeof(text)) < 0 || parse_u64(text, 10, &count) < 0 ||
            count > UINT32_MAX)
                return;
        *sum = (*sum < 0 ? 0 : *sum) + (int64_t) count;
}

/* The controller's counts are the last of the list. */
static int find_or_add(struct reading *reading, const char *label, struct edac_counts **ret)
{
        struct edac *edac = reading->edac;
        struct edac_counts *counts;

        for (size_t i = edac->n_counts; i > 0 && edac->counts[i - 1].controller == reading->controller; i--)
                if (strcmp(edac->counts[i - 1].label, label) == 0) {
                        *ret = &edac->counts[i - 1];
                        return 0;
                }
        counts = reallocarray(edac->counts, edac->n_counts + 1, sizeof(*counts));
        if (!counts)
                return -ENOMEM;
        edac->counts = counts;
        counts[edac->n_counts] = (struct edac_counts){
                .label = strdup(label),
                .controller = reading->controller,
                .corrected = -1,
                .uncorrected = -1,
        };
        if (!counts[edac->n_counts].label)
                return -ENOMEM;
        *ret = &counts[edac->n_counts++];
        return 0;
}

/* One that is no text is made such: what is counted under it is not to be lost. False: there is none. */
static bool read_label(const struct reading *reading, const char *label, char ret[static ATTR_MAX])
{
        _cleanup_free_ char *bytes = NULL;
        char path[192];
        size_t n;
        ssize_t r;

        (void) snprintf(path, sizeof(path), "%s/%s", reading->folder, label);
        r = attr_read(reading->dirfd, path, ret, ATTR_MAX);
        if (r == -EBADMSG) {
                bytes = file_read(reading->dirfd, path, ATTR_MAX, &n);
                if (bytes)
                        printable_copy(ret, ATTR_MAX, bytes, n > 0 && bytes[n - 1] == '\n' ? n - 1 : n);
        }
        return (r >= 0 || bytes) && *ret;
}

/* Reads the label called so in the folder, and adds the counts called so. */
static int look_at(struct reading *reading, const char *label, const char *corrected,
                   const char *uncorrected)
{
        struct edac_counts *counts;
        char text[ATTR_MAX];
        int r;

        if (!read_label(reading, label, text))
                return 0;
        r = find_or_add(reading, text, &counts);
        if (r < 0)
                return r;
        add_count(reading, corrected, &counts->corrected);
        if (uncorrected)
                add_count(reading, uncorrected, &counts->uncorrected);
        return 0;
}

static int on_member(void *userdata, uint32_t member)
{
        struct reading *reading = userdata;
        char label[64], corrected[64], uncorrected[64];

        reading->has_members = true;
        (void) snprintf(label, sizeof(label), "%s%u/dimm_label", reading->word, member);
        (void) snprintf(corrected, sizeof(corrected), "%s%u/dimm_ce_count", reading->word, member);
        (void) snprintf(uncorrected, sizeof(uncorrected), "%s%u/dimm_ue_count", reading->word, member);
        return look_at(reading, label, corrected, uncorrected);
}

/* Uncorrected errors are counted by row: of which of its channels is not known, if there is more than one.
 */
static int on_row(void *userdata, uint32_t row)
{
        struct reading *reading = userdata;
        char label[64], corrected[64], uncorrected[64], second[128];
        int r = 0;

        (void) snprintf(second, sizeof(second), "%s/csrow%u/ch1_dimm_label", reading->folder, row);
        (void) snprintf(uncorrected, sizeof(uncorrected), "csrow%u/ue_count", row);
        for (unsigned int channel = 0; r >= 0 && channel < CHANNELS_MAX; channel++) {
                (void) snprintf(label, sizeof(label), "csrow%u/ch%u_dimm_label", row, channel);
                (void) snprintf(corrected, sizeof(corrected), "csrow%u/ch%u_ce_count", row, channel);
                r = look_at(reading, label, corrected,
                            faccessat(reading->dirfd, second, F_OK, 0) == 0 ? NULL : uncorrected);
        }
        return r;
}

static int on_controller(void *userdata, uint32_t controller)
{
        struct reading *reading = userdata;
        int r;

        reading->controller = controller;
        (void) snprintf(reading->folder, sizeof(reading->folder), EDAC_DIR "/mc%u", controller);
        reading->has_members = false;
        reading->word = "dimm";
        r = list_numbered(reading->dirfd, reading->folder, reading->word, on_member, reading);
        if (r == -ENOMEM)
                return r;
        reading->word = "rank";
        r = list_numbered(reading->dirfd, reading->folder, reading->word, on_member, reading);
        /* where both are shown, rows repeat what their ranks have counted */
        if (r != -ENOMEM && !reading->has_members)
                r = list_numbered(reading->dirfd, reading->folder, "csrow", on_row, reading);
        return r == -ENOMEM ? r : 0;
}

static int compare_counts(const void *a, const void *b)
{
        const struct edac_counts *x = a, *y = b;

        if (x->controller != y->controller)
                return x->controller < y->controller ? -1 : 1;
        return strcmp(x->label, y->label);
}

int edac_read(int dirfd, struct edac *ret)
{
        struct reading reading = { .dirfd = dirfd, .edac = ret };
        int r;

        *ret = (struct edac){ 0 };
        r = list_numbered(dirfd, EDAC_DIR, "mc", on_controller, &reading);
        if (r == -ENOMEM) {
                edac_clear(ret);
                return r;
        }
        if (ret->n_counts > 1)
                qsort(ret->counts, ret->n_counts, sizeof(*ret->counts), compare_counts);
        return 0;
}

static bool is_word_char(char c)
{
        return isalnum((unsigned char) c) || c == '_';
}

static bool has_word(const char *text, const char *word)
{
        size_t length = strlen(word);

        for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
                if ((at == text || !is_word_char(at[-1])) && !is_word_char(at[length]))
                        return true;
        return false;
}

static void add_to(int64_t *sum, int64_t count)
{
        if (count >= 0)
                *sum = (*sum < 0 ? 0 : *sum) + count;
}

void edac_find(struct edac *edac, const char *label, int64_t *ret_corrected, int64_t *ret_uncorrected)
{
        const char *wanted = NULL;

        *ret_corrected = *ret_uncorrected = -1;
        for (size_t i = 0; *label && i < edac->n_counts && !wanted; i++)
                if (strcmp(edac->counts[i].label, label) == 0)
                        wanted = label;
        for (size_t i = 0; *label && i < edac->n_counts; i++) {
                const char *have = edac->counts[i].label;

                if (strcmp(have, label) == 0 || (wanted && strcmp(wanted, label) == 0) ||
                    !has_word(have, label))
                        continue;
                if (wanted && strcmp(wanted, have) != 0)
                        return;
                wanted = have;
        }
        for (size_t i = 0; wanted && i < edac->n_counts; i++) {
                if (strcmp(edac->counts[i].label, wanted) != 0)
                        continue;
                add_to(ret_corrected, edac->counts[i].corrected);
                add_to(ret_uncorrected, edac->counts[i].uncorrected);
                edac->counts[i].placed = true;
        }
}
