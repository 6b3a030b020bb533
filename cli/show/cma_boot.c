/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/cma_boot.h"

#include "cli/run/say.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What stands in braces is that member of the reason: bytes for people, seconds as hours and minutes. */
static const struct {
        const char *code, *sentence;
} sentences[] = {
        { "never_recorded",
          "nothing is recorded yet; memctl-cma-history.timer, or memctl cma record, does that" },
        { "no_requests", "nothing asked for contiguous memory in {seconds} of record" },
        { "needed", "{area}: {needed_bytes} is the least with which every request finds room; {peak_bytes} "
                    "were allocated at a time at most" },
        { "fragmentation", "{area}: {bytes} of that is for the holes that alignments leave" },
        { "largest_request",
          "{area}: no request was for more than {bytes}, or aligned to more than {align_bytes}" },
        { "rounded_up", "{area}: rounded up to {bytes}: areas are whole ones of {unit_bytes}" },
        { "no_headroom", "nothing is put on top: requests that failed count as if they had been granted, "
                         "for as long as they were asked for" },
        { "failed_for_size",
          "{area}: failures for want of room: {count}; these requests fit into the new size" },
        { "failed_otherwise",
          "{area}: failures for another cause ({text}): {count}; a larger area does not help" },
        { "only_sampled", "{area}: memctl.ko was not loaded, and the kernel only counts; {peak_bytes} in "
                          "use is the most that was seen, and the size that there is is kept" },
        { "failures_not_sized", "{area}: {count} pages were asked for in vain, which may have been for want "
                                "of room; with memctl.ko loaded, memctl can tell how much would do" },
        { "short_record",
          "the record is of {seconds} only: let it run for as long as all uses of the device take" },
        { "lost_events", "{area}: {count} requests could not be noted" },
        { "other_area", "{area}: needs {needed_bytes} and has {bytes}; it is made by the device tree or a "
                        "driver, and not by cma=" },
        { "hugetlb", "{needed_bytes} of huge pages were in use, in pages of {unit_bytes}" },
        { "per_node", "this kernel would make another area of that size on each of the {nodes} NUMA nodes: "
                      "cma_pernuma=0 says that one will do" },
        { "nothing_to_give_back", "the kernel sets nothing aside by itself: there is nothing to set" },
        { "no_cma", "this kernel has no CMA, and no command line gives it any; memctl cma reserve gets "
                    "contiguous memory without" },
        { "much", "{bytes} is more than half of the memory ({memory_bytes})" },
        { "too_much", "{bytes} is too much for a machine of {memory_bytes}: with less than an eighth of it "
                      "left for all else it might not boot, and --apply refuses that" },
        { "unit_assumed", "how large the kernel's page blocks are cannot be told; {unit_bytes} is assumed" },
        { "record_bad", "the record cannot be used: {text}" },
        { "not_booted", "{text} takes effect when the machine is rebooted" },
        { "not_passed", "{text} was written for the boot loader, and is not in /proc/cmdline: the boot "
                        "loader reads another file, or its configuration was made anew without it" },
        { "other_value", "the kernel was booted with cma={text}, which memctl has not written" },
        { "malformed", "cma={text} is not of the form SIZE[@START[-END]], like 64M: the kernel takes the "
                       "size in front, if any" },
        { "over_memory", "{bytes} was asked for, and the machine has {memory_bytes}" },
        { "over_limit", "{bytes} was asked for, and the memory that all devices reach, where the area must "
                        "be, is {memory_bytes}" },
        { "fixed_place",
          "cma={text} asks for a place that was in use already, or where there is no memory" },
        { "no_run", "the kernel found no {bytes} in a row when it booted" },
        { "kernel_without_cma",
          "this kernel ({text}) was built without CMA and ignores cma=; memctl cma reserve does without" },
        { "no_area", "there is no area of {bytes}, and the kernel's log no longer says why" },
        { "part", "{bytes} was asked for, and {total_bytes} is there" },
};

static bool ends_with(const char *text, const char *end)
{
        size_t n = strlen(text), m = strlen(end);

        return n >= m && strcmp(text + n - m, end) == 0;
}

static void put_seconds(FILE *f, uint64_t seconds)
{
        if (seconds >= 2 * 86400)
                (void) fprintf(f, "%" PRIu64 " days", seconds / 86400);
        else if (seconds >= 2 * 3600)
                (void) fprintf(f, "%" PRIu64 " hours", seconds / 3600);
        else if (seconds >= 120)
                (void) fprintf(f, "%" PRIu64 " minutes", seconds / 60);
        else
                (void) fprintf(f, "%" PRIu64 " s", seconds);
}

static void put_member(FILE *f, json_object *reason, const char *key)
{
        json_object *value;

        if (!json_object_object_get_ex(reason, key, &value) || !value)
                (void) fputc('?', f);
        else if (ends_with(key, "bytes")) {
                _cleanup_free_ char *size = human_size(json_object_get_uint64(value));

                (void) fputs(size ? size : "?", f);
        } else if (strcmp(key, "seconds") == 0)
                put_seconds(f, json_object_get_uint64(value));
        else
                (void) fputs(json_object_get_string(value), f);
}

