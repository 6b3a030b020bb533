/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memfd_secret(): memory that is out of the kernel's own mapping.
 */
#include "matrix/cell/kind.h"

#include "basic/cleanup.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

static int make(struct sample *sample)
{
        const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
        _cleanup_close_ int fd = (int) syscall(SYS_memfd_secret, 0);
        int r;

        if (fd < 0 && errno == ENOSYS)
                return sample_refuse(sample, -EOPNOTSUPP,
                                     "the kernel has no secret memory, or it is off (secretmem.enable=1)");
        (void) setrlimit(RLIMIT_MEMLOCK, &none);
        r = fd < 0 || ftruncate(fd, (off_t) sample->size) < 0 ? -errno : 0;
        if (r >= 0)
                r = sample_map(sample, fd, PROT_READ | PROT_WRITE, MAP_SHARED);
        if (r < 0)
                return sample_refuse(sample, r, "memfd_secret: %s", strerror(-r));
        sample_fill(sample);
        return 0;
}

const struct kind kind_secretmem = {
        .name = "secretmem",
        .what = "secret memory (memfd_secret)",
        .traits = KIND_LOW,
        .make = make,
};
