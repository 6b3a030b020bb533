/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/rescan.h"

#include "daemon/machine/snapshot_read.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

struct rescan {
        struct tree *tree;
        pthread_t thread;
        bool started;
        int over_fd; /* eventfd: the thread has written the snapshot, and is at its end */
        struct snapshot *snapshot;
        sd_event_source *over;
        rescan_done_t done;
        void *userdata;
};

static void *read_all(void *userdata)
{
        struct rescan *rescan = userdata;
        struct snapshot *snapshot = NULL;

        if (snapshot_read(rescan->tree, &snapshot, NULL) >= 0)
                rescan->snapshot = snapshot;
        (void) eventfd_write(rescan->over_fd, 1);
        return NULL;
}

static int on_over(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct rescan *rescan = userdata;

        (void) source, (void) fd, (void) revents;

        (void) pthread_join(rescan->thread, NULL);
        rescan->started = false;
        rescan->over = sd_event_source_disable_unref(rescan->over);
        rescan->done(rescan->userdata, TAKE_PTR(rescan->snapshot));
        return 0;
}

int rescan_new(sd_event *event, struct tree *tree, rescan_done_t done, void *userdata, struct rescan **ret)
{
        _cleanup_(rescan_freep) struct rescan *rescan = calloc(1, sizeof(*rescan));
        int r;

        if (!rescan)
                return -ENOMEM;
        rescan->over_fd = -1;
        rescan->tree = tree;
        rescan->done = done;
        rescan->userdata = userdata;
        rescan->over_fd = eventfd(0, EFD_CLOEXEC);
        if (rescan->over_fd < 0)
                return -errno;
        r = sd_event_add_io(event, &rescan->over, rescan->over_fd, EPOLLIN, on_over, rescan);
        if (r < 0)
                return r;
        r = pthread_create(&rescan->thread, NULL, read_all, rescan);
        if (r != 0)
                return -r;
        rescan->started = true;
        *ret = TAKE_PTR(rescan);
        return 0;
}

struct rescan *rescan_free(struct rescan *rescan)
{
        if (!rescan)
                return NULL;

        if (rescan->started)
                (void) pthread_join(rescan->thread, NULL);
        sd_event_source_disable_unref(rescan->over);
        closep(&rescan->over_fd);
        snapshot_free(rescan->snapshot);
        free(rescan);
        return NULL;
}
