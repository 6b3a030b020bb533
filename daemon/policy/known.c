/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/known.h"

#include <inttypes.h>
#include <stdio.h>

/* 6.15.3 as 6 << 32 | 15 << 16 | 3. */
#define RELEASE(major, minor, patch)                                                                        \
        ((uint64_t) (major) << 32 | (uint64_t) (minor) << 16 | (uint64_t) (patch))

static const struct {
        enum vm_setting setting;
        int value;
        uint64_t from, below;
        const char *text;
} troubles[] = {
        /* vm.defrag_mode came with 6.15. */
        { VM_DEFRAG_MODE, 1, RELEASE(6, 15, 0), RELEASE(7, 2, 0),
          "vm.defrag_mode=1 makes this kernel swap without end (mended by commit 7e8756d7ad22, with commit "
          "4cd78a2dcfbb for what that one broke)" },
        { VM_DEFRAG_MODE, 1, RELEASE(7, 2, 0), RELEASE(7, 3, 0),
          "with vm.defrag_mode=1 requests for single pages may be retried for ever on this kernel (commit "
          "7e8756d7ad22 without commit 4cd78a2dcfbb)" },
};

static uint64_t parse(const char *release)
{
        unsigned int major, minor, patch = 0;

        if (sscanf(release, "%4u.%4u.%4u", &major, &minor, &patch) < 2)
                return 0;
        return RELEASE(major, minor, patch);
}

const char *known_trouble(const char *release, enum vm_setting setting, int value)
{
        uint64_t number = parse(release);

        for (size_t i = 0; i < ELEMENTSOF(troubles); i++)
                if (troubles[i].setting == setting && troubles[i].value == value &&
                    number >= troubles[i].from && number < troubles[i].below)
                        return troubles[i].text;
        return NULL;
}
