/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/caller/rights.h"

#include "basic/cleanup.h"
#include "memctl/bus.h"

#include <string.h>

#define INSPECT   MEMCTL_ACTION_INSPECT
#define PROCESSES MEMCTL_ACTION_INSPECT_PROCESSES
#define OFFLINE   MEMCTL_ACTION_OFFLINE
#define ONLINE    MEMCTL_ACTION_ONLINE
#define RESERVE   MEMCTL_ACTION_RESERVE
#define COMPACT   MEMCTL_ACTION_COMPACT
#define CONFIGURE MEMCTL_ACTION_CONFIGURE

const struct right rights[] = {
        { MEMCTL_IFACE_MANAGER, "ListBlocks", NULL, NULL },
        { MEMCTL_IFACE_MANAGER, "GetBlock", NULL, NULL },
        { MEMCTL_IFACE_MANAGER, "ResolveBlocks", NULL, NULL },
        { MEMCTL_IFACE_MANAGER, "GetDimm", NULL, NULL },
        { MEMCTL_IFACE_MANAGER, "ListErrorCounts", NULL, NULL },
        { MEMCTL_IFACE_MANAGER, "ListCmaAreas", NULL, NULL },
        { MEMCTL_IFACE_MANAGER, "GetCmaArea", NULL, NULL },
        { MEMCTL_IFACE_MANAGER, "ShowCmaArea", INSPECT, PROCESSES },
        { MEMCTL_IFACE_MANAGER, "CmaBoot", INSPECT, PROCESSES },
        { MEMCTL_IFACE_MANAGER, "RecordCma", CONFIGURE, NULL },
        { MEMCTL_IFACE_MANAGER, "ApplyCmaBoot", CONFIGURE, NULL },
        { MEMCTL_IFACE_MANAGER, "RevertCmaBoot", CONFIGURE, NULL },
        { MEMCTL_IFACE_MANAGER, "ListProviders", INSPECT, NULL },
        { MEMCTL_IFACE_MANAGER, "GetProvider", INSPECT, NULL },
        { MEMCTL_IFACE_MANAGER, "GetModule", INSPECT, NULL },
        { MEMCTL_IFACE_MANAGER, "GetModuleState", NULL, NULL },
        { MEMCTL_IFACE_MANAGER, "Survey", INSPECT, NULL },
        { MEMCTL_IFACE_MANAGER, "Why", INSPECT, PROCESSES },
        { MEMCTL_IFACE_MANAGER, "PlanBlocks", INSPECT, PROCESSES },
        { MEMCTL_IFACE_MANAGER, "GetLruCache", INSPECT, PROCESSES },
        { MEMCTL_IFACE_MANAGER, "HoldLruCache", CONFIGURE, NULL },
        { MEMCTL_IFACE_MANAGER, "ReleaseLruCache", CONFIGURE, NULL },
        { MEMCTL_IFACE_MANAGER, "ListReservations", INSPECT, PROCESSES },
        { MEMCTL_IFACE_MANAGER, "GetReservation", INSPECT, NULL },
        { MEMCTL_IFACE_MANAGER, "Reserve", RESERVE, NULL },
        { MEMCTL_IFACE_MANAGER, "ReleaseReservation", RESERVE, NULL },
        { MEMCTL_IFACE_MANAGER, "GetWarmReserve", INSPECT, NULL },
        { MEMCTL_IFACE_MANAGER, "SetWarmReserve", RESERVE, NULL },
        { MEMCTL_IFACE_MANAGER, "OfflineBlocks", OFFLINE, NULL },
        { MEMCTL_IFACE_MANAGER, "OfflineSize", OFFLINE, NULL },
        { MEMCTL_IFACE_MANAGER, "OnlineBlocks", ONLINE, NULL },
        { MEMCTL_IFACE_MANAGER, "Compact", COMPACT, NULL },
        { MEMCTL_IFACE_MANAGER, "GetCompactionPolicy", INSPECT, NULL },
        { MEMCTL_IFACE_MANAGER, "SetCompactionPolicy", CONFIGURE, NULL },
        { MEMCTL_IFACE_MANAGER, "GetOnlinePolicy", INSPECT, NULL },
        { MEMCTL_IFACE_MANAGER, "SetOnlinePolicy", CONFIGURE, NULL },
        { MEMCTL_IFACE_MANAGER, "ApplyOnlineBoot", CONFIGURE, NULL },
        { MEMCTL_IFACE_MANAGER, "RevertOnlineBoot", CONFIGURE, NULL },
        { MEMCTL_IFACE_MANAGER, "ReserveHugepages", RESERVE, NULL },
        { MEMCTL_IFACE_BLOCK, "Offline", OFFLINE, NULL },
        { MEMCTL_IFACE_BLOCK, "Online", ONLINE, NULL },
        { MEMCTL_IFACE_DIMM, "Plan", INSPECT, PROCESSES },
        { MEMCTL_IFACE_DIMM, "Why", INSPECT, PROCESSES },
        { MEMCTL_IFACE_DIMM, "Offline", OFFLINE, NULL },
        { MEMCTL_IFACE_DIMM, "Online", ONLINE, NULL },
        { MEMCTL_IFACE_DIMM, "Eject", OFFLINE, NULL },
        { MEMCTL_IFACE_NODE, "Plan", INSPECT, PROCESSES },
        { MEMCTL_IFACE_NODE, "Offline", OFFLINE, NULL },
        { MEMCTL_IFACE_NODE, "Online", ONLINE, NULL },
        { MEMCTL_IFACE_CMA, "Show", INSPECT, PROCESSES },
        { MEMCTL_IFACE_RESERVATION, "Get", INSPECT, PROCESSES },
        { MEMCTL_IFACE_RESERVATION, "Release", RESERVE, NULL },
        { MEMCTL_IFACE_JOB, "GetReasons", INSPECT, PROCESSES },
        { MEMCTL_IFACE_JOB, "GetBlockResults", NULL, NULL },
        { MEMCTL_IFACE_JOB, "Cancel", OFFLINE, NULL },
        { MEMCTL_IFACE_JOB, "Cancel", ONLINE, NULL },
        { MEMCTL_IFACE_JOB, "Cancel", COMPACT, NULL },
        { MEMCTL_IFACE_JOB, "Cancel", RESERVE, NULL },
};

const size_t n_rights = ELEMENTSOF(rights);

const struct right *right_find(const char *interface, const char *member)
{
        for (size_t i = 0; interface && member && i < n_rights; i++)
                if (strcmp(rights[i].interface, interface) == 0 && strcmp(rights[i].member, member) == 0)
                        return &rights[i];
        return NULL;
}
