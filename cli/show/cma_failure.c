/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/cma_failure.h"

#include "cli/run/say.h"
#include "cli/show/output.h"

#include <inttypes.h>
#include <string.h>

static const struct {
        const char *cause, *text, *advice;
} causes[] = {
        { "too_small", "the area is too small",
          "boot with a larger area (cma=SIZE on the kernel's command line, or its size in the device tree), "
          "or "
          "stop who holds most of it" },
        { "wrong_area", "the area has no room, but another has",
          "have the driver's device use the other area (memory-region in the device tree), or boot with a "
          "larger one" },
        { "fragmented", "enough is free, but in no run that fits",
          "restart those that hold small pieces in between, have large buffers allocated first, or boot "
          "with a "
          "larger area; a smaller alignment (CONFIG_CMA_ALIGNMENT) leaves fewer gaps" },
        { "pinned", "a page in the way is pinned",
          "stop who has the page pinned, a device or direct I/O: memctl why names the processes that map "
          "it" },
        { "unmovable", "a page in the way cannot be moved",
          "that page is of the kernel or of a driver, and should not be in the area: unload the driver, or "
          "tell "
          "its maintainers" },
        { "transient", "a page in the way was busy at that moment",
          "try again: it was isolated or under writeback, and is not any more; a driver should ask more "
          "than "
          "once" },
        { "no_memory", "what was in the way found no room elsewhere",
          "memory is short outside of the area: free some, or add swap or zram" },
        { "interrupted", "who asked was killed meanwhile", "" },
        { "unknown", "the cause is not known",
          "see what the kernel's log says of that moment (journalctl -k -g cma)" },
};

/* An alignment up to this is none: no machine has larger pages. */
#define PAGE_LARGEST 65536

static size_t find(const char *cause)
{
        size_t i = 0;

        while (i < ELEMENTSOF(causes) && strcmp(causes[i].cause, cause) != 0)
                i++;
        return i;
}

const char *cma_cause_text(const char *cause)
{
        size_t i = find(cause);

        return i < ELEMENTSOF(causes) ? causes[i].text : cause;
}

const char *cma_cause_advice(const char *cause)
{
        size_t i = find(cause);

        return i < ELEMENTSOF(causes) ? causes[i].advice : "";
}

const char *cma_age_text(uint64_t usec, char buf[static 32])
{
        uint64_t seconds = usec / 1000000;

        if (seconds < 60)
                (void) snprintf(buf, 32, "%" PRIu64 " s", seconds);
        else if (seconds < 3600)
                (void) snprintf(buf, 32, "%" PRIu64 " min", seconds / 60);
        else if (seconds < 86400)
                (void) snprintf(buf, 32, "%" PRIu64 " h %" PRIu64 " min", seconds / 3600, seconds / 60 % 60);
        else
                (void) snprintf(buf, 32, "%" PRIu64 " days", seconds / 86400);
        return buf;
}

/* "camera (pid 812, bcm2835_isp)", as far as it is known. */
static void put_who(FILE *f, json_object *failure)
{
        const char *command = value_text(failure, "command"), *owner = value_text(failure, "owner");
        uint64_t pid = value_number(failure, "pid");

        if (!*command && pid == 0) {
                (void) fputs(*owner ? owner : "somebody", f);
                return;
        }
        (void) fputs(*command ? command : "a process", f);
        if (pid > 0)
                (void) fprintf(f, " (pid %" PRIu64 "%s%s)", pid, *owner ? ", " : "", owner);
        else if (*owner)
                (void) fprintf(f, " (%s)", owner);
}

static void put_size(FILE *f, json_object *failure, const char *name)
{
        _cleanup_free_ char *size = human_size(value_number(failure, name));

        (void) fputs(size ? size : "?", f);
}

/* What is known of the page in the way, or of the room. */
static void put_details(FILE *f, json_object *failure, const char *cause)
{
        const char *class = value_text(failure, "page_class"), *owner = value_text(failure, "page_owner");

        if (strcmp(cause, "wrong_area") == 0 && *value_text(failure, "other_area"))
                (void) fprintf(f, " (%s)", value_text(failure, "other_area"));
        if (*class) {
                (void) fprintf(f, ": a page of class %s", class);
                if (*owner && strcmp(owner, class) != 0)
                        (void) fprintf(f, ", of %s", owner);
                if (json_object_object_get_ex(failure, "page", NULL))
                        (void) fprintf(f, ", at 0x%" PRIx64, value_number(failure, "page"));
        }
        (void) fputs("; ", f);
        put_size(f, failure, "free_bytes");
        (void) fputs(" were not allocated, ", f);
        put_size(f, failure, "largest_free_bytes");
        (void) fputs(" of them in a row", f);
}

char *cma_failure_text(json_object *failure)
{
        const char *cause = value_text(failure, "cause");
        char *text = NULL, age[32];
        size_t size = 0;
        FILE *f = open_memstream(&text, &size);

        if (!f)
                return NULL;
        (void) fprintf(f, "%s ago, ", cma_age_text(value_number(failure, "age_usec"), age));
        put_who(f, failure);
        (void) fputs(" asked for ", f);
        put_size(f, failure, "size");
        if (value_number(failure, "align") > PAGE_LARGEST) {
                (void) fputs(" aligned to ", f);
                put_size(f, failure, "align");
        }
        (void) fprintf(f, " and got %s: %s", value_text(failure, "errno"), cma_cause_text(cause));
        put_details(f, failure, cause);
        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }
        return text;
}

json_object *cma_failure_to_json(json_object *failure)
{
        static const char *const copied[] = { "serial",  "errno", "cause",   "size", "align",
                                              "retried", "pid",   "command", "owner" };
        json_object *row = json_object_new_object();
        _cleanup_free_ char *text = cma_failure_text(failure);
        uint64_t usec = value_number(failure, "age_usec");
        char age[32];

        for (size_t i = 0; i < ELEMENTSOF(copied); i++)
                json_object_object_add(row, copied[i], value_or_null(failure, copied[i]));
        (void) snprintf(age, sizeof(age), "%" PRIu64 ".%06" PRIu64, usec / 1000000, usec % 1000000);
        json_object_object_add(row, "seconds", json_object_new_double_s((double) usec / 1e6, age));
        json_object_object_add(row, "free", value_number_or_null(failure, "free_bytes"));
        json_object_object_add(row, "largest_free", value_number_or_null(failure, "largest_free_bytes"));
        json_object_object_add(row, "page",
                               json_object_object_get_ex(failure, "page", NULL)
                                       ? output_address(value_number(failure, "page"))
                                       : NULL);
        json_object_object_add(row, "page_class", value_or_null(failure, "page_class"));
        json_object_object_add(row, "page_owner", value_or_null(failure, "page_owner"));
        json_object_object_add(row, "other_area", value_or_null(failure, "other_area"));
        json_object_object_add(row, "text", json_object_new_string(text ? text : ""));
        json_object_object_add(row, "advice",
                               json_object_new_string(cma_cause_advice(value_text(failure, "cause"))));
        return row;
}
