/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes of the machine and of jobs, and failures of CMA, told to whoever listens.
 */
#ifndef MEMCTL_BUS_SIGNALS_H
#define MEMCTL_BUS_SIGNALS_H

#include "daemon/job/job.h"
#include "daemon/machine/monitor.h"
#include "daemon/module/cma_figures.h"

/* userdata: the server */
void bus_on_model_change(void *userdata, enum monitor_change change, uint32_t number, const char *name);
void bus_on_job_change(void *userdata, struct job *job, bool is_new, bool is_gone);
void bus_on_cma_failed(void *userdata, const struct module_cma_failure *failure);

#endif
