/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dma-bufs, buffers that drivers share: who has them open (proc/PID/fdinfo), and which devices are attached
 * to them (sys/kernel/debug/dma_buf/bufinfo). Their names and exporters are what others chose.
 */
#ifndef MEMCTL_PAGES_DMABUF_H
#define MEMCTL_PAGES_DMABUF_H

#include "daemon/core/packet.h"
#include "daemon/machine/tree.h"
#include "daemon/module/cma_figures.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DMABUFS_MAX          4096
#define DMABUF_PIDS_MAX      16
#define DMABUF_DEVICES_MAX   8
#define DMABUF_PROCESSES_MAX 1024

/* No allocation is known to be its memory. */
#define DMABUF_NO_HOLDER SIZE_MAX

struct dmabuf {
        uint64_t inode;                 /* tells one from the other */
        uint64_t size;                  /* bytes */
        uint64_t count;                 /* references; UINT64_MAX: not told */
        char exporter[32];              /* "reserved": that heap; or a driver; "": not told */
        char name[33];                  /* "": none */
        uint32_t pids[DMABUF_PIDS_MAX]; /* who has it open, ascending as found, each once */
        size_t n_pids;
        char devices[DMABUF_DEVICES_MAX][48];
        size_t n_devices;
        size_t holder; /* of the allocations, the one that is its memory, as far as that can be told */
};

struct dmabuf_process {
        uint32_t pid;
        char command[20];
};

struct dmabuf_list {
        struct dmabuf *items; /* ascending by inode */
        size_t n, size;
        struct dmabuf_process *processes; /* those in pids; ascending */
        size_t n_processes;
        bool complete; /* all processes could be looked into, in time, and all is in here */
};

/*
 * Looks into all processes, no longer than usec (microseconds); in a helper, which is told of each. 0 or
 * -ENOMEM.
 */
int dmabuf_read_users(const struct tree *tree, uint64_t usec, struct dmabuf_list *list);

/*
 * Adds what bufinfo tells; the kernel locks each buffer for it, and may be slow. 1; 0: there is no such
 * file, or none that may be read; -ENOMEM.
 */
int dmabuf_read_info(const struct tree *tree, struct dmabuf_list *list);

/* The text of a bufinfo file; of fdinfo, for that process. 0 or -ENOMEM; what is none of that is passed
 * over. */
int dmabuf_parse_info(const char *text, struct dmabuf_list *list);
int dmabuf_parse_fdinfo(const char *text, uint32_t pid, struct dmabuf_list *list);

/*
 * Finds which allocation is which buffer's memory: both have the same size, and the process that allocated
 * has the buffer open; or the buffer is of the area's own heap. The kernel does not tell, so only where
 * there are as many allocations as buffers of a size: then the oldest allocation is the first buffer's.
 */
void dmabuf_match(struct dmabuf_list *list, const struct module_cma_holders *holders, const char *area,
                  uint64_t page_size);

void dmabuf_clear(struct dmabuf_list *list);
void dmabuf_put(struct packet *packet, const struct dmabuf_list *list);
void dmabuf_get(struct packet_reader *reader, struct dmabuf_list *ret);

#endif
