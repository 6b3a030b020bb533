/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/options.h"

#include "basic/number.h"
#include "basic/quote.h"
#include "cli/census.h"
#include "cli/say.h"
#include "cli/verbs.h"

#include "config.h"

#include <bytesize/bs_size.h>
#include <errno.h>
#include <getopt.h>
#include <string.h>

enum {
        OPTION_EJECT = 1U << 0,
        OPTION_TIMEOUT = 1U << 1,
        OPTION_ZONE = 1U << 2,
        OPTION_SIZE = 1U << 3,
        OPTION_NODE = 1U << 4,
        OPTION_FORCE = 1U << 5,
        OPTION_BY = 1U << 6,
        OPTION_SVG = 1U << 7,
        OPTION_NO_COLOR = 1U << 8,
        RUNS_COMMAND = 1U << 31, /* here: so not of another host */
};

#define ANY_NUMBER SIZE_MAX

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
          OPTION_TIMEOUT | OPTION_SIZE | OPTION_NODE, verb_block_offline,
          "take blocks offline, all or none" },
        { "block", "online", "RANGE...", 1, ANY_NUMBER, OPTION_TIMEOUT | OPTION_ZONE, verb_block_online,
          "bring blocks online, all or none" },
        { "dimm", "list", "", 0, 0, 0, verb_dimm_list, "all DIMMs" },
        { "dimm", "show", "DIMM...", 1, ANY_NUMBER, 0, verb_dimm_show, "some DIMMs" },
        { "dimm", "plan", "DIMM", 1, 1, OPTION_EJECT | OPTION_FORCE, verb_dimm_plan,
          "whether and how a DIMM would go offline; touches nothing" },
        { "dimm", "offline", "DIMM", 1, 1, OPTION_EJECT | OPTION_TIMEOUT | OPTION_FORCE, verb_dimm_offline,
          "take a DIMM offline, and eject it with --eject" },
        { "dimm", "online", "DIMM", 1, 1, OPTION_TIMEOUT | OPTION_ZONE, verb_dimm_online,
          "bring a DIMM online" },
        { "dimm", "eject", "DIMM", 1, 1, OPTION_TIMEOUT, verb_dimm_eject, "eject a DIMM that is offline" },
        { "job", "list", "", 0, 0, 0, verb_job_list, "running jobs, and the last that ended" },
        { "job", "show", "JOB...", 1, ANY_NUMBER, 0, verb_job_show, "some jobs" },
        { "job", "cancel", "JOB", 1, 1, 0, verb_job_cancel, "end a job and put everything back" },
        { "job", "wait", "JOB", 1, 1, 0, verb_job_wait, "follow a job to its end" },
        { "provider", "list", "", 0, 0, 0, verb_provider_list,
          "drivers whose pages memctl.ko makes movable" },
        { "provider", "show", "NAME...", 1, ANY_NUMBER, 0, verb_provider_show,
          "some of them, and why migrations failed" },
        { "lru-cache", "status", "", 0, 0, 0, verb_lru_cache_status,
          "whether the per-CPU LRU caches are held off, and by whom" },
        { "lru-cache", "hold", "[--timeout SECONDS] -- COMMAND [ARGUMENT...]", 1, ANY_NUMBER,
          OPTION_TIMEOUT | RUNS_COMMAND, verb_lru_cache_hold, "hold them off while a command runs" },
};

/* Long options that only some verbs take. */
static const struct {
        const char *name;
        unsigned int option;
} verb_options[] = {
        { "--eject", OPTION_EJECT }, { "--timeout", OPTION_TIMEOUT }, { "--zone", OPTION_ZONE },
        { "--size", OPTION_SIZE },   { "--node", OPTION_NODE },       { "--force", OPTION_FORCE },
        { "--by", OPTION_BY },       { "--svg", OPTION_SVG },         { "--no-color", OPTION_NO_COLOR },
};

static void help(void)
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
                "A DIMM is named as dimm list shows it: PNP0C80:00.\n"
                "\n"
                "Options, before or after the verb:\n"
                "  --json[=pretty|short]    JSON instead of tables; docs/json.md has the keys\n"
                "  -H, --host [USER@]HOST   ask memctld on another host, over ssh\n"
                "  --root DIR               read the tree below DIR, with a memctld of its own\n"
                "  --eject                  eject the DIMM once it is offline\n"
                "  --force                  try in spite of pages that do not move\n"
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
                "Exit status: 0 done, 1 failed and rolled back, 2 usage, 3 refused with nothing touched,\n"
                "4 not authorised, 5 no service.");
}

static int bad_value(const char *option, const char *value, const char *accepted)
{
        char quoted[QUOTE_MAX];

        say("%s %s: accepted is %s", option, quote(value, quoted), accepted);
        return -EINVAL;
}

static int parse_json(const char *value, enum output *ret)
{
        if (!value || strcmp(value, "pretty") == 0)
                *ret = OUTPUT_JSON_PRETTY;
        else if (strcmp(value, "short") == 0)
                *ret = OUTPUT_JSON_SHORT;
        else
                return bad_value("--json", value, "pretty or short");
        return 0;
}

static int parse_timeout(const char *value, uint64_t *ret)
{
        static const char accepted[] =
                "a number of seconds above 0 and up to 604800 (a week), like 90 or 2.5";
        double seconds;
        char *end;

        if (strspn(value, "0123456789.") != strlen(value))
                return bad_value("--timeout", value, accepted);
        seconds = strtod(value, &end);
        if (*end != '\0' || end == value || seconds < 1e-6 || seconds > 604800)
                return bad_value("--timeout", value, accepted);
        *ret = (uint64_t) (seconds * 1e6);
        return 0;
}

