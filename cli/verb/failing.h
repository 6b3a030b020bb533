/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which memory is failing: errors that EDAC counts, and pages that the kernel has put away as bad.
 */
#ifndef MEMCTL_CLI_VERB_FAILING_H
#define MEMCTL_CLI_VERB_FAILING_H

#include "cli/daemon/value.h"

/* What is known beside the DIMMs' own properties. */
struct failing {
        int64_t corrupted_bytes; /* of the whole machine; -1: the kernel does not tell */
        json_object *
                counts; /* EDAC's that are of no DIMM that is known: objects with the keys of docs/json.md */
        json_object *bad_pages; /* number of pages by the name of a DIMM; NULL: not looked for */
        uint64_t bad_elsewhere; /* pages in blocks of no DIMM */
};

/*
 * Has memctld read the errors, which are counted without a word to anybody: what DIMMs' properties tell of
 * errors is as of then. An exit status; ret is the caller's to clear with any.
 */
int failing_read_counts(struct context *context, struct failing *ret);

/*
 * Adds the bad pages: looked for with pages, and only where the kernel says that there are some; dimms are
 * the properties of all. An exit status.
 */
int failing_count_pages(struct context *context, json_object *dimms, bool pages, struct failing *failing);
void failing_clear(struct failing *failing);

/* The DIMM's bad pages as a number, or NULL where nobody looked; the caller's. */
json_object *failing_bad_pages(const struct failing *failing, const char *dimm);

/* Those of dimms that are failing; on stderr, of which that cannot be told. The caller's. */
json_object *failing_dimms(const struct failing *failing, json_object *dimms);

/* On stdout what is failing and is of no DIMM. */
void failing_tell_others(const struct failing *failing);

#endif
