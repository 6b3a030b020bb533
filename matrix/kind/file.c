/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Page cache of a file without a name, on any file system of a disk: small folios come of small writes,
 * large ones of reading ahead, where the file system has them.
 */
#include "matrix/cell/kind.h"

#include "basic/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif

static bool on_disk(const char *directory)
{
        struct statfs fs;

        return statfs(directory, &fs) == 0 &&
               (fs.f_type == EXT4_SUPER_MAGIC || fs.f_type == XFS_SUPER_MAGIC ||
                fs.f_type == BTRFS_SUPER_MAGIC);
}

static int write_in_pieces(struct sample *sample, int fd, size_t piece)
{
        _cleanup_free_ unsigned char *data = calloc(sample->n, sample->page_size);

        if (!data)
                return -ENOMEM;
        for (size_t i = 0; i < sample->n; i++)
                sample_pattern(sample, i, data + i * sample->page_size);
        for (size_t at = 0; at < sample->size; at += piece)
                if (pwrite(fd, data + at, piece, (off_t) at) != (ssize_t) piece)
                        return -EIO;
        return fsync(fd) < 0 ? -errno : 0;
}

static int read_ahead(const struct sample *sample, int fd)
{
        static char data[128 << 10];

        if (posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0 ||
            posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL) != 0)
                return -EIO;
        for (size_t at = 0; at < sample->size; at += sizeof(data))
                if (pread(fd, data, sizeof(data), (off_t) at) != (ssize_t) sizeof(data))
                        return -EIO;
        return 0;
}

static bool has_large(const struct sample *sample)
{
        _cleanup_free_ struct page *pages = calloc(sample->n, sizeof(*pages));

        if (!pages || pages_look(sample->memory, sample->n, pages) < 0)
                return false;
        for (size_t i = 0; i < sample->n; i++)
                if (pages[i].order > 0)
                        return true;
        return false;
}

static void touch(const struct sample *sample, bool write)
{
        for (size_t i = 0; i < sample->n; i++) {
                volatile unsigned char *byte = sample->memory + i * sample->page_size;

                if (write)
                        *byte = *byte;
                else
                        (void) *byte;
        }
}

/* 0; -EOPNOTSUPP: not in this directory. */
static int make_in(struct sample *sample, const char *directory, bool shared)
{
        bool large = sample->kind->order > 0;
        _cleanup_close_ int fd = -1;
        int r;

        if (!on_disk(directory))
                return -EOPNOTSUPP;
        fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (fd < 0)
                return -EOPNOTSUPP;
        r = write_in_pieces(sample, fd, large ? sample->size : sample->page_size);
        if (r >= 0 && large)
                r = read_ahead(sample, fd);
        if (r >= 0)
                r = sample_map(sample, fd, shared ? PROT_READ | PROT_WRITE : PROT_READ,
                               shared ? MAP_SHARED : MAP_PRIVATE);
        if (r < 0)
                return sample_refuse(sample, r, "a file in %s: %s", directory, strerror(-r));
        touch(sample, shared);
        if (large == has_large(sample))
                return 0;
        (void) munmap(sample->memory, sample->size);
        return -EOPNOTSUPP;
}

static int make(struct sample *sample, bool shared)
{
        static const char *const usual[] = { "/var/tmp", "/var/lib", "/tmp" };
        const struct mntent *mount;
        FILE *mounts;
        int r = -EOPNOTSUPP;

        for (size_t i = 0; r == -EOPNOTSUPP && i < ELEMENTSOF(usual); i++)
                r = make_in(sample, usual[i], shared);
        mounts = setmntent("/proc/self/mounts", "re");
        while (r == -EOPNOTSUPP && mounts && (mount = getmntent(mounts)))
                r = make_in(sample, mount->mnt_dir, shared);
        if (mounts)
                (void) endmntent(mounts);
        if (r != -EOPNOTSUPP)
                return r;
        return sample_refuse(sample, -ENODEV, "needs a file system on a disk (ext4, XFS, Btrfs)%s",
                             sample->kind->order > 0 ? " whose page cache has large folios" : "");
}

static int make_private(struct sample *sample)
{
        return make(sample, false);
}

static int make_shared(struct sample *sample)
{
        return make(sample, true);
}

const struct kind kind_file_private = {
        .name = "file-private",
        .what = "clean page cache of a file, small folios, mapped privately",
        .make = make_private,
};

const struct kind kind_file_shared = {
        .name = "file-shared",
        .what = "dirty page cache of a file, small folios, mapped shared",
        .make = make_shared,
};

const struct kind kind_file_private_large = {
        .name = "file-private-large",
        .what = "clean page cache of a file, large folios, mapped privately",
        .order = 1,
        .make = make_private,
};

const struct kind kind_file_shared_large = {
        .name = "file-shared-large",
        .what = "dirty page cache of a file, large folios, mapped shared",
        .order = 1,
        .make = make_shared,
};
