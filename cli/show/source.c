/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/source.h"

#include "cli/run/say.h"
#include "cli/show/output.h"

#include <string.h>

void source_say(const struct context *context, json_object *about)
{
        json_object *unknown = value_array(about, "unknown"), *notes = value_array(about, "notes");
        _cleanup_free_ char *classes =
                unknown && json_object_array_length(unknown) > 0 ? output_join(unknown, ", ") : NULL;
        const char *source = value_text(about, "source");
        const char *without = context->root ? "a tree has no memctl.ko" : "memctl.ko is not loaded";

        if (strcmp(source, "none") == 0)
                hint("%s, and nobody else can be asked, so who owns pages cannot be told", without);
        else if (strcmp(source, "kpageflags") == 0)
                hint("%s: this is from /proc/kpageflags, so %s cannot be told", without,
                    classes ? classes : "the owners of the kernel's pages");
        else if (classes)
                hint("%s cannot be told by %s", classes, source);

        for (size_t i = 0; notes && i < json_object_array_length(notes); i++)
                hint("%s", json_object_get_string(json_object_array_get_idx(notes, i)));
}
