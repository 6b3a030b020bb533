/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/verb/failing.h"

#include "cli/daemon/client.h"
#include "cli/daemon/columns_blocks.h"
#include "cli/daemon/columns_survey.h"
#include "cli/run/say.h"
#include "memctl/bus.h"

#include <inttypes.h>
#include <string.h>

/* -1 is "nobody counts", which is null. */
static json_object *count_or_null(int64_t count)
{
        return count < 0 ? NULL : json_object_new_int64(count);
}

static int read_counts(sd_bus_message *reply, struct failing *failing)
{
        const char *label;
        int64_t corrected, uncorrected;
        uint32_t controller;
        int placed, r;

        r = sd_bus_message_enter_container(reply, 'a', "(suxxb)");
        while (r >= 0 && (r = sd_bus_message_read(reply, "(suxxb)", &label, &controller, &corrected,
                                                  &uncorrected, &placed)) > 0) {
                json_object *count;

                if (placed)
                        continue;
                count = json_object_new_object();
                json_object_object_add(count, "label", json_object_new_string(label));
                json_object_object_add(count, "controller", json_object_new_int64(controller));
                json_object_object_add(count, "corrected_errors", count_or_null(corrected));
                json_object_object_add(count, "uncorrected_errors", count_or_null(uncorrected));
                json_object_array_add(failing->counts, count);
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(reply);
        return r < 0 ? r : sd_bus_message_read(reply, "x", &failing->corrupted_bytes);
}

int failing_read_counts(struct context *context, struct failing *ret)
{
        sd_bus_message *call = NULL, *reply = NULL;
        int status;

        *ret = (struct failing){ .corrupted_bytes = -1, .counts = json_object_new_array() };
        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "ListErrorCounts", &call);
        if (status == EXIT_DONE)
                status = client_call(context, call, &reply);
        if (status == EXIT_DONE && read_counts(reply, ret) < 0)
                status = client_bad_answer();
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return status;
}

static void add_pages(json_object *sums, const char *name, uint64_t pages)
{
        json_object_object_add(sums, name, json_object_new_uint64(value_number(sums, name) + pages));
}

static const char *dimm_of_block(json_object *dimms, uint32_t number)
{
        for (size_t i = 0; i < json_object_array_length(dimms); i++) {
                json_object *dimm = json_object_array_get_idx(dimms, i),
                            *blocks = value_array(dimm, "Blocks");

                for (size_t j = 0; blocks && j < json_object_array_length(blocks); j++)
                        if (json_object_get_int64(json_object_array_get_idx(blocks, j)) == number)
                                return value_text(dimm, "Name");
        }
        return NULL;
}

static int count_bad_pages(struct context *context, json_object *dimms, struct failing *failing)
{
        _cleanup_(wire_survey_clear) struct wire_survey survey = { 0 };
        int status = wire_survey_get(context, NULL, &survey);
        const uint32_t *block = survey.block.data;
        const uint64_t *pages = survey.pages.data;
        const uint8_t *class = survey.class.data;

        if (status != EXIT_DONE || strcmp(value_text(survey.about, "source"), "none") == 0)
                return status;
        failing->bad_pages = json_object_new_object();
        for (size_t i = 0; i < survey.pages.n; i++) {
                const char *dimm;

                if (strcmp(survey.classes[class[i]].name, "hwpoison") != 0)
                        continue;
                dimm = dimm_of_block(dimms, block[i]);
                if (dimm)
                        add_pages(failing->bad_pages, dimm, pages[i]);
                else
                        failing->bad_elsewhere += pages[i];
        }
        return EXIT_DONE;
}

int failing_count_pages(struct context *context, json_object *dimms, bool pages, struct failing *failing)
{
        _cleanup_json_ json_object *manager = NULL;
        int status;

        status = value_get_all(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, &manager);
        if (status == EXIT_DONE)
                status = wire_blocks_need(value_number(manager, "BlockSize"));
        if (status != EXIT_DONE || failing->corrupted_bytes < 0)
                return status;
        if (failing->corrupted_bytes > 0)
                return pages ? count_bad_pages(context, dimms, failing) : EXIT_DONE;
        failing->bad_pages = json_object_new_object();
        return EXIT_DONE;
}

void failing_clear(struct failing *failing)
{
        json_object_put(failing->counts);
        json_object_put(failing->bad_pages);
}

json_object *failing_bad_pages(const struct failing *failing, const char *dimm)
{
        return failing->bad_pages ? json_object_new_uint64(value_number(failing->bad_pages, dimm)) : NULL;
}

/* Of both kinds; -1: nobody counts. */
static int64_t errors_of(json_object *object, const char *corrected, const char *uncorrected)
{
        const char *const names[] = { corrected, uncorrected };
        int64_t sum = -1;

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                json_object *count;

                if (json_object_object_get_ex(object, names[i], &count) && count &&
                    json_object_get_int64(count) >= 0)
                        sum = (sum < 0 ? 0 : sum) + json_object_get_int64(count);
        }
        return sum;
}

json_object *failing_dimms(const struct failing *failing, json_object *dimms)
{
        json_object *list = json_object_new_array();

        for (size_t i = 0; i < json_object_array_length(dimms); i++) {
                json_object *dimm = json_object_array_get_idx(dimms, i);
                const char *name = value_text(dimm, "Name");
                uint64_t bad = failing->bad_pages ? value_number(failing->bad_pages, name) : 0;
                int64_t errors = errors_of(dimm, "CorrectedErrors", "UncorrectedErrors");

                if (errors > 0 || bad > 0)
                        json_object_array_add(list, json_object_get(dimm));
                if (errors < 0)
                        hint("%s: nobody counts its errors (EDAC does, where it has a driver, of DIMMs that "
                             "SMBIOS "
                             "names)",
                             name);
        }
        return list;
}

void failing_tell_others(const struct failing *failing)
{
        for (size_t i = 0; i < json_object_array_length(failing->counts); i++) {
                json_object *count = json_object_array_get_idx(failing->counts, i);

                if (errors_of(count, "corrected_errors", "uncorrected_errors") > 0)
                        tell("%s (EDAC's mc%" PRIu64 "): %" PRIu64 " corrected and %" PRIu64
                             " uncorrected errors; no DIMM of this list is known to be it",
                             value_text(count, "label"), value_number(count, "controller"),
                             value_number(count, "corrected_errors"),
                             value_number(count, "uncorrected_errors"));
        }
        if (failing->bad_elsewhere > 0)
                tell("%" PRIu64 " bad pages lie in no DIMM of this list", failing->bad_elsewhere);
}
