/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/presence.h"

#include "basic/attr.h"
#include "basic/cleanup.h"
#include "daemon/module/module.h"

#include <libkmod.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static void unref_context(struct kmod_ctx **context)
{
        kmod_unref(*context);
}

static void unref_module(struct kmod_module **module)
{
        kmod_module_unref(*module);
}

static void read_signer(struct kmod_module *module, struct module_presence *ret)
{
        struct kmod_list *info = NULL, *entry;

        if (kmod_module_get_info(module, &info) < 0)
                return;
        kmod_list_foreach(entry, info) if (strcmp(kmod_module_info_get_key(entry), "signer") == 0)(void)
                snprintf(ret->signer, sizeof(ret->signer), "%s", kmod_module_info_get_value(entry));
        kmod_module_info_free_list(info);
}

static void be_silent(void *data, int priority, const char *file, int line, const char *function,
                      const char *format, va_list arguments)
{
        (void) data, (void) priority, (void) file, (void) line, (void) function, (void) format;
        (void) arguments;
}

bool module_presence_find(const char *folder, struct module_presence *ret)
{
        static const char *const no_configuration[] = { NULL };
        _cleanup_(unref_context) struct kmod_ctx *context = kmod_new(folder, no_configuration);
        _cleanup_(unref_module) struct kmod_module *module = NULL;

        if (!context)
                return false;
        kmod_set_log_fn(context, be_silent, NULL);
        if (kmod_module_new_from_name(context, "memctl", &module) < 0 || !kmod_module_get_path(module))
                return false;
        ret->installed = true;
        read_signer(module, ret);
        return true;
}

/*
 * With lockdown at all (integrity, confidentiality), and with sig_enforce, an unsigned module is refused:
 * kernel/module/signing.c, security/lockdown/lockdown.c. lockdown reads "[none] integrity confidentiality".
 */
static bool takes_signed_only(int root_fd)
{
        char text[64];

        if (attr_read(root_fd, "sys/module/module/parameters/sig_enforce", text, sizeof(text)) > 0 &&
            text[0] == 'Y')
                return true;
        return attr_read(root_fd, "sys/kernel/security/lockdown", text, sizeof(text)) > 0 &&
               !strstr(text, "[none]");
}

void module_presence_read(const struct tree *tree, struct module_presence *ret)
{
        struct utsname kernel;
        char folder[128];

        *ret = (struct module_presence){ .known = tree->live };
        if (!tree->live)
                return;
        ret->loaded = module_is_loaded(tree);
        if (ret->loaded &&
            attr_read(tree->root_fd, "sys/module/memctl/version", ret->version, sizeof(ret->version)) < 0)
                ret->version[0] = '\0';
        ret->signed_only = takes_signed_only(tree->root_fd);
        if (uname(&kernel) < 0)
                return;
        (void) snprintf(folder, sizeof(folder), "/lib/modules/%s", kernel.release);
        (void) module_presence_find(folder, ret);
}
