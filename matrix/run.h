/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All cells, one after the other, each told as soon as it is known.
 */
#ifndef MEMCTL_MATRIX_RUN_H
#define MEMCTL_MATRIX_RUN_H

/*
 * Lines of JSON on stdout, of those kinds and operations whose names begin so (NULL: all). 0; -EPIPE: nobody
 * reads them any more; -EINTR: it is to end.
 */
int run_all(const char *kind, const char *operation);

/* What a run would do, a line each, on stdout. */
void run_tell_plan(void);

#endif
