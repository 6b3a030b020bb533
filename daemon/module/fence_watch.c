/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/fence_watch.h"

#include "daemon/module/listening.h"
#include "daemon/module/module.h"

#include <errno.h>

/* Fences that fall at once and are told of: more than a job has. The rest falls unseen. */
#define FELL_MAX MEMCTL_FENCES_MAX

struct fell {
        struct fence_state fence;
        enum memctl_fence_cause cause;
};

struct fence_watch {
        sd_event *event;
        struct aside *listening;
        struct netlink *netlink; /* NULL: not yet, or never */
        sd_event_source *io;
        fence_watch_fell_t fell;
        void *userdata;
        struct fell found[FELL_MAX];
        size_t n_found;
        bool telling;
        bool gone; /* freed while it is telling, by who is told */
};

static void on_event(void *userdata, struct nlmsghdr *header)
{
        struct fence_watch *watch = userdata;
        _cleanup_free_ char *message = NULL;
        struct fell *fell = &watch->found[watch->n_found];

        /* what makes no sense is no news of a fence */
        if (watch->n_found < FELL_MAX && fence_parse_fell(header, &fell->fence, &fell->cause, &message) >= 0)
                watch->n_found++;
}

static int on_input(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct fence_watch *watch = userdata;
        int r;

        (void) fd, (void) revents;

        watch->n_found = 0;
        r = netlink_receive(watch->netlink, on_event, watch);
        if (r < 0 && r != -ENOBUFS)
                (void) sd_event_source_set_enabled(source, SD_EVENT_OFF);
        watch->telling = true;
        for (size_t i = 0; !watch->gone && i < watch->n_found; i++)
                watch->fell(watch->userdata, &watch->found[i].fence, watch->found[i].cause);
        watch->telling = false;
        if (watch->gone)
                fence_watch_free(watch);
        return 0;
}

static void on_listening(void *userdata, void *what)
{
        struct fence_watch *watch = userdata;

        watch->netlink = listening_take(what);
        watch->listening = aside_free(watch->listening);
        if (watch->netlink)
                (void) sd_event_add_io(watch->event, &watch->io, netlink_fd(watch->netlink), EPOLLIN,
                                       on_input, watch);
}

int fence_watch_new(sd_event *event, const struct tree *tree, fence_watch_fell_t fell, void *userdata,
                    struct fence_watch **ret)
{
        _cleanup_(fence_watch_freep) struct fence_watch *watch = NULL;
        int r;

        if (!module_is_loaded(tree))
                return -EOPNOTSUPP;
        watch = calloc(1, sizeof(*watch));
        if (!watch)
                return -ENOMEM;
        watch->event = event;
        watch->fell = fell;
        watch->userdata = userdata;
        r = listening_new(event, netlink_listen, on_listening, watch, &watch->listening);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(watch);
        return 0;
}

struct fence_watch *fence_watch_free(struct fence_watch *watch)
{
        if (!watch)
                return NULL;

        aside_free(watch->listening);
        watch->listening = NULL;
        watch->io = sd_event_source_disable_unref(watch->io);
        watch->gone = true;
        if (watch->telling)
                return NULL; /* on_input() comes back to it */
        netlink_close(watch->netlink);
        free(watch);
        return NULL;
}
