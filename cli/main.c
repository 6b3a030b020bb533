/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memctl: asks memctld, and says what it answered.
 */
#include "cli/ask/help.h"
#include "cli/ask/parse.h"
#include "cli/complete/complete.h"
#include "cli/daemon/agent.h"
#include "cli/daemon/connect.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/show/pager.h"
#include "cli/verbs.h"

#include "config.h"

#include <stdio.h>
#include <string.h>

static int answer_question(const struct context *context, const struct question *question)
{
        if (question->asked == ASKED_VERSION) {
                (void) puts("memctl " MEMCTL_VERSION);
                return output_finish();
        }
        pager_open(context);
        if (question->verb)
                help_verb(question->verb);
        else if (question->noun)
                help_noun(&all_verbs, question->noun);
        else
                help_all(&all_verbs);
        return output_finish();
}

static int run(const struct verb *verb, struct context *context)
{
        int status = verb->here ? EXIT_DONE : client_connect(context);

        if (status == EXIT_DONE && verb->authorized)
                agent_open(context);
        if (status == EXIT_DONE)
                status = verb->run(context);
        agent_close(context);
        client_disconnect(context);
        return status;
}

int main(int argc, char **argv)
{
        struct context context = CONTEXT_NONE;
        struct question question;
        int status;

        if (argc > 1 && strcmp(argv[1], "--complete") == 0)
                return complete(&all_verbs, argv + 2, (size_t) (argc - 2));
        status =
                parse_command_line(argc, argv, &all_verbs, &context, &question) < 0 ? EXIT_USAGE : EXIT_DONE;
        say_configure(context.quiet, context.bytes);
        if (status == EXIT_DONE)
                status = question.asked == ASKED_VERB ? run(question.verb, &context)
                                                      : answer_question(&context, &question);
        if (status != EXIT_DONE)
                output_error(&context);
        pager_close();
        return status;
}
