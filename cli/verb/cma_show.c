/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cma show: one area of contiguous memory, with who holds what, and what failed.
 */
#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "cli/show/cma.h"
#include "cli/show/cma_map.h"
#include "cli/show/cma_text.h"
#include "cli/show/output.h"
#include "cli/show/replace.h"
#include "cli/verb/verbs.h"
#include "cli/verb/watch.h"
#include "memctl/bus.h"

#include <errno.h>

/* Lists of pairs, and lists of dictionaries: what is shown goes by these. */
static bool makes_sense(json_object *area)
{
        static const struct {
                const char *name;
                json_type type;
        } lists[] = {
                { "ranges", json_type_array },    { "processes", json_type_array },
                { "holders", json_type_object },  { "dma_bufs", json_type_object },
                { "failures", json_type_object }, { "by_order", json_type_int },
                { "notes", json_type_string },
        };

        if (!json_object_is_type(area, json_type_object))
                return false;
        for (size_t i = 0; i < ELEMENTSOF(lists); i++)
                if (value_array(area, lists[i].name) &&
                    !value_is_list_of(value_array(area, lists[i].name), lists[i].type))
                        return false;
        return true;
}

static int write_svg(struct context *context, json_object *area, const struct cma_map *map)
{
        struct replacement replacement;
        int r;

        if (!map) {
                complain("failed", "%s: no picture: nobody tells which of its memory is allocated",
                         value_text(area, "name"));
                cma_say_notes(value_array(area, "notes"));
                return EXIT_FAILED;
        }
        if (replace_begin(&replacement, context->svg) < 0)
                return EXIT_FAILED;
        r = cma_map_svg(replacement.file, value_text(area, "name"), map, value_array(area, "holders"));
        if (r < 0) {
                replace_abandon(&replacement);
                return client_failed(context, NULL, r);
        }
        return replace_finish(&replacement) < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int print(struct context *context, json_object *area, const struct cma_map *map)
{
        _cleanup_json_ json_object *answer = NULL;
        int status = context->svg ? write_svg(context, area, map) : EXIT_DONE;

        if (status != EXIT_DONE || (context->svg && context->output == OUTPUT_TEXT))
                return status;
        if (context->output == OUTPUT_TEXT)
                return cma_detail_print(context, area, map);
        answer = cma_detail_to_json(area, map);
        return output_json(context, answer);
}

static int look(struct context *context, struct watch *watch)
{
        _cleanup_json_ json_object *area = NULL;
        _cleanup_(cma_map_clear) struct cma_map map = { 0 };
        int status, r;

        status = value_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "ShowCmaArea", context->args[0],
                            &area);
        if (status != EXIT_DONE)
                return status;
        r = makes_sense(area) ? cma_map_read(area, &map) : -EBADMSG;
        if (r == -EBADMSG)
                return client_bad_answer();
        if (r == -ENOMEM)
                return client_failed(context, NULL, r);
        status = print(context, area, r < 0 ? NULL : &map);
        if (status == EXIT_DONE && (!watch || !watch->before))
                cma_say_notes(value_array(area, "notes"));
        if (watch)
                watch_keep(watch, area);
        return status;
}

int verb_cma_show(struct context *context)
{
        return context->watch ? watch_run(context, look) : look(context, NULL);
}
