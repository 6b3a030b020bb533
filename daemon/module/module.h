/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel module, memctl.ko: whether it is loaded, and what it can do. memctld works without it, and then
 * knows less.
 */
#ifndef MEMCTL_MODULE_MODULE_H
#define MEMCTL_MODULE_MODULE_H

#include "daemon/machine/tree.h"
#include "daemon/module/netlink.h"

struct module_info {
        char version[64];
        char binding[32];   /* how pages are bound to the VM: "movable_ops" or "balloon" */
        char kernel[65];    /* the release it was built for */
        uint32_t abilities; /* MEMCTL_ABILITY_* */
        char movable_reason[256]; /* why no driver's page can be made movable here; "" where it can */
};

/* 1 and *ret; 0: the module is not loaded, or the tree is not the running machine's; -errno and *message. */
int module_read(const struct tree *tree, struct module_info *ret, char **message);

/* Whether sys/module has it; false for a tree that is not the running machine's. The kernel is not asked. */
bool module_is_loaded(const struct tree *tree);

/* netlink_ask(), for a tree: the answer is 0 at once where sys/module has no memctl. */
int module_ask(const struct tree *tree, const struct netlink_question *question, char **message);

/*
 * Likewise, for a dump of what may change while it is listed: asked again, from the start, a few times.
 * empty() makes list what it was before; also called, last, where there is an error.
 */
typedef void (*module_empty_t)(void *list);
int module_ask_list(const struct tree *tree, const struct netlink_question *question, module_empty_t empty,
                    void *list, char **message);

/* The word for one ability, counted from 0; NULL past the last. */
const char *module_ability_name(unsigned int ability);

/* The answer to MEMCTL_C_INFO. 0, or -EBADMSG with *message set. */
int module_parse(struct nlmsghdr *header, struct module_info *ret, char **message);

#endif
