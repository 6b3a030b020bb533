/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/damon_admin.h"

#include "basic/attr.h"
#include "basic/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define KDAMONDS "sys/kernel/mm/damon/admin/kdamonds"

struct damon_admin {
        int root_fd;
        int lock_fd; /* of the runtime file; -1: nothing is set up */
        char runtime[64];
};

/* Writes a value to a file of the folder. 0 or -errno. */
static int put(int root_fd, const char *file, const char *value)
{
        _cleanup_close_ int fd = -1;
        char path[256];
        int n;

        n = snprintf(path, sizeof(path), KDAMONDS "/%s", file);
        if (n < 0 || (size_t) n >= sizeof(path))
                return -ENAMETOOLONG;
        fd = openat(root_fd, path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0)
                return -errno;
        return file_write_value(fd, value);
}

static int put_number(int root_fd, const char *file, uint64_t value)
{
        char text[32];

        (void) snprintf(text, sizeof(text), "%" PRIu64, value);
        return put(root_fd, file, text);
}

/* What a file of the folder says; "" where it cannot be read. */
static void get(int root_fd, const char *file, char *text, size_t size)
{
        char path[256];

        (void) snprintf(path, sizeof(path), KDAMONDS "/%s", file);
        if (attr_read(root_fd, path, text, size) < 0)
                text[0] = '\0';
}

static bool says(int root_fd, const char *file, const char *expected)
{
        char text[64];

        get(root_fd, file, text, sizeof(text));
        return strcmp(text, expected) == 0;
}

enum damon_state damon_admin_state(int root_fd)
{
        char text[32];

        if (faccessat(root_fd, KDAMONDS "/nr_kdamonds", R_OK | W_OK, 0) < 0)
                return DAMON_MISSING;
        get(root_fd, "nr_kdamonds", text, sizeof(text));
        return strcmp(text, "0") == 0 ? DAMON_FREE : DAMON_BUSY;
}

/* The file that says whose kdamond it is, locked. A file descriptor; -EBUSY: it is a living memctld's;
 * -errno. */
