/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/auto_online.h"

#include "basic/attr.h"
#include "basic/file.h"
#include "basic/message.h"
#include "daemon/core/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SETTING   "sys/devices/system/memory/auto_online_blocks"
#define MEMMAP    "sys/module/memory_hotplug/parameters/memmap_on_memory"
#define KEPT_FILE "run/memctl/auto-online-blocks"

/* What was there before memctl set it, and to what; "": it did not. */
struct kept {
        char before[ONLINE_WORD_MAX], ours[ONLINE_WORD_MAX];
};

void auto_online_read(const struct tree *tree, char ret[static ONLINE_WORD_MAX])
{
        if (attr_read(tree->root_fd, SETTING, ret, ONLINE_WORD_MAX) < 0)
                ret[0] = '\0';
}

void memmap_read(const struct tree *tree, char ret[static ONLINE_WORD_MAX])
{
        char word[ONLINE_WORD_MAX];

        ret[0] = '\0';
        if (attr_read(tree->root_fd, MEMMAP, word, sizeof(word)) < 0)
                return;
        (void) strcpy(ret, word[0] == 'Y' || word[0] == '1'   ? "yes"
                           : word[0] == 'N' || word[0] == '0' ? "no"
                           : strcmp(word, "force") == 0       ? "force"
                                                              : "");
}

static void read_kept(const struct tree *tree, struct kept *kept)
{
        _cleanup_free_ char *text = file_read(tree->root_fd, KEPT_FILE, 256, NULL);

        if (!text || sscanf(text, "%15s %15s", kept->before, kept->ours) != 2)
                *kept = (struct kept){ 0 };
}

static int write_kept(const struct tree *tree, const struct kept *kept)
{
        struct config_file file = { .mode = 0600, .uid = geteuid(), .gid = getegid() };
        char text[2 * ONLINE_WORD_MAX + 2];

        file.there = kept->ours[0] != '\0';
        (void) snprintf(text, sizeof(text), "%s %s\n", kept->before, kept->ours);
        file.data = text;
        file.size = strlen(text);
        return config_file_write(tree->root_fd, KEPT_FILE, NULL, &file, NULL);
}

static int write_setting(const struct tree *tree, const char *value)
{
        _cleanup_close_ int fd =
                openat(tree->root_fd, SETTING, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);

        return fd < 0 ? -errno : file_write_value(fd, value);
}

static int put_back(const struct tree *tree, struct kept *kept, const char *now)
{
        int r = 0;

        if (!kept->ours[0])
                return 0;
        if (strcmp(now, kept->ours) == 0)
                r = write_setting(tree, kept->before);
        *kept = (struct kept){ 0 };
        return r < 0 ? r : write_kept(tree, kept);
}

/* It is noted first, should this process die behind it. */
static int set(const struct tree *tree, struct kept *kept, const char *now, const char *wanted)
{
        struct kept before = *kept;
        int r;

        if (strcmp(now, wanted) == 0)
                return 0;
        if (!kept->ours[0])
                (void) strcpy(kept->before, now);
        (void) snprintf(kept->ours, sizeof(kept->ours), "%s", wanted);
        r = write_kept(tree, kept);
        if (r >= 0)
                r = write_setting(tree, wanted);
        if (r < 0)
                (void) write_kept(tree, &before);
        return r;
}

int auto_online_apply(const struct tree *tree, const char *wanted, char **message)
{
        char now[ONLINE_WORD_MAX];
        struct kept kept;
        int r;

        auto_online_read(tree, now);
        read_kept(tree, &kept);
        if (!wanted[0])
                r = put_back(tree, &kept, now);
        else if (!now[0])
                return fail(message, -EOPNOTSUPP, "auto_online_blocks: this kernel has no such setting");
        else if (kept.ours[0] && strcmp(now, kept.ours) != 0 && strcmp(now, kept.before) != 0)
                return fail(
                        message, -EPERM,
                        "auto_online_blocks: somebody has set it to %s since memctl set it to %s; left to "
                        "him",
                        now, kept.ours);
        else
                r = set(tree, &kept, now, wanted);
        return r < 0 ? fail(message, r, "auto_online_blocks: %s", strerror(-r)) : 0;
}
