/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SMBIOS (DSP0134) without what tells one machine from another: of structures only memory devices and where
 * they are mapped, of their strings only the locators, which are printed on the board.
 */
#ifndef MEMCTL_CLI_BUNDLE_SMBIOS_H
#define MEMCTL_CLI_BUNDLE_SMBIOS_H

#include <stddef.h>
#include <stdint.h>

/* Of a table of size bytes, which may be broken; to be freed, *ret_size bytes long. NULL: memory is short.
 */
char *smbios_sanitise(const uint8_t *table, size_t size, size_t *ret_size);

#endif
