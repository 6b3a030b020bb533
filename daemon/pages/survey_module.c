/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The survey by memctl.ko: MEMCTL_C_SURVEY, a block a question.
 */
#include "daemon/pages/survey_fill.h"

#include "daemon/module/module.h"
#include "daemon/module/wire.h"
#include "basic/message.h"

#include <errno.h>
#include <string.h>

static const struct wire_format message_format = {
        .what = "answer to a survey",
        .policy = (const struct nla_policy[MEMCTL_A_MAX + 1]){ [MEMCTL_A_SURVEY] = WIRE_NEST },
        .names = (const char *const[MEMCTL_A_MAX + 1]){ [MEMCTL_A_SURVEY] = "survey" },
        .max = MEMCTL_A_MAX,
};

static const struct wire_format survey_format = {
        .what = "survey",
        .policy =
                (const struct nla_policy[MEMCTL_S_MAX + 1]){
                        [MEMCTL_S_START_PFN] = WIRE_U64,
                        [MEMCTL_S_END_PFN] = WIRE_U64,
                        [MEMCTL_S_ABSENT] = WIRE_U64,
                        [MEMCTL_S_COUNT] = WIRE_NEST,
                        [MEMCTL_S_KEEPER] = WIRE_NEST,
                },
        .names =
                (const char *const[MEMCTL_S_MAX + 1]){
                        [MEMCTL_S_START_PFN] = "first pfn",
                        [MEMCTL_S_END_PFN] = "last pfn",
                        [MEMCTL_S_ABSENT] = "absent",
                        [MEMCTL_S_COUNT] = "count",
                        [MEMCTL_S_KEEPER] = "keeper",
                },
        .max = MEMCTL_S_MAX,
        .repeated = WIRE_BIT(MEMCTL_S_COUNT) | WIRE_BIT(MEMCTL_S_KEEPER),
};

static const struct wire_format count_format = {
        .what = "count of a survey",
        .policy =
                (const struct nla_policy[MEMCTL_N_MAX + 1]){
                        [MEMCTL_N_CLASS] = WIRE_U32,
                        [MEMCTL_N_ORDER] = WIRE_U32,
                        [MEMCTL_N_OWNER] = WIRE_STRING(MEMCTL_OWNER_MAX + 1),
                        [MEMCTL_N_PAGES] = WIRE_U64,
                },
        .names =
                (const char *const[MEMCTL_N_MAX + 1]){
                        [MEMCTL_N_CLASS] = "class",
                        [MEMCTL_N_ORDER] = "order",
                        [MEMCTL_N_OWNER] = "owner",
                        [MEMCTL_N_PAGES] = "pages",
                },
        .max = MEMCTL_N_MAX,
        .optional = WIRE_BIT(MEMCTL_N_OWNER),
};

static const struct wire_format keeper_format = {
        .what = "keeper of a survey",
        .policy =
                (const struct nla_policy[MEMCTL_K_MAX + 1]){
                        [MEMCTL_K_PFN] = WIRE_U64,
                        [MEMCTL_K_PAGES] = WIRE_U64,
                        [MEMCTL_K_CLASS] = WIRE_U32,
                        [MEMCTL_K_OWNER] = WIRE_STRING(MEMCTL_OWNER_MAX + 1),
                },
        .names =
                (const char *const[MEMCTL_K_MAX + 1]){
                        [MEMCTL_K_PFN] = "pfn",
                        [MEMCTL_K_PAGES] = "pages",
                        [MEMCTL_K_CLASS] = "class",
                        [MEMCTL_K_OWNER] = "owner",
                },
        .max = MEMCTL_K_MAX,
        .optional = WIRE_BIT(MEMCTL_K_OWNER),
};

static int not_possible(char **message, const struct survey_answer *answer, const char *what)
{
        return fail(message, -EBADMSG, "memctl.ko: survey of block %u: %s", answer->number, what);
}

/* A word for the class, or the owner's name in buf; NULL where there is none. -EBADMSG or 0. */
static int read_owner(const struct nlattr *attribute, char buf[static MEMCTL_OWNER_MAX + 1],
                      const char **ret, char **message)
{
        int r;

        *ret = NULL;
        if (!attribute)
                return 0;
        r = wire_copy_string(buf, MEMCTL_OWNER_MAX + 1, attribute, "owner of pages", message);
        if (r >= 0)
                *ret = buf;
        return r;
}

static int read_class(const struct survey_answer *answer, const struct nlattr *attribute, uint8_t *ret,
                      char **message)
{
        uint32_t class = nla_get_u32(attribute);

        if (class == MEMCTL_CLASS_UNSPEC || class > MEMCTL_CLASS_MAX)
                return fail(message, -EBADMSG, "memctl.ko: survey of block %u: %u is no class of pages",
                            answer->number, class);
        *ret = (uint8_t) class;
        return 0;
}

/* More owners or counts than there can be is as bad as any other nonsense. */
static int too_many(int error, const struct survey_answer *answer, char **message)
{
        return error == -E2BIG ? not_possible(message, answer, "more owners or counts than there can be")
                               : error;
}

static int take_pages(struct survey_answer *answer, uint64_t pages, char **message)
{
        if (pages > answer->end_pfn - answer->start_pfn - answer->pages)
                return not_possible(message, answer, "more pages than the block has");
        answer->pages += pages;
        return 0;
}

