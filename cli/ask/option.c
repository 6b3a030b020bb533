/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/option.h"

#include "cli/ask/argument.h"

#include <string.h>

#define FIELD(field) .offset = offsetof(struct context, field)
#define JOB(id)      .of_job = true, .job = JOB_OPTION_##id
#define BY(kind)     .completed_by = COMPLETED_BY_##kind
#define NODE_VALUE   "N", "the number of a NUMA node"

static const char *const json_words[] = { "pretty", "short", "off", NULL };
static const char *const by_words[] = { "owner", "block", "node", "order", NULL };

static const struct cli_option rows[_OPTION_MAX] = {
        [OPTION_JSON] = { "json", 'J', KIND_JSON, "[=pretty|short|off]", "pretty, short or off",
                          "JSON instead of tables, an error as {\"error\":...}; docs/json.md has the keys",
                          json_words, FIELD(output), BY(WORDS) },
        [OPTION_HOST] = { "host", 'H', KIND_TEXT, "[USER@]HOST", "[USER@]HOST",
                          "ask memctld on another host, over ssh", FIELD(host), BY(HOSTS) },
        [OPTION_ROOT] = { "root", 0, KIND_TEXT, "DIR", "the name of a directory",
                          "read the tree below DIR, with a memctld of its own", FIELD(root),
                          BY(DIRECTORIES) },
        [OPTION_QUIET] = { "quiet", 'q', KIND_FLAG, NULL, NULL,
                           "no progress, no notes, and no line that says that all went well", FIELD(quiet) },
        [OPTION_NO_PAGER] = { "no-pager", 0, KIND_FLAG, NULL, NULL, "no pager, on a terminal either",
                              FIELD(no_pager) },
        [OPTION_NO_ASK_PASSWORD] = { "no-ask-password", 0, KIND_FLAG, NULL, NULL,
                                     "ask nobody for a password: what needs one is refused",
                                     FIELD(no_ask_password) },
        [OPTION_HELP] = { "help", 'h', KIND_HELP, NULL, NULL, "this; with a verb, its own options" },
        [OPTION_VERSION] = { "version", 0, KIND_VERSION, NULL, NULL, "the version of memctl" },
        [OPTION_OUTPUT] = { "output", 'o', KIND_TEXT, "COLUMNS", "columns, separated by commas",
                            "these columns, in this order; +COLUMN adds one to the usual ones; with --json, "
                            "these keys",
                            FIELD(columns), BY(COLUMNS) },
        [OPTION_NO_HEADINGS] = { "noheadings", 'n', KIND_FLAG, NULL, NULL, "no line of headings",
                                 FIELD(no_headings) },
        [OPTION_BYTES] = { "bytes", 'b', KIND_FLAG, NULL, NULL, "sizes in bytes", FIELD(bytes) },
        [OPTION_NO_BLOCK] = { "no-block", 0, KIND_FLAG, NULL, NULL,
                              "start the job, print its number, and do not wait for its end",
                              FIELD(no_block) },
        [OPTION_FAILING] = { "failing", 0, KIND_FLAG, NULL, NULL,
                             "only DIMMs of which the kernel counted errors", FIELD(failing) },
        [OPTION_SIZE] = { "size", 0, KIND_SIZE, "SIZE",
                          "an amount of memory above 0, like 4G, 512MiB or 1073741824",
                          "this much memory, blocks of memctl's choice; hugepages: of each page",
                          FIELD(size) },
        [OPTION_NODE] = { "node", 0, KIND_NODE, NODE_VALUE, "of this NUMA node; block offline: with --size",
                          FIELD(node), BY(NODES) },
        [OPTION_BY] = { "by", 0, KIND_WORD, "owner|block|node|order", "owner, block, node or order",
                        "what pages are added up by; owner is the default", by_words, FIELD(by), BY(WORDS) },
        [OPTION_SVG] = { "svg", 0, KIND_TEXT, "FILE", "the name of a file",
                         "write the picture there, as SVG", FIELD(svg), BY(FILES) },
        [OPTION_NO_COLOR] = { "no-color", 0, KIND_FLAG, NULL, NULL, "no colours, on a terminal either",
                              FIELD(no_color) },
        [OPTION_WATCH] = { "watch", 0, KIND_FLAG, NULL, NULL,
                           "again and again, once a second, until Ctrl-C; list shows rates, too",
                           FIELD(watch) },
        [OPTION_TIMEOUT] = { "timeout", 0, KIND_SECONDS, "SECONDS",
                             "a number of seconds above 0 and up to 604800 (a week), like 90 or 2.5",
                             "put everything back when it takes longer; compact: end then; hold: the "
                             "lease's end",
                             JOB(TIMEOUT) },
        [OPTION_EJECT] = { "eject", 0, KIND_FLAG, NULL, NULL, "eject the DIMM once it is offline",
                           JOB(EJECT) },
        [OPTION_FORCE] = { "force", 0, KIND_FLAG, NULL, NULL,
                           "try in spite of pages that do not move, and of drivers that manage the memory",
                           JOB(FORCE) },
        [OPTION_CACHE] = { "cache", 0, KIND_WORD, "auto|drop|keep", "auto, drop or keep",
                           "clean page cache: drop gives it back, keep moves it, and auto, the default, "
                           "drops "
                           "what is cold",
                           JOB(CACHE), BY(WORDS) },
        [OPTION_PARTIAL] = { "partial", 0, KIND_FLAG, NULL, NULL,
                             "keep what went offline, or the huge pages that came, should the rest not",
                             JOB(PARTIAL) },
        [OPTION_STUCK] = { "stuck", 0, KIND_WORD, "roll-back|skip|wait", "roll-back, skip or wait",
                           "what to do about a block that does not get empty: put everything back, the "
                           "default; "
                           "try it again after the others; or try on until --timeout or Ctrl-C",
                           JOB(STUCK), BY(WORDS) },
        [OPTION_MAX_PAUSE] = { "max-pause", 0, KIND_PAUSE, "TIME",
                               "a time from 1ms to 10s, like 5ms, 1500us or 0.5s",
                               "no step of moving takes longer: 5ms, 0.5s", JOB(MAX_PAUSE) },
        [OPTION_RATE] = { "rate", 0, KIND_RATE, "SIZE",
                          "an amount of memory a second, at least 1MiB, like 100M or 1GiB/s",
                          "no more than that is moved a second, on average: 100M", JOB(RATE) },
        [OPTION_TO_NODE] = { "to-node", 0, KIND_NODE, NODE_VALUE, "move to this NUMA node only",
                             JOB(TO_NODE), BY(NODES) },
        [OPTION_SWAP] = { "swap", 0, KIND_FLAG, NULL, NULL, "count free swap as room", JOB(SWAP) },
        [OPTION_RESUME] = { "resume", 0, KIND_FLAG, NULL, NULL,
                            "should memctld die, the next one goes on with the job; without it, it puts "
                            "everything back",
                            JOB(RESUME) },
        [OPTION_ZONE] = { "zone", 0, KIND_WORD, "movable|kernel", "movable or kernel",
                          "where to bring memory online; movable is the default", JOB(ZONE), BY(WORDS) },
        [OPTION_NAME] = { "name", 0, KIND_TEXT, "NAME", "a name",
                          "reserve by this name, until cma release NAME", FIELD(name) },
        [OPTION_ALIGN] = { "align", 0, KIND_SIZE, "SIZE",
                           "an amount of memory, a power of two, like 64K or 2M",
                           "at an address that is a multiple of this: 64K, 2M; a page is the default",
                           FIELD(align) },
        [OPTION_MOVABLE] = { "movable", 0, KIND_FLAG, NULL, NULL, "only from zone Movable", FIELD(movable) },
        [OPTION_FROM] = { "from", 0, KIND_TEXT, "DIR", "the name of a directory",
                          "what the files DIR/*.conf ask for, each by its name, unless it is held already",
                          FIELD(from), BY(DIRECTORIES) },
        [OPTION_APPLY] = { "apply", 0, KIND_FLAG, NULL, NULL,
                           "write the setting for the boot loader, keeping what was there", FIELD(apply) },
        [OPTION_REVERT] = { "revert", 0, KIND_FLAG, NULL, NULL,
                            "bring back what was there before --apply, byte for byte", FIELD(revert) },
        [OPTION_ORDER] = { "order", 0, KIND_COUNT, "ORDER", "an order of the page allocator, from 0 on",
                           "pieces of 2^ORDER pages, as in /proc/buddyinfo; those of a huge page are the "
                           "default",
                           JOB(ORDER) },
        [OPTION_UNTIL] = { "until", 0, KIND_COUNT, "COUNT", "a number of pieces above 0",
                           "until so many are free; else as many as can be", JOB(UNTIL) },
        [OPTION_RUN] = { "run", 0, KIND_FLAG, NULL, NULL,
                         "try it now, as root: it takes minutes, says first what it will do to the machine, "
                         "and puts all of it back; else the last result is shown",
                         FIELD(run) },
        [OPTION_TEXTFILE] = { "textfile", 0, KIND_TEXT, "FILE", "the name of a file",
                              "write them there, for node_exporter's textfile collector", FIELD(textfile),
                              BY(FILES) },
        [OPTION_HTML] = { "html", 0, KIND_TEXT, "FILE", "the name of a file, or - for stdout",
                          "write the report there, as one page of HTML", FIELD(html), BY(FILES) },
        [OPTION_BUNDLE] = { "bundle", 0, KIND_TEXT, "FILE", "the name of a file, or - for stdout",
                            "write a tree for --root there, as a tar archive compressed by zstd",
                            FIELD(bundle), BY(FILES) },
        [OPTION_RULE] = { "rule", 0, KIND_TEXT, "NAME", "the name of a rule",
                          "of this rule; one that is not there is made", FIELD(rule) },
};

