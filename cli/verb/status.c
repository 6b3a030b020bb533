/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * status and version.
 */
#include "cli/verb/verbs.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "memctl/bus.h"

#include "config.h"

#include <inttypes.h>

/* What to do about a module that is not there, in a line. */
static void print_module(json_object *module)
{
        const char *signer = value_text(module, "signer");

        if (value_flag(module, "loaded")) {
                (void) printf("module   memctl.ko %s\n", value_text(module, "version"));
                return;
        }
        (void) printf("module   memctl.ko is not loaded: ");
        if (!value_flag(module, "installed"))
                (void) printf("it is not installed for this kernel (package memctl-dkms, and the kernel's "
                              "headers)\n");
        else if (value_flag(module, "signed_only") && *signer == '\0')
                (void) printf("this kernel takes signed modules only (Secure Boot), and it is not signed\n");
        else if (value_flag(module, "signed_only"))
                (void) printf("this kernel takes modules signed by keys it has only (Secure Boot); this one "
                              "is signed by \"%s\"; if that key is not enrolled yet: mokutil --import\n",
                              signer);
        else
                (void) printf("modprobe memctl loads it\n");
}

static int print_status_text(const struct context *context, json_object *status)
{
        _cleanup_free_ char *block = human_size(value_number(status, "block_size"));
        _cleanup_free_ char *online = human_size(value_number(status, "online_bytes"));
        _cleanup_free_ char *offline = human_size(value_number(status, "offline_bytes"));

        output_begin(context, true);
        if (value_number(status, "block_size") == 0)
                (void) printf(
                        "memory   in no blocks: the kernel has no memory hotplug (CONFIG_MEMORY_HOTPLUG)\n");
        else
                (void) printf("memory   %s online, %s offline, in %" PRIu64 " blocks of %s\n",
                              online ? online : "?", offline ? offline : "?", value_number(status, "blocks"),
                              block ? block : "?");
        (void) printf("DIMMs    %" PRIu64 "\n", value_number(status, "dimms"));
        (void) printf("jobs     %" PRIu64 " running\n", value_number(status, "jobs"));
        if (json_object_object_get(status, "module"))
                print_module(json_object_object_get(status, "module"));
        (void) printf("memctld  %s%s\n", value_text(status, "daemon_version"),
                      value_flag(status, "live") ? "" : ", reading a tree that is not this machine");
        (void) printf(
                "loop     away for %.1f ms at most\n",
                1000 * json_object_get_double(json_object_object_get(status, "longest_dispatch_seconds")));
        return output_finish();
}

/* NULL (null): of a tree, nothing is known. */
static json_object *module_json(json_object *state)
{
        json_object *module;

        if (json_object_object_length(state) == 0)
                return NULL;
        module = json_object_new_object();
        json_object_object_add(module, "loaded", value_or_null(state, "loaded"));
        json_object_object_add(module, "version", value_or_null(state, "version"));
        json_object_object_add(module, "installed", value_or_null(state, "installed"));
        json_object_object_add(module, "signer", value_or_null(state, "signer"));
        json_object_object_add(module, "signed_only", value_or_null(state, "signed_only"));
        return module;
}

int verb_status(struct context *context)
{
        _cleanup_json_ json_object *manager = NULL, *dimms = NULL, *module = NULL,
                                   *status = json_object_new_object();
        json_object *problems;
        int r;

        r = value_get_all(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, &manager);
        if (r == EXIT_DONE)
                r = value_get_managed(context, MEMCTL_IFACE_DIMM, &dimms);
        if (r == EXIT_DONE)
                r = value_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "GetModuleState", NULL,
                               &module);
        if (r != EXIT_DONE)
                return r;

        problems = value_array(manager, "Problems");
        json_object_object_add(status, "version", json_object_new_string(MEMCTL_VERSION));
        json_object_object_add(status, "daemon_version",
                               json_object_new_string(value_text(manager, "Version")));
        json_object_object_add(status, "live", json_object_new_boolean(value_flag(manager, "Live")));
        json_object_object_add(status, "block_size",
                               value_number(manager, "BlockSize") > 0
                                       ? json_object_new_uint64(value_number(manager, "BlockSize"))
                                       : NULL);
        json_object_object_add(status, "blocks", json_object_new_uint64(value_number(manager, "Blocks")));
        json_object_object_add(status, "online_bytes",
                               json_object_new_uint64(value_number(manager, "OnlineBytes")));
        json_object_object_add(status, "offline_bytes",
                               json_object_new_uint64(value_number(manager, "OfflineBytes")));
        json_object_object_add(status, "dimms", json_object_new_uint64(json_object_array_length(dimms)));
        json_object_object_add(status, "jobs", json_object_new_uint64(value_number(manager, "RunningJobs")));
        json_object_object_add(
                status, "longest_dispatch_seconds",
                json_object_new_double((double) value_number(manager, "LongestDispatchUSec") / 1e6));
        json_object_object_add(status, "module", module_json(module));
        json_object_object_add(status, "problems", json_object_get(problems));

        r = context->output == OUTPUT_TEXT ? print_status_text(context, status)
                                           : output_json(context, status);
        for (size_t i = 0; problems && i < json_object_array_length(problems); i++) {
                say("%s", json_object_get_string(json_object_array_get_idx(problems, i)));
                r = EXIT_FAILED;
        }
        return r;
}

int verb_version(struct context *context)
{
        _cleanup_json_ json_object *manager = NULL, *version = json_object_new_object();
        int status;

        status = value_get_all(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, &manager);
        if (status != EXIT_DONE)
                return status;
        if (context->output == OUTPUT_TEXT) {
                output_begin(context, false);
                (void) printf("memctl %s, memctld %s\n", MEMCTL_VERSION, value_text(manager, "Version"));
                return output_finish();
        }
        json_object_object_add(version, "version", json_object_new_string(MEMCTL_VERSION));
        json_object_object_add(version, "daemon_version",
                               json_object_new_string(value_text(manager, "Version")));
        return output_json(context, version);
}
