/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/deciders.h"

#include "basic/attr.h"
#include "basic/file.h"
#include "daemon/core/config_file.h"
#include "daemon/machine/cmdline.h"
#include "daemon/onlining/deciders_daxctl.h"
#include "daemon/onlining/deciders_udev.h"

#include <stdio.h>
#include <string.h>

#define AUTO_ONLINE   "sys/devices/system/memory/auto_online_blocks"
#define ONLINE_POLICY "sys/module/memory_hotplug/parameters/online_policy"

/* A service of systemd that runs has a cgroup. */
#define QEMU_AGENT "sys/fs/cgroup/system.slice/qemu-guest-agent.service"

/* " (memhp_default_state=online)", where the kernel was booted with it. */
static void put_parameter(const struct tree *tree, char *buf, size_t size)
{
        _cleanup_free_ char *text = file_read(tree->root_fd, "proc/cmdline", CMDLINE_MAX, NULL);
        struct cmdline_word word;
        size_t at = 0;

        *buf = '\0';
        while (text && cmdline_next(text, strlen(text), &at, &word) && !cmdline_word_ends(text, &word))
                if (cmdline_word_is(text, &word, "memhp_default_state"))
                        (void) snprintf(buf, size, " (%.*s)", (int) (word.end - word.start),
                                        text + word.start);
        buf[strcspn(buf, "\n")] = '\0';
}

static void add_kernel(const struct tree *tree, struct deciders *deciders)
{
        char word[ONLINE_WORD_MAX], policy[32], parameter[64];
        struct decider *decider;

        if (attr_read(tree->root_fd, AUTO_ONLINE, word, sizeof(word)) < 0 || strcmp(word, "offline") == 0)
                return;
        if (attr_read(tree->root_fd, ONLINE_POLICY, policy, sizeof(policy)) < 0)
                policy[0] = '\0';
        put_parameter(tree, parameter, sizeof(parameter));
        decider = deciders_add(deciders, DECIDER_KERNEL);
        decider->acts = true;
        (void) snprintf(decider->source, sizeof(decider->source), "by /" AUTO_ONLINE);
        (void) snprintf(decider->does, sizeof(decider->does), "brings new blocks online: %s%s%s%s", word,
                        parameter, policy[0] ? ", online_policy " : "", policy);
}

/* guest-set-memory-blocks, which the host asks for. */
static void add_agents(const struct tree *tree, struct deciders *deciders)
{
        struct decider *decider;

        if (!config_file_exists(tree->root_fd, QEMU_AGENT))
                return;
        decider = deciders_add(deciders, DECIDER_AGENT);
        (void) snprintf(decider->source, sizeof(decider->source), "qemu-guest-agent.service");
        (void) snprintf(decider->does, sizeof(decider->does),
                        "brings blocks online and takes them offline when the host asks for it");
}

void deciders_read(const struct tree *tree, struct deciders *ret)
{
        ret->n = 0;
        add_kernel(tree, ret);
        deciders_add_udev(tree, ret);
        deciders_add_daxctl(tree, ret);
        add_agents(tree, ret);
}
