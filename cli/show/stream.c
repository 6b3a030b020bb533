/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/stream.h"

#include "cli/show/output.h"

#define FLAGS (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

void stream_begin(struct stream *stream, const struct context *context, json_object *head, const char *key)
{
        size_t length;
        const char *text = json_object_to_json_string_length(head, FLAGS, &length);

        *stream = (struct stream){ .pretty = context->output == OUTPUT_JSON_PRETTY };
        output_begin(context, true);
        (void) setvbuf(stdout, NULL, _IOFBF, 1024 * 1024);
        (void) fwrite_unlocked(text, 1, length - 1, stdout); /* without its "}" */
        (void) printf("%s\"%s\":[", json_object_object_length(head) > 0 ? "," : "", key);
}

void stream_row(struct stream *stream, json_object *row)
{
        size_t length;
        const char *text = json_object_to_json_string_length(row, FLAGS, &length);

        if (stream->any)
                (void) putchar_unlocked(',');
        if (stream->pretty)
                (void) putchar_unlocked('\n');
        (void) fwrite_unlocked(text, 1, length, stdout);
        stream->any = true;
}

int stream_end(struct stream *stream)
{
        (void) printf("%s]}\n", stream->pretty ? "\n" : "");
        return output_finish();
}
