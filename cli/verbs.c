/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/verbs.h"

#include "cli/verb/verbs.h"

#define ANY_NUMBER SIZE_MAX
#define NO_ARGS    "", 0, 0
#define ONE(what)  what, 1, 1
#define SOME(what) what "...", 1, ANY_NUMBER

#define OFFLINE(set_) .set = (set_), .options = OPTION(NO_BLOCK) | OPTION(BYTES), .authorized = true
#define PLAN(set_)    .set = (set_), .options = OPTION(BYTES), .authorized = true
#define NO_REQUEST    .set = OPTIONS_NONE

static const struct verb items[] = {
        { NULL, "status", NO_ARGS, NO_REQUEST, .options = OPTION(BYTES), .run = verb_status,
          .help = "memory, DIMMs and jobs in short", .example = "memctl status" },
        { NULL, "version", NO_ARGS, NO_REQUEST, .run = verb_version,
          .help = "versions of memctl and memctld", .example = "memctl version" },
        { NULL, "map", NO_ARGS, NO_REQUEST, .options = OPTION(SVG) | OPTION(NO_COLOR), .authorized = true,
          .run = verb_map, .help = "a picture of blocks by movability",
          .example = "memctl map --svg map.svg" },
        { NULL, "movability", NO_ARGS, NO_REQUEST, .options = OPTION(BY), .columns = &movability_columns,
          .authorized = true, .run = verb_movability, .help = "whose pages there are, and which move",
          .example = "memctl movability --by node" },
        { NULL, "why", ONE("RANGE | DIMM"), NO_REQUEST, .options = OPTION(BYTES), .authorized = true,
          .run = verb_why, .help = "what keeps it from going offline", .example = "memctl why PNP0C80:00" },
        { "block", "list", NO_ARGS, NO_REQUEST, .columns = &block_columns, .run = verb_block_list,
          .help = "all memory blocks", .example = "memctl block list -o BLOCK,STATE,ZONES" },
        { "block", "show", SOME("RANGE"), NO_REQUEST, .columns = &block_columns, .run = verb_block_show,
          .help = "some memory blocks", .example = "memctl block show 32-39" },
        { "block", "offline", "RANGE... | --size SIZE [--node N]", 0, ANY_NUMBER, .set = OPTIONS_OFFLINE,
          .options = OPTION(NO_BLOCK) | OPTION(BYTES) | OPTION(SIZE) | OPTION(NODE), .authorized = true,
          .run = verb_block_offline, .help = "take blocks offline, all or none",
          .example = "memctl block offline --size 4G --node 1 --partial" },
        { "block", "online", SOME("RANGE"), OFFLINE(OPTIONS_ONLINE), .run = verb_block_online,
          .help = "bring blocks online, all or none",
          .example = "memctl block online 32-39 --zone movable" },
        { "dimm", "list", NO_ARGS, NO_REQUEST, .options = OPTION(FAILING), .columns = &dimm_columns,
          .run = verb_dimm_list, .help = "all DIMMs, or those with errors",
          .example = "memctl dimm list --failing" },
        { "dimm", "show", SOME("DIMM"), NO_REQUEST, .columns = &dimm_columns, .run = verb_dimm_show,
          .help = "some DIMMs", .example = "memctl dimm show PNP0C80:00" },
        { "dimm", "plan", ONE("DIMM"), PLAN(OPTIONS_PLAN_DIMM), .run = verb_dimm_plan,
          .help = "whether and how a DIMM would go offline; touches nothing",
          .example = "memctl dimm plan PNP0C80:00 --cache drop" },
        { "dimm", "offline", ONE("DIMM"), OFFLINE(OPTIONS_OFFLINE_DIMM), .run = verb_dimm_offline,
          .help = "take a DIMM offline, and eject it with --eject",
          .example = "memctl dimm offline PNP0C80:00 --eject --timeout 600" },
        { "dimm", "online", ONE("DIMM"), OFFLINE(OPTIONS_ONLINE), .run = verb_dimm_online,
          .help = "bring a DIMM online", .example = "memctl dimm online PNP0C80:00" },
        { "dimm", "eject", ONE("DIMM"), OFFLINE(OPTIONS_EJECT), .run = verb_dimm_eject,
          .help = "eject a DIMM that is offline", .example = "memctl dimm eject PNP0C80:00" },
        { "node", "list", NO_ARGS, NO_REQUEST, .columns = &node_columns, .run = verb_node_list,
          .help = "all NUMA nodes", .example = "memctl node list" },
        { "node", "show", SOME("NODE"), NO_REQUEST, .columns = &node_columns, .run = verb_node_show,
          .help = "some NUMA nodes", .example = "memctl node show 1" },
        { "node", "plan", ONE("NODE"), PLAN(OPTIONS_PLAN), .run = verb_node_plan,
          .help = "whether and how a node's memory would go offline; touches nothing",
          .example = "memctl node plan 1 --to-node 0" },
        { "node", "offline", ONE("NODE"), OFFLINE(OPTIONS_OFFLINE), .run = verb_node_offline,
          .help = "take all of a node's memory offline", .example = "memctl node offline 1 --rate 500M" },
        { "node", "online", ONE("NODE"), OFFLINE(OPTIONS_ONLINE), .run = verb_node_online,
          .help = "bring all of a node's memory online", .example = "memctl node online 1" },
        { "job", "list", NO_ARGS, NO_REQUEST, .columns = &job_columns, .run = verb_job_list,
          .help = "running jobs, and the last that ended", .example = "memctl job list" },
        { "job", "show", SOME("JOB"), NO_REQUEST, .columns = &job_columns, .run = verb_job_show,
          .help = "some jobs", .example = "memctl job show 3" },
        { "job", "cancel", ONE("JOB"), NO_REQUEST, .authorized = true, .run = verb_job_cancel,
          .help = "end a job and put everything back", .example = "memctl job cancel 3" },
        { "job", "wait", ONE("JOB"), NO_REQUEST, .options = OPTION(BYTES), .run = verb_job_wait,
          .help = "follow a job to its end", .example = "memctl job wait 3" },
        { "provider", "list", NO_ARGS, NO_REQUEST, .columns = &provider_columns, .authorized = true,
          .run = verb_provider_list, .help = "drivers whose pages memctl.ko makes movable",
          .example = "memctl provider list -b" },
        { "provider", "show", SOME("NAME"), NO_REQUEST, .columns = &provider_columns, .authorized = true,
          .run = verb_provider_show, .help = "some of them, and why migrations failed",
          .example = "memctl provider show heap" },
        { "cma", "list", NO_ARGS, NO_REQUEST, .columns = &cma_columns, .run = verb_cma_list,
          .help = "areas of contiguous memory, and how often they were short",
          .example = "memctl cma list" },
        { "lru-cache", "status", NO_ARGS, NO_REQUEST, .columns = &lease_columns, .authorized = true,
          .run = verb_lru_cache_status, .help = "whether the per-CPU LRU caches are held off, and by whom",
          .example = "memctl lru-cache status" },
        { "lru-cache", "hold", "[--timeout SECONDS] -- COMMAND [ARGUMENT...]", 1, ANY_NUMBER,
          .set = OPTIONS_LEASE, .runs_command = true, .authorized = true, .run = verb_lru_cache_hold,
          .help = "hold them off while a command runs",
          .example = "memctl lru-cache hold --timeout 30 -- migratepages 4711 0 1" },
};

const struct verbs all_verbs = { .items = items, .n = ELEMENTSOF(items) };
