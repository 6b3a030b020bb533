/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/edac.h"

#include "daemon/machine/listing.h"
#include "basic/attr.h"
#include "basic/number.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EDAC_DIR "sys/devices/system/edac/mc"

/* Of a row; the kernel has no more. */
#define CHANNELS_MAX 16U

/* Errors counted; -1: by nobody. */
struct counts {
        int64_t corrected, uncorrected;
};

struct search {
        int dirfd;
        const char *label;
        char folder[64];  /* of the controller, or the row, that is looked at */
        const char *word; /* "dimm" or "rank" */
        bool has_members; /* the controller has some */
        struct counts exact, by_word;
        char found[ATTR_MAX]; /* the label that by_word is of */
        bool ambiguous;       /* there was another */
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
static void add(const struct search *search, const char *name, int64_t *sum)
{
        char path[192], text[ATTR_MAX];
        uint64_t count;

        (void) snprintf(path, sizeof(path), "%s/%s", search->folder, name);
        if (attr_read(search->dirfd, path, text, sizeof(text)) < 0 || parse_u64(text, 10, &count) < 0 ||
            count > UINT32_MAX)
                return;
        *sum = (*sum < 0 ? 0 : *sum) + (int64_t) count;
}

/* Whose counts those of the one with this label are; NULL: of another DIMM. */
static struct counts *counts_of(struct search *search, const char *label)
{
        if (strcmp(label, search->label) == 0)
                return &search->exact;
        if (!has_word(label, search->label))
                return NULL;
        if (*search->found && strcmp(search->found, label) != 0)
                search->ambiguous = true;
        (void) snprintf(search->found, sizeof(search->found), "%s", label);
        return &search->by_word;
}

/* Reads the label called so in the folder, and adds the counts called so, if it is the DIMM's. */
static void look_at(struct search *search, const char *label, const char *corrected, const char *uncorrected)
{
        char path[192], text[ATTR_MAX];
        struct counts *counts;

        (void) snprintf(path, sizeof(path), "%s/%s", search->folder, label);
        counts = attr_read(search->dirfd, path, text, sizeof(text)) < 0 ? NULL : counts_of(search, text);
        if (!counts)
                return;
        add(search, corrected, &counts->corrected);
        if (uncorrected)
                add(search, uncorrected, &counts->uncorrected);
}

static int on_member(void *userdata, uint32_t member)
{
        struct search *search = userdata;
        char label[64], corrected[64], uncorrected[64];

        search->has_members = true;
        (void) snprintf(label, sizeof(label), "%s%u/dimm_label", search->word, member);
        (void) snprintf(corrected, sizeof(corrected), "%s%u/dimm_ce_count", search->word, member);
        (void) snprintf(uncorrected, sizeof(uncorrected), "%s%u/dimm_ue_count", search->word, member);
        look_at(search, label, corrected, uncorrected);
        return 0;
}

/* Uncorrected errors are counted by row: of which of its channels is not known, if there is more than one.
 */
static int on_row(void *userdata, uint32_t row)
{
        struct search *search = userdata;
        char label[64], corrected[64], uncorrected[64], second[128];

        (void) snprintf(second, sizeof(second), "%s/csrow%u/ch1_dimm_label", search->folder, row);
        (void) snprintf(uncorrected, sizeof(uncorrected), "csrow%u/ue_count", row);
        for (unsigned int channel = 0; channel < CHANNELS_MAX; channel++) {
                (void) snprintf(label, sizeof(label), "csrow%u/ch%u_dimm_label", row, channel);
                (void) snprintf(corrected, sizeof(corrected), "csrow%u/ch%u_ce_count", row, channel);
                look_at(search, label, corrected,
                        faccessat(search->dirfd, second, F_OK, 0) == 0 ? NULL : uncorrected);
        }
        return 0;
}

static int on_mc(void *userdata, uint32_t mc)
{
        struct search *search = userdata;

        (void) snprintf(search->folder, sizeof(search->folder), EDAC_DIR "/mc%u", mc);
        search->has_members = false;
        search->word = "dimm";
        (void) list_numbered(search->dirfd, search->folder, search->word, on_member, search);
        search->word = "rank";
        (void) list_numbered(search->dirfd, search->folder, search->word, on_member, search);
        /* where both are shown, rows repeat what their ranks have counted */
        if (!search->has_members)
                (void) list_numbered(search->dirfd, search->folder, "csrow", on_row, search);
        return 0;
}

void edac_read(int dirfd, const char *label, int64_t *ret_corrected, int64_t *ret_uncorrected)
{
        struct search search = {
                .dirfd = dirfd,
                .label = label,
                .exact = { -1, -1 },
                .by_word = { -1, -1 },
        };
        const struct counts *counts = &search.exact;

        if (*label)
                (void) list_numbered(dirfd, EDAC_DIR, "mc", on_mc, &search);
        if (search.exact.corrected < 0 && search.exact.uncorrected < 0 && !search.ambiguous)
                counts = &search.by_word;
        *ret_corrected = counts->corrected;
        *ret_uncorrected = counts->uncorrected;
}
