/* SPDX-License-Identifier: GPL-2.0 */
/* Delayed work: at most one runs at a time, as fits one provider. */
#ifndef SHIM_LINUX_WORKQUEUE_H
#define SHIM_LINUX_WORKQUEUE_H

#include <linux/list.h>

struct work_struct {
        void (*func)(struct work_struct *work);
};

struct delayed_work {
        struct work_struct work;
        struct delayed_work *next; /* of those pending */
        bool pending;
        unsigned long delay; /* 0: at once */
        unsigned long runs;  /* that have ended */
};

struct workqueue_struct {
        int unused;
};

#define WQ_UNBOUND 1
#define WQ_MEM_RECLAIM 2
#define alloc_workqueue(name, flags, max) ((struct workqueue_struct *) calloc(1, sizeof(struct workqueue_struct)))
#define destroy_workqueue(queue) free(queue)
#define to_delayed_work(w) container_of(w, struct delayed_work, work)
#define DECLARE_DELAYED_WORK(name, function) struct delayed_work name = { .work = { .func = (function) } }
#define INIT_DELAYED_WORK(dwork, function) ((dwork)->work.func = (function))

/* Work without a delay: the test says when it runs. */
#define DECLARE_WORK(name, function) struct work_struct name = { .func = (function) }
void shim_queue_work(struct work_struct *work);
void shim_flush_work(struct work_struct *work);
#define queue_work(queue, work) ((void) (queue), shim_queue_work(work))
#define flush_work(work) shim_flush_work(work)
#define cancel_work_sync(work) shim_flush_work(work)

void shim_work_queue(struct delayed_work *work, unsigned long delay, bool again);
void shim_work_flush(struct delayed_work *work);
void shim_work_cancel(struct delayed_work *work);

#define queue_delayed_work(queue, dwork, ticks) ((void) (queue), shim_work_queue(dwork, ticks, false))
#define mod_delayed_work(queue, dwork, ticks) ((void) (queue), shim_work_queue(dwork, ticks, true))
#define flush_delayed_work(dwork) shim_work_flush(dwork)
#define cancel_delayed_work_sync(dwork) shim_work_cancel(dwork)

#endif /* SHIM_LINUX_WORKQUEUE_H */
