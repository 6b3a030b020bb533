/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A tree for --root of this machine, or of another tree, without what tells whose machine it is.
 */
#ifndef MEMCTL_CLI_BUNDLE_BUNDLE_H
#define MEMCTL_CLI_BUNDLE_BUNDLE_H

#include <stdio.h>

/*
 * Writes the archive. 0; or -errno, and it was said why; errors of writing stay with the stream, too. What
 * cannot be read is left out, and named in the archive's README.
 */
int bundle_put(FILE *file, int root_fd);

#endif
