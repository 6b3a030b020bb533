/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is taken out of files before they go into a bundle: what tells whose machine it is, or helps who
 * wants to break into it. Pure. The input is anybody's.
 */
#ifndef MEMCTL_CLI_BUNDLE_SANITISE_H
#define MEMCTL_CLI_BUNDLE_SANITISE_H

#include "cli/bundle/files.h"

#define IDS_MAX 64

/* UUIDs that were seen; zeros to begin with. */
struct sanitised_ids {
        size_t n;
        char ids[IDS_MAX][37];
};

/*
 * Takes out of size bytes what how asks for. The result is to be freed, *ret_size bytes long; NULL: memory
 * is short. BUNDLE_COPY copies.
 */
char *sanitise(enum bundle_how how, const char *data, size_t size, struct sanitised_ids *ids,
               size_t *ret_size);

#endif
