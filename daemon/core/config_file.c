/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/config_file.h"

#include "basic/file.h"
#include "basic/message.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define PATH_LONGEST 512

/* The folder of a path, and what it is called in there. */
struct place {
        int folder_fd;
        char folder[PATH_LONGEST]; /* "" for the root itself */
        const char *name;
};

static void place_clear(struct place *place)
{
        closep(&place->folder_fd);
}
#define _cleanup_place_ _cleanup_(place_clear)

/*
 * systemd has no openat2() for a service with RestrictSUIDSGID=. But nothing has to be kept below the root
 * where that is /.
 */
static bool is_whole_machine(int root_fd)
{
        struct stat root, machine;

        return fstat(root_fd, &root) == 0 && stat("/", &machine) == 0 && root.st_dev == machine.st_dev &&
               root.st_ino == machine.st_ino;
}

/* Links on the way, and at its end, stay below the root. */
static int open_below(int root_fd, const char *path, int flags)
{
        const struct open_how how = {
                .flags = (uint64_t) (unsigned int) (flags | O_RDONLY | O_CLOEXEC),
                .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
        };
        long fd = syscall(SYS_openat2, root_fd, path[0] ? path : ".", &how, sizeof(how));

        if (fd < 0 && errno == ENOSYS && is_whole_machine(root_fd))
                fd = openat(root_fd, path[0] ? path : ".", flags | O_RDONLY | O_CLOEXEC);
        return fd < 0 ? -errno : (int) fd;
}

int config_folder_open(int root_fd, const char *path)
{
        return open_below(root_fd, path, O_DIRECTORY);
}

int config_file_open(int root_fd, const char *path)
{
        /* O_NONBLOCK: a FIFO in somebody's tree must not hold us */
        return open_below(root_fd, path, O_NONBLOCK | O_NOCTTY);
}

static int find_place(int root_fd, const char *path, bool make_folders, struct place *ret);

/* And those above it. */
static int make_folder(int root_fd, const char *path)
{
        _cleanup_place_ struct place place;
        int r = find_place(root_fd, path, true, &place);

        if (r >= 0 && mkdirat(place.folder_fd, place.name, 0755) < 0 && errno != EEXIST)
                r = -errno;
        return r;
}

static int find_place(int root_fd, const char *path, bool make_folders, struct place *ret)
{
        const char *slash = strrchr(path, '/');

        ret->folder_fd = -1;
        ret->name = slash ? slash + 1 : path;
        if (path[0] == '/' || !*ret->name || strlen(path) >= sizeof(ret->folder))
                return -EINVAL;
        (void) snprintf(ret->folder, sizeof(ret->folder), "%.*s", slash ? (int) (slash - path) : 0, path);
        ret->folder_fd = config_folder_open(root_fd, ret->folder);
        if (ret->folder_fd == -ENOENT && make_folders) {
                int r = make_folder(root_fd, ret->folder);

                ret->folder_fd = r < 0 ? r : config_folder_open(root_fd, ret->folder);
        }
        return ret->folder_fd < 0 ? ret->folder_fd : 0;
}

int config_folder_lock(int root_fd, const char *folder)
{
        _cleanup_place_ struct place place;
        char path[PATH_LONGEST];
        int r;

        if (snprintf(path, sizeof(path), "%s/lock", folder) >= (int) sizeof(path))
                return -ENAMETOOLONG;
        r = find_place(root_fd, path, true, &place);
        if (r < 0)
                return r;
        while (flock(place.folder_fd, LOCK_EX) < 0)
                if (errno != EINTR)
                        return -errno;
        return TAKE_FD(place.folder_fd);
}

void config_file_clear(struct config_file *file)
{
        free(file->data);
        *file = (struct config_file){ 0 };
}

static const char *trouble(int error)
{
        return error == -ELOOP ? "it is a symbolic link, and memctl replaces none; the file behind it is to "
                                 "be edited"
               : error == -EINVAL ? "it is no regular file"
               : error == -EFBIG  ? "it is too long to be what it should be"
               : error == -ESTALE ? "it was changed meanwhile, and is left as it is"
                                  : strerror(-error);
}

static int read_open(int fd, size_t max, struct config_file *ret)
{
        struct stat st;

        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        if (st.st_size >= (off_t) max)
                return -EFBIG;
        errno = 0;
        ret->data = file_read_fd(fd, max, &ret->size);
        if (!ret->data)
                return errno ? -errno : -EFBIG;
        ret->there = true;
        ret->mode = st.st_mode & 07777;
        ret->uid = st.st_uid;
        ret->gid = st.st_gid;
        return 0;
}

