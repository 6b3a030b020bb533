/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Journals from anywhere: whatever the text, journal_parse() gives what a job can be made of, or says why
 * not. Built by clang this is a libFuzzer; by any other compiler it replays mutations of good texts.
 */
#include "daemon/journal/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 200000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_of(const struct block_set *blocks, uint32_t block)
{
        for (size_t i = 0; i < blocks->n_numbers; i++)
                if (blocks->numbers[i] == block)
                        return true;
        return false;
}

static void check(const struct journal_found *found, size_t size)
{
        const struct offline_options *options = &found->options;

        if (!found->target || found->journal || found->verb >= _JOB_VERB_MAX ||
            (found->blocks.n_numbers == 0) != (found->verb == JOB_HUGEPAGES) ||
            (found->eject && !found->dimm) || (!found->eject && (found->ejecting || found->asked)))
                abort();
        if (options->cache >= _CACHE_MODE_MAX || options->stuck >= _STUCK_MODE_MAX ||
            options->to_node < -1 || options->max_pause_usec > MAX_PAUSE_MAX_USEC ||
            (options->rate && options->rate < RATE_MIN_BYTES))
                abort();
        for (size_t i = 1; i < found->blocks.n_numbers; i++)
                if (found->blocks.numbers[i - 1] >= found->blocks.numbers[i])
                        abort();
        for (size_t i = 0; i < found->n_pools; i++)
                for (size_t j = 0; j < i; j++)
                        if (found->huge_page_size == 0 || found->pools[i].node < -1 ||
                            found->pools[j].node == found->pools[i].node)
                                abort();
        for (size_t i = 0; i < found->n_steps; i++) {
                const struct journal_step *step = &found->steps[i];

                if (!is_of(&found->blocks, step->block) || step->zone >= _ZONE_MAX || step->begun > size)
                        abort();
                for (size_t j = 0; j < i; j++)
                        if (found->steps[j].block == step->block)
                                abort();
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct journal_found found = { 0 };
        char *text = malloc(size ? size : 1),
             *message = NULL; /* the sanitizer sees each byte read behind it */
        int r;

        if (!text)
                abort();
        if (size > 0)
                memcpy(text, data, size);
        r = journal_parse(text, size, &found, &message);
        if (r >= 0) {
                if (message)
                        abort();
                check(&found, size);
        } else if (r != -EBADMSG || found.target || found.steps || !message || strchr(message, '\n'))
                abort();
        journal_found_clear(&found);
        free(message);
        free(text);
        return 0;
}

#ifndef MEMCTL_LIBFUZZER
#define OPTIONS                                                                                             \
        "\"options\":{\"force\":false,\"partial\":true,\"swap\":false,\"resume\":true,\"cache\":\"keep\","  \
        "\"stuck\":\"skip\",\"max_pause_usec\":1000,\"rate\":1048576,\"to_node\":-1},"

int main(void)
{
        static const char *const seeds[] = {
                "{\"version\":1,\"verb\":\"dimm-offline\",\"target\":\"PNP0C80:00\",\"dimm\":\"PNP0C80:00\","
                "\"eject\":true,"
                "\"zone\":\"movable\"," OPTIONS
                "\"deadline_usec\":5,\"blocks\":[8,9],\"steps\":[[9,\"Movable\"],"
                "[8,\"Normal\"]]}\n{\"offline\":9}\n{\"offlined\":9}\n{\"offline\":8}\n{\"offlined\":8}\n"
                "{\"eject\":null}\n{\"ejecting\":null}\n{\"roll_back\":null}\n{\"online\":8}\n{\"onlined\":"
                "8}\n",
                "{\"version\":1,\"verb\":\"block-online\",\"target\":\"1-2\",\"dimm\":null,\"eject\":false,"
                "\"zone\":"
                "\"kernel\"," OPTIONS "\"deadline_usec\":0,\"blocks\":[1,2],\"steps\":[[1,null],[2,null]]}\n"
                "{\"online\":1}\n{\"onlined\":1}\n{\"online\":2}\n",
                "{\"version\":2,\"verb\":\"hugepages-reserve\",\"target\":\"9\",\"dimm\":null,\"eject\":"
                "false,\"zone\":\"movable\"," OPTIONS
                "\"deadline_usec\":0,\"blocks\":[],\"steps\":[],\"huge_page_size\":2097152}\n"
                "{\"pool\":[0,1,9]}\n{\"pooled\":[0,7]}\n{\"pool\":[null,2,5]}\n{\"roll_back\":null}\n"
                "{\"pool\":[0,7,1]}\n{\"pooled\":[0,1]}\n",
        };

        srandom(1);
        for (int round = 0; round < ROUNDS; round++) {
                char text[1024];
                size_t length;

                strcpy(text, seeds[random() % (long) ELEMENTSOF(seeds)]);
                length = strlen(text);
                for (long n = random() % 4; n > 0; n--)
                        text[(size_t) random() % length] = random() % 3
                                                                   ? "0123456789,:{}[]\"\\n-e"[random() % 21]
                                                                   : (char) (random() % 256);
                (void) LLVMFuzzerTestOneInput((const uint8_t *) text,
                                              random() % 4 ? length : (size_t) random() % (length + 1));
        }
        return 0;
}
#endif
