/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compares the two indices of fragmentation, which are our own arithmetic (daemon/plan), with what a guest's
 * kernel tells in debugfs. Reads /proc/buddyinfo, extfrag/unusable_index and extfrag/extfrag_index, one
 * after the other with a line "--" behind each, and prints how many figures are the same. Ends with 1, and
 * says which it was, at the first that is not.
 */
#include "daemon/machine/buddy.h"
#include "daemon/plan/fragmentation.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[1 << 16];

/* The text up to the next line "--". */
static char *section(char **rest)
{
        char *start = *rest, *end = strstr(start, "--\n");

        if (!end)
                errx(1, "a section is missing");
        *end = '\0';
        *rest = end + strlen("--\n");
        return start;
}

static int figure(const struct buddy *buddy, const struct buddy_zone *zone, unsigned int order, bool index)
{
        return index ? fragmentation_index(zone->free, buddy->n_orders, order)
                     : (int) fragmentation_unusable(zone->free, buddy->n_orders, order);
}

/* As the kernel prints it: thousandths, whose sign is that of either part. */
static void print(int thousandths, char ret[static 32])
{
        (void) snprintf(ret, 32, "%d.%03d", thousandths / 1000, thousandths % 1000);
}

static unsigned int compare(const struct buddy *buddy, char *said, bool index)
{
        unsigned int same = 0;
        char *line_rest;
        size_t row = 0;

        for (char *line = strtok_r(said, "\n", &line_rest); line;
             line = strtok_r(NULL, "\n", &line_rest), row++) {
                const struct buddy_zone *zone = &buddy->zones[row];
                char name[16], *word_rest, *word;
                int node, n;

                if (row == buddy->n_zones || sscanf(line, "Node %d, zone %15s%n", &node, name, &n) != 2 ||
                    node != zone->node || strcmp(name, zone->name) != 0)
                        errx(1, "other zones: %s", line);
                word = strtok_r(line + n, " ", &word_rest);
                for (unsigned int order = 0; order < buddy->n_orders; order++) {
                        char ours[32];

                        print(figure(buddy, zone, order, index), ours);
                        if (!word || strcmp(word, ours) != 0)
                                errx(1, "node %d, zone %s, order %u, %s: %s, and we say %s", node, name,
                                     order, index ? "index" : "unusable", word ? word : "nothing", ours);
                        word = strtok_r(NULL, " ", &word_rest);
                        same++;
                }
        }
        if (row != buddy->n_zones)
                errx(1, "a zone is missing");
        return same;
}

int main(void)
{
        char *rest = text, *message = NULL, *unusable, *index;
        struct buddy buddy = { 0 };
        const char *free;

        if (fread(text, 1, sizeof(text) - 1, stdin) == 0)
                errx(1, "nothing to read");
        free = section(&rest);
        unusable = section(&rest);
        index = section(&rest);
        if (buddy_parse(free, &buddy, &message) < 0)
                errx(1, "%s", message ? message : "no memory");
        printf("%u\n", compare(&buddy, unusable, false) + compare(&buddy, index, true));
        buddy_clear(&buddy);
        return 0;
}
