/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/reservation.h"

#include "basic/cleanup.h"
#include "basic/message.h"
#include "daemon/module/module.h"
#include "daemon/module/wire.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

static const char *const names[MEMCTL_RV_MAX + 1] = {
        [MEMCTL_RV_ID] = "id",          [MEMCTL_RV_NAME] = "name",
        [MEMCTL_RV_AREA] = "area",      [MEMCTL_RV_START_PFN] = "first pfn",
        [MEMCTL_RV_PAGES] = "pages",    [MEMCTL_RV_ALIGN] = "alignment",
        [MEMCTL_RV_NODE] = "node",      [MEMCTL_RV_ZONE] = "zone",
        [MEMCTL_RV_PID] = "pid",        [MEMCTL_RV_COMM] = "command",
        [MEMCTL_RV_HELD] = "time held", [MEMCTL_RV_MOVED] = "pages moved",
};

static const struct wire_format reservation_format = {
        .what = "reservation",
        .policy =
                (const struct nla_policy[MEMCTL_RV_MAX + 1]){
                        [MEMCTL_RV_ID] = WIRE_U64,
                        [MEMCTL_RV_NAME] = WIRE_STRING(RESERVATION_NAME_SIZE),
                        [MEMCTL_RV_AREA] = WIRE_STRING(RESERVATION_AREA_SIZE),
                        [MEMCTL_RV_START_PFN] = WIRE_U64,
                        [MEMCTL_RV_PAGES] = WIRE_U64,
                        [MEMCTL_RV_ALIGN] = WIRE_U64,
                        [MEMCTL_RV_NODE] = WIRE_U32,
                        [MEMCTL_RV_ZONE] = WIRE_STRING(RESERVATION_ZONE_SIZE),
                        [MEMCTL_RV_PID] = WIRE_U32,
                        /* may be empty: a process chooses its name */
                        [MEMCTL_RV_COMM] = { .type = NLA_STRING, .minlen = 1, .maxlen = COMMAND_SIZE },
                        [MEMCTL_RV_HELD] = WIRE_U64,
                        [MEMCTL_RV_MOVED] = WIRE_U64,
                },
        .names = names,
        .max = MEMCTL_RV_MAX,
        .optional = WIRE_BIT(MEMCTL_RV_NAME) | WIRE_BIT(MEMCTL_RV_AREA),
};

#define RESERVATION [MEMCTL_A_RESERVATION] = "reservation"

static const struct nla_policy policy[MEMCTL_A_MAX + 1] = {
        [MEMCTL_A_RESERVATION] = WIRE_NEST,
        [MEMCTL_A_MOVED] = WIRE_U64,
        [MEMCTL_A_FAILED] = WIRE_U64,
};

static const struct wire_format listed_format = {
        .what = "reservation",
        .policy = policy,
        .names = (const char *const[MEMCTL_A_MAX + 1]){ RESERVATION },
        .max = MEMCTL_A_MAX,
};

static const struct wire_format step_format = {
        .what = "search for a place",
        .policy = policy,
        .names =
                (const char *const[MEMCTL_A_MAX + 1]){
                        RESERVATION, [MEMCTL_A_MOVED] = "pages moved", [MEMCTL_A_FAILED] = "places tried" },
        .max = MEMCTL_A_MAX,
        .optional = WIRE_BIT(MEMCTL_A_RESERVATION),
};

static int copy_strings(struct nlattr **attributes, struct reservation *reservation, char **message)
{
        int r = 0;

        if (attributes[MEMCTL_RV_NAME])
                r = wire_copy_string(reservation->name, sizeof(reservation->name),
                                     attributes[MEMCTL_RV_NAME], names[MEMCTL_RV_NAME], message);
        if (r >= 0 && attributes[MEMCTL_RV_AREA])
                r = wire_copy_string(reservation->area, sizeof(reservation->area),
                                     attributes[MEMCTL_RV_AREA], names[MEMCTL_RV_AREA], message);
        return r < 0 ? r
                     : wire_copy_string(reservation->zone, sizeof(reservation->zone),
                                        attributes[MEMCTL_RV_ZONE], names[MEMCTL_RV_ZONE], message);
}

static bool is_sound(const struct reservation *reservation)
{
        uint64_t align = reservation->align;

        return reservation->id > 0 && reservation->pages > 0 && align > 0 && (align & (align - 1)) == 0 &&
               reservation->start_pfn % align == 0 &&
               reservation->pages <= UINT64_MAX - reservation->start_pfn && reservation->node <= INT16_MAX;
}

