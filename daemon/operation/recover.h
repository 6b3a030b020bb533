/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctld says of jobs in which a memctld died, on stderr: in the journal of the system, or to whoever
 * started it.
 */
#ifndef MEMCTL_OPERATION_RECOVER_H
#define MEMCTL_OPERATION_RECOVER_H

#include "daemon/job/job.h"

enum recover_way {
        RECOVER_BACK,
        RECOVER_GO_ON,
        RECOVER_EJECT, /* it may have been asked for, and is waited for */
};

/* Of a job that was just begun, before it has touched anything; and of one that is finished. */
void recover_say_begin(const struct job *job, enum recover_way way);
void recover_say_end(const struct job *job);

/* What journal_find() answered: lines about bad journals, or NULL, and 0 or -errno. */
void recover_say_problems(const char *problems, int error);

#endif