const struct cli_option *option_row(enum option_id id)
{
        return &rows[id];
}

bool option_takes_value(const struct cli_option *row)
{
        return row->value && row->kind != KIND_JSON;
}

const char *const *option_words(const struct cli_option *row)
{
        return row->of_job ? job_option(row->job)->words : row->words;
}

uint64_t options_of_set(enum option_set set)
{
        uint64_t options = 0;

        for (enum option_id id = 0; id < _OPTION_MAX; id++)
                if (rows[id].of_job && job_option_find(set, job_option(rows[id].job)->key))
                        options |= UINT64_C(1) << id;
        return options;
}

static bool take_json(const char *value, enum output *ret)
{
        if (!value || strcmp(value, "pretty") == 0)
                *ret = OUTPUT_JSON_PRETTY;
        else if (strcmp(value, "short") == 0)
                *ret = OUTPUT_JSON_SHORT;
        else if (strcmp(value, "off") == 0)
                *ret = OUTPUT_TEXT;
        else
                return false;
        return true;
}

static bool take_word(const struct cli_option *row, const char *value, const char **ret)
{
        for (size_t i = 0; row->words[i]; i++)
                if (strcmp(row->words[i], value) == 0) {
                        *ret = row->words[i];
                        return true;
                }
        return false;
}

