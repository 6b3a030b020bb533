/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pages that others hold on to: in a pipe, as under I/O; registered with io_uring, for as long as it likes;
 * and io_uring's own.
 */
#include "matrix/cell/kind.h"

#include "matrix/machine/pin.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

static int map(struct sample *sample)
{
        int r = sample_map(sample, -1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);

        if (r < 0)
                return sample_refuse(sample, r, "no memory: %s", strerror(-r));
        (void) madvise(sample->memory, sample->size, MADV_NOHUGEPAGE);
        sample_fill(sample);
        return 0;
}

/* The descriptors stay open for as long as the process lives. */
static int make_short(struct sample *sample)
{
        int ends[2], r = map(sample);
        size_t done = 0;

        if (r < 0)
                return r;
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
                return -errno;
        if (fcntl(ends[1], F_SETPIPE_SZ, (int) sample->size) < 0)
                return sample_refuse(sample, -errno, "a pipe of %zu pages: %s", sample->n, strerror(errno));
        while (done < sample->size) {
                struct iovec part = { sample->memory + done, sample->size - done };
                ssize_t n = vmsplice(ends[1], &part, 1, SPLICE_F_NONBLOCK);

                if (n <= 0)
                        return sample_refuse(sample, -errno, "vmsplice: %s", strerror(errno));
                done += (size_t) n;
        }
        return 0;
}

static int no_ring(struct sample *sample, int error)
{
        return error == -EOPNOTSUPP
                       ? sample_refuse(sample, error, "the kernel has no io_uring, or forbids it")
                       : sample_refuse(sample, error, "io_uring: %s", strerror(-error));
}

/* The ring stays open for as long as the process lives. */
static int make_long(struct sample *sample)
{
        int r = map(sample);

        if (r >= 0)
                r = pin_for_long(sample->memory, sample->size);
        return r < 0 ? no_ring(sample, r) : 0;
}

/* The array of requests, none of which is submitted. */
static int make_ring(struct sample *sample)
{
        struct io_uring_params parameters = { 0 };
        int fd = pin_ring(4096, &parameters), r;

        if (fd < 0)
                return no_ring(sample, fd);
        sample->size = parameters.sq_entries * sizeof(struct io_uring_sqe);
        sample->n = sample->distinct = sample->size / sample->page_size;
        sample->memory = mmap(NULL, sample->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
                              IORING_OFF_SQES);
        r = sample->memory == MAP_FAILED ? -errno : 0;
        if (r < 0)
                return sample_refuse(sample, r, "io_uring, its rings: %s", strerror(-r));
        sample_fill(sample);
        return 0;
}

const struct kind kind_pinned_short = {
        .name = "pinned-short",
        .what = "anonymous memory in a pipe (vmsplice), referenced as under I/O",
        .make = make_short,
};

const struct kind kind_pinned_long = {
        .name = "pinned-long",
        .what = "anonymous memory pinned for long: buffers registered with io_uring",
        .traits = KIND_LOW,
        .make = make_long,
};

const struct kind kind_io_uring = {
        .name = "io-uring-ring",
        .what = "io_uring's own rings",
        .traits = KIND_KERNEL | KIND_LOW,
        .make = make_ring,
};