static int parse_size(const char *value, uint64_t *ret)
{
        static const char accepted[] = "an amount of memory above 0, like 4G, 512MiB or 1073741824";
        BSError *error = NULL;
        BSSize size = bs_size_new_from_str(value, &error);
        int sign = 0;
        bool good;

        good = size && (*ret = bs_size_get_bytes(size, &sign, &error), !error) && sign > 0 && *ret > 0;
        if (size)
                bs_size_free(size);
        bs_clear_error(&error);
        return good ? 0 : bad_value("--size", value, accepted);
}

static int parse_node(const char *value, int *ret)
{
        uint32_t node;

        if (parse_u32(value, 10, &node) < 0 || node > INT16_MAX)
                return bad_value("--node", value, "the number of a NUMA node");
        *ret = (int) node;
        return 0;
}

static int check_zone(const char *value)
{
        if (strcmp(value, "movable") != 0 && strcmp(value, "kernel") != 0)
                return bad_value("--zone", value, "movable or kernel");
        return 0;
}

static int check_by(const char *value)
{
        enum census_by by;

        if (census_by_parse(value, &by) < 0)
                return bad_value("--by", value, "owner, block, node or order");
        return 0;
}

static int check_svg(const char *value)
{
        if (*value == '\0')
                return bad_value("--svg", value, "the name of a file");
        return 0;
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

static int choose_verb(char **words, size_t n, struct context *context, const struct verb **ret)
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

static int check_options(const struct verb *verb, unsigned int given)
{
        for (size_t i = 0; i < ELEMENTSOF(verb_options); i++)
                if (given & verb_options[i].option & ~verb->options) {
                        say("%s does not go with %s%s%s", verb_options[i].name, verb->noun ? verb->noun : "",
                            verb->noun ? " " : "", verb->name);
                        return -EINVAL;
                }
        return 0;
}

int options_parse(int argc, char **argv, struct context *context, const struct verb **ret)
{
        enum {
                OPT_JSON = 256,
                OPT_ROOT,
                OPT_EJECT,
                OPT_TIMEOUT,
                OPT_ZONE,
                OPT_SIZE,
                OPT_NODE,
                OPT_VERSION,
                OPT_FORCE,
                OPT_BY,
                OPT_SVG,
                OPT_NO_COLOR
        };
        static const struct option table[] = {
                { "json", optional_argument, NULL, OPT_JSON },
                { "host", required_argument, NULL, 'H' },
                { "root", required_argument, NULL, OPT_ROOT },
                { "eject", no_argument, NULL, OPT_EJECT },
                { "timeout", required_argument, NULL, OPT_TIMEOUT },
                { "zone", required_argument, NULL, OPT_ZONE },
                { "size", required_argument, NULL, OPT_SIZE },
                { "node", required_argument, NULL, OPT_NODE },
                { "force", no_argument, NULL, OPT_FORCE },
                { "by", required_argument, NULL, OPT_BY },
                { "svg", required_argument, NULL, OPT_SVG },
                { "no-color", no_argument, NULL, OPT_NO_COLOR },
                { "help", no_argument, NULL, 'h' },
                { "version", no_argument, NULL, OPT_VERSION },
                { NULL, 0, NULL, 0 },
        };
        unsigned int given = 0;
        int c, r = 0;

        while (r >= 0 && (c = getopt_long(argc, argv, "H:h", table, NULL)) >= 0) {
                switch (c) {
                case OPT_JSON:
                        r = parse_json(optarg, &context->output);
                        break;
                case 'H':
                        context->host = optarg;
                        break;
                case OPT_ROOT:
                        context->root = optarg;
                        break;
                case OPT_EJECT:
                        given |= OPTION_EJECT;
                        context->eject = true;
                        break;
                case OPT_TIMEOUT:
                        given |= OPTION_TIMEOUT;
                        r = parse_timeout(optarg, &context->timeout_usec);
                        break;
                case OPT_ZONE:
                        given |= OPTION_ZONE;
                        context->zone = optarg;
                        r = check_zone(optarg);
                        break;
                case OPT_SIZE:
                        given |= OPTION_SIZE;
                        context->has_size = true;
                        r = parse_size(optarg, &context->size);
                        break;
                case OPT_NODE:
                        given |= OPTION_NODE;
                        r = parse_node(optarg, &context->node);
                        break;
                case OPT_FORCE:
                        given |= OPTION_FORCE;
                        context->force = true;
                        break;
                case OPT_BY:
                        given |= OPTION_BY;
                        context->by = optarg;
                        r = check_by(optarg);
                        break;
                case OPT_SVG:
                        given |= OPTION_SVG;
                        context->svg = optarg;
                        r = check_svg(optarg);
                        break;
                case OPT_NO_COLOR:
                        given |= OPTION_NO_COLOR;
                        context->no_color = true;
                        break;
                case 'h':
                        help();
                        return 0;
                case OPT_VERSION:
                        (void) puts("memctl " MEMCTL_VERSION);
                        return 0;
                default:
                        return -EINVAL;
                }
        }
        if (r < 0)
                return r;
        if (context->host && context->root) {
                say("--host and --root do not go together");
                return -EINVAL;
        }

        r = choose_verb(argv + optind, (size_t) (argc - optind), context, ret);
        if (r >= 0)
                r = check_options(*ret, given);
        if (r >= 0 && context->host && ((*ret)->options & RUNS_COMMAND)) {
                say("%s %s runs the command on this machine, and %s has LRU caches of its own: run memctl "
                    "there",
                    (*ret)->noun, (*ret)->name, context->host);
                return -EINVAL;
        }
        return r < 0 ? r : 1;
}
