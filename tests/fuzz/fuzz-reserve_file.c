/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of reserve.d from anywhere: whatever the bytes, reserve_file_parse() keeps its promises. Built by
 * clang this is a libFuzzer; by any other compiler it replays mutations of good files.
 */
#include "basic/cleanup.h"
#include "basic/reservation_name.h"
#include "cli/ask/reserve_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* libbytesize reads numbers with gmp, which takes its time, and leaks where it reads none. */
#define ROUNDS 30000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct reserve_file file = { .size = 0 };
        _cleanup_free_ char *message = NULL;
        char *text = malloc(size + 1);
        int r;

        if (!text)
                abort();
        memcpy(text, data, size);
        text[size] = '\0';
        r = reserve_file_parse("x.conf", text, size, &file, &message);
        if (r >= 0) {
                if (message || file.size == 0 || (file.align & (file.align - 1)) != 0 || file.node < -1 ||
                    !reservation_name_is_valid(file.name) || strlen(text) != size)
                        abort();
        } else if (r != -EINVAL || file.size != 0 || !message || strncmp(message, "x.conf:", 7) != 0 ||
                   strchr(message, '\n'))
                abort();
        free(text);
        return 0;
}

#ifndef MEMCTL_LIBFUZZER
int main(void)
{
        static const char *const seeds[] = {
                "[Reservation]\nName=camera\nSize=64M\nAlign=2M\n",
                "# a\n;b\n\n[Reservation]\nName=a\nSize=4096\nNode=0\nMovable=yes",
                "[Reservation]\nArea=linux,cma\nName=isp:0\nSize=1.5 GiB\nMovable=no\n",
        };

        srandom(1);
        for (int round = 0; round < ROUNDS; round++) {
                char text[128];
                size_t length;

                strcpy(text, seeds[random() % (long) ELEMENTSOF(seeds)]);
                length = strlen(text);
                for (long n = random() % 5; n > 0; n--)
                        text[(size_t) random() % length] =
                                random() % 3 ? "0123456789MGK=[]#; \n\tNaZ"[random() % 24]
                                             : (char) (random() % 256);
                (void) LLVMFuzzerTestOneInput((const uint8_t *) text, length - (size_t) (random() % 2));
        }
        return 0;
}
#endif
