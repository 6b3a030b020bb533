/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/vm.h"

#include "basic/attr.h"
#include "basic/file.h"
#include "basic/message.h"
#include "basic/number.h"
#include "daemon/core/config_file.h"
#include "daemon/policy/known.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KEPT_FILE "run/memctl/vm"

/* tuned says so while it runs; its profiles set vm.*. */
#define TUNED_PID     "run/tuned/tuned.pid"
#define TUNED_PROFILE "etc/tuned/active_profile"

static const struct {
        const char *name, *path;
} settings[_VM_SETTING_MAX] = {
        [VM_PROACTIVENESS] = { "vm.compaction_proactiveness", "proc/sys/vm/compaction_proactiveness" },
        [VM_DEFRAG_MODE] = { "vm.defrag_mode", "proc/sys/vm/defrag_mode" },
};

/* What was there before memctl set it, and to what. Both VM_SETTING_NONE: it did not. */
struct kept {
        int before, ours;
};

const char *vm_setting_name(enum vm_setting setting)
{
        return settings[setting].name;
}

int vm_setting_read(const struct tree *tree, enum vm_setting setting)
{
        uint32_t number;
        char text[32];

        if (attr_read(tree->root_fd, settings[setting].path, text, sizeof(text)) < 0 ||
            parse_u32(text, 10, &number) < 0 || number > INT16_MAX)
                return VM_SETTING_NONE;
        return (int) number;
}

void vm_release_read(const struct tree *tree, char ret[static RELEASE_MAX])
{
        if (attr_read(tree->root_fd, "proc/sys/kernel/osrelease", ret, RELEASE_MAX) < 0)
                ret[0] = '\0';
}

const char *vm_trouble(const struct tree *tree)
{
        char release[RELEASE_MAX];

        vm_release_read(tree, release);
        for (enum vm_setting setting = 0; setting < _VM_SETTING_MAX; setting++) {
                const char *trouble = known_trouble(release, setting, vm_setting_read(tree, setting));

                if (trouble)
                        return trouble;
        }
        return NULL;
}

static void read_kept(const struct tree *tree, struct kept kept[static _VM_SETTING_MAX])
{
        _cleanup_free_ char *text = file_read(tree->root_fd, KEPT_FILE, CONFIG_FILE_MAX, NULL);
        char *save = NULL;

        for (size_t i = 0; i < _VM_SETTING_MAX; i++)
                kept[i] = (struct kept){ VM_SETTING_NONE, VM_SETTING_NONE };
        for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
             line = strtok_r(NULL, "\n", &save)) {
                char name[64];
                unsigned int before, ours;

                if (sscanf(line, "%63s %5u %5u", name, &before, &ours) != 3 || before > INT16_MAX ||
                    ours > INT16_MAX)
                        continue;
                for (size_t i = 0; i < _VM_SETTING_MAX; i++)
                        if (strcmp(name, settings[i].name) == 0)
                                kept[i] = (struct kept){ (int) before, (int) ours };
        }
}

static int write_kept(const struct tree *tree, const struct kept kept[static _VM_SETTING_MAX])
{
        struct config_file file = { .mode = 0600, .uid = geteuid(), .gid = getegid() };
        char text[256] = "";
        size_t n = 0;

        for (size_t i = 0; i < _VM_SETTING_MAX; i++)
                if (kept[i].ours != VM_SETTING_NONE)
                        n += (size_t) snprintf(text + n, sizeof(text) - n, "%s %d %d\n", settings[i].name,
                                               kept[i].before, kept[i].ours);
        file.there = n > 0;
        file.data = text;
        file.size = n;
        return config_file_write(tree->root_fd, KEPT_FILE, NULL, &file, NULL);
}

