/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/loaders.h"

#include "basic/file.h"
#include "basic/message.h"

#include <errno.h>
#include <string.h>

/* Of the boot loader interface of systemd, which others follow: UTF-16 behind four bytes of attributes. */
#define LOADER_INFO "sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

static const struct boot_loader *const loaders[] = {
        &boot_raspberry,
        &boot_grub,
        &boot_systemd,
        &boot_extlinux,
};

/* "systemd-boot 254"; "" where nobody has left a word. */
static void read_firmware(int root_fd, char *buf, size_t size)
{
        size_t n = 0, length = 0;
        _cleanup_free_ char *data = file_read(root_fd, LOADER_INFO, 1024, &n);

        for (size_t i = 4; data && i + 1 < n && length < size - 1 && data[i] >= ' ' && data[i + 1] == '\0';
             i += 2)
                buf[length++] = data[i];
        buf[length] = '\0';
}

int boot_loader_find(int root_fd, const struct boot_loader **ret, char **message)
{
        const struct boot_loader *found = NULL, *other = NULL;
        char firmware[64];

        read_firmware(root_fd, firmware, sizeof(firmware));
        for (size_t i = 0; i < ELEMENTSOF(loaders); i++) {
                const struct boot_loader *loader = loaders[i];

                if (!loader->is_here(root_fd))
                        continue;
                if (loader->firmware && strncmp(firmware, loader->firmware, strlen(loader->firmware)) == 0) {
                        *ret = loader;
                        return 0;
                }
                if (!found)
                        found = loader;
                else if (!other)
                        other = loader;
        }
        if (other)
                return fail(message, -ENOTUNIQ,
                            "files of more than one boot loader are here (%s, %s), and nothing says which "
                            "one is in use",
                            found->name, other->name);
        if (!found)
                return fail(message, -ENOENT,
                            "no boot loader that memctl knows is here: GRUB, systemd-boot, extlinux, or "
                            "that of a Raspberry Pi");
        *ret = found;
        return 0;
}
