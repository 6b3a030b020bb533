/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/model/edac.h"

#include "basic/attr.h"
#include "basic/number.h"
#include "daemon/model/listing.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define EDAC_DIR "sys/devices/system/edac/mc"

struct search {
        int dirfd;
        const char *label;
        const char *word; /* "dimm" or "rank" */
        uint32_t mc;
        int64_t corrected, uncorrected;
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

static bool read_figure(const struct search *search, uint32_t dimm, const char *attribute, char *text)
{
        char path[128];

        (void) snprintf(path, sizeof(path), EDAC_DIR "/mc%u/%s%u/%s", search->mc, search->word, dimm,
                        attribute);
        return attr_read(search->dirfd, path, text, ATTR_MAX) >= 0;
}

static void add(const struct search *search, uint32_t dimm, const char *attribute, int64_t *sum)
{
        char text[ATTR_MAX];
        uint64_t count;

        if (!read_figure(search, dimm, attribute, text) || parse_u64(text, 10, &count) < 0 ||
            count > INT32_MAX)
                return;
        *sum = (*sum < 0 ? 0 : *sum) + (int64_t) count;
}

static int on_dimm(void *userdata, uint32_t dimm)
{
        struct search *search = userdata;
        char text[ATTR_MAX];

        if (!read_figure(search, dimm, "dimm_label", text) || !has_word(text, search->label))
                return 0;
        add(search, dimm, "dimm_ce_count", &search->corrected);
        add(search, dimm, "dimm_ue_count", &search->uncorrected);
        return 0;
}

static int on_mc(void *userdata, uint32_t mc)
{
        struct search *search = userdata;
        char path[64];

        search->mc = mc;
        (void) snprintf(path, sizeof(path), EDAC_DIR "/mc%u", mc);
        search->word = "dimm";
        (void) list_numbered(search->dirfd, path, search->word, on_dimm, search);
        search->word = "rank";
        (void) list_numbered(search->dirfd, path, search->word, on_dimm, search);
        return 0;
}

void edac_read(int dirfd, const char *label, int64_t *ret_corrected, int64_t *ret_uncorrected)
{
        struct search search = { .dirfd = dirfd, .label = label, .corrected = -1, .uncorrected = -1 };

        if (*label)
                (void) list_numbered(dirfd, EDAC_DIR, "mc", on_mc, &search);
        *ret_corrected = search.corrected;
        *ret_uncorrected = search.uncorrected;
}
