/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/verb.h"

#include "cli/ask/verbs.h"
#include "cli/say.h"
#include "basic/quote.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ANY_NUMBER SIZE_MAX

/* What a plan to take memory offline depends on, and what carrying it out takes besides. */
#define PLAN_OPTIONS                                                                                        \
        (OPTION_FORCE | OPTION_CACHE | OPTION_PARTIAL | OPTION_STUCK | OPTION_MAX_PAUSE | OPTION_RATE |     \
         OPTION_TO_NODE | OPTION_SWAP)
#define OFFLINE_OPTIONS (PLAN_OPTIONS | OPTION_TIMEOUT | OPTION_RESUME)

static const struct verb verbs[] = {
        { NULL, "status", "", 0, 0, 0, verb_status, "memory, DIMMs and jobs in short" },
        { NULL, "version", "", 0, 0, 0, verb_version, "versions of memctl and memctld" },
        { NULL, "map", "", 0, 0, OPTION_SVG | OPTION_NO_COLOR, verb_map,
          "a picture of blocks by movability" },
        { NULL, "movability", "", 0, 0, OPTION_BY, verb_movability,
          "whose pages there are, and which move" },
        { NULL, "why", "RANGE | DIMM", 1, 1, 0, verb_why, "what keeps it from going offline" },
        { "block", "list", "", 0, 0, 0, verb_block_list, "all memory blocks" },
        { "block", "show", "RANGE...", 1, ANY_NUMBER, 0, verb_block_show, "some memory blocks" },
        { "block", "offline", "RANGE... | --size SIZE [--node N]", 0, ANY_NUMBER,
          OFFLINE_OPTIONS | OPTION_SIZE | OPTION_NODE, verb_block_offline,
          "take blocks offline, all or none" },
        { "block", "online", "RANGE...", 1, ANY_NUMBER, OPTION_TIMEOUT | OPTION_ZONE, verb_block_online,
          "bring blocks online, all or none" },
        { "dimm", "list", "", 0, 0, OPTION_FAILING, verb_dimm_list, "all DIMMs, or those with errors" },
        { "dimm", "show", "DIMM...", 1, ANY_NUMBER, 0, verb_dimm_show, "some DIMMs" },
        { "dimm", "plan", "DIMM", 1, 1, PLAN_OPTIONS | OPTION_EJECT, verb_dimm_plan,
          "whether and how a DIMM would go offline; touches nothing" },
        { "dimm", "offline", "DIMM", 1, 1, OFFLINE_OPTIONS | OPTION_EJECT, verb_dimm_offline,
          "take a DIMM offline, and eject it with --eject" },
        { "dimm", "online", "DIMM", 1, 1, OPTION_TIMEOUT | OPTION_ZONE, verb_dimm_online,
          "bring a DIMM online" },
        { "dimm", "eject", "DIMM", 1, 1, OPTION_TIMEOUT, verb_dimm_eject, "eject a DIMM that is offline" },
        { "node", "list", "", 0, 0, 0, verb_node_list, "all NUMA nodes" },
        { "node", "show", "NODE...", 1, ANY_NUMBER, 0, verb_node_show, "some NUMA nodes" },
        { "node", "plan", "NODE", 1, 1, PLAN_OPTIONS, verb_node_plan,
          "whether and how a node's memory would go offline; touches nothing" },
        { "node", "offline", "NODE", 1, 1, OFFLINE_OPTIONS, verb_node_offline,
          "take all of a node's memory offline" },
        { "node", "online", "NODE", 1, 1, OPTION_TIMEOUT | OPTION_ZONE, verb_node_online,
          "bring all of a node's memory online" },
        { "job", "list", "", 0, 0, 0, verb_job_list, "running jobs, and the last that ended" },
        { "job", "show", "JOB...", 1, ANY_NUMBER, 0, verb_job_show, "some jobs" },
        { "job", "cancel", "JOB", 1, 1, 0, verb_job_cancel, "end a job and put everything back" },
        { "job", "wait", "JOB", 1, 1, 0, verb_job_wait, "follow a job to its end" },
        { "provider", "list", "", 0, 0, 0, verb_provider_list,
          "drivers whose pages memctl.ko makes movable" },
        { "provider", "show", "NAME...", 1, ANY_NUMBER, 0, verb_provider_show,
          "some of them, and why migrations failed" },
        { "cma", "list", "", 0, 0, 0, verb_cma_list, "areas of contiguous memory, and how often they were short" },
        { "lru-cache", "status", "", 0, 0, 0, verb_lru_cache_status,
          "whether the per-CPU LRU caches are held off, and by whom" },
        { "lru-cache", "hold", "[--timeout SECONDS] -- COMMAND [ARGUMENT...]", 1, ANY_NUMBER,
          OPTION_TIMEOUT | RUNS_COMMAND, verb_lru_cache_hold, "hold them off while a command runs" },
};

