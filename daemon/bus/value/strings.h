/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists as sd-bus hands them out and takes them, and entries of dictionaries.
 */
#ifndef MEMCTL_BUS_STRINGS_H
#define MEMCTL_BUS_STRINGS_H

#include <stddef.h>
#include <systemd/sd-bus.h>

/* Frees a NULL-ended list; counts it (0 for NULL); appends n strings as "as". */
void bus_strv_freep(char ***strings);
size_t bus_strv_length(char *const *strings);
int bus_append_strings(sd_bus_message *m, char *const *strings, size_t n);

/* The one argument, a string, of a call that may have been read before; it lives as long as the call. */
int bus_read_name(sd_bus_message *call, const char **ret);

/* Answers such a call with the path that path_of() makes of its argument (NULL: memory is short). */
int bus_append_path_of_name(sd_bus_message *reply, sd_bus_message *call, char *(*path_of)(const char *name));

/* An entry of an open a{sv} whose value is of that type, and its end. */
int bus_open_entry(sd_bus_message *m, const char *name, const char *type);
int bus_close_entry(sd_bus_message *m);

/*
 * Appends an array of n dictionaries, aa{sv}: append() puts the entries of the one with that index of list
 * into it, which is open. 0, or -errno, also of append().
 */
typedef int (*bus_append_t)(sd_bus_message *m, const void *list, size_t index);
int bus_append_dictionaries(sd_bus_message *m, bus_append_t append, const void *list, size_t n);

/*
 * Appends an entry to an open a{sv}: dictionaries, n strings, or an array of numbers of that type (size in
 * bytes).
 */
int bus_append_dictionaries_entry(sd_bus_message *m, const char *name, bus_append_t append, const void *list,
                                  size_t n);
int bus_append_strings_entry(sd_bus_message *m, const char *name, char *const *strings, size_t n);
int bus_append_array_entry(sd_bus_message *m, const char *name, char type, const void *array, size_t size);

#endif
