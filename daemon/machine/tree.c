/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/tree.h"

#include "daemon/machine/page_size.h"
#include "basic/message.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define MEMORY_DIR "sys/devices/system/memory"

int tree_open(const char *root, struct tree **ret, char **message)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;

        tree = calloc(1, sizeof(*tree));
        if (!tree)
                return -ENOMEM;
        tree->root_fd = tree->memory_fd = -1;
        tree->live = !root || strcmp(root, "/") == 0;
        tree->root = strdup(root ? root : "/");
        if (!tree->root)
                return -ENOMEM;

        tree->root_fd = open(tree->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (tree->root_fd < 0)
                return fail(message, -errno, "%s: %s; accepted: a directory that holds sys/ and proc/",
                            tree->root, strerror(errno));
        tree->memory_fd = openat(tree->root_fd, MEMORY_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (tree->memory_fd < 0 &&
            (errno != ENOENT || faccessat(tree->root_fd, "proc/meminfo", F_OK, 0) < 0))
                return fail(message, -errno,
                            "%s%s" MEMORY_DIR ": %s; it is there when the kernel has CONFIG_MEMORY_HOTPLUG",
                            tree->root, tree->live ? "" : "/", strerror(errno));

        tree->has_nodes = faccessat(tree->root_fd, "sys/devices/system/node", F_OK, 0) == 0;
        tree->page_size = tree->live ? (uint64_t) sysconf(_SC_PAGESIZE) : page_size_find(tree->root_fd);
        *ret = TAKE_PTR(tree);
        return 0;
}

struct tree *tree_close(struct tree *tree)
{
        if (!tree)
                return NULL;

        closep(&tree->root_fd);
        closep(&tree->memory_fd);
        free(tree->root);
        free(tree);
        return NULL;
}
