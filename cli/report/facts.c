/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/report/facts.h"

#include "basic/file.h"
#include "cli/daemon/client.h"
#include "cli/daemon/reasons.h"
#include "cli/show/cma.h"
#include "cli/show/matrix_kept.h"
#include "memctl/bus.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Of these so many are looked at closely: each is a call. */
#define AREAS_MAX 32
#define JOBS_MAX  20

static int read_blocks(struct facts *facts)
{
        int status = wire_blocks_get(facts->context, &facts->blocks);

        return status == EXIT_DONE ? wire_blocks_need(facts->blocks.block_size) : status;
}

static int read_dimms(struct facts *facts)
{
        return value_get_managed(facts->context, MEMCTL_IFACE_DIMM, &facts->dimms);
}

static int read_nodes(struct facts *facts)
{
        return value_get_managed(facts->context, MEMCTL_IFACE_NODE, &facts->nodes);
}

static int read_survey(struct facts *facts)
{
        int status = wire_survey_get(facts->context, NULL, &facts->survey);

        if (status == EXIT_DONE && facts->survey.block.n == 0) {
                complain("failed",
                         "neither memctl.ko nor /proc/kpageflags can be asked whose pages there are");
                return EXIT_FAILED;
        }
        return status;
}

static int read_module(struct facts *facts)
{
        int status = value_call(facts->context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "GetModule", NULL,
                                &facts->module);

        if (status == EXIT_DONE && (!json_object_is_type(facts->module, json_type_object) ||
                                    json_object_object_length(facts->module) == 0)) {
                complain("failed", "memctl.ko is not loaded");
                return EXIT_FAILED;
        }
        return status;
}

static int read_cma(struct facts *facts)
{
        return cma_get(facts->context, &facts->areas);
}

/* Each area closely; one that cannot be shown has a text, why not. */
static int read_areas(struct facts *facts)
{
        int status = EXIT_DONE;

        facts->shown = json_object_new_object();
        for (size_t i = 1; status != EXIT_NO_SERVICE && facts->areas &&
                           i < json_object_array_length(facts->areas) && i <= AREAS_MAX;
             i++) {
                const char *name = value_text(json_object_array_get_idx(facts->areas, i), "name");
                char why[SAY_HELD_MAX];
                json_object *area = NULL;

                say_hold();
                status = value_call(facts->context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "ShowCmaArea",
                                    name, &area);
                say_release(why);
                if (status != EXIT_DONE || !json_object_is_type(area, json_type_object)) {
                        json_object_put(area);
                        area = json_object_new_string(why);
                }
                json_object_object_add(facts->shown, name, area);
        }
        return status == EXIT_NO_SERVICE ? status : EXIT_DONE;
}

static int read_policy(struct facts *facts)
{
        sd_bus_message *call = NULL;
        int status = client_new_call(facts->context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER,
                                     "GetCompactionPolicy", &call);

        if (status == EXIT_DONE) {
                int r = sd_bus_message_append(call, "b", 0);

                status = r < 0 ? client_failed(facts->context, NULL, r)
                               : value_answer(facts->context, call, &facts->policy);
        }
        sd_bus_message_unref(call);
        if (status == EXIT_DONE &&
            !value_is_list_of(value_array(facts->policy, "history"), json_type_object))
                return client_bad_answer();
        return status;
}

/* The newest first. */
static int compare_jobs(const void *a, const void *b)
{
        json_object *const *x = a, *const *y = b;
        uint64_t first = value_number(*x, "Id"), second = value_number(*y, "Id");

        return first < second ? 1 : -(first > second);
}

static int read_jobs(struct facts *facts)
{
        int status = value_get_managed(facts->context, MEMCTL_IFACE_JOB, &facts->jobs);
        size_t n;

        if (status != EXIT_DONE)
                return status;
        json_object_array_sort(facts->jobs, compare_jobs);
        n = json_object_array_length(facts->jobs);
        if (n > JOBS_MAX)
                (void) json_object_array_del_idx(facts->jobs, JOBS_MAX, n - JOBS_MAX);
        for (size_t i = 0; i < json_object_array_length(facts->jobs); i++)
                reasons_complete(facts->context, json_object_array_get_idx(facts->jobs, i));
        return status;
}

static void read_line(int root_fd, const char *path, char *ret, size_t size)
{
        _cleanup_free_ char *text = file_read(root_fd, path, size, NULL);

        (void) snprintf(ret, size, "%s", text ? text : "");
        ret[strcspn(ret, "\n")] = '\0';
}

/* Of this machine or the tree, where memctl itself is. */
static int read_matrix(struct facts *facts)
{
        const char *root = facts->context->root;
        _cleanup_close_ int root_fd = open(root ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        int r;

        if (root_fd < 0) {
                complain("failed", "%s", strerror(errno));
                return EXIT_FAILED;
        }
        read_line(root_fd, "proc/sys/kernel/osrelease", facts->release, sizeof(facts->release));
        read_line(root_fd, "proc/sys/kernel/arch", facts->arch, sizeof(facts->arch));
        if (!root)
                read_line(root_fd, "proc/sys/kernel/hostname", facts->host, sizeof(facts->host));
        r = matrix_kept_read(root_fd, &facts->matrix);
        if (r >= 0)
                return EXIT_DONE;
        complain("failed", "%s",
                 r == -EBADMSG
                         ? "what is kept in /" MATRIX_STATE " is no result of memctl matrix"
                         : "nothing was tried on this kernel yet: \"memctl matrix --run\", as root, does "
                           "that");
        return EXIT_FAILED;
}

int facts_gather(struct context *context, struct facts *ret)
{
        static int (*const readers[_FACT_MAX])(struct facts * facts) = {
                [FACT_BLOCKS] = read_blocks, [FACT_DIMMS] = read_dimms,   [FACT_NODES] = read_nodes,
                [FACT_SURVEY] = read_survey, [FACT_MODULE] = read_module, [FACT_CMA] = read_cma,
                [FACT_POLICY] = read_policy, [FACT_JOBS] = read_jobs,     [FACT_MATRIX] = read_matrix,
        };
        int status;

        ret->context = context;
        (void) sd_bus_set_allow_interactive_authorization(context->bus, false);
        status = value_get_all(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, &ret->manager);
        for (enum fact fact = 0; status == EXIT_DONE && fact < _FACT_MAX; fact++) {
                say_hold();
                status = readers[fact](ret);
                say_release(ret->why[fact]);
                if (status == EXIT_NO_SERVICE || !context->bus) {
                        complain("no_service", "%s", ret->why[fact]);
                        return EXIT_NO_SERVICE;
                }
                if (status == EXIT_DONE)
                        *ret->why[fact] = '\0';
                else if (!*ret->why[fact])
                        (void) snprintf(ret->why[fact], SAY_HELD_MAX, "it cannot be read");
                status = EXIT_DONE;
        }
        return status == EXIT_DONE ? read_areas(ret) : status;
}

void facts_clear(struct facts *facts)
{
        wire_blocks_clear(&facts->blocks);
        wire_survey_clear(&facts->survey);
        json_object_put(facts->manager);
        json_object_put(facts->dimms);
        json_object_put(facts->nodes);
        json_object_put(facts->jobs);
        json_object_put(facts->module);
        json_object_put(facts->areas);
        json_object_put(facts->shown);
        json_object_put(facts->policy);
        json_object_put(facts->matrix);
}
