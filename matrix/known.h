/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is known of kernels' sources about a cell, to stand beside what was measured.
 */
#ifndef MEMCTL_MATRIX_KNOWN_H
#define MEMCTL_MATRIX_KNOWN_H

/* A kernel's version as a number that can be compared; 0: the release does not begin with one. */
unsigned int known_version(const char *release);

/* NULL: nothing is. */
const char *known_text(unsigned int version, const char *kind, const char *operation);

#endif
