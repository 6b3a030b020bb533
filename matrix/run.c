/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/run.h"

#include "matrix/known.h"
#include "matrix/machine/clock.h"
#include "matrix/machine/setting.h"
#include "matrix/probe.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/* Of the whole run. */
#define SECONDS_MAX 290

struct progress {
        unsigned int version; /* of the kernel */
        double until;
        double usual[16];        /* seconds that plain pages took in each operation */
        const char *untried[16]; /* why an operation cannot be tried; NULL: it can */
        bool unsupported[16];
        char notes[16][NOTE_MAX];
};

static int put_line(json_object *line)
{
        (void) puts(json_object_to_json_string_ext(line,
                                                   JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(line);
        return fflush(stdout) == 0 ? 0 : -EPIPE;
}

static json_object *text_or_null(const char *text)
{
        return text && *text ? json_object_new_string(text) : NULL;
}

static json_object *seconds_value(double seconds)
{
        char text[32];

        (void) snprintf(text, sizeof(text), "%.3f", seconds);
        return json_object_new_double_s(seconds, text);
}

static int put_cell(const struct progress *progress, const struct kind *kind,
                    const struct operation *operation, const struct evidence *evidence, double usual)
{
        struct judgement judgement = judge(evidence, usual);
        json_object *cell = json_object_new_object();
        const char *error = judgement.error > 0 ? strerrorname_np(judgement.error) : NULL;

        json_object_object_add(cell, "kind", json_object_new_string(kind->name));
        json_object_object_add(cell, "operation", json_object_new_string(operation->name));
        json_object_object_add(cell, "verdict", json_object_new_string(verdict_name(judgement.verdict)));
        json_object_object_add(cell, "errno", text_or_null(error));
        json_object_object_add(cell, "pages", json_object_new_int64(evidence->pages));
        json_object_object_add(cell, "moved", json_object_new_int64(evidence->moved));
        json_object_object_add(cell, "folios", json_object_new_int64(evidence->folios));
        json_object_object_add(cell, "folios_kept", json_object_new_int64(evidence->kept));
        json_object_object_add(cell, "seconds", seconds_value(evidence->seconds));
        json_object_object_add(cell, "note", text_or_null(judgement.note));
        json_object_object_add(cell, "known",
                               text_or_null(known_text(progress->version, kind->name, operation->name)));
        return put_line(cell);
}

static bool begins(const char *name, const char *with)
{
        return !with || strncmp(name, with, strlen(with)) == 0;
}

static void prepare_operations(struct progress *progress, const char *wanted)
{
        for (size_t i = 0; operations[i]; i++) {
                int r = begins(operations[i]->name, wanted) && operations[i]->prepare
                                ? operations[i]->prepare(progress->notes[i])
                                : 0;

                if (r < 0)
                        progress->untried[i] = *progress->notes[i] ? progress->notes[i] : strerror(-r);
                progress->unsupported[i] = r == -EOPNOTSUPP;
        }
}

/* Why the kind cannot be tried, as the evidence of each of its cells. False: it can. */
static bool cannot_prepare(const struct kind *kind, struct evidence *evidence)
{
        struct sample sample = { .kind = kind };
        int r = kind->prepare ? kind->prepare(&sample) : 0;

        if (r >= 0)
                return false;
        *evidence =
                (struct evidence){ .ending = r == -EOPNOTSUPP ? ENDING_NOT_SUPPORTED : ENDING_NOT_TRIED };
        (void) snprintf(evidence->note, sizeof(evidence->note), "%s",
                        *sample.note ? sample.note : strerror(-r));
        return true;
}

static struct evidence evidence_of(const struct progress *progress, const struct kind *kind, size_t i)
{
        struct evidence evidence = { .ending = ENDING_NOT_TRIED };

        if (!progress->untried[i])
                return probe(kind, operations[i], progress->until - seconds_now());
        if (progress->unsupported[i])
                evidence.ending = ENDING_NOT_SUPPORTED;
        (void) snprintf(evidence.note, sizeof(evidence.note), "%s", progress->untried[i]);
        return evidence;
}

static int run_kind(struct progress *progress, const struct kind *kind, const char *wanted, bool last)
{
        struct evidence hopeless;
        size_t mark = setting_mark();
        bool cannot = cannot_prepare(kind, &hopeless);
        int r = 0;

        for (size_t i = 0; r >= 0 && operations[i]; i++) {
                struct evidence evidence;

                if (!begins(operations[i]->name, wanted) ||
                    ((operations[i]->traits & OPERATION_LAST) != 0) != last)
                        continue;
                evidence = cannot ? hopeless : evidence_of(progress, kind, i);
                if (probe_is_over)
                        return -EINTR;
                r = put_cell(progress, kind, operations[i], &evidence, progress->usual[i]);
                /* the first kind is the plainest */
                if (kind == kinds())
                        progress->usual[i] = evidence.ending == ENDING_DONE ? evidence.seconds : 0;
        }
        (void) setting_put_back(mark);
        return r;
}

static int put_end(const char *release, double seconds)
{
        json_object *end = json_object_new_object(), *left = json_object_new_array();
        const char *what;

        (void) setting_put_back(0);
        for (size_t i = 0; (what = setting_left(i)); i++)
                json_object_array_add(left, json_object_new_string(what));
        json_object_object_add(end, "kernel", json_object_new_string(release));
        json_object_object_add(end, "seconds", seconds_value(seconds));
        json_object_object_add(end, "not_put_back", left);
        return put_line(end);
}

int run_all(const char *kind, const char *operation)
{
        struct progress progress = { .until = seconds_now() + SECONDS_MAX };
        double began = seconds_now();
        struct utsname name;
        int r = 0;

        if (uname(&name) < 0)
                return -errno;
        progress.version = known_version(name.release);
        prepare_operations(&progress, operation);
        for (int last = 0; last < 2; last++)
                for (const struct kind *each = kinds(); r >= 0 && *each->name; each++)
                        if (begins(each->name, kind))
                                r = run_kind(&progress, each, operation, last);
        return r < 0 ? r : put_end(name.release, seconds_now() - began);
}

void run_tell_plan(void)
{
        for (size_t i = 0; operations[i]; i++)
                (void) printf("%s\n", operations[i]->what);
}
