/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the job has added to which node's pool, and the writes by which that changes.
 */
#include "basic/saturated.h"
#include "daemon/core/crash.h"
#include "daemon/operation/hugepages/hugepages.h"

#include <stdlib.h>

struct hugepages_node *hugepages_node(struct hugepages *self, int node)
{
        struct hugepages_node *nodes;

        for (size_t i = 0; i < self->n_nodes; i++)
                if (self->nodes[i].node == node)
                        return &self->nodes[i];
        nodes = reallocarray(self->nodes, self->n_nodes + 1, sizeof(*nodes));
        if (!nodes)
                return NULL;
        self->nodes = nodes;
        nodes[self->n_nodes] = (struct hugepages_node){ .node = node };
        return &nodes[self->n_nodes++];
}

uint64_t hugepages_added(const struct hugepages *self)
{
        uint64_t added = 0;

        for (size_t i = 0; i < self->n_nodes; i++)
                added = add_saturated(added, self->nodes[i].added);
        return added;
}

int hugepages_begin_write(struct hugepages *self)
{
        int node = self->nodes[self->at].node, r;

        r = journal_mark_pool(self->journal, node, self->from, self->to);
        if (r < 0 && !self->rolling_back)
                return r; /* on the way back, what is in the pool is looked at again */
        crash_at(CRASH_POOL);
        return pool_write_start(self->write, node, self->to);
}

void hugepages_tell_cpu(struct hugepages *self)
{
        job_set_figure(self->job, FIGURE_CPU_USEC, self->cpu_usec + pool_write_cpu_usec(self->write));
}

uint64_t hugepages_end_write(struct hugepages *self)
{
        int node = self->nodes[self->at].node;
        struct huge_pool_counts counts = { .persistent = self->from };

        crash_at(CRASH_POOLED);
        hugepages_tell_cpu(self);
        (void) huge_pool_count(self->machine->tree, self->wish.size, node, &counts);
        /* without this line the next one about the node says it, or who reads it looks */
        (void) journal_mark_pooled(self->journal, node, counts.persistent);
        return hugepages_changed(self->from, self->to, counts.persistent);
}
