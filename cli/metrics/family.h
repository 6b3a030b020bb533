/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Families of metrics, as JSON: {"name":S,"type":S,"help":S,"samples":[{"labels":{S:S},"value":N}]}, in a
 * list.
 */
#ifndef MEMCTL_CLI_METRICS_FAMILY_H
#define MEMCTL_CLI_METRICS_FAMILY_H

#include "cli/daemon/value.h"

/* Samples of a family at most: a machine that makes up names must not fill somebody's database. */
#define FAMILY_SAMPLES_MAX 2048

/* A counter's name ends in "_total". */
enum family_type { FAMILY_GAUGE, FAMILY_COUNTER };

/* Adds a family without samples, which belongs to the list. The texts are copied. */
json_object *family_add(json_object *families, const char *name, enum family_type type, const char *help);

/*
 * Adds a sample with up to three labels, each a name and a text; the first name that is NULL ends them.
 * Takes value; NULL: nobody tells it, and there is no sample. Those beyond FAMILY_SAMPLES_MAX are counted
 * and left out.
 */
struct label {
        const char *name, *text;
};
#define LABELS_MAX  3
#define LABELS(...) ((const struct label[LABELS_MAX + 1]){ __VA_ARGS__ })
#define NO_LABELS   LABELS({ NULL, NULL })
void family_sample(json_object *family, json_object *value, const struct label labels[static LABELS_MAX]);

/* How many samples of all families were left out. */
uint64_t family_left_out(json_object *families);

/* Takes out the families without samples, and sorts the samples of the others by their labels. */
void families_finish(json_object *families);

/* Microseconds as seconds, exactly; the caller's. */
json_object *family_seconds(uint64_t usec);

#endif
