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

int pin_for_long(void *memory, size_t size)
{
        struct io_uring_params parameters = { 0 };
        const struct iovec piece = { memory, size };
        _cleanup_close_ int fd = pin_ring(4, &parameters);

        if (fd < 0)
                return fd;
        if (syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS, &piece, 1) < 0)
                return -errno;
        return TAKE_FD(fd);
}
