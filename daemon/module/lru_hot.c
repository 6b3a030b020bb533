/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/lru_hot.h"

#include "daemon/module/module.h"
#include "daemon/module/wire.h"
#include "uapi/memctl.h"
#include "basic/attr.h"
#include "basic/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of "enabled", the bit of the main switch. */
#define LRU_GEN_MAIN 1UL

static const struct wire_format format = {
        .what = "answer about hot pages",
        .policy =
                (const struct nla_policy[MEMCTL_A_MAX + 1]){
                        [MEMCTL_A_LRU_HOT] = { .type = NLA_UNSPEC,
                                               .minlen = sizeof(uint64_t),
                                               .maxlen = MEMCTL_HOT_MAX / 8 },
                },
        .names = (const char *const[MEMCTL_A_MAX + 1]){ [MEMCTL_A_LRU_HOT] = "bits" },
        .max = MEMCTL_A_MAX,
};

bool lru_gen_is_on(const struct tree *tree)
{
        char text[32], *end;
        unsigned long bits;

        if (attr_read(tree->root_fd, "sys/kernel/mm/lru_gen/enabled", text, sizeof(text)) < 0)
                return false;
        bits = strtoul(text, &end, 16);
        return *end || (bits & LRU_GEN_MAIN); /* what cannot be read is no reason to trust the flags */
}

int lru_hot_parse(struct nlmsghdr *header, uint64_t *words, size_t n_words, char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];
        int r;

        r = wire_read_message(&format, header, attributes, message);
        if (r < 0)
                return r;
        if ((size_t) nla_len(attributes[MEMCTL_A_LRU_HOT]) != n_words * sizeof(*words))
                return fail(message, -EBADMSG, "memctl.ko: it tells of other pages than it was asked about");
        memcpy(words, nla_data(attributes[MEMCTL_A_LRU_HOT]), n_words * sizeof(*words));
        return 0;
}

struct range {
        uint64_t start, end;
        uint64_t *words;
};

static int fill(struct nl_msg *m, const void *userdata)
{
        const struct range *range = userdata;

        return nla_put_u64(m, MEMCTL_A_START_PFN, range->start) < 0 ||
                               nla_put_u64(m, MEMCTL_A_END_PFN, range->end) < 0
                       ? -ENOMEM
                       : 0;
}

static int on_answer(struct nlmsghdr *header, void *userdata, char **message)
{
        const struct range *range = userdata;

        return lru_hot_parse(header, range->words, (size_t) ((range->end - range->start) / PAGE_BITS_EACH),
                             message);
}

int lru_hot_read(const struct tree *tree, uint64_t start, uint64_t end, struct page_bits *ret,
                 char **message)
{
        _cleanup_(page_bits_clear) struct page_bits bits = { 0 };
        int r;

        r = page_bits_init(&bits, start, end);
        for (uint64_t pfn = start; r >= 0 && pfn < end; pfn += MEMCTL_HOT_MAX) {
                struct range range = {
                        .start = pfn,
                        .end = end - pfn < MEMCTL_HOT_MAX ? end : pfn + MEMCTL_HOT_MAX,
                        .words = bits.words + (pfn - start) / PAGE_BITS_EACH,
                };
                const struct netlink_question question = {
                        .command = MEMCTL_C_LRU_HOT,
                        .fill = fill,
                        .fill_userdata = &range,
                        .answer = on_answer,
                        .answer_userdata = &range,
                        .single = "which pages are hot",
                };

                r = module_ask(tree, &question, message);
                if (r == -EOPNOTSUPP) { /* no such question is known there */
                        free(*message);
                        *message = NULL;
                        r = 0;
                }
                if (r == 0)
                        return 0;
        }
        if (r < 0)
                return r;
        *ret = bits;
        bits = (struct page_bits){ 0 };
        return 1;
}
