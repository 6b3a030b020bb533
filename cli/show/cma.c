/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/cma.h"

#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "memctl/bus.h"

#include <inttypes.h>

int cma_get(struct context *context, json_object **ret)
{
        int status = value_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "ListCmaAreas", NULL, ret);

        if (status == EXIT_DONE &&
            (!value_is_list_of(*ret, json_type_object) || json_object_array_length(*ret) == 0))
                return client_bad_answer();
        return status;
}

static bool is_told(json_object *area, const char *name)
{
        return json_object_object_get_ex(area, name, NULL);
}

json_object *cma_used(json_object *area)
{
        uint64_t total = value_number(area, "total_bytes"), free_bytes = value_number(area, "free_bytes");

        if (!is_told(area, "total_bytes") || !is_told(area, "free_bytes") || free_bytes > total)
                return NULL;
        return json_object_new_uint64(total - free_bytes);
}

json_object *cma_to_json(json_object *all)
{
        json_object *object;

        if (value_number(all, "total_bytes") == 0)
                return NULL;
        object = json_object_new_object();
        json_object_object_add(object, "total_bytes", value_number_or_null(all, "total_bytes"));
        json_object_object_add(object, "free_bytes", value_number_or_null(all, "free_bytes"));
        json_object_object_add(object, "alloc_success", value_number_or_null(all, "alloc_success"));
        json_object_object_add(object, "alloc_fail", value_number_or_null(all, "alloc_failed"));
        return object;
}

void cma_tell(json_object *all)
{
        _cleanup_free_ char *total = human_size(value_number(all, "total_bytes"));
        _cleanup_free_ char *left =
                is_told(all, "free_bytes") ? human_size(value_number(all, "free_bytes")) : NULL;
        uint64_t failed = value_number(all, "alloc_failed");

        if (value_number(all, "total_bytes") == 0)
                return;
        if (is_told(all, "alloc_success") && is_told(all, "alloc_failed"))
                tell("CMA: %s in all areas, %s of it free; %" PRIu64 " of %" PRIu64 " allocations failed",
                     total ? total : "?", left ? left : "an unknown part", failed,
                     failed + value_number(all, "alloc_success"));
        else
                tell("CMA: %s in all areas, %s of it free", total ? total : "?",
                     left ? left : "an unknown part");
}
