/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/page_idle.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BITMAP "sys/kernel/mm/page_idle/bitmap"

/* Words written at once. */
#define CHUNK 512U

static int open_bitmap(const struct tree *tree, int flags)
{
        int fd = openat(tree->root_fd, BITMAP, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

        return fd < 0 ? -errno : fd;
}

bool page_idle_exists(const struct tree *tree)
{
        return tree->live && faccessat(tree->root_fd, BITMAP, R_OK | W_OK, 0) == 0;
}

static off_t offset_of(uint64_t pfn)
{
        return (off_t) (pfn / PAGE_BITS_EACH * sizeof(uint64_t));
}

int page_idle_mark(const struct tree *tree, uint64_t start, uint64_t end)
{
        _cleanup_close_ int fd = open_bitmap(tree, O_WRONLY);
        uint64_t words[CHUNK];

        if (fd < 0)
                return fd;
        memset(words, 0xff, sizeof(words));
        while (start < end) {
                uint64_t left = (end - start) / PAGE_BITS_EACH;
                ssize_t n =
                        pwrite(fd, words, (left < CHUNK ? left : CHUNK) * sizeof(*words), offset_of(start));

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0 || (size_t) n % sizeof(*words) != 0)
                        return -EIO;
                start += (uint64_t) n / sizeof(*words) * PAGE_BITS_EACH;
        }
        return 0;
}

int page_idle_read(const struct tree *tree, uint64_t start, uint64_t end, struct page_bits *ret)
{
        _cleanup_(page_bits_clear) struct page_bits bits = { 0 };
        _cleanup_close_ int fd = open_bitmap(tree, O_RDONLY);
        int r;

        if (fd < 0)
                return fd;
        r = page_bits_init(&bits, start, end);
        if (r < 0)
                return r;
        for (size_t i = 0; i < bits.n_words;) {
                ssize_t n = pread(fd, bits.words + i, (bits.n_words - i) * sizeof(*bits.words),
                                  offset_of(start + i * PAGE_BITS_EACH));

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0 || (size_t) n % sizeof(*bits.words) != 0)
                        return -ENODATA;
                i += (size_t) n / sizeof(*bits.words);
        }
        *ret = bits;
        bits = (struct page_bits){ 0 };
        return 0;
}
