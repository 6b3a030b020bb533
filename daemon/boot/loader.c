/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/loader.h"

#include "basic/message.h"

#include <errno.h>
#include <string.h>

int boot_loader_plan(const struct boot_loader *loader, int root_fd, const char *parameters,
                     struct boot_change *ret, char **message)
{
        int r;

        *ret = (struct boot_change){ 0 };
        (void) snprintf(ret->loader, sizeof(ret->loader), "%s", loader->name);
        if (snprintf(ret->parameters, sizeof(ret->parameters), "%s", parameters) >=
            (int) sizeof(ret->parameters))
                return fail(message, -E2BIG, "the parameters are longer than memctl writes");
        r = loader->plan(root_fd, parameters, ret, message);
        if (r == -EFBIG && !*message)
                (void) fail(message, r, "with %s a file would be longer than memctl takes back", parameters);
        if (r < 0)
                boot_change_clear(ret);
        return r;
}

int boot_loader_edit(int root_fd, const char *path, const char *keyword, enum edit_which which,
                     struct boot_change *change, size_t *lines, char **message)
{
        _cleanup_(config_file_clear) struct config_file file = { 0 };
        struct edited edited;
        int r;

        *lines = 0;
        r = config_file_read(root_fd, path, CONFIG_FILE_MAX, &file, message);
        if (r < 0 || !file.there)
                return r;
        if (memchr(file.data, '\0', file.size))
                return fail(message, -EBADMSG, "/%s: it is no text", path);
        r = edit_lines(file.data, file.size, keyword, which, change->parameters, &edited);
        if (r == -E2BIG)
                return fail(message, r, "/%s: with %s a line in it would be longer than the kernel takes",
                            path, change->parameters);
        if (r == -EBADMSG)
                return fail(message, r, "/%s: a quote in its command line is not closed", path);
        if (r < 0)
                return r;
        *lines = edited.lines;
        if (edited.lines > 0)
                r = boot_change_add(change, path, &file, edited.text, edited.size);
        free(edited.text);
        return r == -E2BIG ? fail(message, r, "/%s: there are more such files than memctl changes at a time",
                                  path)
                           : r;
}
