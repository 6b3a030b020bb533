/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/cma_bitmap.h"

#include "basic/number.h"

#include <errno.h>
#include <string.h>

#define WORD_BITS 32U

void cma_bitmap_clear(struct cma_bitmap *bitmap)
{
        free(bitmap->bytes);
        *bitmap = (struct cma_bitmap){ 0 };
}

static uint64_t pages_of(const struct pfn_range *range)
{
        return range->end - range->start;
}

static uint64_t pieces_of(uint64_t pages, uint64_t piece_pages)
{
        return pages / piece_pages + (pages % piece_pages != 0);
}

size_t cma_bitmap_bytes(uint64_t pages, uint64_t piece_pages)
{
        uint64_t pieces = pieces_of(pages, piece_pages);

        return (size_t) (pieces / 8 + (pieces % 8 != 0));
}

static size_t bytes_of_all(const struct cma_area *area, uint64_t piece_pages)
{
        size_t bytes = 0;

        for (size_t i = 0; i < area->n_ranges; i++)
                bytes += cma_bitmap_bytes(pages_of(&area->ranges[i]), piece_pages);
        return bytes;
}

static bool is_set(const uint64_t *words, uint64_t bit)
{
        return words[bit / 64] >> bit % 64 & 1;
}

int cma_bitmap_make(const struct cma_area *area, uint64_t *const *words, enum cma_source source, size_t max,
                    struct cma_bitmap *ret)
{
        struct cma_bitmap bitmap = { .piece_pages = UINT64_C(1) << area->order_per_bit,
                                     .n_ranges = area->n_ranges,
                                     .source = (uint8_t) source };
        uint64_t joined = 1;
        uint8_t *bytes;

        while (bytes_of_all(area, bitmap.piece_pages) > max && bitmap.piece_pages < UINT64_C(1) << 62) {
                bitmap.piece_pages *= 2;
                joined *= 2;
        }
        bitmap.n_bytes = bytes_of_all(area, bitmap.piece_pages);
        bitmap.bytes = bytes = calloc(bitmap.n_bytes + 1, 1);
        if (!bytes)
                return -ENOMEM;
        for (size_t i = 0; i < area->n_ranges; i++) {
                uint64_t pages = pages_of(&area->ranges[i]);
                uint64_t pieces = pieces_of(pages, UINT64_C(1) << area->order_per_bit);

                bitmap.ranges[i] = area->ranges[i];
                for (uint64_t bit = 0; bit < pieces; bit++)
                        if (is_set(words[i], bit))
                                bytes[bit / joined / 8] |= (uint8_t) (1U << bit / joined % 8);
                bytes += cma_bitmap_bytes(pages, bitmap.piece_pages);
        }
        *ret = bitmap;
        return 0;
}

/* The next number of the text; 1; 0 at its end; -EBADMSG. */
static int next_number(const char **text, uint32_t *ret)
{
        const char *at = *text + strspn(*text, " \n");
        size_t n = strcspn(at, " \n");
        char number[16];

        if (n == 0)
                return 0;
        if (n >= sizeof(number))
                return -EBADMSG;
        memcpy(number, at, n);
        number[n] = '\0';
        if (parse_u32(number, strncmp(number, "0x", 2) == 0 ? 16 : 10, ret) < 0)
                return -EBADMSG;
        *text = at + n;
        return 1;
}

size_t cma_bitmap_count(const char *text)
{
        uint32_t number;
        size_t n = 0;
        int r;

        while ((r = next_number(&text, &number)) > 0)
                n++;
        return r < 0 ? 0 : n;
}

int cma_bitmap_parse(const char *text, uint64_t n_bits, uint64_t **ret)
{
        size_t n_numbers = (size_t) (n_bits / WORD_BITS + (n_bits % WORD_BITS != 0));
        _cleanup_free_ uint64_t *words = NULL;

        /* more is wanted than a text of that length has: not worth the memory */
        if (n_numbers > strlen(text))
                return -EBADMSG;
        words = calloc((size_t) (n_bits / 64 + 1), sizeof(*words));
        if (!words)
                return -ENOMEM;
        for (size_t i = 0; i < n_numbers; i++) {
                /* the kernel shows an array of unsigned long as one of u32 */
                size_t at = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? i ^ 1 : i;
                uint32_t number;

                if (next_number(&text, &number) <= 0)
                        return -EBADMSG;
                if (at / 2 < (size_t) (n_bits / 64 + 1))
                        words[at / 2] |= (uint64_t) number << (at % 2 * WORD_BITS);
        }
        *ret = TAKE_PTR(words);
        return 0;
}

uint64_t cma_bitmap_free_runs(const struct cma_area *area, uint64_t *const *words)
{
        uint64_t runs = 0;

        for (size_t i = 0; i < area->n_ranges; i++) {
                uint64_t pieces = pieces_of(pages_of(&area->ranges[i]), UINT64_C(1) << area->order_per_bit);
                bool used = true;

                for (uint64_t bit = 0; bit < pieces; bit++) {
                        bool now = is_set(words[i], bit);

                        runs += used && !now;
                        used = now;
                }
        }
        return runs;
}

void cma_bitmap_put(struct packet *packet, const struct cma_bitmap *bitmap)
{
        packet_put(packet, bitmap, sizeof(*bitmap));
        packet_put_array(packet, bitmap->bytes, bitmap->n_bytes, 1);
}

void cma_bitmap_get(struct packet_reader *reader, struct cma_bitmap *ret)
{
        packet_get(reader, ret, sizeof(*ret));
        ret->bytes = packet_get_array(reader, 1, &ret->n_bytes);
}
