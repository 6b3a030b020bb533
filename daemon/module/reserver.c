/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/reserver.h"

#include "basic/message.h"
#include "daemon/module/module.h"
#include "daemon/module/wire.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

struct reserver {
        struct netlink *netlink; /* its end is that of what is reserved on it */
};

int reserver_new(const struct tree *tree, struct reserver **ret, char **message)
{
        _cleanup_(reserver_freep) struct reserver *reserver = NULL;
        int r;

        if (!tree->live)
                return fail(message, -EOPNOTSUPP,
                            "%s is not the running machine: no memory of it can be reserved", tree->root);
        reserver = calloc(1, sizeof(*reserver));
        if (!reserver)
                return -ENOMEM;
        r = module_is_loaded(tree) ? netlink_new(&reserver->netlink, message) : 0;
        if (r == 0)
                return fail(message, -EOPNOTSUPP,
                            "memctl.ko is not loaded, and it is what reserves memory: \"modprobe memctl\" "
                            "loads it");
        if (r < 0)
                return r;
        *ret = TAKE_PTR(reserver);
        return 0;
}

struct reserver *reserver_free(struct reserver *reserver)
{
        if (!reserver)
                return NULL;

        netlink_close(reserver->netlink);
        free(reserver);
        return NULL;
}

int reserver_fd(const struct reserver *reserver)
{
        return netlink_fd(reserver->netlink);
}

static int find(struct reserver *reserver, char **message)
{
        int r = netlink_find(reserver->netlink, message);

        return r == 0 ? fail(message, -EOPNOTSUPP, "memctl.ko is not loaded (any more)") : r;
}

static int fill_reserve(struct nl_msg *m, const void *userdata)
{
        const struct reserver_wish *wish = userdata;
        int r;

        r = nla_put_u64(m, MEMCTL_A_PAGES, wish->pages);
        if (r >= 0)
                r = nla_put_u64(m, MEMCTL_A_ALIGN, wish->align);
        if (r >= 0 && wish->node >= 0)
                r = nla_put_u32(m, MEMCTL_A_NODE, (uint32_t) wish->node);
        if (r >= 0 && wish->movable_zone)
                r = nla_put_u32(m, MEMCTL_A_RESERVE_FLAGS, MEMCTL_RESERVE_MOVABLE_ZONE);
        if (r >= 0 && wish->name[0])
                r = nla_put_string(m, MEMCTL_A_NAME, wish->name);
        if (r >= 0 && wish->area[0])
                r = nla_put_string(m, MEMCTL_A_AREA, wish->area);
        if (r >= 0 && wish->pid > 0)
                r = nla_put_u32(m, MEMCTL_A_PID, wish->pid);
        if (r >= 0 && wish->pid > 0)
                r = nla_put_string(m, MEMCTL_A_COMM, wish->command);
        if (r >= 0 && wish->n_exclude > 0)
                r = nla_put(m, MEMCTL_A_EXCLUDE, (int) (wish->n_exclude * sizeof(*wish->exclude)),
                            wish->exclude);
        return r;
}

struct asking {
        const struct reserver_wish *wish;
        void (*on_step)(uint64_t places);
        struct reservation_step step;
};

static bool is_what_was_asked_for(const struct reservation *made, const struct reserver_wish *wish)
{
        return made->pages == wish->pages && made->start_pfn % wish->align == 0 &&
               (wish->node < 0 || made->node == (uint32_t) wish->node) &&
               strcmp(made->name, wish->name) == 0 && strcmp(made->area, wish->area) == 0;
}

static int on_step(struct nlmsghdr *header, void *userdata, char **message)
{
        struct asking *asking = userdata;
        int r;

        if (asking->step.made.id > 0)
                return fail(message, -EBADMSG, "memctl.ko goes on after it has reserved memory");
        r = reservation_parse_step(header, &asking->step, message);
        if (r < 0)
                return r;
        if (asking->step.made.id > 0 && !is_what_was_asked_for(&asking->step.made, asking->wish))
                return fail(message, -EBADMSG, "memctl.ko has reserved something else than was asked for");
        if (asking->on_step)
                asking->on_step(asking->step.failed);
        return 0;
}