void verb_help(void)
{
        (void) puts("memctl [OPTION...] VERB [ARGUMENT...]\n\nVerbs:");
        for (size_t i = 0; i < ELEMENTSOF(verbs); i++) {
                _cleanup_free_ char *form = NULL;

                if (asprintf(&form, "%s%s%s%s%s", verbs[i].noun ? verbs[i].noun : "",
                             verbs[i].noun ? " " : "", verbs[i].name, *verbs[i].args ? " " : "",
                             verbs[i].args) < 0)
                        return;
                (void) printf("  %-24s%s%s\n", form,
                              strlen(form) >= 24 ? "\n                          " : "", verbs[i].help);
        }
        (void) puts(
                "\n"
                "A RANGE is 32, 32-39 or 0x100000000-0x13fffffff, or several separated by commas.\n"
                "A DIMM is named as dimm list shows it: PNP0C80:00; a NODE by its number.\n"
                "\n"
                "Options, before or after the verb:\n"
                "  --json[=pretty|short]    JSON instead of tables; docs/json.md has the keys\n"
                "  -H, --host [USER@]HOST   ask memctld on another host, over ssh\n"
                "  --root DIR               read the tree below DIR, with a memctld of its own\n"
                "  --failing                only DIMMs of which the kernel counted errors\n"
                "  --eject                  eject the DIMM once it is offline\n"
                "  --force                  try in spite of pages that do not move, and of drivers that\n"
                "                           manage the memory\n"
                "  --cache auto|drop|keep   clean page cache: drop gives it back, keep moves it, and auto,\n"
                "                           the default, drops what is cold\n"
                "  --partial                keep what went offline, should the rest not go\n"
                "  --stuck roll-back|skip|wait\n"
                "                           what to do about a block that does not get empty: put\n"
                "                           everything back, the default; try it again after the others;\n"
                "                           or try on until --timeout or Ctrl-C\n"
                "  --max-pause TIME         no step of moving takes longer: 5ms, 0.5s\n"
                "  --rate SIZE              no more than that is moved a second, on average: 100M\n"
                "  --to-node N              move to this NUMA node only\n"
                "  --swap                   count free swap as room\n"
                "  --resume                 should memctld die, the next one goes on with the job; without\n"
                "                           it, it puts everything back\n"
                "  --timeout SECONDS        put everything back when it takes longer; hold: the lease's "
                "end\n"
                "  --zone movable|kernel    where to bring memory online; movable is the default\n"
                "  --size SIZE              this much memory, blocks of memctl's choice\n"
                "  --node N                 of this NUMA node\n"
                "  --by owner|block|node|order\n"
                "                           what pages are added up by; owner is the default\n"
                "  --svg FILE               write the picture there, as SVG\n"
                "  --no-color               no colours, on a terminal either\n"
                "  -h, --help               this\n"
                "  --version                the version of memctl\n"
                "\n"
                "Exit status: 0 done, 1 failed and all put back, 2 usage, 3 refused with nothing touched,\n"
                "4 not authorised, 5 no service, 6 no such thing, 7 busy, 64 partly done (--partial), 65 failed\n"
                "and not all could be put back.");
}

static const struct verb *find_verb(const char *noun, const char *name)
{
        for (size_t i = 0; i < ELEMENTSOF(verbs); i++) {
                if (!noun != !verbs[i].noun || strcmp(verbs[i].name, name) != 0)
                        continue;
                if (!noun || strcmp(verbs[i].noun, noun) == 0)
                        return &verbs[i];
        }
        return NULL;
}

static bool is_noun(const char *word)
{
        for (size_t i = 0; i < ELEMENTSOF(verbs); i++)
                if (verbs[i].noun && strcmp(verbs[i].noun, word) == 0)
                        return true;
        return false;
}

int verb_choose(char **words, size_t n, struct context *context, const struct verb **ret)
{
        const struct verb *verb;
        char quoted[QUOTE_MAX];
        size_t used = 1;

        if (n == 0) {
                say("nothing is asked for; see memctl --help");
                return -EINVAL;
        }
        if (is_noun(words[0])) {
                if (n == 1) {
                        say("%s: what about it? see memctl --help", words[0]);
                        return -EINVAL;
                }
                verb = find_verb(words[0], words[1]);
                used = 2;
        } else
                verb = find_verb(NULL, words[0]);
        if (!verb) {
                say("%s: no such verb%s%s; see memctl --help", quote(words[used - 1], quoted),
                    used == 2 ? " for " : "", used == 2 ? words[0] : "");
                return -EINVAL;
        }

        context->args = words + used;
        context->n_args = n - used;
        if (context->n_args < verb->min_args || context->n_args > verb->max_args) {
                say("accepted is: memctl %s%s%s%s%s", verb->noun ? verb->noun : "", verb->noun ? " " : "",
                    verb->name, *verb->args ? " " : "", verb->args);
                return -EINVAL;
        }
        *ret = verb;
        return 0;
}
