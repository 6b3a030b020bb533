/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/pin.h"

#include "basic/cleanup.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/uio.h>

int pin_ring(unsigned int entries, struct io_uring_params *ret)
{
        int fd = (int) syscall(SYS_io_uring_setup, entries, ret);

        if (fd >= 0)
                return fd;
        return errno == ENOSYS || errno == EPERM ? -EOPNOTSUPP : -errno;
}

static int pin_pieces(const struct iovec *pieces, unsigned int n)
{
        struct io_uring_params parameters = { 0 };
        _cleanup_close_ int fd = pin_ring(4, &parameters);

        if (fd < 0)
                return fd;
        if (syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS, pieces, n) < 0)
                return -errno;
        return TAKE_FD(fd);
}

int pin_for_long(void *memory, size_t size)
{
        const struct iovec piece = { memory, size };

        return pin_pieces(&piece, 1);
}

void pin_out_of_movable(unsigned char *memory, size_t size, size_t n)
{
        struct iovec pieces[PIN_PIECES];
        unsigned int count = 0;
        _cleanup_close_ int fd = -1;

        do {
                pieces[count] = (struct iovec){ memory + 2 * count * size, size };
                count++;
        } while (count < n && count < PIN_PIECES);
        fd = pin_pieces(pieces, count);
        if (fd >= 0)
                (void) syscall(SYS_io_uring_register, fd, IORING_UNREGISTER_BUFFERS, NULL, 0);
}
