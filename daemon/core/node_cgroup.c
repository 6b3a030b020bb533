/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/node_cgroup.h"

#include "basic/attr.h"
#include "basic/file.h"
#include "basic/message.h"
#include "basic/number.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>

#define GROUP_PREFIX "memctl-"

/* A process that was killed is not gone at once. */
#define EMPTY_TRIES 100
#define EMPTY_NSEC  (20L * 1000 * 1000)

struct node_cgroup {
        int base_fd; /* the cgroup that ours is in */
        int fd;      /* ours */
        char name[64];
};

/*
 * The hierarchy, wherever it is mounted, or read-only, as a service's is: a mount of our own that nobody
 * else sees.
 */
static int open_hierarchy(char **message)
{
        _cleanup_close_ int context = fsopen("cgroup2", FSOPEN_CLOEXEC);
        int fd;

        if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
                return fail(message, -EOPNOTSUPP, "the cgroup hierarchy: %s", strerror(errno));
        fd = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
        if (fd < 0)
                return fail(message, -EOPNOTSUPP, "the cgroup hierarchy: %s", strerror(errno));
        return fd;
}

static bool has_cpuset(int group_fd)
{
        char text[ATTR_MAX], *save = NULL;

        if (attr_read(group_fd, "cgroup.controllers", text, sizeof(text)) < 0)
                return false;
        for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
                if (strcmp(word, "cpuset") == 0)
                        return true;
        return false;
}

/* "0::/system.slice/memctld.service"; there are lines of other hierarchies, perhaps. */
static int open_own_group(int hierarchy_fd)
{
        _cleanup_free_ char *text = file_read(AT_FDCWD, "/proc/self/cgroup", (size_t) 64 * 1024, NULL);
        char *save = NULL;

        for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
             line = strtok_r(NULL, "\n", &save))
                if (strncmp(line, "0::/", 4) == 0)
                        return openat(hierarchy_fd, line[4] ? line + 4 : ".",
                                      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return -1;
}

static bool is_usable(int group_fd)
{
        return group_fd >= 0 && has_cpuset(group_fd) && faccessat(group_fd, "cgroup.type", F_OK, 0) == 0 &&
               faccessat(group_fd, "cgroup.subtree_control", W_OK, 0) == 0;
}

/* Our own cgroup where it is writable as it is mounted: so it is for the service. -1: it is not. */
static int open_mounted(void)
{
        _cleanup_close_ int hierarchy = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC), own = -1;

        own = hierarchy < 0 ? -1 : open_own_group(hierarchy);
        return is_usable(own) ? TAKE_FD(own) : -1;
}

/*
 * Our own cgroup, where systemd has delegated the controller; else the hierarchy's root, which may have
 * processes and controllers at once. *is_root says which.
 */
static int open_base(bool *is_root, char **message)
{
        _cleanup_close_ int root = -1, own = open_mounted();

        *is_root = own < 0;
        if (own >= 0)
                return TAKE_FD(own);
        root = open_hierarchy(message);
        if (root < 0)
                return root;
        own = open_own_group(root);
        if (is_usable(own)) {
                *is_root = false;
                return TAKE_FD(own);
        }
        if (!has_cpuset(root))
                return fail(message, -EOPNOTSUPP,
                            "the cgroup hierarchy has no cpuset controller (another hierarchy may have it)");
        return TAKE_FD(root);
}

static int put(int group_fd, const char *file, const char *text)
{
        _cleanup_close_ int fd = openat(group_fd, file, O_WRONLY | O_CLOEXEC);

        return fd < 0 ? -errno : file_write_value(fd, text);
}

