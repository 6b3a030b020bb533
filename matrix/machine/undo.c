/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/undo.h"

#include "matrix/machine/attribute.h"
#include "matrix/machine/command.h"
#include "matrix/machine/pages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

/* A page that was not poisoned in the end needs nothing. */
static int unpoison(const struct undo *entry)
{
        uint64_t pfn = strtoull(entry->value, NULL, 16);

        for (int i = 0; i < 20; i++) {
                if (!(page_flags(pfn) >> KPF_HWPOISON & 1))
                        return 0;
                (void) attribute_write(entry->path, entry->value);
                (void) usleep(i * 1000);
        }
        return -EBUSY;
}

static int unload(const char *module)
{
        char path[sizeof(((struct undo *) NULL)->path) + sizeof("/sys/module/")];

        (void) snprintf(path, sizeof(path), "/sys/module/%s", module);
        for (int i = 0; i < 20 && attribute_exists(path); i++) {
                (void) command_quietly("rmmod", module, NULL);
                (void) usleep(i * 1000);
        }
        return attribute_exists(path) ? -EBUSY : 0;
}

/* A block that did not go offline needs nothing. */
static int online(const struct undo *entry)
{
        char state[16];

        if (attribute_read(entry->path, state, sizeof(state)) >= 0 && strcmp(state, "online") == 0)
                return 0;
        return attribute_write(entry->path, entry->value);
}

/* What is so already, or has gone with what it was of, needs nothing. */
static int write_back(const struct undo *entry)
{
        char value[sizeof(entry->value)];
        int r;

        r = attribute_write(entry->path, entry->value);
        if (r >= 0 || !attribute_exists(entry->path))
                return 0;
        return attribute_read(entry->path, value, sizeof(value)) >= 0 && strcmp(value, entry->value) == 0
                       ? 0
                       : r;
}

int undo(const struct undo *entry)
{
        switch ((enum undo_kind) entry->kind) {
        case UNDO_WRITE:
                return write_back(entry);
        case UNDO_SWAPOFF:
                return swapoff(entry->path) < 0 && errno != EINVAL && errno != ENOENT ? -errno : 0;
        case UNDO_UNLOAD:
                return unload(entry->path);
        case UNDO_UNPOISON:
                return unpoison(entry);
        case UNDO_ONLINE:
                return online(entry);
        default:
                return 0;
        }
}
