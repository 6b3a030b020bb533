/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which DIMM socket the firmware says an address range belongs to: SMBIOS type 17 (Memory Device) by way of
 * type 20 (Memory Device Mapped Address), DMTF DSP0134.
 */
#ifndef MEMCTL_MACHINE_SMBIOS_H
#define MEMCTL_MACHINE_SMBIOS_H

#include <stddef.h>
#include <stdint.h>

#include "basic/cleanup.h"

struct smbios; /* the structure table, as read */

/* sys/firmware/dmi/tables/DMI below dirfd. NULL when there is none or it cannot be read. */
struct smbios *smbios_read(int dirfd);
/* A copy of size bytes of a table, for tests. NULL when memory is short. */
struct smbios *smbios_new(const void *table, size_t size);
struct smbios *smbios_free(struct smbios *smbios);
DEFINE_CLEANUP(struct smbios *, smbios_free)

/*
 * The device locator ("DIMM_A1") of the one memory device whose mapped range holds the bytes start to end
 * (both included), made printable, to be freed. NULL when no device's does, or more than one (interleaved
 * DIMMs): then no socket can be named.
 */
char *smbios_locator(const struct smbios *smbios, uint64_t start, uint64_t end);

#endif