/* Those of a memctld that was killed: they are empty, for its workers die with it. */
static void remove_left_over(int base_fd)
{
        _cleanup_closedir_ DIR *dir = NULL;
        const struct dirent *entry;
        int fd = openat(base_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        dir = fd < 0 ? NULL : fdopendir(fd);
        if (!dir && fd >= 0)
                close(fd);
        while (dir && (entry = readdir(dir))) {
                int pid, end = 0;

                if (sscanf(entry->d_name, GROUP_PREFIX "%9d-%*9u%n", &pid, &end) != 1 || end == 0 ||
                    entry->d_name[end] != '\0' || pid <= 0)
                        continue;
                if (kill(pid, 0) < 0 && errno == ESRCH)
                        (void) unlinkat(base_fd, entry->d_name, AT_REMOVEDIR);
        }
}

int node_cgroup_check(char **message)
{
        bool is_root;
        _cleanup_close_ int base = open_base(&is_root, message);

        return base < 0 ? base : 0;
}

/* Sets the node, and sees that it is the only one: the parent's nodes are a bound. */
static int set_node(int group_fd, int node, char **message)
{
        char wanted[16], effective[ATTR_MAX] = "";
        int r;

        (void) snprintf(wanted, sizeof(wanted), "%d", node);
        r = put(group_fd, "cpuset.mems", wanted);
        if (r >= 0)
                r = (int) attr_read(group_fd, "cpuset.mems.effective", effective, sizeof(effective));
        if (r < 0)
                return fail(message, -ERANGE, "node %d cannot be chosen: %s", node, strerror(-r));
        if (strcmp(effective, wanted) != 0)
                return fail(message, -ERANGE, "node %d has no memory that memctld may use", node);
        return 0;
}

static int open_group(struct node_cgroup *group, bool base_is_root, char **message)
{
        int r;

        remove_left_over(group->base_fd);
        r = put(group->base_fd, "cgroup.subtree_control", "+cpuset");
        if (r < 0)
                return fail(message, r, "the cpuset controller cannot be used: %s", strerror(-r));
        if (mkdirat(group->base_fd, group->name, 0755) < 0)
                return fail(message, -errno, "a cgroup cannot be made: %s", strerror(errno));
        group->fd = openat(group->base_fd, group->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (group->fd < 0)
                return fail(message, -errno, "a cgroup cannot be opened: %s", strerror(errno));
        /* memctld stays in the base: only threaded groups may be below one with processes */
        r = base_is_root ? 0 : put(group->fd, "cgroup.type", "threaded");
        return r < 0 ? fail(message, r, "a threaded cgroup cannot be made: %s", strerror(-r)) : 0;
}

int node_cgroup_new(int node, uint32_t id, struct node_cgroup **ret, char **message)
{
        _cleanup_(node_cgroup_freep) struct node_cgroup *group = calloc(1, sizeof(*group));
        bool base_is_root;
        int r;

        if (!group)
                return -ENOMEM;
        group->base_fd = group->fd = -1;
        (void) snprintf(group->name, sizeof(group->name), GROUP_PREFIX "%d-%u", (int) getpid(), id);
        group->base_fd = open_base(&base_is_root, message);
        if (group->base_fd < 0)
                return group->base_fd;
        r = open_group(group, base_is_root, message);
        if (r >= 0)
                r = set_node(group->fd, node, message);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(group);
        return 0;
}

struct node_cgroup *node_cgroup_free(struct node_cgroup *group)
{
        static const struct timespec pause = { .tv_nsec = EMPTY_NSEC };

        if (!group)
                return NULL;
        if (group->fd >= 0) {
                close(group->fd);
                for (int i = 0; i < EMPTY_TRIES; i++) {
                        if (unlinkat(group->base_fd, group->name, AT_REMOVEDIR) >= 0 || errno != EBUSY)
                                break;
                        (void) nanosleep(&pause, NULL);
                }
        }
        if (group->base_fd >= 0)
                close(group->base_fd);
        free(group);
        return NULL;
}

int node_cgroup_fd(const struct node_cgroup *group)
{
        return group->fd;
}

int node_cgroup_enter(int fd)
{
        return put(fd, "cgroup.procs", "0");
}
