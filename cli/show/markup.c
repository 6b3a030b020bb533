/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/markup.h"

#include <stddef.h>

const char *markup_entity(int character)
{
        switch (character) {
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '&':
                return "&amp;";
        case '"':
                return "&quot;";
        case '\'':
                return "&#39;";
        default:
                return NULL;
        }
}
