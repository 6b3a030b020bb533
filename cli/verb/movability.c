/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * movability: whose pages there are, and which of them move.
 */
#include "cli/verb/verbs.h"
#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "cli/show/census.h"
#include "cli/show/cma.h"
#include "cli/show/output.h"
#include "cli/show/source.h"
#include "cli/show/stream.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

/* What an answer is made of. */
struct movability {
        enum census_by by;
        struct wire_survey survey;
        struct wire_blocks blocks; /* by block or node only */
        json_object *providers, *cma; /* the row of all areas together */
        uint64_t page_size;
        bool with_bytes; /* a table shows sizes, too */
        json_object *source;
};

static void movability_clear(struct movability *movability)
{
        wire_survey_clear(&movability->survey);
        wire_blocks_clear(&movability->blocks);
        json_object_put(movability->providers);
        json_object_put(movability->cma);
        json_object_put(movability->source);
}

/* Takes rows one after the other: into an array for the table, or to stdout. */
struct sink {
        const struct context *context;
        struct stream *stream;
        json_object *rows;
};

static void sink_put(const struct sink *sink, json_object *row)
{
        json_object *chosen;

        if (!sink->stream) {
                json_object_array_add(sink->rows, row);
                return;
        }
        chosen = output_choose(sink->context, row, &movability_columns);
        stream_row(sink->stream, chosen);
        json_object_put(chosen);
        json_object_put(row);
}

static json_object *kind_of(const struct page_class *class)
{
        return class && *class->kind ? json_object_new_string(class->kind) : NULL;
}

static json_object *movable_of(const struct page_class *class)
{
        return class && class->movable != MOVABLE_UNKNOWN
                       ? json_object_new_boolean(class->movable == MOVABLE_YES)
                       : NULL;
}

/* NULL pages: cannot be told; takes key and pages, and a reference to source. */
static json_object *row_new(const struct movability *movability, json_object *key, const char *owner,
                            const char *class_name, json_object *pages, json_object *source)
{
        const struct page_class *class = wire_survey_class(&movability->survey, class_name);
        json_object *row = json_object_new_object();

        if (movability->by != CENSUS_BY_OWNER)
                json_object_object_add(row, census_by_name(movability->by), key);
        json_object_object_add(row, "owner", json_object_new_string(owner));
        json_object_object_add(row, "class", json_object_new_string(class_name));
        json_object_object_add(row, "kind", kind_of(class));
        json_object_object_add(row, "movable", movable_of(class));
        json_object_object_add(row, "pages", pages);
        json_object_object_add(row, "migrated", NULL);
        json_object_object_add(row, "failed", NULL);
        json_object_object_add(row, "source", json_object_get(source));
        if (movability->with_bytes && pages)
                json_object_object_add(
                        row, "bytes",
                        json_object_new_uint64(json_object_get_uint64(pages) * movability->page_size));
        return row;
}

/* A provider's figures are of the whole machine, so they are in no row of a block, node or order. */
static void add_provider_figures(const struct movability *movability, json_object *row)
{
        if (movability->by != CENSUS_BY_OWNER || strcmp(value_text(row, "class"), "movable_ops") != 0)
                return;
        for (size_t i = 0; i < json_object_array_length(movability->providers); i++) {
                json_object *provider = json_object_array_get_idx(movability->providers, i);

                if (strcmp(value_text(provider, "Name"), value_text(row, "owner")) != 0)
                        continue;
                json_object_object_add(row, "migrated",
                                       json_object_new_uint64(value_number(provider, "Migrated")));
                json_object_object_add(row, "failed",
                                       json_object_new_uint64(value_number(provider, "Failed")));
        }
}

static int put_counted(const struct movability *movability, const struct sink *sink)
{
        const struct wire_survey *survey = &movability->survey;
        _cleanup_free_ struct census_row *rows = NULL;
        size_t n;
        int r;

        r = census_make(survey, movability->by, &movability->blocks, &rows, &n);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++) {
                json_object *row, *key = NULL;

                if (movability->by == CENSUS_BY_BLOCK || movability->by == CENSUS_BY_ORDER ||
                    (movability->by == CENSUS_BY_NODE && rows[i].key >= 0))
                        key = json_object_new_int64(rows[i].key);
                row = row_new(movability, key, wire_survey_owner(survey, rows[i].class, rows[i].owner),
                              survey->classes[rows[i].class].name, json_object_new_uint64(rows[i].pages),
                              movability->source);
                add_provider_figures(movability, row);
                sink_put(sink, row);
        }
        return 0;
}

