/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/nearest.h"

#include <stdint.h>
#include <string.h>

#define LENGTH_MAX 31

static size_t least(size_t a, size_t b)
{
        return a < b ? a : b;
}

size_t nearest_distance(const char *a, const char *b)
{
        size_t n = strnlen(a, LENGTH_MAX + 1), m = strnlen(b, LENGTH_MAX + 1);
        size_t table[LENGTH_MAX + 1][LENGTH_MAX + 1];

        if (n > LENGTH_MAX || m > LENGTH_MAX)
                return SIZE_MAX;
        for (size_t i = 0; i <= n; i++)
                for (size_t j = 0; j <= m; j++) {
                        if (i == 0 || j == 0) {
                                table[i][j] = i + j;
                                continue;
                        }
                        table[i][j] = least(table[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
                                            least(table[i - 1][j], table[i][j - 1]) + 1);
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                table[i][j] = least(table[i][j], table[i - 2][j - 2] + 1);
                }
        return table[n][m];
}

void nearest_try(struct nearest *nearest, const char *candidate)
{
        size_t distance = nearest_distance(nearest->word, candidate);
        size_t most = strlen(candidate) > 4 ? 2 : 1;

        if (distance > most || (nearest->best && distance >= nearest->distance))
                return;
        nearest->best = candidate;
        nearest->distance = distance;
}
