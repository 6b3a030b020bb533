/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/bundle/archive.h"

#include "basic/cleanup.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

/*
 * Loaded when it is needed: with it come XML, Unicode and more, which every other call of memctl, and each
 * early-boot image with memctl in it, can do without.
 */
#define LIBRARY "libarchive.so.13"

#define FUNCTIONS(X)                                                                                        \
        X(archive_entry_free)                                                                               \
        X(archive_entry_new)                                                                                \
        X(archive_entry_set_filetype)                                                                       \
        X(archive_entry_set_mtime)                                                                          \
        X(archive_entry_set_pathname)                                                                       \
        X(archive_entry_set_perm)                                                                           \
        X(archive_entry_set_size)                                                                           \
        X(archive_entry_set_symlink)                                                                        \
        X(archive_write_add_filter_zstd)                                                                    \
        X(archive_write_close)                                                                              \
        X(archive_write_data)                                                                               \
        X(archive_write_free)                                                                               \
        X(archive_write_header)                                                                             \
        X(archive_write_new)                                                                                \
        X(archive_write_open_FILE)                                                                          \
        X(archive_write_set_bytes_in_last_block)                                                            \
        X(archive_write_set_format_pax_restricted)

#define MEMBER(name) __typeof__(&(name)) name; /* NOLINT(bugprone-macro-parentheses): a declaration */
static struct {
        FUNCTIONS(MEMBER)
} library;
#undef MEMBER

/* What a function is at is a pointer to data for dlsym(). */
#define LOAD(function)                                                                                      \
        symbol = dlsym(handle, #function);                                                                  \
        memcpy(&library.function, &symbol, sizeof(symbol));                                                 \
        all = all && symbol;

/* It stays until memctl ends. */
static bool load(void)
{
        void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL), *symbol;
        bool all = true;

        if (!handle)
                return false;
        FUNCTIONS(LOAD)
        return all;
}
#undef LOAD

#define CHUNK ((size_t) 256 * 1024)

struct archive *archive_begin(FILE *file, const char **error)
{
        struct archive *archive;

        *error = LIBRARY " is not installed (Debian: libarchive13)";
        if (!load())
                return NULL;
        archive = library.archive_write_new();
        *error = "memory is short";
        if (!archive)
                return NULL;
        if (library.archive_write_set_format_pax_restricted(archive) == ARCHIVE_OK &&
            library.archive_write_add_filter_zstd(archive) == ARCHIVE_OK &&
            library.archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK &&
            library.archive_write_open_FILE(archive, file) == ARCHIVE_OK)
                return archive;
        *error = LIBRARY " cannot write tar archives with zstd";
        (void) library.archive_write_free(archive);
        return NULL;
}

/* Nobody's, and of no time. */
static int put_header(struct archive *archive, const char *path, uint64_t size, const char *target)
{
        struct archive_entry *entry = library.archive_entry_new();
        char name[1024];
        int r;

        if (!entry)
                return -EIO;
        (void) snprintf(name, sizeof(name), ARCHIVE_FOLDER "/%s", path);
        library.archive_entry_set_pathname(entry, name);
        library.archive_entry_set_filetype(entry, target ? AE_IFLNK : AE_IFREG);
        library.archive_entry_set_perm(entry, target ? 0777 : 0644);
        library.archive_entry_set_mtime(entry, 0, 0);
        library.archive_entry_set_size(entry, (int64_t) size);
        if (target)
                library.archive_entry_set_symlink(entry, target);
        r = library.archive_write_header(archive, entry) < ARCHIVE_WARN ? -EIO : 0;
        library.archive_entry_free(entry);
        return r;
}

static int put_data(struct archive *archive, const char *data, size_t size)
{
        while (size > 0) {
                la_ssize_t n = library.archive_write_data(archive, data, size);

                if (n <= 0)
                        return -EIO;
                data += n;
                size -= (size_t) n;
        }
        return 0;
}

int archive_put(struct archive *archive, const char *path, const char *data, size_t size)
{
        int r = put_header(archive, path, size, NULL);

        return r < 0 ? r : put_data(archive, data, size);
}

int archive_put_link(struct archive *archive, const char *path, const char *target)
{
        return put_header(archive, path, 0, target);
}

int archive_put_fd(struct archive *archive, const char *path, int fd, uint64_t size)
{
        _cleanup_free_ char *chunk = malloc(CHUNK);
        uint64_t at = 0;
        int r = chunk ? put_header(archive, path, size, NULL) : -EIO;

        while (r >= 0 && at < size) {
                ssize_t n = pread(fd, chunk, size - at < CHUNK ? (size_t) (size - at) : CHUNK, (off_t) at);

                if (n <= 0)
                        return -EIO;
                r = put_data(archive, chunk, (size_t) n);
                at += (uint64_t) n;
        }
        return r;
}

int archive_end(struct archive *archive)
{
        int r = library.archive_write_close(archive) < ARCHIVE_WARN ? -EIO : 0;

        (void) library.archive_write_free(archive);
        return r;
}
