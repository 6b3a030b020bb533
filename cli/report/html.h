/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pieces of HTML. All text of others goes through html_text().
 */
#ifndef MEMCTL_CLI_REPORT_HTML_H
#define MEMCTL_CLI_REPORT_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Text as the content of an element or an attribute in quotation marks. What is no UTF-8, control
 * characters, and those that change the direction of what stands around them become '?'.
 */
void html_text(FILE *file, const char *text);

/* The same, formatted. */
void html_put(FILE *file, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Opens a section with its heading; id is ours. To be closed by "</section>". */
void html_section(FILE *file, const char *id, const char *title);

/* A paragraph that says why something is not there. */
void html_missing(FILE *file, const char *what, const char *why);

/* Columns of a table. */
struct html_column {
        const char *heading;
        bool number; /* aligned to the right */
};

/*
 * Opens a table: in a frame that scrolls by itself where the page is narrow. label names the frame, caption
 * says what the table is of. To be closed by html_table_end().
 */
void html_table(FILE *file, const char *caption, const struct html_column *columns, size_t n);
void html_table_end(FILE *file);

/* Cells of a row between <tr> and </tr>: its heading, a text, a number, bytes. NULL text: a dash. */
void html_row_heading(FILE *file, const char *text);
void html_cell(FILE *file, const char *text);
void html_cell_number(FILE *file, uint64_t number);
void html_cell_size(FILE *file, uint64_t bytes);

/* "1.50 GiB" */
void html_size(FILE *file, uint64_t bytes);

/* A bar for a share of 0 to 1, beside a number that says the same. */
void html_bar(FILE *file, double share, const char *class);

/* A name and its value in a list of those: <div><dt>...<dd>, open: </dd></div> is to follow. */
void html_fact(FILE *file, const char *name);
void html_fact_end(FILE *file);

#endif
