/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dirty page cache of a FUSE file system: of one file, whose server is a process of the probe's, in a mount
 * namespace of its own, so that nothing is left of it.
 */
#include "matrix/cell/kind.h"

#include "basic/cleanup.h"
#include "matrix/machine/setting.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define FILE_NODE 2
#define MOUNT     "/run/memctl"

struct server {
        int fd;
        unsigned char *data;
        size_t size;
};

static void answer(const struct server *server, const struct fuse_in_header *in, int error, void *data,
                   size_t size)
{
        struct fuse_out_header out = { .len = (uint32_t) (sizeof(out) + size),
                                       .error = error,
                                       .unique = in->unique };
        const struct iovec parts[] = { { &out, sizeof(out) }, { data, size } };

        /* who asked may be gone */
        if (writev(server->fd, parts, size > 0 ? 2 : 1) < 0)
                return;
}

static struct fuse_attr attributes(const struct server *server, uint64_t node)
{
        bool file = node == FILE_NODE;

        return (struct fuse_attr){ .ino = node,
                                   .size = file ? server->size : 0,
                                   .mode = file ? S_IFREG | 0600 : S_IFDIR | 0700,
                                   .nlink = 1,
                                   .blksize = 4096 };
}

static void serve_write(struct server *server, const struct fuse_in_header *in, const char *body)
{
        struct fuse_write_out out = { 0 };
        struct fuse_write_in what;

        memcpy(&what, body, sizeof(what));
        if (what.offset > server->size || what.size > server->size - what.offset) {
                answer(server, in, -EFBIG, NULL, 0);
                return;
        }
        memcpy(server->data + what.offset, body + sizeof(what), what.size);
        out.size = what.size;
        answer(server, in, 0, &out, sizeof(out));
}

static void serve_read(struct server *server, const struct fuse_in_header *in, const char *body)
{
        struct fuse_read_in what;

        memcpy(&what, body, sizeof(what));
        if (what.offset >= server->size)
                what.size = 0;
        else if (what.size > server->size - what.offset)
                what.size = (uint32_t) (server->size - what.offset);
        answer(server, in, 0, server->data + what.offset, what.size);
}

static void serve(struct server *server, const struct fuse_in_header *in, const char *body)
{
        struct fuse_entry_out entry = { .nodeid = FILE_NODE,
                                        .attr_valid = 3600,
                                        .entry_valid = 3600,
                                        .attr = attributes(server, FILE_NODE) };
        struct fuse_attr_out attr = { .attr_valid = 3600, .attr = attributes(server, in->nodeid) };
        struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
                                      .minor = FUSE_KERNEL_MINOR_VERSION,
                                      .max_readahead = 65536,
                                      .flags = FUSE_WRITEBACK_CACHE,
                                      .max_background = 16,
                                      .max_write = 65536 };
        struct fuse_open_out opened = { .fh = 1, .open_flags = FOPEN_KEEP_CACHE };

        switch (in->opcode) {
        case FUSE_INIT:
                answer(server, in, 0, &init, sizeof(init));
                return;
        case FUSE_LOOKUP:
                answer(server, in, 0, &entry, sizeof(entry));
                return;
        case FUSE_GETATTR:
        case FUSE_SETATTR:
                answer(server, in, 0, &attr, sizeof(attr));
                return;
        case FUSE_OPEN:
        case FUSE_OPENDIR:
                answer(server, in, 0, &opened, sizeof(opened));
                return;
        case FUSE_READ:
                serve_read(server, in, body);
                return;
        case FUSE_WRITE:
                serve_write(server, in, body);
                return;
        case FUSE_FORGET:
        case FUSE_BATCH_FORGET:
        case FUSE_INTERRUPT:
                return;
        case FUSE_FLUSH:
        case FUSE_RELEASE:
        case FUSE_FSYNC:
        case FUSE_ACCESS:
                answer(server, in, 0, NULL, 0);
                return;
        default:
                answer(server, in, -ENOSYS, NULL, 0);
        }
}

static _Noreturn void be_server(struct server *server)
{
        static char request[(64 << 10) + 8192] __attribute__((aligned(8)));
        ssize_t n;

        (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
        while ((n = read(server->fd, request, sizeof(request))) > 0 || errno == EINTR || errno == ENOENT)
                if (n >= (ssize_t) sizeof(struct fuse_in_header))
                        serve(server, (const void *) request, request + sizeof(struct fuse_in_header));
        _exit(0);
}

static int mount_it(int fd)
{
        char options[64];

        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                return -errno;
        (void) snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
        return mount("memctl-matrix", MOUNT, "fuse", MS_NOSUID | MS_NODEV, options) < 0 ? -errno : 0;
}

static int prepare(struct sample *sample)
{
        /* its device may be there without it: opening that loads it, too */
        if (access("/dev/fuse", R_OK | W_OK) < 0 && setting_load("fuse") < 0)
                return sample_refuse(sample, -EOPNOTSUPP, "the kernel has no FUSE");
        return 0;
}

static int make(struct sample *sample)
{
        struct server server = { .fd = open("/dev/fuse", O_RDWR), .size = sample->size };
        _cleanup_close_ int fd = -1;
        pid_t pid;
        int r;

        if (server.fd < 0)
                return sample_refuse(sample, -EOPNOTSUPP, "the kernel has no FUSE: %s", strerror(errno));
        r = mount_it(server.fd);
        if (r < 0)
                return sample_refuse(sample, r, "mount: %s", strerror(-r));
        pid = fork();
        if (pid < 0)
                return -errno;
        if (pid == 0) {
                server.data = calloc(1, server.size);
                be_server(&server);
        }
        (void) close(server.fd);
        fd = open(MOUNT "/file", O_RDWR | O_CLOEXEC);
        r = fd < 0 ? -errno : sample_map(sample, fd, PROT_READ | PROT_WRITE, MAP_SHARED);
        if (r < 0)
                return sample_refuse(sample, r, "a file of FUSE: %s", strerror(-r));
        sample_fill(sample);
        return 0;
}

const struct kind kind_fuse_dirty = {
        .name = "fuse-dirty",
        .what = "dirty page cache of a FUSE file system whose server answers",
        .prepare = prepare,
        .make = make,
};
