/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/metrics/exposition.h"

/* In HELP a quotation mark stands for itself. Other control characters are nobody's. */
static void put_text(FILE *file, const char *text, bool quoted)
{
        for (; *text; text++) {
                unsigned char c = (unsigned char) *text;

                if (c == '\n')
                        (void) fputs("\\n", file);
                else if (c == '\\' || (c == '"' && quoted))
                        (void) fprintf(file, "\\%c", c);
                else
                        (void) fputc(c < ' ' || c == 127 ? '?' : c, file);
        }
}

static void put_sample(FILE *file, const char *name, json_object *sample)
{
        const char *before = "{";

        (void) fputs(name, file);
        json_object_object_foreach(json_object_object_get(sample, "labels"), label, text)
        {
                (void) fprintf(file, "%s%s=\"", before, label);
                put_text(file, json_object_get_string(text), true);
                (void) fputc('"', file);
                before = ",";
        }
        (void) fprintf(file, "%s %s\n", *before == ',' ? "}" : "",
                       json_object_to_json_string(json_object_object_get(sample, "value")));
}

void exposition_put(FILE *file, json_object *families)
{
        for (size_t i = 0; i < json_object_array_length(families); i++) {
                json_object *family = json_object_array_get_idx(families, i);
                json_object *samples = value_array(family, "samples");
                const char *name = value_text(family, "name");

                (void) fprintf(file, "# HELP %s ", name);
                put_text(file, value_text(family, "help"), false);
                (void) fprintf(file, "\n# TYPE %s %s\n", name, value_text(family, "type"));
                for (size_t j = 0; j < json_object_array_length(samples); j++)
                        put_sample(file, name, json_object_array_get_idx(samples, j));
        }
}
