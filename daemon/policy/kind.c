/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/kind.h"

#include "basic/cleanup.h"

#include <string.h>

bool policy_section_is_of_others(const char *name, const char *own)
{
        static const char *const words[] = { POLICY_SECTION_COMPACTION, POLICY_SECTION_ONLINE };

        for (size_t i = 0; i < ELEMENTSOF(words); i++) {
                size_t n = strlen(words[i]);

                if (strcmp(words[i], own) != 0 && strncmp(name, words[i], n) == 0 &&
                    (name[n] == '\0' || name[n] == ' '))
                        return true;
        }
        return false;
}
