/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An error that a person will read: an errno and one line of text that names the input and the form that
 * is accepted. Functions that judge input take a "char **message" for it, set only when they fail.
 */
#ifndef MEMCTL_BASIC_MESSAGE_H
#define MEMCTL_BASIC_MESSAGE_H

/*
 * Sets *message (which the caller frees) to the formatted text and returns error, a negative errno. A
 * NULL message is allowed, and *message stays NULL when memory is short: the errno is what counts.
 */
int fail(char **message, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A copy of text (NULL: nothing) in the place of what *message was, which is freed; NULL when memory is
 * short. */
void message_set(char **message, const char *text);

#endif
