/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/complete/served.h"

#include "cli/daemon/value.h"
#include "memctl/bus.h"

#include <inttypes.h>
#include <string.h>

#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"

/* Room for what a job is about. */
#define ABOUT_MAX 160

static json_object *ask(const char *interface, const char *method)
{
        sd_bus_message *call = NULL, *reply = NULL;
        json_object *answer = NULL;
        sd_bus *bus = NULL;
        int r;

        r = sd_bus_open_system(&bus);
        if (r >= 0)
                r = sd_bus_message_new_method_call(bus, &call, MEMCTL_BUS_NAME, MEMCTL_BUS_PATH, interface,
                                                   method);
        if (r >= 0)
                r = sd_bus_message_set_auto_start(call, false);
        if (r >= 0)
                r = sd_bus_call(bus, call, 0, NULL, &reply);
        if (r >= 0)
                r = value_read(reply, &answer);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        (void) sd_bus_close_unref(bus);
        return r < 0 ? NULL : answer;
}

static void make_fit(char *text)
{
        for (char *c = text; *c; c++)
                if ((unsigned char) *c < ' ' || *c == 127)
                        *c = '?';
}

static void offer_job(const struct offer *offer, json_object *job, bool unfinished)
{
        const char *result = value_text(job, "Result"), *state = value_text(job, "State");
        char number[24], about[ABOUT_MAX];

        if (unfinished && strcmp(state, MEMCTL_JOB_FINISHED) == 0)
                return;
        (void) snprintf(number, sizeof(number), "%" PRIu64, value_number(job, "Id"));
        (void) snprintf(about, sizeof(about), "%s %.80s: %s", value_text(job, "Verb"),
                        value_text(job, "Target"), *result ? result : state);
        make_fit(about);
        (void) offer_word(offer, number, about);
}

void served_jobs(const struct offer *offer, bool unfinished)
{
        _cleanup_json_ json_object *objects = ask(OBJECT_MANAGER, "GetManagedObjects");

        if (!json_object_is_type(objects, json_type_object))
                return;
        json_object_object_foreach(objects, path, interfaces)
        {
                json_object *job;

                (void) path;
                if (json_object_object_get_ex(interfaces, MEMCTL_IFACE_JOB, &job))
                        offer_job(offer, job, unfinished);
        }
}

/* The member of each of a list of objects. Whether there was any. */
static bool offer_each(const struct offer *offer, const char *method, const char *name)
{
        _cleanup_json_ json_object *list = ask(MEMCTL_IFACE_MANAGER, method);
        bool any = false;

        if (!value_is_list_of(list, json_type_object))
                return false;
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                const char *text = value_text(json_object_array_get_idx(list, i), name);

                any = any || *text;
                (void) offer_word(offer, text, NULL);
        }
        return any;
}

void served_providers(const struct offer *offer)
{
        (void) offer_each(offer, "ListProviders", "Name");
}

void served_reservations(const struct offer *offer)
{
        (void) offer_each(offer, "ListReservations", "name");
}

bool served_areas(const struct offer *offer)
{
        return offer_each(offer, "ListCmaAreas", "name");
}
