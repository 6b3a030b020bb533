/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/module.h"

#include "daemon/module/wire.h"
#include "uapi/memctl.h"
#include "basic/cleanup.h"
#include "basic/message.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* What is listed may change while it is: so often it is asked for again. */
#define ATTEMPTS_MAX 8

static const struct nla_policy policy[MEMCTL_A_MAX + 1] = {
        [MEMCTL_A_VERSION] = WIRE_STRING(sizeof(((struct module_info *) 0)->version)),
        [MEMCTL_A_ABILITIES] = WIRE_U32,
        [MEMCTL_A_BINDING] = WIRE_STRING(sizeof(((struct module_info *) 0)->binding)),
        [MEMCTL_A_KERNEL] = WIRE_STRING(sizeof(((struct module_info *) 0)->kernel)),
        [MEMCTL_A_PAGE_SIZE] = WIRE_U32,
        [MEMCTL_A_MOVABLE_REASON] = WIRE_STRING(sizeof(((struct module_info *) 0)->movable_reason)),
};

static const char *const names[MEMCTL_A_MAX + 1] = {
        [MEMCTL_A_VERSION] = "version",     [MEMCTL_A_ABILITIES] = "abilities",
        [MEMCTL_A_BINDING] = "binding",     [MEMCTL_A_KERNEL] = "kernel release",
        [MEMCTL_A_PAGE_SIZE] = "page size", [MEMCTL_A_MOVABLE_REASON] = "reason",
};

static const struct wire_format format = {
        .what = "module",
        .policy = policy,
        .names = names,
        .max = MEMCTL_A_MAX,
        .optional = WIRE_BIT(MEMCTL_A_MOVABLE_REASON),
};

int module_parse(struct nlmsghdr *header, struct module_info *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];
        struct module_info info = { 0 };
        int r;

        r = wire_read_message(&format, header, attributes, message);
        if (r < 0)
                return r;
        r = wire_copy_string(info.version, sizeof(info.version), attributes[MEMCTL_A_VERSION],
                             names[MEMCTL_A_VERSION], message);
        if (r >= 0)
                r = wire_copy_string(info.binding, sizeof(info.binding), attributes[MEMCTL_A_BINDING],
                                     names[MEMCTL_A_BINDING], message);
        if (r >= 0)
                r = wire_copy_string(info.kernel, sizeof(info.kernel), attributes[MEMCTL_A_KERNEL],
                                     names[MEMCTL_A_KERNEL], message);
        if (r >= 0 && attributes[MEMCTL_A_MOVABLE_REASON])
                r = wire_copy_string(info.movable_reason, sizeof(info.movable_reason),
                                     attributes[MEMCTL_A_MOVABLE_REASON], names[MEMCTL_A_MOVABLE_REASON],
                                     message);
        if (r < 0)
                return r;
        if (nla_get_u32(attributes[MEMCTL_A_PAGE_SIZE]) != (uint32_t) sysconf(_SC_PAGESIZE))
                return fail(message, -EBADMSG,
                            "memctl.ko counts in pages of %u bytes, this machine's have %ld",
                            nla_get_u32(attributes[MEMCTL_A_PAGE_SIZE]), sysconf(_SC_PAGESIZE));
        info.abilities = nla_get_u32(attributes[MEMCTL_A_ABILITIES]);
        *ret = info;
        return 0;
}

const char *module_ability_name(unsigned int ability)
{
        /* in the order of the bits */
        static const char *const abilities[] = { "movable", "evacuate", "heap",    "lru_cache", "survey",
                                                 "fence",   "cma",      "reserve", "compact" };

        return ability < ELEMENTSOF(abilities) ? abilities[ability] : NULL;
}

/*
 * The look into sys/module is not only quicker. Asked for a family that it does not have, the kernel runs
 * modprobe for it: whoever lists something must not cause that.
 */
bool module_is_loaded(const struct tree *tree)
{
        return tree->live && faccessat(tree->root_fd, "sys/module/memctl", F_OK, 0) >= 0;
}

int module_ask(const struct tree *tree, const struct netlink_question *question, char **message)
{
        return module_is_loaded(tree) ? netlink_ask(question, message) : 0;
}

int module_ask_list(const struct tree *tree, const struct netlink_question *question, module_empty_t empty,
                    void *list, char **message)
{
        _cleanup_free_ char *why = NULL;
        int r = -ESTALE;

        for (unsigned int i = 0; r == -ESTALE && i < ATTEMPTS_MAX; i++) {
                free(why);
                why = NULL;
                empty(list);
                r = module_ask(tree, question, &why);
        }
        if (r < 0) {
                empty(list);
                *message = TAKE_PTR(why);
        }
        return r;
}

static int on_info(struct nlmsghdr *header, void *userdata, char **message)
{
        return module_parse(header, userdata, message);
}

int module_read(const struct tree *tree, struct module_info *ret, char **message)
{
        const struct netlink_question question = {
                .command = MEMCTL_C_INFO,
                .answer = on_info,
                .answer_userdata = ret,
                .single = "what it is",
        };

        return module_ask(tree, &question, message);
}
