// SPDX-License-Identifier: GPL-2.0
#include <linux/cpuset.h>
#include <linux/nodemask.h>
#include <linux/sched/signal.h>

#include "contig/request.h"

bool memctl_request_is_over(const struct memctl_contig_request *request)
{
	bool signal = request->patient ? fatal_signal_pending(current) : signal_pending(current);

	return signal || (request->stop && request->stop());
}

bool memctl_request_has_node(const struct memctl_contig_request *request, int node)
{
	return (request->node == NUMA_NO_NODE || request->node == node) &&
	       node_isset(node, cpuset_current_mems_allowed);
}

bool memctl_request_excludes(const struct memctl_contig_request *request, unsigned long start,
			     unsigned long end)
{
	unsigned int i;

	for (i = 0; i < request->nr_exclude; i++) {
		if (start < request->exclude[i].end && end > request->exclude[i].start)
			return true;
	}
	return false;
}
