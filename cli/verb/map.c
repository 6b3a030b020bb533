/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * map: a picture of all blocks by movability.
 */
#include "cli/verb/verbs.h"
#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "cli/show/map_svg.h"
#include "cli/show/map_text.h"
#include "cli/show/replace.h"
#include "cli/show/source.h"
#include "cli/show/stream.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

static json_object *count_or_null(const struct picture_block *block, uint64_t pages)
{
        return block->counted ? json_object_new_uint64(pages) : NULL;
}

static int print_json(struct context *context, const struct wire_blocks *wire,
                      const struct picture_block *blocks, json_object *about)
{
        _cleanup_json_ json_object *head = json_object_new_object();
        const uint8_t *state = wire->state.data;
        struct stream stream;

        json_object_object_add(head, "source", json_object_new_string(value_text(about, "source")));
        json_object_object_add(head, "block_size", json_object_new_uint64(wire->block_size));
        stream_begin(&stream, context, head, "blocks");
        for (size_t i = 0; i < wire->number.n; i++) {
                const struct picture_block *block = &blocks[i];
                json_object *row = json_object_new_object();

                json_object_object_add(row, "block", json_object_new_int64(block->number));
                json_object_object_add(row, "state",
                                       json_object_get(json_object_array_get_idx(wire->states, state[i])));
                json_object_object_add(row, "free", count_or_null(block, block->pages.free));
                json_object_object_add(row, "movable", count_or_null(block, block->pages.movable));
                json_object_object_add(row, "unmovable", count_or_null(block, block->pages.unmovable));
                json_object_object_add(row, "unknown", count_or_null(block, block->pages.unknown));
                stream_row(&stream, row);
                json_object_put(row);
        }
        return stream_end(&stream);
}

static int write_svg(struct context *context, const struct wire_blocks *wire,
                     const struct picture_block *blocks)
{
        _cleanup_json_ json_object *dimms = NULL;
        struct replacement replacement;
        int status, r;

        status = value_get_managed(context, MEMCTL_IFACE_DIMM, &dimms);
        if (status != EXIT_DONE)
                return status;
        if (replace_begin(&replacement, context->svg) < 0)
                return EXIT_FAILED;
        r = map_svg(replacement.file, wire, blocks, dimms);
        if (r < 0) {
                replace_abandon(&replacement);
                return client_failed(context, NULL, r);
        }
        return replace_finish(&replacement) < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int print(struct context *context, const struct wire_blocks *wire, const struct wire_survey *survey)
{
        _cleanup_free_ struct picture_block *blocks = picture_blocks(wire, survey);
        int status = EXIT_DONE;

        if (!blocks)
                return client_failed(context, NULL, -ENOMEM);
        if (context->svg)
                status = write_svg(context, wire, blocks);
        if (status == EXIT_DONE && context->output != OUTPUT_TEXT)
                return print_json(context, wire, blocks, survey->about);
        if (status == EXIT_DONE && !context->svg)
                return map_text(context, wire, blocks);
        return status;
}

int verb_map(struct context *context)
{
        _cleanup_(wire_survey_clear) struct wire_survey survey = { 0 };
        _cleanup_(wire_blocks_clear) struct wire_blocks blocks = { 0 };
        int status;

        status = wire_blocks_get(context, &blocks);
        if (status == EXIT_DONE)
                status = wire_blocks_need(blocks.block_size);
        if (status == EXIT_DONE)
                status = wire_survey_get(context, NULL, &survey);
        if (status == EXIT_DONE)
                status = print(context, &blocks, &survey);
        if (status != EXIT_DONE)
                return status;
        source_say(context, survey.about);
        return wire_blocks_problems(&blocks, status);
}
