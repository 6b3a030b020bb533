/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/known.h"

#include "basic/cleanup.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define VERSION(major, minor) ((major) << 16 | (minor) << 8)
#define ALL                   UINT32_MAX

/* Of kernels from `since` on, and before `before`. A name that ends in "*" is that of all that begin so. */
struct fact {
        unsigned int since, before;
        const char *kind, *operation, *text;
};

static const struct fact facts[] = {
        { VERSION(6, 9), ALL, "thp-2m", "compaction",
          "compaction leaves folios of a page block's size alone (skip_isolation_on_order)" },
        { VERSION(6, 9), ALL, "shmem-thp", "compaction",
          "compaction leaves folios of a page block's size alone (skip_isolation_on_order)" },
        { VERSION(6, 12), ALL, "mthp-*", "zswap",
          "once zswap was on, folios are swapped in page by page (zswap_never_enabled in mm/memory.c)" },
};

unsigned int known_version(const char *release)
{
        unsigned int major, minor;

        return sscanf(release, "%u.%u", &major, &minor) == 2 && major < 256 && minor < 256
                       ? VERSION(major, minor)
                       : 0;
}

static bool matches(const char *pattern, const char *name)
{
        size_t n = strlen(pattern);

        if (n > 0 && pattern[n - 1] == '*')
                return strncmp(pattern, name, n - 1) == 0;
        return strcmp(pattern, name) == 0;
}

const char *known_text(unsigned int version, const char *kind, const char *operation)
{
        for (size_t i = 0; i < ELEMENTSOF(facts); i++)
                if (version >= facts[i].since && version < facts[i].before && matches(facts[i].kind, kind) &&
                    matches(facts[i].operation, operation))
                        return facts[i].text;
        return NULL;
}
