/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/bundle/bundle.h"

#include "basic/cleanup.h"
#include "basic/file.h"
#include "cli/bundle/archive.h"
#include "cli/bundle/sanitise.h"
#include "cli/bundle/spool.h"
#include "cli/bundle/within.h"
#include "cli/run/say.h"

#include "config.h"

#include <errno.h>
#include <string.h>

/* Files in all, and bytes but for those of /proc/kpageflags: more is no machine. */
#define FILES_MAX (UINT64_C(4) << 20)
#define BYTES_MAX (UINT64_C(1) << 30)

/* What is larger is not kept in memory. */
#define IN_MEMORY ((size_t) 64 << 20)

struct bundle {
        struct archive *archive;
        const struct bundle_file *file; /* its row */
        struct sanitised_ids ids;
        uint64_t n_files, bytes;
        FILE *left_out; /* lines */
};

static void leave_out(struct bundle *bundle, const char *path, const char *why)
{
        (void) fprintf(bundle->left_out, "  %s: %s\n", path, why);
}

static int put_link(struct bundle *bundle, int root_fd, const char *path)
{
        char target[WITHIN_PATH_MAX];
        int r = within_read_link(root_fd, path, target);

        if (r >= 0)
                return archive_put_link(bundle->archive, path, target);
        if (r == -EXDEV)
                leave_out(bundle, path, "a link that leads out of the tree");
        return 0;
}

static int put_large(struct bundle *bundle, const char *path, int fd)
{
        uint64_t size;
        _cleanup_close_ int kept = spool(fd, bundle->file->max, &size);

        if (kept < 0) {
                leave_out(bundle, path, strerror(-kept));
                return 0;
        }
        return archive_put_fd(bundle->archive, path, kept, size);
}

static int put_text(struct bundle *bundle, const char *path, int fd)
{
        _cleanup_free_ char *data = NULL, *fit = NULL;
        size_t size;

        errno = EFBIG;
        data = file_read_fd(fd, bundle->file->max, &size);
        if (!data || bundle->bytes + size > BYTES_MAX) {
                leave_out(bundle, path, strerror(errno));
                return 0;
        }
        fit = sanitise(bundle->file->how, data, size, &bundle->ids, &size);
        if (!fit)
                return -ENOMEM;
        bundle->bytes += size;
        return archive_put(bundle->archive, path, fit, size);
}

static int put_file(struct bundle *bundle, int root_fd, const char *path)
{
        _cleanup_close_ int fd = within_open(root_fd, path);

        if (fd == -EINVAL) /* a folder, or worse */
                return 0;
        if (fd < 0) {
                leave_out(bundle, path, strerror(-fd));
                return 0;
        }
        return bundle->file->max > IN_MEMORY ? put_large(bundle, path, fd) : put_text(bundle, path, fd);
}

static int on_found(void *userdata, int root_fd, const char *path)
{
        struct bundle *bundle = userdata;

        if (++bundle->n_files > FILES_MAX) {
                if (bundle->n_files == FILES_MAX + 1)
                        leave_out(bundle, path, "there are too many files; it and all that would follow");
                return 0;
        }
        switch (bundle->file->how) {
        case BUNDLE_LINK:
                return put_link(bundle, root_fd, path);
        case BUNDLE_EMPTY:
                return archive_put(bundle->archive, path, "", 0);
        default:
                return put_file(bundle, root_fd, path);
        }
}

static int put_readme(struct bundle *bundle, const char *left_out)
{
        _cleanup_free_ char *text = NULL;
        int n;

        n = asprintf(
                &text,
                "Files of /sys and /proc of a machine, as memctl " MEMCTL_VERSION
                " reads them: memctl --root DIRECTORY\n\n"
                "Not in it: processes and what they are called, user and host names, the kernel's command\n"
                "line but for what is about memory, the place of its image, serial numbers, names of swap\n"
                "files, boot IDs. docs/report.md of memctl has the list.\n\nCould not be read:\n%s",
                *left_out ? left_out : "  -\n");
        if (n < 0) {
                text = NULL;
                return -ENOMEM;
        }
        return archive_put(bundle->archive, "README", text, (size_t) n);
}

static int put_all(struct bundle *bundle, int root_fd)
{
        _cleanup_free_ char *left_out = NULL;
        size_t size;
        int r = 0;

        bundle->left_out = open_memstream(&left_out, &size);
        if (!bundle->left_out)
                return -ENOMEM;
        for (size_t i = 0; r >= 0 && i < n_bundle_files; i++) {
                bundle->file = &bundle_files[i];
                r = within_find(root_fd, bundle->file->pattern, on_found, bundle);
        }
        if (fclose(bundle->left_out) != 0 && r >= 0)
                r = -ENOMEM;
        if (r >= 0 && bundle->n_files == 0) {
                complain("failed", "there is nothing of /sys or /proc that memctl reads");
                return -ENOENT;
        }
        if (r >= 0)
                r = put_readme(bundle, left_out);
        if (r == -ENOMEM)
                complain("failed", "%s", strerror(-r));
        return r;
}

int bundle_put(FILE *file, int root_fd)
{
        struct bundle bundle = { 0 };
        const char *error;
        int r, ended;

        bundle.archive = archive_begin(file, &error);
        if (!bundle.archive) {
                complain("failed", "%s", error);
                return -ENOMEM;
        }
        r = put_all(&bundle, root_fd);
        ended = archive_end(bundle.archive);
        return r < 0 ? r : ended;
}
