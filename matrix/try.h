/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the process of a probe does: makes a sample, looks at it, has the operation run, looks again.
 */
#ifndef MEMCTL_MATRIX_TRY_H
#define MEMCTL_MATRIX_TRY_H

#include "matrix/cell/operation.h"

struct evidence try_cell(const struct kind *kind, const struct operation *operation);

#endif