static bool is_unknown(const struct movability *movability, const char *class)
{
        json_object *unknown = value_array(movability->survey.about, "unknown");

        for (size_t i = 0; i < json_object_array_length(unknown); i++)
                if (strcmp(json_object_get_string(json_object_array_get_idx(unknown, i)), class) == 0)
                        return true;
        return false;
}

/* Classes that the source cannot tell have rows, so that nobody takes their absence for 0 pages. */
static void put_unknown(const struct movability *movability, const struct sink *sink)
{
        json_object *unknown = value_array(movability->survey.about, "unknown");

        for (size_t i = 0; i < json_object_array_length(unknown); i++) {
                const char *class = json_object_get_string(json_object_array_get_idx(unknown, i));

                sink_put(sink, row_new(movability, NULL, class, class, NULL, movability->source));
        }
}

/*
 * What others have counted for the whole machine. Where the source cannot tell a class, that belongs to the
 * answer (unknown); the rest says of the same pages the same once more, and stands apart.
 */
static void put_totals(const struct movability *movability, bool unknown, const struct sink *sink)
{
        json_object *totals = value_array(movability->survey.about, "totals");

        for (size_t i = 0; totals && i < json_object_array_length(totals); i++) {
                json_object *total = json_object_array_get_idx(totals, i), *source;

                if (is_unknown(movability, value_text(total, "class")) != unknown)
                        continue;
                source = json_object_new_string(value_text(total, "source"));
                sink_put(sink,
                         row_new(movability, NULL, value_text(total, "owner"), value_text(total, "class"),
                                 value_number_or_null(total, "pages"), source));
                json_object_put(source);
        }
}

static int put_rows(const struct movability *movability, const struct sink *sink)
{
        int r;

        r = put_counted(movability, sink);
        if (r < 0)
                return r;
        put_unknown(movability, sink);
        put_totals(movability, true, sink);
        return 0;
}

static int print_json(struct context *context, const struct movability *movability)
{
        _cleanup_json_ json_object *head = json_object_new_object();
        json_object *totals = json_object_new_array();
        struct stream stream;
        int r;

        json_object_object_add(head, "source", json_object_get(movability->source));
        json_object_object_add(head, "by", json_object_new_string(census_by_name(movability->by)));
        json_object_object_add(head, "page_size",
                               value_number_or_null(movability->survey.about, "page_size"));
        json_object_object_add(head, "cma", cma_to_json(json_object_array_get_idx(movability->cma, 0)));
        json_object_object_add(head, "unknown",
                               json_object_get(value_array(movability->survey.about, "unknown")));
        json_object_object_add(head, "totals", totals);
        put_totals(movability, false, &(struct sink){ .rows = totals });
        stream_begin(&stream, context, head, "owners");
        r = put_rows(movability, &(struct sink){ .context = context, .stream = &stream });
        return r < 0 ? client_failed(context, NULL, r) : stream_end(&stream);
}

/* Two sources that differ much are both told: a tree may be of two moments. */
static void tell_other_free(const struct movability *movability)
{
        json_object *totals = value_array(movability->survey.about, "totals");
        const struct wire_survey *survey = &movability->survey;
        const uint64_t *pages = survey->pages.data;
        const uint8_t *class = survey->class.data;
        _cleanup_free_ char *size = NULL, *other_size = NULL;
        uint64_t counted = 0, other = 0;

        for (size_t i = 0; i < survey->pages.n; i++)
                if (strcmp(survey->classes[class[i]].name, "free") == 0)
                        counted += pages[i];
        for (size_t i = 0; totals && i < json_object_array_length(totals); i++) {
                json_object *total = json_object_array_get_idx(totals, i);

                if (strcmp(value_text(total, "source"), "zoneinfo") == 0 &&
                    strcmp(value_text(total, "class"), "free") == 0)
                        other += value_number(total, "pages");
        }
        if (survey->pages.n == 0 || other == 0 || movability->page_size == 0 ||
            (counted - other < other / 4 || other - counted < other / 4))
                return;
        size = human_size(counted * movability->page_size);
        other_size = human_size(other * movability->page_size);
        tell("free: %s by %s, but %s by /proc/zoneinfo", size ? size : "?",
             value_text(movability->survey.about, "source"), other_size ? other_size : "?");
}