static void put_sentence(FILE *f, const char *sentence, json_object *reason)
{
        for (const char *at = sentence; *at;) {
                size_t n = strcspn(at, "{");
                char key[32];

                (void) fwrite(at, 1, n, f);
                at += n;
                if (!*at)
                        break;
                n = strcspn(at, "}");
                (void) snprintf(key, sizeof(key), "%.*s", (int) n - 1, at + 1);
                put_member(f, reason, key);
                at += n + (at[n] == '}');
        }
}

char *cma_boot_sentence(json_object *reason)
{
        const char *code = value_text(reason, "code"), *sentence = code;
        char *text = NULL;
        size_t size;
        FILE *f = open_memstream(&text, &size);

        if (!f)
                return NULL;
        for (size_t i = 0; i < ELEMENTSOF(sentences); i++)
                if (strcmp(sentences[i].code, code) == 0)
                        sentence = sentences[i].sentence;
        put_sentence(f, sentence, reason);
        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }
        return text;
}

static void tell_reasons(json_object *reasons)
{
        for (size_t i = 0; reasons && i < json_object_array_length(reasons); i++) {
                _cleanup_free_ char *sentence = cma_boot_sentence(json_object_array_get_idx(reasons, i));

                tell("  %s", sentence ? sentence : "?");
        }
}

static void tell_size(json_object *boot)
{
        const char *command_line = value_text(boot, "command_line"),
                   *device_tree = value_text(boot, "device_tree");
        _cleanup_free_ char *size = human_size(value_number(boot, "recommended_bytes"));

        if (!json_object_object_get_ex(boot, "recommended_bytes", NULL))
                tell("Recommended: cannot be told");
        else
                tell("Recommended: %s%s%s", size ? size : "?",
                     command_line[0] ? ", by the kernel parameter " : "", command_line);
        tell_reasons(value_array(boot, "reasons"));
        if (device_tree[0]) {
                tell("Or, in the device tree:");
                for (const char *at = device_tree; *at;) {
                        size_t n = strcspn(at, "\n");

                        (void) printf("  %.*s\n", (int) n, at);
                        at += n + (at[n] == '\n');
                }
        }
}

static void tell_loader(json_object *boot)
{
        const char *problem = value_text(boot, "loader_problem"),
                   *applied = value_text(boot, "applied_problem");
        json_object *files = value_array(boot, "files");

        if (value_flag(boot, "applied"))
                tell("Applied: %s, for %s", value_text(boot, "applied_command_line"),
                     value_text(boot, "applied_loader"));
        if (applied[0])
                tell("  cannot be taken back: %s", applied);
        if (problem[0])
                tell("Boot loader: %s", problem);
        else if (files && json_object_array_length(files) > 0) {
                tell("Boot loader: %s; --apply writes", value_text(boot, "loader"));
                for (size_t i = 0; i < json_object_array_length(files); i++)
                        tell("  %s", json_object_get_string(json_object_array_get_idx(files, i)));
        }
}

static void tell_outcome(json_object *boot)
{
        static const struct {
                const char *outcome, *words;
        } outcomes[] = {
                { "none", "was booted without cma=" },
                { "pending", "was booted before that" },
                { "taken", "took" },
                { "part", "took a part of" },
                { "not_taken", "did not take" },
        };
        const char *outcome = value_text(boot, "outcome"), *booted = value_text(boot, "booted");
        _cleanup_free_ char *total = human_size(value_number(boot, "total_bytes"));
        json_object *lines = value_array(boot, "lines");
        bool asked = strstr(outcome, "tak") || strcmp(outcome, "part") == 0;

        for (size_t i = 0; i < ELEMENTSOF(outcomes); i++)
                if (strcmp(outcome, outcomes[i].outcome) == 0)
                        outcome = outcomes[i].words;
        if (asked)
                tell("This kernel %s %s%s; areas in all: %s", outcome, booted[0] ? "cma=" : "the setting",
                     booted, total ? total : "?");
        else
                tell("This kernel %s; areas in all: %s", outcome, total ? total : "?");
        tell_reasons(value_array(boot, "outcome_reasons"));
        for (size_t i = 0; asked && lines && i < json_object_array_length(lines); i++)
                tell("  its log: %s", json_object_get_string(json_object_array_get_idx(lines, i)));
}

void cma_boot_tell(json_object *boot)
{
        tell_size(boot);
        tell_loader(boot);
        tell_outcome(boot);
}

json_object *cma_boot_to_json(json_object *boot)
{
        static const char *const texts[] = { "applied_command_line",
                                             "applied_loader",
                                             "applied_problem",
                                             "loader",
                                             "loader_problem",
                                             "device_tree",
                                             "booted",
                                             "outcome",
                                             "applied",
                                             "kernel_cma",
                                             "reasons",
                                             "outcome_reasons",
                                             "files",
                                             "lines",
                                             "areas" };
        static const char *const numbers[] = { "recommended_bytes", "default_bytes", "applied_seconds",
                                               "applied_bytes",     "total_bytes",   "recorded_seconds",
                                               "recorded_boots",    "nodes" };
        json_object *object = json_object_new_object();

        json_object_object_add(object, numbers[0], value_number_or_null(boot, numbers[0]));
        json_object_object_add(object, "command_line",
                               json_object_new_string(value_text(boot, "command_line")));
        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                json_object_object_add(object, texts[i], value_or_null(boot, texts[i]));
        for (size_t i = 1; i < ELEMENTSOF(numbers); i++)
                json_object_object_add(object, numbers[i], value_number_or_null(boot, numbers[i]));
        return object;
}
