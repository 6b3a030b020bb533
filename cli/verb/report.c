/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report: a page about a machine's memory, and a tree of it for a bug report.
 */
#include "cli/report/report.h"

#include "basic/quote.h"
#include "cli/bundle/bundle.h"
#include "cli/daemon/client.h"
#include "cli/daemon/connect.h"
#include "cli/show/output.h"
#include "cli/show/replace.h"
#include "cli/verb/verbs.h"

#include <errno.h>
#include <fcntl.h>
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

static int write_bundle(FILE *file, int root_fd)
{
        int r = bundle_put(file, root_fd);

        return r < 0 && !ferror(file) ? EXIT_FAILED : EXIT_DONE;
}

/* Without memctld: a report may be about one that does not start. */
static int report_bundle(const struct context *context)
{
        const char *root = context->root ? context->root : "/";
        _cleanup_close_ int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        struct replacement replacement;
        char quoted[QUOTE_MAX];
        int status;

        if (root_fd < 0) {
                complain("failed", "%s: %s; accepted is a folder with sys/ and proc/", quote(root, quoted),
                         strerror(errno));
                return EXIT_FAILED;
        }
        if (strcmp(context->bundle, "-") == 0) {
                if (isatty(STDOUT_FILENO)) {
                        complain("usage", "--bundle -: that is a terminal, and an archive is no text");
                        return EXIT_USAGE;
                }
                status = write_bundle(stdout, root_fd);
                return status == EXIT_DONE ? output_finish() : status;
        }
        if (replace_begin(&replacement, context->bundle) < 0)
                return EXIT_FAILED;
        status = write_bundle(replacement.file, root_fd);
        if (status != EXIT_DONE) {
                complain("failed", "the bundle cannot be made");
                replace_abandon(&replacement);
                return status;
        }
        return replace_finish(&replacement) < 0 ? EXIT_FAILED : EXIT_DONE;
}

int verb_report(struct context *context)
{
        int status = EXIT_DONE;

        if (!context->html && !context->bundle) {
                complain("usage", "report: accepted is --html FILE, --bundle FILE, or both");
                return EXIT_USAGE;
        }
        if (context->html && context->bundle && strcmp(context->html, "-") == 0 &&
            strcmp(context->bundle, "-") == 0) {
                complain("usage", "report: --html and --bundle cannot both go to stdout");
                return EXIT_USAGE;
        }
        if (context->bundle)
                status = report_bundle(context);
        return status == EXIT_DONE && context->html ? report_html(context) : status;
}
