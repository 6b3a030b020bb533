/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctld's signals say, as events of memctl monitor: an object each, whose keys are in
 * docs/schema/monitor.json, or a line for people.
 */
#ifndef MEMCTL_CLI_SHOW_EVENT_H
#define MEMCTL_CLI_SHOW_EVENT_H

#include "cli/daemon/value.h"

/* An event of that name, of now; the caller's. */
json_object *event_new(const char *name);

/*
 * PropertiesChanged of that object and interface, with its new values; InterfacesAdded, with the properties
 * of each interface; InterfacesRemoved, with a list of interfaces. The caller's; NULL: it is nothing to tell
 * of.
 */
json_object *event_of_change(const char *path, const char *interface, json_object *changed);
json_object *event_of_added(const char *path, json_object *interfaces);
json_object *event_of_removed(const char *path, json_object *interfaces);

/* Job.Finished, and Manager.CmaFailed. The caller's. */
json_object *event_of_end(const char *path, const char *result);
json_object *event_of_failure(const char *area, json_object *failure);

/* The event in a line for people, without its time; to be freed, NULL when memory is short. */
char *event_text(json_object *event);

#endif