static int lock(int root_fd, const char *runtime, int flags)
{
        _cleanup_close_ int fd = -1;

        fd = openat(root_fd, runtime, flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return -errno;
        if (flock(fd, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? -EBUSY : -errno;
        return TAKE_FD(fd);
}

static int set_up_scheme(int root_fd)
{
        static const char *const values[][2] = {
                { "nr_schemes", "1" },
                { "0/action", "stat" },
                { "0/access_pattern/sz/min", "0" },
                { "0/access_pattern/sz/max", "18446744073709551615" },
                { "0/access_pattern/nr_accesses/min", "0" },
                { "0/access_pattern/nr_accesses/max", "0" },
                { "0/access_pattern/age/min", "0" },
                { "0/access_pattern/age/max", "4294967295" },
        };
        int r = 0;

        for (size_t i = 0; r >= 0 && i < sizeof(values) / sizeof(*values); i++) {
                char file[128];

                (void) snprintf(file, sizeof(file), "0/contexts/0/schemes/%s", values[i][0]);
                r = put(root_fd, file, values[i][1]);
        }
        return r;
}

/* Addresses, each range one region to begin with. */
static int set_up_regions(int root_fd, const struct cold_ranges *ranges)
{
        uint64_t page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        int r;

        r = put(root_fd, "0/contexts/0/targets/nr_targets", "1");
        if (r >= 0)
                r = put_number(root_fd, "0/contexts/0/targets/0/regions/nr_regions", ranges->n_ranges);
        for (size_t i = 0; r >= 0 && i < ranges->n_ranges; i++) {
                char file[128];

                (void) snprintf(file, sizeof(file), "0/contexts/0/targets/0/regions/%zu/start", i);
                r = put_number(root_fd, file, ranges->ranges[i].start * page_size);
                (void) snprintf(file, sizeof(file), "0/contexts/0/targets/0/regions/%zu/end", i);
                if (r >= 0)
                        r = put_number(root_fd, file, ranges->ranges[i].end * page_size);
        }
        return r;
}

#define ATTRIBUTES "0/contexts/0/monitoring_attrs/"

/* The sample interval comes early: by it a kdamond is known to be ours. */
static int set_up(int root_fd, const struct cold_ranges *ranges)
{
        int r;

        r = put(root_fd, "nr_kdamonds", "1");
        if (r >= 0)
                r = put(root_fd, "0/contexts/nr_contexts", "1");
        if (r >= 0)
                r = put_number(root_fd, ATTRIBUTES "intervals/sample_us", DAMON_SAMPLE_USEC);
        if (r >= 0)
                r = put_number(root_fd, ATTRIBUTES "intervals/aggr_us", DAMON_LOOK_USEC);
        if (r >= 0)
                r = put(root_fd, "0/contexts/0/operations", "paddr");
        /* So many that it joins none: a quiet one and a busy one would be quiet on average. */
        if (r >= 0)
                r = put_number(root_fd, ATTRIBUTES "nr_regions/max", 8 * ranges->n_ranges + 64);
        if (r >= 0)
                r = put_number(root_fd, ATTRIBUTES "nr_regions/min", 2 * ranges->n_ranges + 8);
        if (r >= 0)
                r = set_up_regions(root_fd, ranges);
        return r < 0 ? r : set_up_scheme(root_fd);
}

/* While it is on, there is no other way to make it none. */
static void take_down(int root_fd)
{
        if (says(root_fd, "0/state", "on"))
                (void) put(root_fd, "0/state", "off");
        (void) put(root_fd, "nr_kdamonds", "0");
}

int damon_admin_new(int root_fd, const char *runtime, const struct cold_ranges *ranges,
                    struct damon_admin **ret)
{
        _cleanup_(damon_admin_freep) struct damon_admin *admin = calloc(1, sizeof(*admin));
        int fd, r;

        if (!admin)
                return -ENOMEM;
        admin->root_fd = root_fd;
        admin->lock_fd = -1;
        if ((size_t) snprintf(admin->runtime, sizeof(admin->runtime), "%s", runtime) >=
            sizeof(admin->runtime))
                return -ENAMETOOLONG;
        if (mkdirat(root_fd, "run/memctl", 0755) < 0 && errno != EEXIST)
                return -errno;
        fd = lock(root_fd, runtime, O_CREAT);
        if (fd < 0)
                return fd;
        if (damon_admin_state(root_fd) != DAMON_FREE) {
                (void) unlinkat(root_fd, runtime, 0);
                close(fd);
                return -EBUSY;
        }
        admin->lock_fd = fd;
        r = set_up(root_fd, ranges);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(admin);
        return 0;
}

struct damon_admin *damon_admin_free(struct damon_admin *admin)
{
        if (!admin)
                return NULL;

        if (admin->lock_fd >= 0) {
                take_down(admin->root_fd);
                (void) unlinkat(admin->root_fd, admin->runtime, 0);
                close(admin->lock_fd);
        }
        free(admin);
        return NULL;
}

int damon_admin_start(struct damon_admin *admin)
{
        return put(admin->root_fd, "0/state", "on");
}

int damon_admin_update(struct damon_admin *admin)
{
        return put(admin->root_fd, "0/state", "update_schemes_tried_regions");
}

int damon_admin_regions(const struct damon_admin *admin)
{
        int fd = openat(admin->root_fd, KDAMONDS "/0/contexts/0/schemes/0/tried_regions",
                        O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 ? -errno : fd;
}

/* By its interval; or it is none's yet, as when a memctld died at its first steps. */
static bool is_ours(int root_fd)
{
        char sample[16];

        (void) snprintf(sample, sizeof(sample), "%u", DAMON_SAMPLE_USEC);
        return says(root_fd, "nr_kdamonds", "1") &&
               (says(root_fd, "0/contexts/nr_contexts", "0") ||
                says(root_fd, "0/contexts/0/monitoring_attrs/intervals/sample_us", sample));
}

void damon_admin_clear_left(int root_fd, const char *runtime)
{
        _cleanup_close_ int fd = lock(root_fd, runtime, 0);

        if (fd < 0)
                return;
        if (is_ours(root_fd))
                take_down(root_fd);
        (void) unlinkat(root_fd, runtime, 0);
}
