/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whose pages there are, by class, and which of them move; bad pages by DIMM.
 */
#include "cli/metrics/sources.h"

#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "cli/show/census.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char *movable_text(enum movable movable)
{
        return movable == MOVABLE_YES ? "yes" : movable == MOVABLE_NO ? "no" : "unknown";
}

static bool is_in(json_object *list, const char *text)
{
        for (size_t i = 0; list && i < json_object_array_length(list); i++)
                if (strcmp(json_object_get_string(json_object_array_get_idx(list, i)), text) == 0)
                        return true;
        return false;
}

/* Owners of one class are added up: drivers may be many, classes are not. Rows are by node, then in any
 * order. */
static void put_node(json_object *family, const struct wire_survey *survey, const struct census_row *rows,
                     size_t n, uint64_t page_size)
{
        char node[24] = "unknown";

        if (rows[0].key >= 0)
                (void) snprintf(node, sizeof(node), "%" PRId64, rows[0].key);
        for (size_t class = 0; class < survey->n_classes; class ++) {
                const struct page_class *about = &survey->classes[class];
                uint64_t pages = 0;

                for (size_t i = 0; i < n; i++)
                        pages += rows[i].class == class ? rows[i].pages : 0;
                if (!is_in(value_array(survey->about, "unknown"), about->name))
                        family_sample(family, json_object_new_uint64(pages * page_size),
                                      LABELS({ "class", about->name },
                                             { "movable", movable_text(about->movable) }, { "node", node }));
        }
}

static int compare_numbers(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *) a, y = *(const uint32_t *) b;

        return (x > y) - (x < y);
}

/* Pages that the kernel has put away as bad, of blocks of a DIMM. */
static void put_bad(json_object *family, const struct metrics *metrics, const struct wire_survey *survey,
                    uint64_t page_size)
{
        const uint32_t *number = metrics->blocks.number.data, *dimm = metrics->blocks.dimm.data;
        const uint32_t *block = survey->block.data, *found;
        const uint64_t *pages = survey->pages.data;
        const uint8_t *class = survey->class.data;
        size_t n_dimms = json_object_array_length(metrics->blocks.dimms);
        _cleanup_free_ uint64_t *bad = calloc(n_dimms + 1, sizeof(*bad));

        if (!bad || metrics->blocks.number.n == 0 || !wire_survey_class(survey, "hwpoison") ||
            is_in(value_array(survey->about, "unknown"), "hwpoison"))
                return;
        for (size_t i = 0; i < survey->block.n; i++) {
                if (strcmp(survey->classes[class[i]].name, "hwpoison") != 0)
                        continue;
                found = bsearch(&block[i], number, metrics->blocks.number.n, sizeof(*number),
                                compare_numbers);
                if (found && dimm[found - number] != MEMCTL_NONE)
                        bad[dimm[found - number]] += pages[i];
        }
        for (size_t i = 0; i < n_dimms; i++)
                family_sample(family, json_object_new_uint64(bad[i] * page_size),
                              LABELS({ "dimm", json_object_get_string(json_object_array_get_idx(
                                                       metrics->blocks.dimms, i)) }));
}

static int put_pages(struct metrics *metrics, const struct wire_survey *survey)
{
        uint64_t page_size = value_number(survey->about, "page_size");
        _cleanup_free_ struct census_row *rows = NULL;
        json_object *family;
        size_t n, next;
        int r;

        if (survey->block.n == 0 || page_size == 0) {
                complain("failed", "nobody here can tell whose pages there are");
                return EXIT_FAILED;
        }
        r = census_make(survey, CENSUS_BY_NODE, &metrics->blocks, &rows, &n);
        if (r < 0)
                return client_failed(metrics->context, NULL, r);
        family_sample(family_add(metrics->families, "memctl_memory_source_info", FAMILY_GAUGE,
                                 "Who told whose pages there are."),
                      json_object_new_int(1), LABELS({ "source", value_text(survey->about, "source") }));
        family = family_add(
                metrics->families, "memctl_memory_bytes", FAMILY_GAUGE,
                "Memory by the class of its pages, and whether these move. Classes that the source "
                "cannot tell are absent.");
        for (size_t i = 0; i < n; i = next) {
                for (next = i; next < n && rows[next].key == rows[i].key; next++)
                        ;
                put_node(family, survey, rows + i, next - i, page_size);
        }
        put_bad(family_add(metrics->families, "memctl_dimm_bad_bytes", FAMILY_GAUGE,
                           "Memory of the DIMM that the kernel has put away as bad (hwpoison)."),
                metrics, survey, page_size);
        return EXIT_DONE;
}

int metrics_pages(struct metrics *metrics)
{
        _cleanup_(wire_survey_clear) struct wire_survey survey = { 0 };
        int status = wire_survey_get(metrics->context, NULL, &survey);

        return status == EXIT_DONE ? put_pages(metrics, &survey) : status;
}