/* What rows are counted by comes first, and only one of the keys is there. */
static const struct column columns[] = {
        { "block", "BLOCK", COLUMN_COUNT, true },
        { "node", "NODE", COLUMN_COUNT, true },
        { "order", "ORDER", COLUMN_COUNT, true },
        { "owner", "OWNER", COLUMN_TEXT, false },
        { "class", "CLASS", COLUMN_TEXT, false },
        { "kind", "KIND", COLUMN_TEXT, false },
        { "movable", "MOVABLE", COLUMN_TEXT, false },
        { "pages", "PAGES", COLUMN_COUNT, false },
        { "bytes", "SIZE", COLUMN_SIZE, false },
        { "source", "SOURCE", COLUMN_TEXT, false },
        { "migrated", "MIGRATED", COLUMN_COUNT, false },
        { "failed", "FAILED", COLUMN_COUNT, false },
};

const struct columns movability_columns = COLUMNS(columns);

/*
 * By owner there is no key; by anything else no figures of providers. The totals that are in no row are for
 * scripts: in a table they would be taken for more pages.
 */
static int print_text(struct context *context, const struct movability *movability)
{
        _cleanup_json_ json_object *rows = json_object_new_array();
        const char *key = census_by_name(movability->by);
        struct column shown[ELEMENTSOF(columns)];
        int r;

        memcpy(shown, columns, sizeof(columns));
        for (size_t i = 0; movability->by != CENSUS_BY_OWNER && i < ELEMENTSOF(columns); i++) {
                if (strcmp(shown[i].key, key) == 0)
                        shown[i].extra = false;
                else if (strcmp(shown[i].key, "failed") == 0)
                        shown[i].extra = true;
        }
        r = put_rows(movability, &(struct sink){ .rows = rows });
        if (r < 0)
                return client_failed(context, NULL, r);
        r = output_table(context, rows, &COLUMNS(shown));
        if (!output_is_for_people(context))
                return r;
        cma_tell(json_object_array_get_idx(movability->cma, 0));
        tell_other_free(movability);
        return r == EXIT_DONE ? output_finish() : r;
}

int verb_movability(struct context *context)
{
        _cleanup_(movability_clear) struct movability movability = { .by = CENSUS_BY_OWNER };
        int status;

        if (context->by)
                (void) census_by_parse(context->by, &movability.by);
        status = wire_survey_get(context, NULL, &movability.survey);
        if (status == EXIT_DONE)
                status = value_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "ListProviders", NULL,
                                    &movability.providers);
        if (status == EXIT_DONE)
                status = cma_get(context, &movability.cma);
        if (status == EXIT_DONE && (movability.by == CENSUS_BY_NODE || movability.by == CENSUS_BY_BLOCK))
                status = wire_blocks_get(context, &movability.blocks);
        if (status == EXIT_DONE && movability.by == CENSUS_BY_BLOCK)
                status = wire_blocks_need(movability.blocks.block_size);
        if (status != EXIT_DONE)
                return status;
        if (!json_object_is_type(movability.providers, json_type_array))
                return client_bad_answer();

        movability.page_size = value_number(movability.survey.about, "page_size");
        movability.with_bytes = context->output == OUTPUT_TEXT && movability.page_size > 0;
        movability.source = json_object_new_string(value_text(movability.survey.about, "source"));
        status = context->output == OUTPUT_TEXT ? print_text(context, &movability)
                                                : print_json(context, &movability);
        source_say(context, movability.survey.about);
        return status;
}
