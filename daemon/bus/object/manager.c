/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * org.memctl1.Manager on /org/memctl1: the machine as a whole, and requests that name blocks.
 */
#include "daemon/bus/answer/argument.h"
#include "daemon/bus/answer/blocks.h"
#include "daemon/bus/answer/cma.h"
#include "daemon/bus/answer/failing.h"
#include "daemon/bus/answer/plan.h"
#include "daemon/bus/answer/request.h"
#include "daemon/bus/answer/size.h"
#include "daemon/bus/answer/survey.h"
#include "daemon/bus/answer/why.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/object/cma.h"
#include "daemon/bus/object/cma_boot.h"
#include "daemon/bus/object/compact.h"
#include "daemon/bus/object/hugepages.h"
#include "daemon/bus/object/interfaces.h"
#include "daemon/bus/object/lru.h"
#include "daemon/bus/object/module.h"
#include "daemon/bus/object/online.h"
#include "daemon/bus/object/online_boot.h"
#include "daemon/bus/object/policy.h"
#include "daemon/bus/object/provider.h"
#include "daemon/bus/object/reservation.h"
#include "daemon/bus/object/warm.h"
#include "daemon/bus/value/options.h"
#include "daemon/bus/value/paths.h"
#include "daemon/bus/value/strings.h"
#include "daemon/core/lag.h"
#include "daemon/plan/range.h"
#include "memctl/bus.h"

#include "config.h"

#include <errno.h>
#include <string.h>

static int get_version(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        (void) bus, (void) path, (void) interface, (void) property, (void) userdata, (void) error;

        return sd_bus_message_append(reply, "s", MEMCTL_VERSION);
}

static uint64_t bytes_in_state(const struct snapshot *snapshot, enum block_state state)
{
        uint64_t n = 0;

        for (size_t i = 0; i < snapshot->n_blocks; i++)
                n += snapshot->blocks[i].state == state;
        return n * snapshot->block_size;
}

static int get_figure(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct server *server = userdata;
        struct snapshot *snapshot = server_snapshot(server);

        (void) bus, (void) path, (void) interface, (void) error;

        if (strcmp(property, "BlockSize") == 0)
                return sd_bus_message_append(reply, "t", snapshot->hotplug ? snapshot->block_size : 0);
        if (strcmp(property, "Blocks") == 0)
                return sd_bus_message_append(reply, "u", (uint32_t) snapshot->n_blocks);
        if (strcmp(property, "OnlineBytes") == 0)
                return sd_bus_message_append(reply, "t", bytes_in_state(snapshot, BLOCK_ONLINE));
        if (strcmp(property, "OfflineBytes") == 0)
                return sd_bus_message_append(reply, "t", bytes_in_state(snapshot, BLOCK_OFFLINE));
        if (strcmp(property, "Live") == 0)
                return sd_bus_message_append(reply, "b", server->machine->tree->live);
        if (strcmp(property, "RunningJobs") == 0)
                return sd_bus_message_append(reply, "u",
                                             (uint32_t) registry_count_running(server->registry));
        return -EINVAL;
}

static int get_job_results(sd_bus *bus, const char *path, const char *interface, const char *property,
                           sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct server *server = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "(sst)");

        (void) bus, (void) path, (void) interface, (void) property, (void) error;

        for (enum job_verb verb = 0; r >= 0 && verb < _JOB_VERB_MAX; verb++)
                for (enum job_result result = JOB_RESULT_DONE; r >= 0 && result < _JOB_RESULT_MAX; result++)
                        r = sd_bus_message_append(reply, "(sst)", job_verb_name(verb),
                                                  job_result_name(result),
                                                  registry_count_ended(server->registry, verb, result));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* How long the loop has been away at most: 50 ms is what it may. */
static int get_longest_dispatch(sd_bus *bus, const char *path, const char *interface, const char *property,
                                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const char *what;

        (void) bus, (void) path, (void) interface, (void) property, (void) userdata, (void) error;

        return sd_bus_message_append(reply, "t", lag_longest(&what));
}

static int get_problems(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct snapshot *snapshot = server_snapshot(userdata);

        (void) bus, (void) path, (void) interface, (void) property, (void) error;

        return bus_append_strings(reply, snapshot->problems, snapshot->n_problems);
}

/* Reads "as" and looks up the blocks it names. */
static int read_blocks(struct server *server, sd_bus_message *m, char ***ret_ranges, struct block_set *ret,
                       sd_bus_error *error)
{
        int r;

        r = sd_bus_message_read_strv(m, ret_ranges);
        return r < 0 ? r : bus_parse_blocks(server, *ret_ranges, ret, error);
}