static int read_count(struct survey_answer *answer, struct nlattr *nest, char **message)
{
        struct nlattr *attributes[MEMCTL_N_MAX + 1];
        struct survey_count count = { .block = answer->number };
        char name[MEMCTL_OWNER_MAX + 1];
        const char *owner;
        uint32_t order;
        int r;

        r = wire_read_nest(&count_format, nest, attributes, message);
        if (r >= 0)
                r = read_class(answer, attributes[MEMCTL_N_CLASS], &count.class, message);
        if (r >= 0)
                r = read_owner(attributes[MEMCTL_N_OWNER], name, &owner, message);
        if (r < 0)
                return r;
        order = nla_get_u32(attributes[MEMCTL_N_ORDER]);
        if (order >= 64)
                return fail(message, -EBADMSG, "memctl.ko: survey of block %u: %u is no order of pages",
                            answer->number, order);
        count.order = (uint8_t) order;
        count.pages = nla_get_u64(attributes[MEMCTL_N_PAGES]);
        r = take_pages(answer, count.pages, message);
        if (r < 0 || count.pages == 0)
                return r;
        return too_many(survey_add_count(answer->survey, answer->first_count, &count, owner), answer,
                        message);
}

static int read_keeper(struct survey_answer *answer, struct nlattr *nest, char **message)
{
        struct nlattr *attributes[MEMCTL_K_MAX + 1];
        struct survey_keeper keeper = { .block = answer->number };
        char name[MEMCTL_OWNER_MAX + 1];
        const char *owner;
        int r;

        r = wire_read_nest(&keeper_format, nest, attributes, message);
        if (r >= 0)
                r = read_class(answer, attributes[MEMCTL_K_CLASS], &keeper.class, message);
        if (r >= 0)
                r = read_owner(attributes[MEMCTL_K_OWNER], name, &owner, message);
        if (r < 0)
                return r;
        keeper.pfn = nla_get_u64(attributes[MEMCTL_K_PFN]);
        keeper.pages = nla_get_u64(attributes[MEMCTL_K_PAGES]);
        if (keeper.pfn < answer->keepers_from || keeper.pfn >= answer->end_pfn || keeper.pages == 0 ||
            keeper.pages > answer->end_pfn - keeper.pfn)
                return not_possible(message, answer, "pages that keep it are outside it, or not ascending");
        answer->keepers_from = keeper.pfn + keeper.pages;
        if (answer->n_keepers++ == MEMCTL_KEEPERS_MAX)
                return not_possible(message, answer, "more pages that keep it than were asked for");
        return too_many(survey_add_keeper(answer->survey, &keeper, owner), answer, message);
}

int survey_parse(struct nlmsghdr *header, struct survey_answer *answer, char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1], *figures[MEMCTL_S_MAX + 1], *nest, *item = NULL;
        int r;

        r = wire_read_message(&message_format, header, attributes, message);
        if (r < 0)
                return r;
        nest = attributes[MEMCTL_A_SURVEY];
        r = wire_read_nest(&survey_format, nest, figures, message);
        if (r < 0)
                return r;
        if (nla_get_u64(figures[MEMCTL_S_START_PFN]) < answer->start_pfn ||
            nla_get_u64(figures[MEMCTL_S_END_PFN]) > answer->end_pfn ||
            nla_get_u64(figures[MEMCTL_S_START_PFN]) >= nla_get_u64(figures[MEMCTL_S_END_PFN]))
                return not_possible(message, answer, "an answer about other pages");
        r = take_pages(answer, nla_get_u64(figures[MEMCTL_S_ABSENT]), message);
        while (r >= 0 && (item = wire_next(nest, MEMCTL_S_COUNT, item)))
                r = read_count(answer, item, message);
        while (r >= 0 && (item = wire_next(nest, MEMCTL_S_KEEPER, item)))
                r = read_keeper(answer, item, message);
        return r;
}

static int on_survey(struct nlmsghdr *header, void *userdata, char **message)
{
        return survey_parse(header, userdata, message);
}

static int fill_range(struct nl_msg *m, const void *userdata)
{
        const struct survey_answer *answer = userdata;
        int r;

        r = nla_put_u64(m, MEMCTL_A_START_PFN, answer->start_pfn);
        return r < 0 ? r : nla_put_u64(m, MEMCTL_A_END_PFN, answer->end_pfn);
}

int survey_read_module(struct survey *survey, struct tree *tree, uint64_t block_size, uint32_t number,
                       char **message)
{
        uint64_t pages = block_size / tree->page_size;
        struct survey_answer answer = {
                .survey = survey,
                .number = number,
                .start_pfn = number * pages,
                .end_pfn = (number + UINT64_C(1)) * pages,
                .keepers_from = number * pages,
                .first_count = survey->n_counts,
        };
        const struct netlink_question question = {
                .command = MEMCTL_C_SURVEY,
                .dump = true,
                .fill = fill_range,
                .fill_userdata = &answer,
                .answer = on_survey,
                .answer_userdata = &answer,
        };
        int r;

        r = module_ask(tree, &question, message);
        if (r == 0)
                return survey->source == SURVEY_MODULE
                               ? fail(message, -ENODATA, "memctl.ko was unloaded during the survey")
                               : -ENODATA;
        return r < 0 ? r : 0;
}