static bool read_number(enum option_kind kind, const char *value, uint64_t *ret)
{
        int node;

        switch (kind) {
        case KIND_SECONDS:
                return argument_seconds(value, ret);
        case KIND_PAUSE:
                return argument_pause(value, ret);
        case KIND_SIZE:
                return argument_size(value, ret);
        case KIND_RATE:
                return argument_rate(value, ret);
        case KIND_COUNT:
                return argument_count(value, ret);
        default:
                if (!argument_node(value, &node))
                        return false;
                *ret = (uint64_t) node;
                return true;
        }
}

static bool take_of_job(const struct cli_option *row, const char *value, struct context *context)
{
        const struct job_option *option = job_option(row->job);
        uint64_t number = 1;

        if (row->kind == KIND_WORD) {
                int word = job_option_word(option, value);

                if (word < 0)
                        return false;
                number = (uint64_t) word;
        } else if (row->kind != KIND_FLAG && !read_number(row->kind, value, &number))
                return false;
        if (number > INT64_MAX || !job_option_set(option, &context->job, (int64_t) number))
                return false;
        context->given |= 1U << row->job;
        return true;
}

bool option_take(enum option_id id, const char *value, struct context *context)
{
        const struct cli_option *row = &rows[id];
        void *field = (char *) context + row->offset;
        uint64_t number;

        if (row->of_job)
                return take_of_job(row, value, context);
        switch (row->kind) {
        case KIND_FLAG:
                *(bool *) field = true;
                return true;
        case KIND_TEXT:
                *(const char **) field = value;
                return *value != '\0';
        case KIND_WORD:
                return take_word(row, value, field);
        case KIND_NODE:
                return argument_node(value, field);
        case KIND_JSON:
                return take_json(value, field);
        case KIND_HELP:
        case KIND_VERSION:
                return true;
        default:
                if (!read_number(row->kind, value, &number))
                        return false;
                *(uint64_t *) field = number;
                return true;
        }
}
