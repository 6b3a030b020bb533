/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ranges from anywhere: whatever the text, block_set_parse() keeps its promises. Built by clang this is a
 * libFuzzer; by any other compiler it replays mutations of good texts.
 */
#include "basic/cleanup.h"
#include "daemon/plan/range.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 200000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct memory_block blocks[48];
        struct snapshot machine = { .block_size = 128 << 20,
                                    .blocks = blocks,
                                    .n_blocks = ELEMENTSOF(blocks) };
        _cleanup_(block_set_clear) struct block_set set = { 0 };
        _cleanup_free_ char *message = NULL;
        char *text = strndup((const char *) data, size);
        const char *texts = text;
        int r;

        if (!text)
                abort();
        for (uint32_t i = 0; i < ELEMENTSOF(blocks); i++)
                blocks[i].number = i < 24 ? i : i + 8;

        r = block_set_parse(&machine, &texts, 1, &set, &message);
        if (r >= 0) {
                if (set.n_numbers == 0 || message)
                        abort();
                for (size_t i = 0; i < set.n_numbers; i++)
                        if (!snapshot_find_block(&machine, set.numbers[i]) ||
                            (i > 0 && set.numbers[i - 1] >= set.numbers[i]))
                                abort();
        } else if (set.numbers || !message || message[0] != '"' || strchr(message, '\n') ||
                   (r != -EINVAL && r != -ENOENT))
                abort();

        free(text);
        return 0;
}

#ifndef MEMCTL_LIBFUZZER
int main(void)
{
        static const char *const seeds[] = {
                "32-39",        "memory3,5 , 7-9",      "0x100000000-0x13fffffff",
                "0-4294967295", "1,2,3,4,5,6,7,8,9,10", "0x0-0xffffffffffffffff"
        };

        srandom(1);
        for (int round = 0; round < ROUNDS; round++) {
                char text[64];
                size_t length;

                strcpy(text, seeds[random() % (long) ELEMENTSOF(seeds)]);
                length = strlen(text);
                for (long n = random() % 4; n > 0; n--)
                        text[(size_t) random() % length] = random() % 3
                                                                   ? "0123456789abcdefx,- m"[random() % 21]
                                                                   : (char) (random() % 255 + 1);
                (void) LLVMFuzzerTestOneInput((const uint8_t *) text, length - (size_t) (random() % 2));
        }
        return 0;
}
#endif
