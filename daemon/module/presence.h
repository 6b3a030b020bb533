/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether memctl.ko is there for the running kernel; and if it is not loaded, what stands in the way as far
 * as that shows: no file, no signature, a kernel that takes only what keys of its own have signed (Secure
 * Boot, module.sig_enforce). The module itself is not asked (module.h). For a helper: modules lie on a disk.
 */
#ifndef MEMCTL_MODULE_PRESENCE_H
#define MEMCTL_MODULE_PRESENCE_H

#include "daemon/machine/tree.h"

#include <stdbool.h>

struct module_presence {
        bool known; /* the rest is; not of a tree that is not the running machine's */
        bool loaded;
        bool installed;   /* modprobe memctl finds a file for the running kernel */
        bool signed_only; /* the kernel takes signed modules only */
        char version[64]; /* of the one that is loaded; "" where there is none */
        char signer[128]; /* whose key has signed the file; "": nobody's */
};

void module_presence_read(const struct tree *tree, struct module_presence *ret);

/*
 * The same of a folder with a kernel's modules (lib/modules/RELEASE): installed and signer alone. False:
 * there is none there.
 */
bool module_presence_find(const char *folder, struct module_presence *ret);

#endif
