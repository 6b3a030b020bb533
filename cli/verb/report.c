/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report: a page about a machine's memory, and a tree of it for a bug report.
 */
#include "cli/report/report.h"

#include "cli/daemon/client.h"
#include "cli/daemon/connect.h"
#include "cli/show/output.h"
#include "cli/show/replace.h"
#include "cli/verb/verbs.h"

#include <string.h>

static int write_page(struct context *context, const struct facts *facts)
{
        struct replacement replacement;
        int r;

        if (strcmp(context->html, "-") == 0) {
                r = report_put(stdout, facts);
                return r < 0 ? client_failed(context, NULL, r) : output_finish();
        }
        if (replace_begin(&replacement, context->html) < 0)
                return EXIT_FAILED;
        r = report_put(replacement.file, facts);
        if (r < 0) {
                replace_abandon(&replacement);
                return client_failed(context, NULL, r);
        }
        return replace_finish(&replacement) < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int report_html(struct context *context)
{
        _cleanup_(facts_clear) struct facts facts = { 0 };
        int status = client_connect(context);

        if (status == EXIT_DONE)
                status = facts_gather(context, &facts);
        return status == EXIT_DONE ? write_page(context, &facts) : status;
}

int verb_report(struct context *context)
{
        if (!context->html) {
                complain("usage", "report: accepted is --html FILE");
                return EXIT_USAGE;
        }
        return report_html(context);
}
