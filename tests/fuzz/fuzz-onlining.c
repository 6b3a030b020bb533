/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of udev's rules, and of memctl's own configuration, from anywhere: whatever the text, they are read
 * to their end, and what is found is within it. Built by clang this is a libFuzzer; by any other compiler it
 * replays mutations of good texts.
 */
#include "basic/cleanup.h"
#include "daemon/onlining/config.h"
#include "daemon/onlining/udev_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 100000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_vendor(void *userdata, const char *path, char *buf, size_t size)
{
        (void) userdata, (void) path;

        (void) snprintf(buf, size, "Xen");
        return true;
}

static unsigned int count_lines(const char *text, size_t size)
{
        unsigned int n = 1;

        for (size_t i = 0; i < size; i++)
                n += text[i] == '\n';
        return n;
}

static void check_config(const char *text, size_t size)
{
        static struct online_config config, again;
        _cleanup_free_ char *message = NULL, *whole = NULL;
        int r;

        online_config_init(&config);
        r = online_config_parse("/f", text, size, 3, &config, &message);
        if (r != 0 && (r != -EINVAL || !message || strncmp(message, "/f:", 3) != 0))
                abort();
        if (r < 0)
                return;
        /* what it says as a file says the same again */
        whole = online_config_text(&config);
        online_config_init(&again);
        if (!whole || online_config_parse("/f", whole, strlen(whole), 3, &again, &message) < 0 ||
            !online_config_same(&config, &again))
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const struct udev_machine machine = { read_vendor, NULL };
        const char *text = (const char *) data;
        struct udev_rule_found found;

        if (udev_rules_online(text, size, &machine, &found) &&
            (found.line == 0 || found.line > count_lines(text, size) ||
             strlen(found.sets) >= sizeof(found.sets)))
                abort();
        check_config(text, size);
        return 0;
}

#ifndef MEMCTL_LIBFUZZER
int main(void)
{
        static const char *const seeds[] = {
                "SUBSYSTEM!=\"memory\", GOTO=\"e\"\nATTR{state}==\"offline\", "
                "ATTR{state}=\"$env{.s}\"\nLABEL=\"e\"\n",
                "ATTR{[dmi/id]sys_vendor}==\"Xen\", \\\n SUBSYSTEM==\"a|memory\", RUN+=\"echo online > "
                "/state\"\n",
                "[Online]\nEnabled=yes\nZone=kernel\nMovableRatio=301%\nForce=no\nMemmapOnMemory=force\n",
                "[Online a]\nNode=1\nDriver=dax0.*\nSize=512M-1G\nZone=movable\n[Compaction]\nx=y\n",
        };
        static const char likely[] = "\"{}[]=!:+-\\,\n#|*%$ 019KMG";

        srandom(1);
        for (int i = 0; i < ROUNDS; i++) {
                char text[256];
                size_t length;

                (void) strcpy(text, seeds[random() % (long) ELEMENTSOF(seeds)]);
                length = strlen(text);
                for (long n = random() % 6; n > 0; n--)
                        text[(size_t) random() % length] =
                                random() % 3 ? likely[(size_t) random() % (sizeof(likely) - 1)]
                                             : (char) (random() % 255 + 1);
                (void) LLVMFuzzerTestOneInput((const uint8_t *) text, length - (size_t) (random() % 2));
        }
        return 0;
}
#endif
