/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/terminal.h"

#include "basic/number.h"

#include <string.h>
#include <sys/ioctl.h>

#define WIDTH_MAX 80

size_t terminal_width(void)
{
        const char *columns = getenv("COLUMNS");
        struct winsize size;
        uint32_t width = WIDTH_MAX;

        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
                width = size.ws_col;
        else if (columns)
                (void) parse_u32(columns, 10, &width);
        return width < WIDTH_MAX ? width : WIDTH_MAX;
}

bool terminal_wants_colour(const struct context *context)
{
        const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

        return !context->no_color && isatty(STDOUT_FILENO) && !(no_color && *no_color) && term &&
               strcmp(term, "dumb") != 0;
}

size_t power_of_two_up_to(size_t n)
{
        size_t power = 1;

        while (power * 2 <= n)
                power *= 2;
        return power;
}
