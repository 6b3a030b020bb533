/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/cma_told.h"

#include "daemon/module/cma_parse.h"
#include "daemon/module/listening.h"
#include "daemon/module/module.h"

#include <errno.h>
#include <netlink/genl/genl.h>

/* A connection that is listened on. */
struct ear {
        struct aside *listening; /* it is being made */
        struct netlink *netlink; /* NULL: not yet, or never */
        sd_event_source *io;
};

struct cma_told {
        sd_event *event;
        const struct tree *tree;
        struct ear module; /* tells that the module came or went */
        struct ear events; /* what the module tells; none while it is not loaded */
        bool heard, came;  /* there was news of it, and the last was that it came */
        cma_told_failed_t failed;
        void *userdata;
};

int cma_told_parse(struct nlmsghdr *header, struct module_cma_failure *ret, char **message)
{
        if (!genlmsg_valid_hdr(header, 0) || genlmsg_hdr(header)->cmd != MEMCTL_C_CMA_FAILED)
                return -ENOMSG;
        return module_cma_parse_failure(header, ret, message);
}

static void ear_close(struct ear *ear)
{
        ear->listening = aside_free(ear->listening);
        ear->io = sd_event_source_disable_unref(ear->io);
        ear->netlink = netlink_close(ear->netlink);
}

/* false: there is nothing to listen to. */
static bool ear_open(struct cma_told *told, struct ear *ear, void *what, sd_event_io_handler_t on_input)
{
        ear->netlink = listening_take(what);
        ear->listening = aside_free(ear->listening);
        return ear->netlink && sd_event_add_io(told->event, &ear->io, netlink_fd(ear->netlink), EPOLLIN,
                                               on_input, told) >= 0;
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

static int on_events(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct cma_told *told = userdata;
        int r;

        (void) source, (void) fd, (void) revents;

        r = netlink_receive(told->events.netlink, on_event, told);
        if (r < 0 && r != -ENOBUFS)
                ear_close(&told->events);
        return 0;
}

static void on_events_heard(void *userdata, void *what)
{
        struct cma_told *told = userdata;

        if (!ear_open(told, &told->events, what, on_events))
                ear_close(&told->events);
}

static void listen_to_events(struct cma_told *told)
{
        ear_close(&told->events);
        if (module_is_loaded(told->tree)) /* who asks for a family that is not there has the module loaded */
                (void) listening_new(told->event, netlink_listen, on_events_heard, told,
                                     &told->events.listening);
}

static void on_news(void *userdata, struct nlmsghdr *header)
{
        struct cma_told *told = userdata;

        if (netlink_tells_of_module(header, &told->came))
                told->heard = true;
}

static int on_module(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct cma_told *told = userdata;
        int r;

        (void) source, (void) fd, (void) revents;

        told->heard = false;
        r = netlink_receive(told->module.netlink, on_news, told);
        if (r == -ENOBUFS || (told->heard && told->came))
                listen_to_events(told);
        else if (told->heard)
                ear_close(&told->events);
        if (r < 0 && r != -ENOBUFS)
                ear_close(&told->module);
        return 0;
}

static void on_module_heard(void *userdata, void *what)
{
        struct cma_told *told = userdata;

        if (!ear_open(told, &told->module, what, on_module))
                ear_close(&told->module);
        /* a module that comes from now on is heard of: what is missing is the one that is there */
        listen_to_events(told);
}

int cma_told_new(sd_event *event, const struct tree *tree, cma_told_failed_t failed, void *userdata,
                 struct cma_told **ret)
{
        _cleanup_(cma_told_freep) struct cma_told *told = calloc(1, sizeof(*told));
        int r;

        if (!told)
                return -ENOMEM;
        told->event = event;
        told->tree = tree;
        told->failed = failed;
        told->userdata = userdata;
        if (tree->live) {
                r = listening_new(event, netlink_listen_for_module, on_module_heard, told,
                                  &told->module.listening);
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

        ear_close(&told->module);
        ear_close(&told->events);
        free(told);
        return NULL;
}
