/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMCTL_CLI_SHOW_MARKUP_H
#define MEMCTL_CLI_SHOW_MARKUP_H

/* What stands for a character that markup (HTML, SVG) uses itself: "&lt;"; NULL: it stands for itself. */
const char *markup_entity(int character);

#endif
