/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a report looks: on screens from 320 pixels on, light and dark, and on paper.
 */
#ifndef MEMCTL_CLI_REPORT_STYLE_H
#define MEMCTL_CLI_REPORT_STYLE_H

extern const char report_style[];

#endif
