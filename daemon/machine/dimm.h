/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which blocks make up which DIMM: the ACPI memory device behind each block's firmware_node, with the label
 * SMBIOS has for its address range (smbios.h) and the errors EDAC has counted for that label (edac.h).
 */
#ifndef MEMCTL_MACHINE_DIMM_H
#define MEMCTL_MACHINE_DIMM_H

#include "daemon/machine/edac.h"
#include "daemon/machine/snapshot.h"

/* (Re)builds snapshot->dimms and the dimm of each block. Needs blocks. 0 or -ENOMEM. */
int dimms_read_all(struct tree *tree, struct snapshot *snapshot);

/* Recomputes online_bytes and offline_bytes of all DIMMs after blocks changed state. */
void dimms_count(struct snapshot *snapshot);

/* The same for one block that went from one state to another. */
void dimm_count_block(struct snapshot *snapshot, const struct memory_block *block, enum block_state from,
                      enum block_state to);

/* A block that is going away is none of its DIMM's any more. */
void dimm_leave(struct snapshot *snapshot, struct memory_block *block);

/* Sets the DIMMs' counts of errors: those under their labels, which are placed then. They grow without an
 * event. */
void dimms_take_errors(struct snapshot *snapshot, struct edac *edac);

/* "sys/bus/acpi/devices/NAME/eject", to be freed; NULL when memory is short. */
char *dimm_eject_path(const struct dimm *dimm);

/* By the number in the name, as snapshot.dimms are sorted: "PNP0C80:ff" before "PNP0C80:100". <0, 0 or >0.
 */
int dimm_compare_names(const char *first, const char *second);

/* True for a name an ACPI memory device can have ("PNP0C80:00"): letters, digits, '_' and one ':'. */
bool dimm_name_is_valid(const char *name);

#endif