static int read_place(const struct place *place, size_t max, struct config_file *ret)
{
        _cleanup_close_ int fd = openat(place->folder_fd, place->name,
                                        O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        return read_open(fd, max, ret);
}

int config_file_read(int root_fd, const char *path, size_t max, struct config_file *ret, char **message)
{
        _cleanup_place_ struct place place;
        int r;

        *ret = (struct config_file){ 0 };
        r = find_place(root_fd, path, false, &place);
        if (r == -ENOENT || r == -ENOTDIR)
                return 0;
        if (r >= 0)
                r = read_place(&place, max, ret);
        return r < 0 ? fail(message, r, "/%s: %s", path, trouble(r)) : 0;
}

bool config_file_same(const struct config_file *a, const struct config_file *b)
{
        if (!a->there || !b->there)
                return a->there == b->there;
        return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

bool config_file_exists(int root_fd, const char *path)
{
        _cleanup_place_ struct place place;

        return find_place(root_fd, path, false, &place) >= 0 &&
               faccessat(place.folder_fd, place.name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* File systems without owners (FAT) have one for all files, and refuse others. */
static int set_owner(int fd, const struct config_file *file)
{
        struct stat st;

        if (fstat(fd, &st) < 0)
                return -errno;
        if ((st.st_uid != file->uid || st.st_gid != file->gid) && fchown(fd, file->uid, file->gid) < 0)
                return -errno;
        return (st.st_mode & 07777) != file->mode && fchmod(fd, file->mode) < 0 ? -errno : 0;
}

/* Of the file that is written, before it takes the place of the other. */
static int name_aside(const struct place *place, char aside[static PATH_LONGEST])
{
        return snprintf(aside, PATH_LONGEST, ".%s.memctl-new", place->name) >= PATH_LONGEST ? -ENAMETOOLONG
                                                                                            : 0;
}

void config_file_tidy(int root_fd, const char *path)
{
        _cleanup_place_ struct place place;
        char aside[PATH_LONGEST];

        if (find_place(root_fd, path, false, &place) >= 0 && name_aside(&place, aside) >= 0)
                (void) unlinkat(place.folder_fd, aside, 0);
}

/* What is there is what is expected, or what it is to become; nobody waits for the disk behind this. */
static int check_now(const struct place *place, const struct config_file *now,
                     const struct config_file *file)
{
        _cleanup_(config_file_clear) struct config_file there = { 0 };
        int r;

        if (!now)
                return 0;
        r = read_place(place, CONFIG_FILE_MAX, &there);
        if (r < 0)
                return r;
        return config_file_same(&there, now) || config_file_same(&there, file) ? 0 : -ESTALE;
}

static int replace(const struct place *place, const struct config_file *now, const struct config_file *file,
                   const char *aside)
{
        _cleanup_close_ int fd = -1;
        struct stat st;
        int r;

        if (fstatat(place->folder_fd, place->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode))
                return S_ISLNK(st.st_mode) ? -ELOOP : -EINVAL;
        fd = openat(place->folder_fd, aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return -errno;
        r = file_write(fd, file->data, file->size);
        if (r >= 0)
                r = set_owner(fd, file);
        if (r >= 0 && fsync(fd) < 0)
                r = -errno;
        if (r >= 0)
                r = check_now(place, now, file);
        if (r >= 0 && renameat(place->folder_fd, aside, place->folder_fd, place->name) < 0)
                r = -errno;
        if (r < 0)
                (void) unlinkat(place->folder_fd, aside, 0);
        return r;
}

static int take_away(const struct place *place, const struct config_file *now,
                     const struct config_file *file)
{
        int r = check_now(place, now, file);

        if (r >= 0 && unlinkat(place->folder_fd, place->name, 0) < 0 && errno != ENOENT)
                r = -errno;
        return r;
}

int config_file_write(int root_fd, const char *path, const struct config_file *now,
                      const struct config_file *file, char **message)
{
        _cleanup_place_ struct place place;
        char aside[PATH_LONGEST];
        int r;

        r = find_place(root_fd, path, file->there, &place);
        if (r >= 0)
                r = name_aside(&place, aside);
        if (r >= 0) {
                (void) unlinkat(place.folder_fd, aside, 0); /* of one that died */
                r = file->there ? replace(&place, now, file, aside) : take_away(&place, now, file);
        }
        /* that the name is on the disk, too; what cannot be synced is no reason to undo it */
        if (r >= 0)
                (void) fsync(place.folder_fd);
        return r < 0 ? fail(message, r, "/%s: %s", path, trouble(r)) : 0;
}
