/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plain pages beside a sample, and room for all of them: compaction moves what lies low into free pieces
 * that lie high, in page blocks of which some is in use. So there is ballast, in part given back, above the
 * sample; and whether plain pages move that lie where the sample does tells if compaction came by.
 */
#ifndef MEMCTL_MATRIX_CONTROL_H
#define MEMCTL_MATRIX_CONTROL_H

#include "matrix/cell/operation.h"

struct control;

/*
 * Before the sample is made. Zones of the kernel may be handed out from the top down, so that ballast has to
 * be there first to lie above it. NULL: there is no memory.
 */
struct control *control_new(const struct kind *kind, size_t page_size);

/*
 * Behind it, when it was looked at: what lies elsewhere than the sample is no control of it. Again, after an
 * operation that did not come by: new ballast.
 */
void control_settle(struct control *control, const struct trial *trial);

/*
 * Behind the operation: aims at the pages of the sample that it has passed, those lower than a plain one
 * that moved, or moved themselves. Whether there are any.
 */
bool control_aim(const struct control *control, struct trial *trial);

#endif
