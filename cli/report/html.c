/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/report/html.h"

#include "basic/cleanup.h"
#include "cli/run/say.h"
#include "cli/show/markup.h"

#include <inttypes.h>
#include <locale.h>
#include <stdarg.h>
#include <string.h>
#include <wchar.h>

/* Control characters, those that are none, and U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
 */
static bool is_fit(wchar_t c)
{
        if (c < L' ' || (c >= 0x7f && c < 0xa0) || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef))
                return false;
        return !(c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
                 (c >= 0x2066 && c <= 0x2069));
}

static void put_character(FILE *file, const char *bytes, size_t n, wchar_t c)
{
        const char *entity = markup_entity((int) c);

        if (entity)
                (void) fputs(entity, file);
        else if (is_fit(c))
                (void) fwrite(bytes, 1, n, file);
        else
                (void) fputc('?', file);
}

void html_text(FILE *file, const char *text)
{
        locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t) 0), before = (locale_t) 0;
        size_t left = strlen(text);
        mbstate_t state = { 0 };

        if (utf8)
                before = uselocale(utf8);
        while (left > 0) {
                wchar_t c;
                size_t n = mbrtowc(&c, text, left, &state);

                if (n == (size_t) -1 || n == (size_t) -2) {
                        memset(&state, 0, sizeof(state));
                        n = 1;
                        c = 0;
                }
                put_character(file, text, n, c);
                text += n;
                left -= n;
        }
        if (utf8) {
                (void) uselocale(before);
                freelocale(utf8);
        }
}

void html_put(FILE *file, const char *format, ...)
{
        _cleanup_free_ char *text = NULL;
        va_list ap;

        va_start(ap, format);
        if (vasprintf(&text, format, ap) < 0)
                text = NULL;
        va_end(ap);
        html_text(file, text ? text : "?");
}

void html_section(FILE *file, const char *id, const char *title)
{
        (void) fprintf(file, "<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">%s</h2>\n", id,
                       id, id, title);
}

void html_missing(FILE *file, const char *what, const char *why)
{
        (void) fprintf(file, "<p class=\"missing\"><strong>%s</strong> ", what);
        html_text(file, why);
        (void) fputs("</p>\n", file);
}

void html_table(FILE *file, const char *caption, const struct html_column *columns, size_t n)
{
        (void) fputs("<div class=\"frame\" role=\"region\" tabindex=\"0\" aria-label=\"", file);
        html_text(file, caption);
        (void) fputs("\"><table>\n<caption>", file);
        html_text(file, caption);
        (void) fputs("</caption>\n<thead><tr>", file);
        for (size_t i = 0; i < n; i++) {
                (void) fprintf(file, "<th scope=\"col\"%s>", columns[i].number ? " class=\"n\"" : "");
                html_text(file, columns[i].heading);
                (void) fputs("</th>", file);
        }
        (void) fputs("</tr></thead>\n<tbody>\n", file);
}

void html_table_end(FILE *file)
{
        (void) fputs("</tbody></table></div>\n", file);
}

void html_row_heading(FILE *file, const char *text)
{
        (void) fputs("<tr><th scope=\"row\">", file);
        html_text(file, text);
        (void) fputs("</th>", file);
}

void html_cell(FILE *file, const char *text)
{
        (void) fputs("<td>", file);
        html_text(file, text ? text : "\xe2\x80\x93");
        (void) fputs("</td>", file);
}

void html_cell_number(FILE *file, uint64_t number)
{
        (void) fprintf(file, "<td class=\"n\">%" PRIu64 "</td>", number);
}

void html_cell_size(FILE *file, uint64_t bytes)
{
        (void) fputs("<td class=\"n\">", file);
        html_size(file, bytes);
        (void) fputs("</td>", file);
}

void html_size(FILE *file, uint64_t bytes)
{
        _cleanup_free_ char *text = human_size(bytes);

        html_text(file, text ? text : "?");
}

void html_bar(FILE *file, double share, const char *class)
{
        double width = share < 0 ? 0 : share > 1 ? 100 : share * 100;

        (void) fprintf(file,
                       "<svg class=\"bar %s\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" "
                       "aria-hidden=\"true\"><rect class=\"rail\" width=\"100\" height=\"8\"/>"
                       "<rect class=\"fill\" width=\"%.2f\" height=\"8\"/></svg>",
                       class, width);
}

void html_fact(FILE *file, const char *name)
{
        (void) fprintf(file, "<div><dt>%s</dt><dd>", name);
}

void html_fact_end(FILE *file)
{
        (void) fputs("</dd></div>\n", file);
}
