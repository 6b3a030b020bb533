/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kinds of pages that are probed, as a table. A kind says how a sample is made; it is gone with the
 * process that made it, and what it changes on the machine is put back by setting.h.
 */
#ifndef MEMCTL_MATRIX_CELL_KIND_H
#define MEMCTL_MATRIX_CELL_KIND_H

#include "matrix/cell/sample.h"

/* Of the kernel or a driver: hard poison would not be survived, or not be put back. */
#define KIND_KERNEL (1U << 0)
/* Large enough that a lost one is felt. */
#define KIND_GIGANTIC (1U << 1)
/* Which pages they are is known but for a piece of memory: find() tells pieces. */
#define KIND_PIECES (1U << 2)
/* Never in zone Movable. */
#define KIND_LOW (1U << 3)

struct kind {
        char name[24];
        const char *what;    /* one line, for docs and people */
        unsigned int traits; /* KIND_* */
        unsigned int order;  /* of its folios, where it has one */

        /* Settings for all its samples, by the process that outlives them; NULL: none. As make(). */
        int (*prepare)(struct sample *sample);

        /*
         * 0; -EOPNOTSUPP: this kernel has no such pages; or -errno; with sample->note. Everything of sample
         * but its kind may be set; its sizes are those of SAMPLE_SIZE.
         */
        int (*make)(struct sample *sample);

        /*
         * Where /proc/self/pagemap does not tell where they are: all such pages of the machine, ascending,
         * as sample->pfns are numbered. To be freed. 0 or -errno.
         */
        int (*find)(const struct sample *sample, uint64_t **ret, size_t *ret_n);

        /* Whether the content is what it was, where nobody maps it; NULL: that cannot be told. */
        bool (*intact)(const struct sample *sample);
};

/* All of this kernel: those of the table, and one for each size of mTHP; the last has no name. */
const struct kind *kinds(void);

extern const struct kind kind_anon, kind_mlocked, kind_thp, kind_mthp; /* anon.c */
extern const struct kind kind_file_private, kind_file_shared, kind_file_private_large,
        kind_file_shared_large;                               /* file.c */
extern const struct kind kind_tmpfs, kind_shmem_thp;          /* shmem.c */
extern const struct kind kind_ksm;                            /* ksm.c */
extern const struct kind kind_hugetlb_2m, kind_hugetlb_1g;    /* hugetlb.c */
extern const struct kind kind_pinned_short, kind_pinned_long; /* pinned.c */
extern const struct kind kind_io_uring;                       /* pinned.c */
extern const struct kind kind_secretmem;                      /* secretmem.c */
extern const struct kind kind_page_tables;                    /* page_tables.c */
extern const struct kind kind_zsmalloc, kind_balloon;         /* driver.c */
extern const struct kind kind_memctl_heap, kind_dma_buf;      /* device.c */
extern const struct kind kind_fuse_dirty;                     /* fuse.c */

#endif
