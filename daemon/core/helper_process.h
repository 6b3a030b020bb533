/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between both ends of a helper: helper.c starts a process, helper_process.c is what runs in it.
 */
#ifndef MEMCTL_CORE_HELPER_PROCESS_H
#define MEMCTL_CORE_HELPER_PROCESS_H

#include "daemon/core/helper_task.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

/* Where an answer lies in its file, bytes. */
struct helper_told {
        size_t offset, size;
};

/*
 * A page that both processes see. The killer may strike between any two instructions: an answer is written
 * where the last one is not, and counts from when n_told says so.
 */
struct helper_shared {
        _Atomic uint64_t beats;
        _Atomic uint64_t n_told;
        struct helper_told told[2]; /* the last one: told[n_told & 1] */
        uint64_t step;
        int error;
        bool finished;
        char message[512];
};

struct helper_child {
        const struct helper_task *task;
        void *request;
        struct helper_shared *shared;
        pid_t daemon;
        int answer_fd;
        int killed_fd; /* pidfd: undoes what that process has done; -1: works */
};

/* Does what is to be done, and exits. */
void helper_child_run(const struct helper_child *child) __attribute__((noreturn));

#endif
