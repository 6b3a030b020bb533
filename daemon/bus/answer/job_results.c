/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/answer/job_results.h"

#include "daemon/bus/value/reasons.h"

/* How many there are of those asked for. */
static size_t clip(size_t total, size_t first, size_t n)
{
        return first >= total ? 0 : total - first < n ? total - first : n;
}

int job_append_reasons(sd_bus_message *m, const struct job *job, size_t first, size_t n,
                       enum reason_detail detail)
{
        n = clip(job->reasons.n_items, first, n);
        return request_append_reasons(m, n > 0 ? &job->reasons.items[first] : NULL, n, detail);
}

int job_append_results(sd_bus_message *m, const struct job *job, size_t first, size_t n)
{
        int r;

        n = clip(job->n_records, first, n);
        r = sd_bus_message_open_container(m, 'a', "(us)");
        for (size_t i = first; r >= 0 && i < first + n; i++)
                r = sd_bus_message_append(m, "(us)", job->records[i].block,
                                          job_record_name(job->records[i].kind));
        return r < 0 ? r : sd_bus_message_close_container(m);
}
