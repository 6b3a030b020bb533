/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was asked of CMA areas, kept over boots in /var/lib/memctl/cma-history: what is noted, and when.
 */
#ifndef MEMCTL_BOOT_RECORD_H
#define MEMCTL_BOOT_RECORD_H

#include "daemon/boot/record_text.h"

/* Adds a sample: to its boot, or as a new one, for which the oldest may go. 0 or -ENOMEM. */
int cma_record_add(struct cma_record *record, const struct cma_sample *sample);

/* All boots together. */
void cma_record_sum(const struct cma_record *record, struct cma_demand *ret);

/*
 * Reads the file; none is an empty record. 0; -EBADMSG: it is none, and *message says why; or another error
 * of reading it, likewise.
 */
int cma_record_load(int root_fd, struct cma_record *ret, char **message);

/*
 * Reads the file, adds the sample and writes it. *aside: what was there was no record, and is in
 * CMA_RECORD_ASIDE now. 0 or -errno with *message set.
 */
int cma_record_note(int root_fd, const struct cma_sample *sample, bool *aside, char **message);

#endif
