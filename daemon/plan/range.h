/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which blocks a person means. Pure: text and a snapshot in, block numbers out.
 */
#ifndef MEMCTL_PLAN_RANGE_H
#define MEMCTL_PLAN_RANGE_H

#include "daemon/machine/snapshot.h"

struct block_set {
        uint32_t *numbers; /* ascending, each once */
        size_t n_numbers;
};

void block_set_clear(struct block_set *set);
int block_set_copy(const struct block_set *set, struct block_set *ret); /* 0 or -ENOMEM */
/* Whether a block is in both; *ret is the first one. */
bool block_set_share(const struct block_set *a, const struct block_set *b, uint32_t *ret);

/* The grammar, for messages and help. */
#define RANGE_FORMS                                                                                         \
        "a block number (32), a range of blocks (32-39) or of addresses (0x100000000-0x13fffffff, "         \
        "whole blocks, last byte included), several of these separated by commas"

/*
 * Parses each of n texts by the grammar above ("memory32" is taken for 32) and looks the blocks up. Fails
 * with *message naming the text, and an empty set: -EINVAL for another form, a range backwards, an address
 * that is not on a block's border, a block named twice, no text at all; -ENOENT for a block the machine
 * does not have (the first of them is named).
 */
int block_set_parse(const struct snapshot *snapshot, const char *const *texts, size_t n,
                    struct block_set *ret, char **message);

#endif
