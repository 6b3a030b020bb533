/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Huge pages that are added to the pool: how many are asked of which node, when to compact, when to end, and
 * how many are taken out again. Pure.
 */
#ifndef MEMCTL_PLAN_HUGEPAGES_H
#define MEMCTL_PLAN_HUGEPAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A node, and what the job has done there. All but the first are huge pages. */
struct hugepages_node {
        int node;        /* -1: of a kernel that knows no nodes */
        uint64_t pieces; /* free ones of that size, of the page allocator */
        uint64_t share;  /* still to be asked of it in this round */
        bool dry;        /* it has no more to give in this round, or is not asked */
        uint64_t before; /* its pool, before the job's first write there */
        uint64_t added;  /* by the job, and not taken out again */
        bool written;    /* before is known */
        bool given_up;   /* they cannot be taken out */
};

/*
 * Sets the share of each node that is not dry so that they make up what is missing: as even as can be, and
 * as long as there are free pieces, no more than a node has of them. What is more than all pieces is asked
 * of all alike.
 */
void hugepages_share(struct hugepages_node *nodes, size_t n, uint64_t missing);

/* How many of a share are asked for in one write: few enough that progress is seen, and one where the page
 * allocator has no pieces of that size. */
uint64_t hugepages_step(uint64_t share, uint64_t size_bytes, bool gigantic);

/* How many free pieces there are to be before the pool is written to; below or at pieces: there are. rounds:
 * so many have been over. */
uint64_t hugepages_until(uint64_t missing, uint64_t pieces, unsigned int rounds);

/* What a write that was to bring a pool from one number to another has come to, others' changes left out. */
uint64_t hugepages_changed(uint64_t from, uint64_t to, uint64_t now);

/*
 * How many are to be taken out of a node's pool: what the job has added, and what others have added stays;
 * but never so many that less is left than there was before the job.
 */
uint64_t hugepages_to_take_out(const struct hugepages_node *node, uint64_t now);

/* "2 MiB", "3145729 bytes". Returns ret. */
#define HUGEPAGES_SIZE_TEXT_MAX 32
const char *hugepages_size_text(uint64_t size_bytes, char ret[static HUGEPAGES_SIZE_TEXT_MAX]);

/* Whether a list of nodes as the kernel writes it ("0,2-3") has a node. A list that cannot be read has all.
 */
bool hugepages_list_has(const char *list, int node);

enum hugepages_next {
        HUGEPAGES_REACHED,
        HUGEPAGES_AGAIN, /* look, compact, write */
        HUGEPAGES_OVER,  /* more is not to be had */
};

/* Rounds so far; zeros to begin with. */
struct hugepages_so_far {
        unsigned int rounds;
        uint64_t best; /* the most that was added */
};

/* A round is over. */
enum hugepages_next hugepages_next(uint64_t wanted, uint64_t added, bool gigantic,
                                   struct hugepages_so_far *so_far);

#endif
