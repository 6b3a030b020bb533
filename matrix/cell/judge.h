/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a probe has seen, and what follows from it. Pure: it opens no file and knows no kernel.
 */
#ifndef MEMCTL_MATRIX_CELL_JUDGE_H
#define MEMCTL_MATRIX_CELL_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOTE_MAX 192

/* The words of docs/matrix.md and docs/json.md. */
enum verdict {
        VERDICT_WORKS,
        VERDICT_SPLITS, /* it works, and large folios came out small */
        VERDICT_SLOW,   /* it works, and takes many times what plain pages take */
        VERDICT_FAILS,
        VERDICT_NOT_SUPPORTED, /* by this kernel */
        VERDICT_NOT_TRIED,
        _VERDICT_MAX,
};

const char *verdict_name(enum verdict verdict);

/* How a probe came to its end. */
enum ending {
        ENDING_DONE,
        ENDING_NOT_SUPPORTED, /* the note says what the kernel has not */
        ENDING_NOT_TRIED,     /* the note says why */
        ENDING_KILLED,        /* its time was over */
        ENDING_DIED,          /* by a signal of the kernel's */
};

struct evidence {
        enum ending ending;
        int error;           /* a positive errno, of the operation or of most pages; 0: it said nothing */
        bool partly;         /* the operation takes what it can get: that pages stay is no failure */
        uint32_t pages;      /* that were to move */
        uint32_t moved;      /* that are elsewhere now, or were out and in again */
        uint32_t changed;    /* with other content than before */
        uint32_t unreadable; /* beside those that were to be lost */
        uint32_t folios;     /* large, before */
        uint32_t kept;       /* of them: as large afterwards */
        uint32_t signal;
        double seconds; /* of the operation alone */
        char note[NOTE_MAX];
};

struct judgement {
        enum verdict verdict;
        int error; /* a positive errno, or 0 */
        char note[NOTE_MAX];
};

/* usual: seconds that plain pages took in the same operation; 0: not known. */
struct judgement judge(const struct evidence *evidence, double usual);

#endif
