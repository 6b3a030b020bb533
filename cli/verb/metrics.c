/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metrics: what Prometheus is told, on stdout or into a file for node_exporter's textfile collector.
 */
#include "cli/metrics/metrics.h"

#include "cli/metrics/exposition.h"
#include "cli/show/output.h"
#include "cli/show/replace.h"
#include "cli/verb/verbs.h"

static int write_file(const char *path, json_object *families)
{
        struct replacement replacement;

        if (replace_begin(&replacement, path) < 0)
                return EXIT_FAILED;
        exposition_put(replacement.file, families);
        return replace_finish(&replacement) < 0 ? EXIT_FAILED : EXIT_DONE;
}

int verb_metrics(struct context *context)
{
        _cleanup_json_ json_object *families = NULL, *answer = NULL;
        int status = metrics_gather(context, &families);

        if (status != EXIT_DONE)
                return status;
        if (context->textfile) {
                status = write_file(context->textfile, families);
                if (status != EXIT_DONE || context->output == OUTPUT_TEXT)
                        return status;
        }
        if (context->output != OUTPUT_TEXT) {
                answer = json_object_new_object();
                json_object_object_add(answer, "metrics", json_object_get(families));
                return output_json(context, answer);
        }
        output_begin(context, true);
        exposition_put(stdout, families);
        return output_finish();
}
