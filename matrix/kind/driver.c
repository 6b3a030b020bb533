/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pages of drivers that nobody maps: zsmalloc's, of a zram disk, and a balloon's, which the host inflates.
 */
#include "matrix/cell/kind.h"

#include "basic/cleanup.h"
#include "matrix/machine/census.h"
#include "matrix/machine/zram.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static char disk[32];

static int find_zsmalloc(const struct sample *sample, uint64_t **ret, size_t *ret_n)
{
        (void) sample;
        return census("zsmalloc", ret, ret_n);
}

static int find_balloon(const struct sample *sample, uint64_t **ret, size_t *ret_n)
{
        (void) sample;
        return census("balloon", ret, ret_n);
}

static int find_first(struct sample *sample)
{
        int r = sample->kind->find(sample, &sample->pfns, &sample->n_pfns);

        if (r == -ENODATA)
                return sample_refuse(sample, r, "needs memctl.ko, which tells such pages apart");
        return r < 0 ? sample_refuse(sample, r, "the survey: %s", strerror(-r)) : 0;
}

static int write_disk(struct sample *sample)
{
        _cleanup_close_ int fd = open(disk, O_WRONLY | O_CLOEXEC);
        unsigned char page[65536];

        if (fd < 0 || sample->page_size > sizeof(page))
                return -EIO;
        for (size_t i = 0; i < sample->n; i++) {
                sample_pattern(sample, i, page);
                if (pwrite(fd, page, sample->page_size, (off_t) (i * sample->page_size)) !=
                    (ssize_t) sample->page_size)
                        return -EIO;
        }
        return fsync(fd) < 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0 ? -EIO : 0;
}

static int make_zsmalloc(struct sample *sample)
{
        int r;

        r = zram_add(8, disk, sizeof(disk));
        if (r >= 0)
                r = write_disk(sample);
        if (r < 0)
                return sample_refuse(sample, r, "needs zram: %s", strerror(-r));
        r = find_first(sample);
        return r >= 0 && sample->n_pfns == 0 ? sample_refuse(sample, -ENODEV, "the survey finds none") : r;
}

static bool intact(const struct sample *sample)
{
        _cleanup_close_ int fd = open(disk, O_RDONLY | O_CLOEXEC);
        unsigned char page[65536], wanted[65536];

        if (fd < 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
                return false;
        for (size_t i = 0; i < sample->n; i++) {
                sample_pattern(sample, i, wanted);
                if (pread(fd, page, sample->page_size, (off_t) (i * sample->page_size)) !=
                            (ssize_t) sample->page_size ||
                    memcmp(page, wanted, sample->page_size) != 0)
                        return false;
        }
        return true;
}

static int make_balloon(struct sample *sample)
{
        int r = find_first(sample);

        return r >= 0 && sample->n_pfns == 0
                       ? sample_refuse(sample, -ENODEV, "needs a balloon that is inflated")
                       : r;
}

const struct kind kind_zsmalloc = {
        .name = "zsmalloc",
        .what = "zsmalloc's pages, of a zram disk",
        .traits = KIND_KERNEL | KIND_PIECES,
        .make = make_zsmalloc,
        .find = find_zsmalloc,
        .intact = intact,
};

const struct kind kind_balloon = {
        .name = "balloon",
        .what = "pages of a memory balloon",
        .traits = KIND_KERNEL | KIND_PIECES,
        .make = make_balloon,
        .find = find_balloon,
};
