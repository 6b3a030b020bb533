/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints are inline functions already: see linux/tracepoint.h. */
