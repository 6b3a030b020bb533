/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/cma_told.h"

#include "daemon/module/cma_parse.h"
#include "daemon/module/listening.h"
#include "daemon/module/module.h"

#include <errno.h>
#include <netlink/genl/genl.h>
#include <sys/stat.h>

/* A module that comes tells nobody: it is looked for, seldom enough to cost nothing. */
#define LOOK_USEC     (5 * UINT64_C(1000000))
#define ACCURACY_USEC (1 * UINT64_C(1000000))

struct cma_told {
        sd_event *event;
        const struct tree *tree;
        sd_event_source *timer;
        ino_t module; /* of the module's folder that is listened to; 0: none. Another one is another module
                       */
        struct aside *listening;
        struct netlink *netlink; /* NULL: not yet, or never */
        sd_event_source *io;
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

static void stop_listening(struct cma_told *told)
{
        told->listening = aside_free(told->listening);
        told->io = sd_event_source_disable_unref(told->io);
        told->netlink = netlink_close(told->netlink);
}

static int on_input(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct cma_told *told = userdata;
        int r;

        (void) source, (void) fd, (void) revents;

        r = netlink_receive(told->netlink, on_event, told);
        if (r < 0 && r != -ENOBUFS)
                stop_listening(told);
        return 0;
}

static void on_listening(void *userdata, void *what)
{
        struct cma_told *told = userdata;

        told->netlink = listening_take(what);
        told->listening = aside_free(told->listening);
        if (told->netlink)
                (void) sd_event_add_io(told->event, &told->io, netlink_fd(told->netlink), EPOLLIN, on_input,
                                       told);
}

static void look(struct cma_told *told)
{
        struct stat st;
        ino_t module = fstatat(told->tree->root_fd, "sys/module/memctl", &st, 0) < 0 ? 0 : st.st_ino;

        if (module == told->module)
                return;
        stop_listening(told);
        told->module = 0;
        /* without memory or threads it is tried again at the next look */
        if (module != 0 && listening_new(told->event, on_listening, told, &told->listening) >= 0)
                told->module = module;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct cma_told *told = userdata;

        look(told);
        (void) sd_event_source_set_time(source, usec + LOOK_USEC);
        (void) sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        return 0;
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
                r = sd_event_add_time_relative(event, &told->timer, CLOCK_MONOTONIC, 0, ACCURACY_USEC,
                                               on_time, told);
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

        stop_listening(told);
        sd_event_source_disable_unref(told->timer);
        free(told);
        return NULL;
}
