/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/command.h"

#include "basic/printable.h"

#include <string.h>

void command_copy(char command[static COMMAND_SIZE], const char *text, size_t size)
{
        printable_copy(command, COMMAND_SIZE, text, strnlen(text, size));
}
