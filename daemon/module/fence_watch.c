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
        struct listening *listening;
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

static void on_input(void *userdata)
{
        struct fence_watch *watch = userdata;

        watch->n_found = 0;
        (void) listening_receive(watch->listening, on_event, watch);
        watch->telling = true;
        for (size_t i = 0; !watch->gone && i < watch->n_found; i++)
                watch->fell(watch->userdata, &watch->found[i].fence, watch->found[i].cause);
        watch->telling = false;
        if (watch->gone)
                fence_watch_free(watch);
}

int fence_watch_new(sd_event *event, const struct tree *tree, fence_watch_fell_t fell, void *userdata,
                    struct fence_watch **ret)
{
        static const struct listening_task task = { .open = netlink_listen, .on_input = on_input };
        _cleanup_(fence_watch_freep) struct fence_watch *watch = NULL;
        int r;

        if (!module_is_loaded(tree))
                return -EOPNOTSUPP;
        watch = calloc(1, sizeof(*watch));
        if (!watch)
                return -ENOMEM;
        watch->fell = fell;
        watch->userdata = userdata;
        r = listening_new(event, &task, watch, &watch->listening);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(watch);
        return 0;
}

struct fence_watch *fence_watch_free(struct fence_watch *watch)
{
        if (!watch)
                return NULL;

        watch->listening = listening_free(watch->listening);
        watch->gone = true;
        if (watch->telling)
                return NULL; /* on_input() comes back to it */
        free(watch);
        return NULL;
}
