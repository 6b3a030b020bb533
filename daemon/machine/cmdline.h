/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's command line, split as the kernel splits it, and what it says of CMA. Pure; the text may be
 * anybody's.
 */
#ifndef MEMCTL_MACHINE_CMDLINE_H
#define MEMCTL_MACHINE_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest command line that a kernel takes, in bytes, with its NUL: x86 and arm64 have this one. */
#define CMDLINE_MAX 2048

/* One parameter, as offsets into the text: quotes are in it. */
struct cmdline_word {
        size_t start, end; /* end is behind its last byte */
        size_t name_end;   /* behind its name; the name begins at start, or behind a quote there */
        bool quoted;       /* it begins with a quote */
        bool has_value;
        bool open; /* a quote in it is not closed: the kernel takes all that follows as quoted */
};

/* The next word from *at on, which is moved behind it. Blanks within double quotes do not end one. False:
 * there is none. */
bool cmdline_next(const char *text, size_t size, size_t *at, struct cmdline_word *ret);

/* Whether the word has that name; "-" and "_" are the same, as they are for the kernel. */
bool cmdline_word_is(const char *text, const struct cmdline_word *word, const char *name);

/* Whether it is "--", behind which all is for init. */
bool cmdline_word_ends(const char *text, const struct cmdline_word *word);

/*
 * A size as the kernel reads it: decimal, 0x, or octal, with K, M, G, T, P or E behind it; *end (if wanted)
 * is where it stopped. False: no digit was there, or it is too much for 64 bits.
 */
bool cmdline_size(const char *text, const char **end, uint64_t *ret);

/* cma=SIZE[@START[-END]] */
struct cmdline_area {
        bool given;     /* it is there; the last one counts */
        bool malformed; /* no size is read from it, or something is left behind it */
        char text[64];  /* its value, cut off if need be */
        uint64_t size;  /* bytes */
        uint64_t start,
                end; /* where it is to be, bytes; both 0: anywhere. Without END, end is START + SIZE */
};

struct cmdline {
        struct cmdline_area cma;
        bool pernuma_given, numa_given, hugetlb_given; /* cma_pernuma=, numa_cma=, hugetlb_cma= */
        uint64_t pernuma;                              /* bytes */
        char numa[128], hugetlb[128];                  /* their values, cut off if need be */
};

/* Reads a command line; what is not in it is zero. */
void cmdline_parse(const char *text, struct cmdline *ret);

/* Bytes as the kernel takes them: "64M", "4194304K", "5". */
#define CMDLINE_SIZE_MAX 24
char *cmdline_format_size(uint64_t bytes, char buf[static CMDLINE_SIZE_MAX]);

#endif
