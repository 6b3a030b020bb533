/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/bundle/within.h"

#include "basic/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define NAMES_MAX (1U << 20)

/* As if root_fd were "/": ".." and links do not lead out of it. */
static int open_in(int root_fd, const char *path, int flags)
{
        const struct open_how how = {
                .flags = (uint64_t) (flags | O_CLOEXEC),
                .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
        };
        long fd = syscall(SYS_openat2, root_fd, *path ? path : ".", &how, sizeof(how));

        return fd < 0 ? -errno : (int) fd;
}

static bool is_fit(const char *name)
{
        for (const char *c = name; *c; c++)
                if (*c <= ' ' || *c > '~')
                        return false;
        return *name != '.' && *name != '\0';
}

static void free_names(char **names, size_t n)
{
        for (size_t i = 0; i < n; i++)
                free(names[i]);
        free(names);
}

static int compare_names(const void *a, const void *b)
{
        return strverscmp(*(char *const *) a, *(char *const *) b);
}

static int add_name(char ***names, size_t *n, const char *name)
{
        /* by doubling, whenever the number is a power of two */
        if ((*n & (*n - 1)) == 0) {
                char **larger = reallocarray(*names, *n ? 2 * *n : 1, sizeof(*larger));

                if (!larger)
                        return -ENOMEM;
                *names = larger;
        }
        (*names)[*n] = strdup(name);
        return (*names)[*n] ? (++*n, 0) : -ENOMEM;
}

/* Those in the folder that match, sorted; none where it cannot be read. 0 or -ENOMEM; ret is the caller's.
 */
static int list_names(int root_fd, const char *path, const char *part, char ***ret, size_t *ret_n)
{
        _cleanup_closedir_ DIR *dir = NULL;
        int fd = open_in(root_fd, path, O_RDONLY | O_DIRECTORY), r = 0;

        if (fd < 0)
                return 0;
        dir = fdopendir(fd);
        if (!dir) {
                close(fd);
                return -ENOMEM;
        }
        for (struct dirent *entry; r >= 0 && *ret_n < NAMES_MAX && (entry = readdir(dir));)
                if (is_fit(entry->d_name) && fnmatch(part, entry->d_name, FNM_PERIOD) == 0)
                        r = add_name(ret, ret_n, entry->d_name);
        if (*ret_n > 1)
                qsort(*ret, *ret_n, sizeof(**ret), compare_names);
        return r;
}

static bool is_there(int root_fd, const char *path)
{
        _cleanup_close_ int fd = open_in(root_fd, path, O_PATH | O_NOFOLLOW);

        return fd >= 0;
}

/* path: what the parts before have come to. */
static int find(int root_fd, const char *path, const char *pattern, within_found_t found, void *userdata)
{
        size_t length = strcspn(pattern, "/"), n = 0;
        char part[64], next[WITHIN_PATH_MAX];
        char **names = NULL;
        int r = 0;

        (void) snprintf(part, sizeof(part), "%.*s", (int) length, pattern);
        r = strpbrk(part, "*?") ? list_names(root_fd, path, part, &names, &n) : add_name(&names, &n, part);
        for (size_t i = 0; r >= 0 && i < n; i++) {
                if ((size_t) snprintf(next, sizeof(next), "%s%s%s", path, *path ? "/" : "", names[i]) >=
                    sizeof(next))
                        continue;
                if (pattern[length] == '/')
                        r = find(root_fd, next, pattern + length + 1, found, userdata);
                else if (is_there(root_fd, next))
                        r = found(userdata, root_fd, next);
        }
        free_names(names, n);
        return r;
}

int within_find(int root_fd, const char *pattern, within_found_t found, void *userdata)
{
        return find(root_fd, "", pattern, found, userdata);
}

/* First only the place is opened: to open a device or a FIFO may do something. */
int within_open(int root_fd, const char *path)
{
        _cleanup_close_ int place = open_in(root_fd, path, O_PATH | O_NOFOLLOW);
        char self[64];
        struct stat st;
        int fd;

        if (place < 0)
                return place;
        if (fstat(place, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        (void) snprintf(self, sizeof(self), "/proc/self/fd/%d", place);
        fd = open(self, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        return fd < 0 ? -errno : fd;
}

/* Whether it stays within the root, by its text alone: it is not followed. */
static bool stays(const char *path, const char *target)
{
        int depth = 0;

        if (*target == '/' || *target == '\0')
                return false;
        for (const char *c = path; *c; c++)
                depth += *c == '/';
        while (*target) {
                size_t length = strcspn(target, "/");

                if (length == 2 && strncmp(target, "..", 2) == 0)
                        depth--;
                else if (length > 0 && !(length == 1 && *target == '.'))
                        depth++;
                if (depth < 0)
                        return false;
                target += length + (target[length] == '/');
        }
        return true;
}

int within_read_link(int root_fd, const char *path, char ret[static WITHIN_PATH_MAX])
{
        _cleanup_close_ int place = open_in(root_fd, path, O_PATH | O_NOFOLLOW);
        ssize_t n;

        if (place < 0)
                return place;
        n = readlinkat(place, "", ret, WITHIN_PATH_MAX);
        if (n < 0)
                return errno == ENOENT ? -EINVAL : -errno;
        if (n >= WITHIN_PATH_MAX)
                return -EXDEV;
        ret[n] = '\0';
        for (const char *c = ret; *c; c++)
                if (*c <= ' ' || *c > '~')
                        return -EXDEV;
        return stays(path, ret) ? 0 : -EXDEV;
}
