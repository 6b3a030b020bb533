/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/run/say.h"

#include "basic/cleanup.h"

#include <bytesize/bs_size.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

static bool be_quiet, in_bytes;
static bool holding;
static char held[SAY_HELD_MAX];
static const char *first_code;
static char first_complaint[1024]; /* of one run, which is all that there is */

void say_configure(bool quiet, bool bytes)
{
        be_quiet = quiet;
        in_bytes = bytes;
}

static void make_fit(char *text)
{
        for (char *c = text; *c; c++)
                if ((unsigned char) *c < ' ' || *c == 127)
                        *c = '?';
}

static void put(FILE *file, const char *before, const char *format, va_list ap)
{
        _cleanup_free_ char *text = NULL;

        if (vasprintf(&text, format, ap) < 0) {
                text = NULL;
                return;
        }
        make_fit(text);
        if (!holding || file == stdout)
                (void) fprintf(file, "%s%s\n", before, text);
        else if (!*held)
                (void) snprintf(held, sizeof(held), "%s", text);
}

void say(const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        put(stderr, "memctl: ", format, ap);
        va_end(ap);
}

void hint(const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        if (!be_quiet)
                put(stderr, "memctl: ", format, ap);
        va_end(ap);
}

void complain_silently(const char *code, const char *message)
{
        if (holding && !*held) {
                (void) snprintf(held, sizeof(held), "%s", message);
                make_fit(held);
        }
        if (first_code || holding)
                return;
        first_code = code;
        (void) snprintf(first_complaint, sizeof(first_complaint), "%s", message);
        make_fit(first_complaint);
}

void complain(const char *code, const char *format, ...)
{
        char text[sizeof(first_complaint)];
        va_list ap, again;

        va_start(ap, format);
        va_copy(again, ap);
        put(stderr, "memctl: ", format, ap);
        (void) vsnprintf(text, sizeof(text), format, again);
        va_end(again);
        va_end(ap);
        complain_silently(code, text);
}

void say_hold(void)
{
        holding = true;
        *held = '\0';
}

void say_release(char buf[static SAY_HELD_MAX])
{
        holding = false;
        (void) snprintf(buf, SAY_HELD_MAX, "%s", held);
}

const char *complaint(const char **ret_code)
{
        *ret_code = first_code;
        return first_code ? first_complaint : NULL;
}

void tell(const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        put(stdout, "", format, ap);
        va_end(ap);
}

char *human_size(uint64_t bytes)
{
        BSSize size;
        char *text;

        if (in_bytes)
                return asprintf(&text, "%" PRIu64, bytes) < 0 ? NULL : text;
        size = bs_size_new_from_bytes(bytes, 1);
        if (!size)
                return NULL;
        text = bs_size_human_readable(size, BS_BUNIT_B, 2, false);
        bs_size_free(size);
        return text;
}