static int get_block(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        _cleanup_free_ char *path = NULL;
        uint32_t number;
        int r;

        r = sd_bus_message_read(m, "u", &number);
        if (r < 0)
                return r;
        if (!snapshot_find_block(server_snapshot(userdata), number))
                return sd_bus_error_setf(error, MEMCTL_ERROR_NOT_FOUND,
                                         "block %u: the machine has no such block", number);
        path = bus_block_path(number);
        return path ? sd_bus_reply_method_return(m, "o", path) : -ENOMEM;
}

static int resolve_blocks(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        _cleanup_(bus_strv_freep) char **ranges = NULL;
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        sd_bus_message *reply = NULL;
        int r;

        r = read_blocks(userdata, m, &ranges, &blocks, error);
        if (r < 0)
                return r;
        r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'u', blocks.numbers,
                                                blocks.n_numbers * sizeof(*blocks.numbers));
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}

static int get_dimm(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        _cleanup_free_ char *path = NULL;
        const char *name;
        int r;

        r = sd_bus_message_read(m, "s", &name);
        if (r < 0)
                return r;
        r = bus_check_hotplug(userdata, error);
        if (r < 0)
                return r;
        r = bus_check_dimm(server_snapshot(userdata), name, error);
        if (r < 0)
                return r;
        path = bus_dimm_path(name);
        return path ? sd_bus_reply_method_return(m, "o", path) : -ENOMEM;
}

/* What a job on ranges is called: the ranges as asked, within reason. */
static char *join_ranges(char **ranges)
{
        char *joined = NULL;
        size_t size = 0;
        FILE *f;

        f = open_memstream(&joined, &size);
        if (!f)
                return NULL;
        for (size_t i = 0; ranges && ranges[i] && size < 256; i++) {
                (void) fprintf(f, "%s%.200s", i ? "," : "", ranges[i]);
                (void) fflush(f);
        }
        if (fclose(f) != 0) {
                free(joined);
                return NULL;
        }
        return joined;
}

static int start_for_ranges(struct server *server, sd_bus_message *m, enum job_verb verb,
                            sd_bus_error *error)
{
        _cleanup_(bus_strv_freep) char **ranges = NULL;
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        _cleanup_free_ char *target = NULL;
        struct operation_request request = { .verb = verb, .blocks = &blocks };
        int r;

        r = read_blocks(server, m, &ranges, &blocks, error);
        if (r < 0)
                return r;
        r = request_read_options(m, verb == JOB_BLOCK_ONLINE ? OPTIONS_ONLINE : OPTIONS_OFFLINE,
                                 &request, error);
        if (r < 0)
                return r;

        target = join_ranges(ranges);
        if (!target)
                return -ENOMEM;
        request.target = target;
        return request_start_job(server, m, &request, error);
}

static int do_plan_blocks(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        _cleanup_(bus_strv_freep) char **ranges = NULL;
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        struct operation_request request = { 0 };
        int r;

        r = read_blocks(server, m, &ranges, &blocks, error);
        if (r >= 0)
                r = request_read_options(m, OPTIONS_PLAN, &request, error);
        return r < 0 ? r : plan_answer(server, m, &blocks, NULL, &request.options, full, error);
}

static int plan_blocks(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run_told(userdata, m, false, do_plan_blocks, error);
}

static int do_offline_blocks(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return start_for_ranges(server, m, JOB_BLOCK_OFFLINE, error);
}

static int do_online_blocks(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return start_for_ranges(server, m, JOB_BLOCK_ONLINE, error);
}

static int offline_blocks(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_offline_blocks, error);
}

static int offline_size(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, bus_offline_size, error);
}

