/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a boot setting is read from, from anywhere: command lines, files of boot loaders, the record of
 * demand and the state that was kept. Whatever the text, parsers say so or keep their promises. Built by
 * clang this is a libFuzzer; by any other compiler it replays mutations of good texts.
 */
#include "daemon/boot/edit.h"
#include "daemon/boot/record.h"
#include "daemon/boot/state.h"
#include "daemon/machine/cmdline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS     100000
#define PARAMETERS "cma=64M cma_pernuma=0"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was put in is there, once each, and putting it in again changes nothing. */
static void check_line(const char *text, size_t size)
{
        struct edited once, twice;
        int r = edit_command_line(text, size, PARAMETERS, true, &once);

        if (r == -E2BIG || r == -EBADMSG)
                return;
        if (r < 0 || edit_command_line(once.text, once.size, PARAMETERS, true, &twice) < 0)
                abort();
        if (!edit_has(once.text, once.size, PARAMETERS) || once.size != twice.size ||
            memcmp(once.text, twice.text, once.size) != 0)
                abort();
        free(once.text);
        free(twice.text);
}

static void check_lines(const char *text, size_t size, const char *keyword)
{
        struct edited edited;
        size_t lines = 0, after = 0;
        int r = edit_lines(text, size, keyword, EDIT_EACH, PARAMETERS, &edited);

        if (r < 0) {
                if ((r != -E2BIG && r != -EBADMSG) || edited.text)
                        abort();
                return;
        }
        for (size_t i = 0; i < size; i++)
                lines += text[i] == '\n';
        for (size_t i = 0; i < edited.size; i++)
                after += edited.text[i] == '\n';
        if (lines != after ||
            (edited.lines == 0 && (edited.size != size || memcmp(edited.text, text, size) != 0)))
                abort();
        free(edited.text);
}

static void check_record(const char *text, size_t size)
{
        struct cma_record record, again;
        char *message = NULL, *written;

        if (cma_record_parse(text, size, &record, &message) < 0) {
                if (!message || record.boots || strchr(message, '\n'))
                        abort();
                free(message);
                return;
        }
        written = cma_record_format(&record);
        if (message || record.n > CMA_RECORD_BOOTS_MAX || !written ||
            cma_record_parse(written, strlen(written), &again, &message) < 0 || again.n != record.n ||
            memcmp(again.boots, record.boots, record.n * sizeof(*record.boots)) != 0)
                abort();
        free(written);
        cma_record_clear(&again);
        cma_record_clear(&record);
}

static void check_state(const char *text, size_t size)
{
        struct boot_state state;
        char *message = NULL;

        if (boot_state_parse(text, size, &state, &message) < 0) {
                if (!message || state.change.n || state.there)
                        abort();
        } else
                for (size_t i = 0; i < state.change.n; i++)
                        if (state.change.files[i].path[0] == '/' || strstr(state.change.files[i].path, ".."))
                                if (strstr(state.change.files[i].path, "/../") ||
                                    state.change.files[i].path[0] == '/')
                                        abort();
        boot_state_clear(&state);
        free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = malloc(size + 1);
        struct cmdline cmdline;

        if (!text)
                abort();
        memcpy(text, data, size);
        text[size] = '\0';
        cmdline_parse(text, &cmdline);
        if (!memchr(cmdline.cma.text, '\0', sizeof(cmdline.cma.text)) ||
            !memchr(cmdline.numa, '\0', sizeof(cmdline.numa)))
                abort();
        check_line(text, size);
        check_lines(text, size, NULL);
        check_lines(text, size, "append");
        check_record(text, size);
        check_state(text, size);
        free(text);
        return 0;
}

#ifndef MEMCTL_LIBFUZZER
#define ZEROES "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]"

int main(void)
{
        static const char *const seeds[] = {
                "root=/dev/sda1 cma=64M@16M-1G \"a b\" x=\"c d\" cma_pernuma=1 quiet -- single",
                "label a\r\n\tappend ro quiet\n append cma=1M\n#append\nappend x",
                "{\"version\":1,\"boots\":[{\"boot\":\"x\",\"first_uptime\":1,\"last_uptime\":2,\"areas\":[{"
                "\"name\":\"a\","
                "\"size\":1,\"peak\":1,\"needed\":1,\"largest\":1,\"align\":1,\"requests\":1,\"failed\":1,"
                "\"lost\":1,"
                "\"last_requests\":1,\"last_failed\":1,\"last_lost\":1,\"exact\":true,\"last_exact\":true,"
                "\"by_cause\":" ZEROES ",\"last_by_cause\":" ZEROES "}]}]}",
                "{\"version\":1,\"loader\":\"x\",\"program\":\"\",\"made\":\"\",\"parameters\":\"cma=1M\","
                "\"boot\":\"\","
                "\"time\":1,\"bytes\":1,\"complete\":true,\"files\":[{\"path\":\"etc/"
                "x\",\"mode\":420,\"uid\":0,"
                "\"gid\":0,\"before\":null,\"after\":\"0a\"}]}",
        };

        srandom(1);
        for (int round = 0; round < ROUNDS; round++) {
                char text[1024];
                size_t length;

                strcpy(text, seeds[random() % (long) ELEMENTSOF(seeds)]);
                length = strlen(text);
                for (long n = random() % 4; n > 0; n--)
                        text[(size_t) random() % length] =
                                random() % 3 ? "0123456789,:{}[]\"\\n-= \t./"[random() % 25]
                                             : (char) (random() % 255 + 1);
                (void) LLVMFuzzerTestOneInput((const uint8_t *) text,
                                              random() % 4 ? length : (size_t) random() % (length + 1));
        }
        return 0;
}
#endif
