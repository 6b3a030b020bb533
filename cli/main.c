/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memctl: asks memctld, and says what it answered.
 */
#include "cli/ask/options.h"
#include "cli/daemon/client.h"
#include "cli/show/output.h"

int main(int argc, char **argv)
{
        struct context context = { .node = -1, .to_node = -1 };
        const struct verb *verb;
        int r, status;

        r = options_parse(argc, argv, &context, &verb);
        if (r <= 0)
                return r < 0 ? EXIT_USAGE : output_finish();

        status = client_connect(&context);
        if (status == EXIT_DONE)
                status = verb->run(&context);
        client_disconnect(&context);
        return status;
}
