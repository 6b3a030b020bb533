/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a message says.
 */
#ifndef MEMCTL_TESTS_UNIT_SAYS_H
#define MEMCTL_TESTS_UNIT_SAYS_H

/* There is a message, and says is in it; it is freed, and NULL. Anything else ends the test. */
void assert_says(char **message, const char *says);

#endif