static int online_blocks(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_online_blocks, error);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("ListBlocks", SD_BUS_NO_ARGS,
                                SD_BUS_RESULT("t", block_size, "au", number, "as", states, "ay", state, "ai",
                                              node, "as", zone_lists, "aq", zones, "ay", removable, "as",
                                              dimms, "au", dimm, "as", drivers, "aq", driver, "as", problems,
                                              "au", shared_block, "ai", shared_node),
                                bus_list_blocks, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetBlock", SD_BUS_ARGS("u", number), SD_BUS_RESULT("o", block), get_block,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ResolveBlocks", SD_BUS_ARGS("as", ranges), SD_BUS_RESULT("au", numbers),
                                resolve_blocks, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetDimm", SD_BUS_ARGS("s", name), SD_BUS_RESULT("o", dimm), get_dimm,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListErrorCounts", SD_BUS_NO_ARGS,
                                SD_BUS_RESULT("a(suxxb)", counts, "x", corrupted_bytes),
                                bus_list_error_counts, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListCmaAreas", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", areas),
                                bus_list_cma_areas, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetCmaArea", SD_BUS_ARGS("s", name), SD_BUS_RESULT("o", area),
                                bus_get_cma_area, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ShowCmaArea", SD_BUS_ARGS("s", name), SD_BUS_RESULT("a{sv}", area),
                                bus_show_cma_area, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("CmaBoot", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", boot), bus_cma_boot,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RecordCma", SD_BUS_NO_ARGS, SD_BUS_RESULT("b", aside), bus_record_cma,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ApplyCmaBoot", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", boot),
                                bus_apply_cma_boot, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RevertCmaBoot", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", boot),
                                bus_revert_cma_boot, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListProviders", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", providers),
                                bus_list_providers, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetProvider", SD_BUS_ARGS("s", name), SD_BUS_RESULT("o", provider),
                                bus_get_provider, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetModule", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", module), bus_get_module,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetModuleState", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", state),
                                bus_get_module_state, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetWarmReserve", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", reserve),
                                bus_get_warm_reserve, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetWarmReserve", SD_BUS_ARGS("t", bytes, "i", node),
                                SD_BUS_RESULT("a{sv}", reserve), bus_set_warm_reserve,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetLruCache", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", lru_cache),
                                bus_get_lru_cache, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("HoldLruCache", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("t", id, "t", usec), bus_hold_lru_cache,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ReleaseLruCache", SD_BUS_ARGS("t", id), SD_BUS_RESULT("b", held),
                                bus_release_lru_cache, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Reserve", SD_BUS_ARGS("t", bytes, "a{sv}", options),
                                SD_BUS_RESULT("a{sv}", reservation), bus_reserve,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListReservations", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", reservations),
                                bus_list_reservations, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetReservation", SD_BUS_ARGS("s", name_or_id),
                                SD_BUS_RESULT("o", reservation), bus_get_reservation,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ReleaseReservation", SD_BUS_ARGS("s", name_or_id), SD_BUS_NO_RESULT,
                                bus_release_reservation, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Survey", SD_BUS_ARGS("as", ranges),
                                SD_BUS_RESULT("a{sv}", about, "a(ssy)", classes, "as", owners, "au", block,
                                              "ay", class, "aq", owner, "ay", order, "at", pages),
                                bus_survey, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Why", SD_BUS_ARGS("as", ranges), SD_BUS_RESULT("a{sv}", why), bus_why,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("PlanBlocks", SD_BUS_ARGS("as", ranges, "a{sv}", options),
                                SD_BUS_RESULT("a{sv}", plan), plan_blocks, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("OfflineBlocks", SD_BUS_ARGS("as", ranges, "a{sv}", options),
                                SD_BUS_RESULT("o", job), offline_blocks, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("OfflineSize", SD_BUS_ARGS("t", bytes, "i", node, "a{sv}", options),
                                SD_BUS_RESULT("o", job), offline_size, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("OnlineBlocks", SD_BUS_ARGS("as", ranges, "a{sv}", options),
                                SD_BUS_RESULT("o", job), online_blocks, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Compact", SD_BUS_ARGS("i", node, "a{sv}", options), SD_BUS_RESULT("o", job),
                                bus_compact, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetCompactionPolicy", SD_BUS_ARGS("b", dry_run),
                                SD_BUS_RESULT("a{sv}", policy), bus_get_compaction_policy,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetCompactionPolicy", SD_BUS_ARGS("i", node, "a{ss}", values),
                                SD_BUS_RESULT("a{sv}", policy), bus_set_compaction_policy,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetOnlinePolicy", SD_BUS_ARGS("b", dry_run), SD_BUS_RESULT("a{sv}", policy),
                                bus_get_online_policy, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetOnlinePolicy", SD_BUS_ARGS("s", rule, "a{ss}", values),
                                SD_BUS_RESULT("a{sv}", policy), bus_set_online_policy,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ApplyOnlineBoot", SD_BUS_NO_ARGS,
                                SD_BUS_RESULT("b", changed, "s", parameter, "s", loader),
                                bus_apply_online_boot, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RevertOnlineBoot", SD_BUS_NO_ARGS,
                                SD_BUS_RESULT("b", changed, "s", parameter, "s", loader),
                                bus_revert_online_boot, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ReserveHugepages",
                                SD_BUS_ARGS("t", count, "t", size_bytes, "i", node, "a{sv}", options),
                                SD_BUS_RESULT("o", job), bus_reserve_hugepages, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("CmaFailed", SD_BUS_ARGS("s", area, "a{sv}", failure), 0),
        SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("BlockSize", "t", get_figure, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Blocks", "u", get_figure, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("OnlineBytes", "t", get_figure, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("OfflineBytes", "t", get_figure, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Live", "b", get_figure, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("RunningJobs", "u", get_figure, 0, 0),
        SD_BUS_PROPERTY("JobResults", "a(sst)", get_job_results, 0, 0),
        SD_BUS_PROPERTY("LongestDispatchUSec", "t", get_longest_dispatch, 0, 0),
        SD_BUS_PROPERTY("Problems", "as", get_problems, 0, 0),
        SD_BUS_VTABLE_END,
};

int bus_manager_attach(struct server *server)
{
        return sd_bus_add_object_vtable(server->bus, NULL, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, vtable,
                                        server);
}
