/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/internal.h"

#include "basic/message.h"
#include "daemon/onlining/say.h"

#include <string.h>

void onlining_take_files(struct onlining *onlining, const struct onlining_read *read)
{
        if (read->config_error >= 0) {
                if (!onlining->has_config || !online_config_same(&onlining->config, &read->config))
                        onlining_say_config(&read->config);
                onlining->config = read->config;
                message_set(&onlining->fault, NULL);
                message_set(&onlining->setting_fault, read->setting_message);
        } else {
                message_set(&onlining->fault,
                            read->config_message ? read->config_message : strerror(-read->config_error));
                onlining_say("%s; what was in force before stays so", onlining->fault);
        }
        onlining->has_config = true;
        if (onlining->setting_fault)
                onlining_say("not set: %s", onlining->setting_fault);
}

void onlining_take_look(struct onlining *onlining, const struct onlining_read *read)
{
        for (size_t i = 0; i < read->seen.n_pending; i++) {
                const struct arrival *arrival = &read->seen.pending[i];

                if (arrival->identity > onlining->look_mark && seen_add(&onlining->seen, arrival) < 0)
                        onlining_say("memory is short: block %u is passed over", arrival->block);
        }
        if (read->seen.mark > onlining->seen.mark)
                onlining->seen.mark = read->seen.mark;
        onlining->seen.known = true;
}