static int read_nest(struct nlattr *nest, struct reservation *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_RV_MAX + 1];
        struct reservation reservation;
        int r;

        r = wire_read_nest(&reservation_format, nest, attributes, message);
        if (r < 0)
                return r;
        reservation = (struct reservation){
                .id = nla_get_u64(attributes[MEMCTL_RV_ID]),
                .start_pfn = nla_get_u64(attributes[MEMCTL_RV_START_PFN]),
                .pages = nla_get_u64(attributes[MEMCTL_RV_PAGES]),
                .align = nla_get_u64(attributes[MEMCTL_RV_ALIGN]),
                .node = nla_get_u32(attributes[MEMCTL_RV_NODE]),
                .pid = nla_get_u32(attributes[MEMCTL_RV_PID]),
                .held_nsecs = nla_get_u64(attributes[MEMCTL_RV_HELD]),
                .moved = nla_get_u64(attributes[MEMCTL_RV_MOVED]),
        };
        r = copy_strings(attributes, &reservation, message);
        if (r < 0)
                return r;
        /* libnl has seen that it ends in NUL */
        command_copy(reservation.command, nla_data(attributes[MEMCTL_RV_COMM]), COMMAND_SIZE);
        if (!is_sound(&reservation))
                return fail(message, -EBADMSG,
                            "memctl.ko tells of reservation %" PRIu64 " of %" PRIu64
                            " pages from pfn 0x%" PRIx64 " on node %" PRIu32 ", aligned to %" PRIu64,
                            reservation.id, reservation.pages, reservation.start_pfn, reservation.node,
                            reservation.align);
        *ret = reservation;
        return 0;
}

int reservation_parse(struct nlmsghdr *header, struct reservation *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];
        int r;

        r = wire_read_message(&listed_format, header, attributes, message);
        return r < 0 ? r : read_nest(attributes[MEMCTL_A_RESERVATION], ret, message);
}

int reservation_parse_step(struct nlmsghdr *header, struct reservation_step *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];
        struct reservation_step step = { 0 };
        int r;

        r = wire_read_message(&step_format, header, attributes, message);
        if (r >= 0 && attributes[MEMCTL_A_RESERVATION])
                r = read_nest(attributes[MEMCTL_A_RESERVATION], &step.made, message);
        if (r < 0)
                return r;
        step.moved = nla_get_u64(attributes[MEMCTL_A_MOVED]);
        step.failed = nla_get_u64(attributes[MEMCTL_A_FAILED]);
        *ret = step;
        return 0;
}

static int on_reservation(struct nlmsghdr *header, void *userdata, char **message)
{
        struct reservation_list *list = userdata;
        struct reservation reservation = { 0 };
        int r;

        r = reservation_parse(header, &reservation, message);
        if (r < 0)
                return r;
        if (list->n == MEMCTL_RESERVATIONS_MAX)
                return fail(message, -EBADMSG, "memctl.ko names more reservations than %d",
                            MEMCTL_RESERVATIONS_MAX);
        if (reservation_find(list, reservation.id))
                return fail(message, -EBADMSG, "memctl.ko names reservation %" PRIu64 " twice",
                            reservation.id);
        if (!list->items)
                list->items = calloc(MEMCTL_RESERVATIONS_MAX, sizeof(*list->items));
        if (!list->items)
                return -ENOMEM;
        list->items[list->n++] = reservation;
        return 0;
}

static void empty(void *list)
{
        reservation_list_clear(list);
}

int reservation_list_read(const struct tree *tree, struct reservation_list *ret, char **message)
{
        const struct netlink_question question = {
                .command = MEMCTL_C_RESERVATION,
                .dump = true,
                .answer = on_reservation,
                .answer_userdata = ret,
        };
        _cleanup_free_ char *why = NULL;
        int r;

        r = module_ask_list(tree, &question, empty, ret, &why);
        if (r == -EOPNOTSUPP)
                return 1;
        if (r < 0)
                *message = TAKE_PTR(why);
        return r;
}

void reservation_list_clear(struct reservation_list *list)
{
        free(list->items);
        *list = (struct reservation_list){ 0 };
}

const struct reservation *reservation_find(const struct reservation_list *list, uint64_t id)
{
        for (size_t i = 0; i < list->n; i++)
                if (list->items[i].id == id)
                        return &list->items[i];
        return NULL;
}

const struct reservation *reservation_find_name(const struct reservation_list *list, const char *name)
{
        for (size_t i = 0; name[0] && i < list->n; i++)
                if (strcmp(list->items[i].name, name) == 0)
                        return &list->items[i];
        return NULL;
}

const struct reservation *reservation_find_key(const struct reservation_list *list, uint64_t id,
                                               const char *name)
{
        return id > 0 ? reservation_find(list, id) : reservation_find_name(list, name);
}
