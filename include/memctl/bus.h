/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names on the bus, for both ends: memctld and whoever calls it. What the methods, properties and signals
 * mean is in docs/bus.md.
 */
#ifndef MEMCTL_BUS_H
#define MEMCTL_BUS_H

#include <stdint.h>

#define MEMCTL_BUS_NAME "org.memctl1"
#define MEMCTL_BUS_PATH "/org/memctl1"

#define MEMCTL_PATH_BLOCK    MEMCTL_BUS_PATH "/block"    /* /N, decimal */
#define MEMCTL_PATH_DIMM     MEMCTL_BUS_PATH "/dimm"     /* /NAME, as sd_bus_path_encode() writes it */
#define MEMCTL_PATH_NODE     MEMCTL_BUS_PATH "/node"     /* /N */
#define MEMCTL_PATH_JOB      MEMCTL_BUS_PATH "/job"      /* /N */
#define MEMCTL_PATH_PROVIDER MEMCTL_BUS_PATH "/provider" /* /NAME, as sd_bus_path_encode() writes it */
#define MEMCTL_PATH_CMA      MEMCTL_BUS_PATH "/cma"      /* likewise */
#define MEMCTL_PATH_RESERVATION MEMCTL_BUS_PATH "/reservation" /* /N */

#define MEMCTL_IFACE_MANAGER  "org.memctl1.Manager" /* on MEMCTL_BUS_PATH */
#define MEMCTL_IFACE_BLOCK    "org.memctl1.Block"
#define MEMCTL_IFACE_DIMM     "org.memctl1.Dimm"
#define MEMCTL_IFACE_NODE     "org.memctl1.Node"
#define MEMCTL_IFACE_JOB      "org.memctl1.Job"
#define MEMCTL_IFACE_PROVIDER "org.memctl1.Provider"
#define MEMCTL_IFACE_CMA      "org.memctl1.CmaArea"
#define MEMCTL_IFACE_RESERVATION "org.memctl1.Reservation"

/* Errors. The message is one line for people; the name is for programs. */
#define MEMCTL_ERROR_INVALID_ARGUMENT "org.memctl1.Error.InvalidArgument" /* the input's form */
#define MEMCTL_ERROR_NOT_FOUND        "org.memctl1.Error.NotFound"        /* no such block, DIMM, job */
#define MEMCTL_ERROR_BUSY             "org.memctl1.Error.Busy"            /* another job has it */
#define MEMCTL_ERROR_REFUSED          "org.memctl1.Error.Refused"         /* by the plan; nothing is touched */
#define MEMCTL_ERROR_NOT_SUPPORTED    "org.memctl1.Error.NotSupported"    /* not on this tree or kernel */
#define MEMCTL_ERROR_NOT_AUTHORIZED   "org.memctl1.Error.NotAuthorized"   /* polkit or the kernel says no */
#define MEMCTL_ERROR_FAILED           "org.memctl1.Error.Failed"          /* anything else */

/* polkit actions */
#define MEMCTL_ACTION_INSPECT "org.memctl1.inspect" /* counts */
#define MEMCTL_ACTION_INSPECT_PROCESSES "org.memctl1.inspect-processes" /* and processes, and addresses */
#define MEMCTL_ACTION_OFFLINE "org.memctl1.offline"
#define MEMCTL_ACTION_ONLINE  "org.memctl1.online"
#define MEMCTL_ACTION_RESERVE "org.memctl1.reserve"
#define MEMCTL_ACTION_COMPACT           "org.memctl1.compact"
#define MEMCTL_ACTION_CONFIGURE "org.memctl1.configure"

/* Options of methods that start a job (a{sv}) are in docs/bus.md. An unknown one, or one of another type, is
 * refused. */

/* Job.State */
#define MEMCTL_JOB_PLANNING     "planning"
#define MEMCTL_JOB_RUNNING      "running"
#define MEMCTL_JOB_ROLLING_BACK "rolling-back"
#define MEMCTL_JOB_FINISHED     "finished"

/* Job.Result, once finished */
#define MEMCTL_RESULT_DONE      "done"
#define MEMCTL_RESULT_REFUSED   "refused"   /* by the plan: nothing was touched */
#define MEMCTL_RESULT_FAILED    "failed"    /* and rolled back */
#define MEMCTL_RESULT_CANCELLED "cancelled" /* and rolled back */
#define MEMCTL_RESULT_TIMEOUT   "timeout"   /* and rolled back */
#define MEMCTL_RESULT_PARTIAL   "partial"   /* some blocks went, and were to be kept ("partial") */

/* MESSAGE_ID of what is written to the system's journal. */
#define MEMCTL_MESSAGE_JOB_STARTED   "41eea6e7d9614d4da2d47df27af6140a"
#define MEMCTL_MESSAGE_JOB_CANCELLED "1d0345c1a4474225ba459c3f0cf6f226"
#define MEMCTL_MESSAGE_JOB_ENDED     "b61d5cc6a7a24813b5c875890731b8bb"
#define MEMCTL_MESSAGE_JOB_RECOVERED "65651b0d4afb40b2b2d0967efbe103a8"
#define MEMCTL_MESSAGE_NOT_PUT_BACK  "c0f1a4f2ab6c4b0d9d6ce0a85f1c7e24"
#define MEMCTL_MESSAGE_RESERVED      "59ce757673341752c694cb614c9dd439"
#define MEMCTL_MESSAGE_RELEASED      "482ce07621fd5117ccb02b6c09980178"
#define MEMCTL_MESSAGE_BOOT_APPLIED  "36a1098dab784e1691392e5a88629c15"
#define MEMCTL_MESSAGE_BOOT_REVERTED "d23fb7e429d641e8a74f0b0fc46b3713"
#define MEMCTL_MESSAGE_POLICY_SET    "8af7ee90819e43ecbb65076ea16958db"
#define MEMCTL_MESSAGE_ONLINE_POLICY_SET "35e7e8f701cb45ca898f7aa8fd73be68"
#define MEMCTL_MESSAGE_WARM_SET      "11b8c6e2369d4a7cb0861fa33033b523"

/* Index for "no DIMM" in ListBlocks, and "no block" in Job.CurrentBlock. */
#define MEMCTL_NONE UINT32_MAX

#endif
