/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/zram.h"

#include "basic/cleanup.h"
#include "matrix/machine/attribute.h"
#include "matrix/machine/setting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

#define CONTROL "/sys/class/zram-control"

/* What mkswap(8) writes: the kernel looks at these alone. */
struct swap_header {
        uint32_t version, last_page;
};

int zram_add(unsigned int mebibytes, char *ret, size_t size)
{
        char number[16], path[64];
        int r;

        r = setting_load("zram");
        if (r >= 0)
                r = attribute_read(CONTROL "/hot_add", number, sizeof(number));
        if (r >= 0)
                r = setting_at_end_write(CONTROL "/hot_remove", number);
        if (r < 0)
                return r;
        (void) snprintf(path, sizeof(path), "/sys/block/zram%s/reset", number);
        (void) setting_at_end_write(path, "1");
        (void) snprintf(path, sizeof(path), "/sys/block/zram%s/disksize", number);
        (void) snprintf(ret, size, "/dev/zram%s", number);
        return attribute_printf(path, "%uM", mebibytes);
}

static const char magic[] = { 'S', 'W', 'A', 'P', 'S', 'P', 'A', 'C', 'E', '2' };

static int write_header(const char *device, unsigned int mebibytes)
{
        size_t page = (size_t) sysconf(_SC_PAGESIZE);
        _cleanup_free_ char *first = calloc(1, page);
        _cleanup_close_ int fd = open(device, O_WRONLY | O_CLOEXEC);
        struct swap_header header = { .version = 1,
                                      .last_page = (uint32_t) (((size_t) mebibytes << 20) / page - 1) };

        if (fd < 0)
                return -errno;
        if (!first)
                return -ENOMEM;
        memcpy(first + 1024, &header, sizeof(header));
        memcpy(first + page - sizeof(magic), magic, sizeof(magic));
        if (write(fd, first, page) != (ssize_t) page || fsync(fd) < 0)
                return -EIO;
        return 0;
}

int zram_add_swap(unsigned int mebibytes)
{
        char device[32];
        int r;

        r = zram_add(mebibytes, device, sizeof(device));
        if (r >= 0)
                r = write_header(device, mebibytes);
        if (r >= 0)
                r = setting_at_end_swapoff(device);
        if (r >= 0 && swapon(device, SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK) < 0)
                r = -errno;
        return r;
}
