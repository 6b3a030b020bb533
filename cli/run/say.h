/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines for people, and text from elsewhere made fit for a terminal.
 */
#ifndef MEMCTL_CLI_RUN_SAY_H
#define MEMCTL_CLI_RUN_SAY_H

#include <stdbool.h>
#include <stdint.h>

/* quiet: hint() says nothing. bytes: human_size() gives a plain number. */
void say_configure(bool quiet, bool bytes);

/* "memctl: " and one line on stderr; control characters are replaced. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for what one may do without: --quiet leaves it out. */
void hint(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The same for why there is no answer. The first of a run is kept, for a script that reads JSON; code is one
 * of those in docs/json.md, a string that lives on.
 */
void complain(const char *code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Keeps it without saying it: another process has. */
void complain_silently(const char *code, const char *message);

/*
 * From now on complaints, lines and hints are kept back, for who goes on without an answer and says why in a
 * place of its own. say_release() ends that: the first complaint or line since, in buf, and "": there was
 * none. One at a time.
 */
#define SAY_HELD_MAX 512
void say_hold(void);
void say_release(char buf[static SAY_HELD_MAX]);

/* What was complained of first; NULL: nothing. */
const char *complaint(const char **ret_code);

/* One line on stdout; control characters are replaced. */
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Bytes for people: "128 MiB", to be freed; NULL when memory is short. */
char *human_size(uint64_t bytes);

#endif
