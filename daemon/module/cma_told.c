/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/cma_told.h"

#include "daemon/module/cma_parse.h"
#include "daemon/module/listening.h"
#include "daemon/module/module.h"

#include <errno.h>
#include <netlink/genl/genl.h>

struct cma_told {
        sd_event *event;
        const struct tree *tree;
        struct listening *module; /* tells that the module came or went */
        struct listening *events; /* what the module tells; NULL: it is not loaded */
        bool heard, came;         /* there was news of it, and the last was that it came */
        cma_told_failed_t failed;
        void *userdata;
};

int cma_told_parse(struct nlmsghdr *header, struct module_cma_failure *ret, char **message)
{
        if (!genlmsg_valid_hdr(header, 0) || genlmsg_hdr(header)->cmd != MEMCTL_C_CMA_FAILED)
                return -ENOMSG;
        return module_cma_parse_failure(header, ret, message);
}

static void on_event(void *userdata, struct nlmsghdr *header)
{
        struct cma_told *told = userdata;
        struct module_cma_failure failure;
        _cleanup_free_ char *message = NULL;

        /* what makes no sense is no news */
        if (cma_told_parse(header, &failure, &message) >= 0)
                told->failed(told->userdata, &failure);
}

static void on_events(void *userdata)
{
        struct cma_told *told = userdata;

        (void) listening_receive(told->events, on_event, told);
}

static void listen_to_events(struct cma_told *told)
{
        static const struct listening_task task = { .open = netlink_listen, .on_input = on_events };

        told->events = listening_free(told->events);
        if (module_is_loaded(told->tree)) /* who asks for a family that is not there has the module loaded */
                (void) listening_new(told->event, &task, told, &told->events);
}

static void on_news(void *userdata, struct nlmsghdr *header)
{
        struct cma_told *told = userdata;

        if (netlink_tells_of_module(header, &told->came))
                told->heard = true;
}

static void on_module(void *userdata)
{
        struct cma_told *told = userdata;
        int r;

        told->heard = false;
        r = listening_receive(told->module, on_news, told);
        if (r == -ENOBUFS || (told->heard && told->came))
                listen_to_events(told);
        else if (told->heard)
                told->events = listening_free(told->events);
}

/* A module that comes from now on is heard of: what is missing is the one that is there. */
static void on_module_heard(void *userdata)
{
        listen_to_events(userdata);
}

int cma_told_new(sd_event *event, const struct tree *tree, cma_told_failed_t failed, void *userdata,
                 struct cma_told **ret)
{
        static const struct listening_task task = { .open = netlink_listen_for_module,
                                                    .on_open = on_module_heard,
                                                    .on_input = on_module };
        _cleanup_(cma_told_freep) struct cma_told *told = calloc(1, sizeof(*told));
        int r;

        if (!told)
                return -ENOMEM;
        told->event = event;
        told->tree = tree;
        told->failed = failed;
        told->userdata = userdata;
        if (tree->live) {
                r = listening_new(event, &task, told, &told->module);
                if (r < 0)
                        return r;
        }
        *ret = TAKE_PTR(told);
        return 0;
}

struct cma_told *cma_told_free(struct cma_told *told)
{
        if (!told)
                return NULL;

        listening_free(told->module);
        listening_free(told->events);
        free(told);
        return NULL;
}
