/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/edac.h"

#include "daemon/machine/listing.h"
#include "basic/attr.h"
#include "basic/cleanup.h"
#include "basic/number.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EDAC_DIR "sys/devices/system/edac/mc"

/* Of a row; the kernel has no more. */
#define CHANNELS_MAX 16U

/* The reading of one folder after the other. */
struct reading {
        int dirfd;
        struct edac *edac;
        char folder[64];  /* of the controller that is looked at */
        const char *word; /* "dimm" or "rank" */
        bool has_members; /* the controller has some */
};

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

/* A count that a kernel can have: it has 32 bits. */
static void add(const struct reading *reading, const char *name, int64_t *sum)
{
        char path[192], text[ATTR_MAX];
        uint64_t count;

        (void) snprintf(path, sizeof(path), "%s/%s", reading->folder, name);
        if (attr_read(reading->dirfd, path, text, sizeof(text)) < 0 || parse_u64(text, 10, &count) < 0 ||
            count > UINT32_MAX)
                return;
        *sum = (*sum < 0 ? 0 : *sum) + (int64_t) count;
}

/* Reads the label called so in the folder, and the counts called so. 0 or -ENOMEM. */
static int look_at(struct reading *reading, const char *label, const char *corrected, const char *uncorrected)
{
        struct edac *edac = reading->edac;
        struct edac_counts *counts;
        char path[192], text[ATTR_MAX];

        (void) snprintf(path, sizeof(path), "%s/%s", reading->folder, label);
        if (attr_read(reading->dirfd, path, text, sizeof(text)) < 0)
                return 0;
        counts = reallocarray(edac->counts, edac->n_counts + 1, sizeof(*counts));
        if (!counts)
                return -ENOMEM;
        edac->counts = counts;
        counts += edac->n_counts;
        *counts = (struct edac_counts){ .label = strdup(text), .corrected = -1, .uncorrected = -1 };
        if (!counts->label)
                return -ENOMEM;
        edac->n_counts++;
        add(reading, corrected, &counts->corrected);
        if (uncorrected)
                add(reading, uncorrected, &counts->uncorrected);
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

static int on_mc(void *userdata, uint32_t mc)
{
        static const char *const words[] = { "dimm", "rank" };
        struct reading *reading = userdata;
        int r = 0;

        (void) snprintf(reading->folder, sizeof(reading->folder), EDAC_DIR "/mc%u", mc);
        reading->has_members = false;
        for (size_t i = 0; r != -ENOMEM && i < ELEMENTSOF(words); i++) {
                reading->word = words[i];
                r = list_numbered(reading->dirfd, reading->folder, reading->word, on_member, reading);
        }
        /* where both are shown, rows repeat what their ranks have counted */
        if (r != -ENOMEM && !reading->has_members)
                r = list_numbered(reading->dirfd, reading->folder, "csrow", on_row, reading);
        return r == -ENOMEM ? r : 0;
}

int edac_read(int dirfd, struct edac *ret)
{
        struct reading reading = { .dirfd = dirfd, .edac = ret };

        *ret = (struct edac){ 0 };
        if (list_numbered(dirfd, EDAC_DIR, "mc", on_mc, &reading) != -ENOMEM)
                return 0;
        edac_clear(ret);
        return -ENOMEM;
}

void edac_clear(struct edac *edac)
{
        for (size_t i = 0; i < edac->n_counts; i++)
                free(edac->counts[i].label);
        free(edac->counts);
        *edac = (struct edac){ 0 };
}

static void add_to(int64_t *sum, int64_t count)
{
        if (count >= 0)
                *sum = (*sum < 0 ? 0 : *sum) + count;
}

void edac_find(const struct edac *edac, const char *label, int64_t *ret_corrected, int64_t *ret_uncorrected)
{
        struct edac_counts exact = { .corrected = -1, .uncorrected = -1 }, by_word = exact;
        const struct edac_counts *found = &exact;
        bool ambiguous = false;

        for (size_t i = 0; *label && i < edac->n_counts; i++) {
                const struct edac_counts *counts = &edac->counts[i];
                bool is_exact = strcmp(counts->label, label) == 0;

                if (!is_exact && !has_word(counts->label, label))
                        continue;
                if (!is_exact && by_word.label && strcmp(by_word.label, counts->label) != 0)
                        ambiguous = true;
                if (!is_exact)
                        by_word.label = counts->label;
                add_to(is_exact ? &exact.corrected : &by_word.corrected, counts->corrected);
                add_to(is_exact ? &exact.uncorrected : &by_word.uncorrected, counts->uncorrected);
        }
        if (exact.corrected < 0 && exact.uncorrected < 0 && !ambiguous)
                found = &by_word;
        *ret_corrected = found->corrected;
        *ret_uncorrected = found->uncorrected;
}
