/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Object paths: made, and read again.
 */
#ifndef MEMCTL_BUS_PATHS_H
#define MEMCTL_BUS_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The strings are the caller's to free, NULL when memory is short. */
char *bus_block_path(uint32_t number);
char *bus_dimm_path(const char *name);
char *bus_node_path(int id);
char *bus_job_path(uint32_t id);
char *bus_provider_path(const char *name);
char *bus_cma_path(const char *name);
char *bus_reservation_path(uint64_t id);

/*
 * A list of n paths, as an enumerator answers it: path() makes the one with that index of what userdata
 * stands for. Returns 1, or -ENOMEM.
 */
typedef char *(*bus_path_t)(const void *userdata, size_t index);
int bus_list_paths(bus_path_t path, const void *userdata, size_t n, char ***ret);

/* True when path is prefix, a slash and a number; the number is then in *ret. */
bool bus_path_number(const char *path, const char *prefix, uint32_t *ret);
bool bus_path_id(const char *path, const char *prefix, uint64_t *ret);

#endif
