/* SPDX-License-Identifier: GPL-2.0 */
/* Two nodes, the first of which has memory. */
#ifndef SHIM_LINUX_NODEMASK_H
#define SHIM_LINUX_NODEMASK_H

#define MAX_NUMNODES 2
#define N_MEMORY 0
#define node_state(node, state) ((void) (state), (node) == 0)

#endif /* SHIM_LINUX_NODEMASK_H */
