/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "says.h"

#include "tree.h"

#include <stdlib.h>
#include <string.h>

void assert_says(char **message, const char *says)
{
        assert_non_null(*message);
        if (!strstr(*message, says))
                fail_msg("\"%s\" is not in: %s", says, *message);
        free(*message);
        *message = NULL;
}