/* The names of areas, and nothing else of what is told about them. */
static const struct wire_format area_format = {
        .what = "CMA area",
        .policy = (const struct nla_policy[MEMCTL_CMA_A_MAX + 1]){ [MEMCTL_CMA_A_NAME] = WIRE_STRING(
                                                                           RESERVATION_AREA_SIZE) },
        .names = (const char *const[MEMCTL_CMA_A_MAX + 1]){ [MEMCTL_CMA_A_NAME] = "name" },
        .max = MEMCTL_CMA_A_MAX,
};

static int on_area(struct nlmsghdr *header, void *userdata, char **message)
{
        struct nlattr *attributes[MEMCTL_CMA_A_MAX + 1], *nest;
        char name[RESERVATION_AREA_SIZE];
        int r;

        r = wire_read_nested(&area_format, MEMCTL_A_CMA_AREA, "area", header, &nest, attributes, message);
        if (r >= 0)
                r = wire_copy_string(name, sizeof(name), attributes[MEMCTL_CMA_A_NAME], "name", message);
        if (r >= 0)
                (void) fprintf(userdata, "%s%s", ftello(userdata) > 0 ? ", " : "", name);
        return r;
}

/* *message is the kernel's, and stays where it cannot be said better. */
static void say_which_areas(const char *area, char **message)
{
        _cleanup_free_ char *areas = NULL, *why = NULL, *better = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&areas, &size);
        const struct netlink_question question = {
                .command = MEMCTL_C_CMA,
                .dump = true,
                .answer = on_area,
                .answer_userdata = f,
        };
        int r;

        if (!f)
                return;
        r = netlink_ask(&question, &why);
        if (fclose(f) != 0 || r < 0 ||
            asprintf(&better, "%s: the machine has no such CMA area; %s%s", area,
                     size > 0 ? "there are: " : "there is none", size > 0 ? areas : "") < 0)
                return;
        free(*message);
        *message = TAKE_PTR(better);
}

int reserver_reserve(struct reserver *reserver, const struct reserver_wish *wish,
                     void (*on_place)(uint64_t places), struct reservation_step *ret, char **message)
{
        struct asking asking = { .wish = wish, .on_step = on_place };
        const struct netlink_question question = {
                .command = MEMCTL_C_RESERVE,
                .dump = true,
                .fill = fill_reserve,
                .fill_userdata = wish,
                .answer = on_step,
                .answer_userdata = &asking,
        };
        int r;

        r = find(reserver, message);
        if (r < 0)
                return r;
        r = netlink_ask_on(reserver->netlink, &question, message);
        if (r == -ENOENT && wish->area[0])
                say_which_areas(wish->area, message);
        if (r == -EPERM) {
                free(*message);
                *message = NULL;
                return fail(message, r,
                            "reserving memory needs root (CAP_SYS_ADMIN), or memctld on the system bus");
        }
        if (r < 0)
                return r;
        if (asking.step.made.id == 0)
                return fail(message, -EBADMSG, "memctl.ko did not say what it has reserved");
        *ret = asking.step;
        return 0;
}

static int fill_release(struct nl_msg *m, const void *userdata)
{
        return nla_put_u64(m, MEMCTL_A_RESERVATION_ID, *(const uint64_t *) userdata);
}

int reserver_release(struct reserver *reserver, uint64_t id, char **message)
{
        const struct netlink_question question = {
                .command = MEMCTL_C_RELEASE,
                .fill = fill_release,
                .fill_userdata = &id,
        };
        int r = find(reserver, message);

        return r < 0 ? r : netlink_ask_on(reserver->netlink, &question, message);
}

size_t reserver_join(struct pfn_range *ranges, size_t n, size_t max)
{
        while (n > max) {
                size_t least = 1;

                for (size_t i = 2; i < n; i++)
                        if (ranges[i].start - ranges[i - 1].end <
                            ranges[least].start - ranges[least - 1].end)
                                least = i;
                ranges[least - 1].end = ranges[least].end;
                memmove(&ranges[least], &ranges[least + 1], (n - least - 1) * sizeof(*ranges));
                n--;
        }
        return n;
}