static int write_setting(const struct tree *tree, enum vm_setting setting, int value)
{
        _cleanup_close_ int fd = -1;
        char text[16];

        fd = openat(tree->root_fd, settings[setting].path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
        if (fd < 0)
                return -errno;
        (void) snprintf(text, sizeof(text), "%d", value);
        return file_write_value(fd, text);
}

/* True, and what it is called, with its profile: somebody else sets what is below /proc/sys/vm. */
static bool has_owner(const struct tree *tree, char *name, size_t size)
{
        char pid[32], profile[128] = "", path[64];
        uint32_t number;

        if (attr_read(tree->root_fd, TUNED_PID, pid, sizeof(pid)) < 0 || parse_u32(pid, 10, &number) < 0)
                return false;
        (void) snprintf(path, sizeof(path), "proc/%" PRIu32 "/stat", number);
        if (faccessat(tree->root_fd, path, F_OK, 0) < 0)
                return false;
        if (attr_read(tree->root_fd, TUNED_PROFILE, profile, sizeof(profile)) < 0)
                profile[0] = '\0';
        (void) snprintf(name, size, "tuned%s%.100s%s", profile[0] ? " (profile " : "", profile,
                        profile[0] ? ")" : "");
        return true;
}

/* Adds a line to *message. */
static int add_problem(char **message, int error, const char *line)
{
        _cleanup_free_ char *before = *message;

        *message = NULL;
        return fail(message, error, "%s%s%s", before ? before : "", before ? "\n" : "", line);
}

/* What it was before is put back, unless somebody has changed it since. */
static int put_back(const struct tree *tree, enum vm_setting setting, struct kept *kept)
{
        int r = 0;

        if (kept->ours != VM_SETTING_NONE && vm_setting_read(tree, setting) == kept->ours)
                r = write_setting(tree, setting, kept->before);
        if (r >= 0)
                *kept = (struct kept){ VM_SETTING_NONE, VM_SETTING_NONE };
        return r;
}

/* Why it must not be set. 0, or -errno and why. */
static int check(const struct tree *tree, enum vm_setting setting, int wanted, const struct kept *kept,
                 char *why, size_t size)
{
        char release[RELEASE_MAX], owner[160];
        int now = vm_setting_read(tree, setting);
        const char *trouble;

        if (now == VM_SETTING_NONE) {
                (void) snprintf(why, size, "%s: this kernel has no such setting", settings[setting].name);
                return -EOPNOTSUPP;
        }
        vm_release_read(tree, release);
        trouble = known_trouble(release, setting, wanted);
        if (trouble) {
                (void) snprintf(why, size, "%s: %s", settings[setting].name, trouble);
                return -EOPNOTSUPP;
        }
        if (has_owner(tree, owner, sizeof(owner))) {
                (void) snprintf(why, size, "%s: left to %s, which sets vm.*", settings[setting].name, owner);
                return -EPERM;
        }
        if (kept->ours != VM_SETTING_NONE && now != kept->ours && now != kept->before) {
                (void) snprintf(why, size,
                                "%s: somebody has set it to %d since memctl set it to %d; left to him",
                                settings[setting].name, now, kept->ours);
                return -EPERM;
        }
        return 0;
}

/* It is noted first, should this process die behind it. */
static int set(const struct tree *tree, enum vm_setting setting, int wanted,
               struct kept all[static _VM_SETTING_MAX])
{
        struct kept *kept = &all[setting], before = *kept;
        int now = vm_setting_read(tree, setting), r;

        if (now == wanted)
                return 0;
        if (kept->ours == VM_SETTING_NONE)
                kept->before = now;
        kept->ours = wanted;
        r = write_kept(tree, all);
        if (r >= 0)
                r = write_setting(tree, setting, wanted);
        if (r < 0)
                *kept = before;
        return r;
}

static int apply(const struct tree *tree, enum vm_setting setting, int wanted,
                 struct kept all[static _VM_SETTING_MAX], char **message)
{
        struct kept *kept = &all[setting];
        char why[512];
        int r;

        if (wanted != VM_SETTING_NONE) {
                r = check(tree, setting, wanted, kept, why, sizeof(why));
                if (r < 0)
                        return add_problem(message, r, why);
        }
        r = wanted == VM_SETTING_NONE ? put_back(tree, setting, kept) : set(tree, setting, wanted, all);
        if (r >= 0)
                return 0;
        (void) snprintf(why, sizeof(why), "%s: %s", settings[setting].name, strerror(-r));
        return add_problem(message, r, why);
}

int vm_settings_apply(const struct tree *tree, const int wanted[static _VM_SETTING_MAX], char **message)
{
        struct kept kept[_VM_SETTING_MAX], before[_VM_SETTING_MAX];
        int first = 0, r;

        read_kept(tree, kept);
        memcpy(before, kept, sizeof(before));
        for (enum vm_setting setting = 0; setting < _VM_SETTING_MAX; setting++) {
                r = apply(tree, setting, wanted[setting], kept, message);
                if (r < 0 && first == 0)
                        first = r;
        }
        if (memcmp(before, kept, sizeof(before)) != 0) {
                r = write_kept(tree, kept);
                if (r < 0 && first == 0)
                        first = add_problem(message, r, "/" KEPT_FILE " cannot be written");
        }
        return first;
}
