/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A machine's memory as one page of HTML that needs nothing else: no file, no script, no request.
 */
#ifndef MEMCTL_CLI_REPORT_REPORT_H
#define MEMCTL_CLI_REPORT_REPORT_H

#include "cli/report/facts.h"

/* Writes the page. 0 or -ENOMEM; errors of writing stay with the stream. */
int report_put(FILE *file, const struct facts *facts);

#endif
