/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/options.h"

#include "basic/number.h"
#include "basic/quote.h"
#include "cli/census.h"
#include "cli/say.h"
#include "cli/verb.h"

#include "config.h"

#include <bytesize/bs_size.h>
#include <errno.h>
#include <getopt.h>
#include <string.h>

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
                        verb_help();
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

        r = verb_choose(argv + optind, (size_t) (argc - optind), context, ret);
        if (r >= 0)
                r = verb_check_options(*ret, given);
        if (r >= 0 && context->host && ((*ret)->options & RUNS_COMMAND)) {
                say("%s %s runs the command on this machine, and %s has LRU caches of its own: run memctl "
                    "there",
                    (*ret)->noun, (*ret)->name, context->host);
                return -EINVAL;
        }
        return r < 0 ? r : 1;
}
