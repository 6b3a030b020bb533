/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/run/say.h"
#include "cli/show/event.h"

#include <inttypes.h>
#include <string.h>

static void put_memory(FILE *f, json_object *event)
{
        _cleanup_free_ char *online = human_size(value_number(event, "online_bytes")),
                            *offline = human_size(value_number(event, "offline_bytes"));

        (void) fprintf(f, "%s online, %s offline", online ? online : "?", offline ? offline : "?");
}

static void put_count(FILE *f, json_object *event, const char *key, const char *what)
{
        json_object *value;

        if (json_object_object_get_ex(event, key, &value) && value)
                (void) fprintf(f, ", %s %" PRIu64, what, json_object_get_uint64(value));
}

/* Of a job, what has changed. */
static void put_job(FILE *f, json_object *event)
{
        const char *state = value_text(event, "state"), *stage = value_text(event, "stage");

        (void) fprintf(f, "job %" PRIu64 ": %s%s%s", value_number(event, "job"), *state ? state : "goes on",
                       *stage ? ", " : "", stage);
        put_count(f, event, "current_block", "block");
        put_count(f, event, "blocks_done", "blocks done");
        put_count(f, event, "blocks_total", "of");
        put_count(f, event, "pages_migrated", "pages moved");
}

static void put_failure(FILE *f, json_object *event)
{
        json_object *failure;

        (void) fprintf(f, "CMA area %s", value_text(event, "area"));
        if (json_object_object_get_ex(event, "failure", &failure))
                (void) fprintf(f, ": %s", value_text(failure, "text"));
}

static void put(FILE *f, json_object *event)
{
        const char *name = value_text(event, "event"), *dimm = value_text(event, "dimm");
        uint64_t job = value_number(event, "job");

        if (strcmp(name, "started") == 0)
                (void) fprintf(f, "memctld %s is watched", value_text(event, "version"));
        else if (strcmp(name, "service_gone") == 0)
                (void) fputs("memctld is gone", f);
        else if (strcmp(name, "service_started") == 0)
                (void) fputs("memctld is there again", f);
        else if (strcmp(name, "connection_lost") == 0)
                (void) fputs("the connection is gone", f);
        else if (strcmp(name, "block") == 0)
                (void) fprintf(f, "block %" PRIu64 ": %s", value_number(event, "block"),
                               value_text(event, "state"));
        else if (strcmp(name, "dimm_added") == 0)
                (void) fprintf(f, "DIMM %s is there", dimm);
        else if (strcmp(name, "dimm_removed") == 0)
                (void) fprintf(f, "DIMM %s is gone", dimm);
        else if (strcmp(name, "dimm") == 0) {
                (void) fprintf(f, "DIMM %s: ", dimm);
                put_memory(f, event);
        } else if (strcmp(name, "memory") == 0) {
                (void) fprintf(f, "memory: blocks: %" PRIu64 ", ", value_number(event, "blocks"));
                put_memory(f, event);
        } else if (strcmp(name, "job_added") == 0)
                (void) fprintf(f, "job %" PRIu64 ": %s %s", job, value_text(event, "verb"),
                               value_text(event, "target"));
        else if (strcmp(name, "job") == 0)
                put_job(f, event);
        else if (strcmp(name, "job_finished") == 0)
                (void) fprintf(f, "job %" PRIu64 ": %s", job, value_text(event, "result"));
        else if (strcmp(name, "job_removed") == 0)
                (void) fprintf(f, "job %" PRIu64 ": is not known any more", job);
        else
                put_failure(f, event);
}

char *event_text(json_object *event)
{
        char *text = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&text, &size);

        if (!f)
                return NULL;
        put(f, event);
        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }
        return text;
}
