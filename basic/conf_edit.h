/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes one value in the text of a configuration file (conf.h), and leaves all else as it is, comments
 * included. Pure.
 */
#ifndef MEMCTL_BASIC_CONF_EDIT_H
#define MEMCTL_BASIC_CONF_EDIT_H

/*
 * text with key=value in the section, behind what is there of it: where the section has the key, the last
 * one is replaced; else it comes at the end of the section's last part, and else a section of its own at the
 * end. value is NULL: all of that key are taken out of the section. To be freed; NULL: memory is short.
 */
char *conf_edit(const char *text, const char *section, const char *key, const char *value);

#endif
