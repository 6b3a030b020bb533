/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/pages.h"

#include "basic/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PM_PRESENT (UINT64_C(1) << 63)
#define PM_SWAP    (UINT64_C(1) << 62)
#define PM_PFN     ((UINT64_C(1) << 55) - 1)

#define WINDOW    512 /* pages that are read at a time: no folio but hugetlb's of 1 GiB is larger */
#define PAGES_MAX (UINT64_C(64) << 18) /* 64 GiB in pages of 4 KiB */

static int open_kpageflags(void)
{
        return open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
}

/* The flags around a page: a folio's pages lie in one window, which is as large as the largest and aligned.
 */
struct window {
        int fd;
        uint64_t start;
        size_t n;
        uint64_t flags[WINDOW];
};

static int window_at(struct window *window, uint64_t pfn)
{
        uint64_t start = pfn - pfn % WINDOW;
        ssize_t n;

        if (window->n > 0 && window->start == start)
                return 0;
        n = pread(window->fd, window->flags, sizeof(window->flags), (off_t) (start * sizeof(uint64_t)));
        if (n < 0)
                return -errno;
        window->start = start;
        window->n = (size_t) n / sizeof(uint64_t);
        return pfn - start < window->n ? 0 : -ENXIO;
}

static bool has(uint64_t flags, unsigned int flag)
{
        return (flags >> flag & 1) != 0;
}

static int fill_state(struct window *window, struct page *page)
{
        size_t at, head, end;
        int r;

        r = window_at(window, page->pfn);
        if (r < 0)
                return r;
        at = head = page->pfn - window->start;
        page->flags = window->flags[at];
        while (head > 0 && has(window->flags[head], KPF_COMPOUND_TAIL))
                head--;
        page->first = head == at && !has(page->flags, KPF_COMPOUND_TAIL);
        for (end = head + 1; end < window->n && has(window->flags[end], KPF_COMPOUND_TAIL); end++)
                ;
        while (UINT64_C(2) << page->order <= end - head)
                page->order++;
        return 0;
}

int pages_look(const void *memory, size_t n, struct page *ret)
{
        _cleanup_close_ int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
        struct window window = { .fd = open_kpageflags() };
        size_t first = (uintptr_t) memory / (size_t) sysconf(_SC_PAGESIZE);
        int r = fd < 0 || window.fd < 0 ? -errno : 0;

        for (size_t i = 0; r >= 0 && i < n; i++) {
                uint64_t entry;

                ret[i] = (struct page){ 0 };
                if (pread(fd, &entry, sizeof(entry), (off_t) ((first + i) * sizeof(entry))) !=
                    (ssize_t) sizeof(entry)) {
                        r = -EIO;
                        break;
                }
                ret[i].swapped = (entry & PM_SWAP) != 0;
                ret[i].pfn = entry & PM_PRESENT ? entry & PM_PFN : 0;
                if (ret[i].pfn > 0)
                        r = fill_state(&window, &ret[i]);
        }
        closep(&window.fd);
        return r;
}

uint64_t page_flags(uint64_t pfn)
{
        _cleanup_close_ int fd = open_kpageflags();
        uint64_t flags = 0;

        if (fd < 0 || pread(fd, &flags, sizeof(flags), (off_t) (pfn * sizeof(flags))) != sizeof(flags))
                return 0;
        return flags;
}

int pages_with(uint64_t wanted, uint64_t without, uint64_t **ret, size_t *ret_n)
{
        _cleanup_close_ int fd = open_kpageflags();
        _cleanup_free_ uint64_t *found = NULL;
        uint64_t flags[8192];
        size_t n = 0, size = 0;
        uint64_t pfn = 0;
        ssize_t r;

        if (fd < 0)
                return -errno;
        while ((r = read(fd, flags, sizeof(flags))) > 0) {
                size_t got = (size_t) r / sizeof(*flags);

                if (pfn + got > PAGES_MAX)
                        return -EFBIG;
                for (size_t i = 0; i < got; i++) {
                        if (!(flags[i] & wanted) || flags[i] & without || has(flags[i], KPF_NOPAGE))
                                continue;
                        if (n == size) {
                                uint64_t *more;

                                size = size ? 2 * size : 4096;
                                more = reallocarray(found, size, sizeof(*found));
                                if (!more)
                                        return -ENOMEM;
                                found = more;
                        }
                        found[n++] = pfn + i;
                }
                pfn += got;
        }
        if (r < 0)
                return -errno;
        *ret = TAKE_PTR(found);
        *ret_n = n;
        return 0;
}

size_t pages_missing(const uint64_t *list, size_t n, const uint64_t *in, size_t n_in)
{
        size_t missing = 0, at = 0;

        for (size_t i = 0; i < n; i++) {
                while (at < n_in && in[at] < list[i])
                        at++;
                if (at < n_in && in[at] == list[i])
                        at++;
                else
                        missing++;
        }
        return missing;
}

static bool any(const bool *aimed, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (aimed[i])
                        return true;
        return false;
}

size_t pages_folios(const struct page *before, const struct page *after, const bool *aimed, size_t n,
                    size_t *ret_kept)
{
        size_t folios = 0, kept = 0;

        for (size_t i = 0; i < n; i++) {
                size_t pages = (size_t) 1 << before[i].order;

                if (before[i].pfn == 0 || !before[i].first || pages == 1 || i + pages > n ||
                    !any(aimed + i, pages))
                        continue;
                folios++;
                /* it may be part of a larger one now */
                if (after[i].pfn > 0 && after[i].order >= before[i].order)
                        kept++;
        }
        *ret_kept = kept;
        return folios;
}
