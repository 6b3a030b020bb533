/* SPDX-License-Identifier: GPL-2.0 */
/* Wait queues. The condition is looked at without a lock, as in the kernel. */
#ifndef SHIM_LINUX_WAIT_H
#define SHIM_LINUX_WAIT_H

#include <linux/kernel.h>

typedef struct run_queue wait_queue_head_t;

static inline void init_waitqueue_head(wait_queue_head_t *queue)
{
        memset(queue, 0, sizeof(*queue));
}

#define wait_event(queue, condition)                                   \
        do {                                                           \
                unsigned long seen_ = run_wait_begin(&(queue));        \
                                                                       \
                while (!(condition))                                   \
                        seen_ = run_wait(&(queue), seen_);             \
                run_wait_end(&(queue));                                \
        } while (0)
#define wake_up_all(queue) run_wake(queue)
#define wq_has_sleeper(queue) run_has_waiters(queue)

#endif /* SHIM_LINUX_WAIT_H */
