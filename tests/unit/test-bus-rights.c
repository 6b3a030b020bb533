/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table by which calls are judged, and the one that people read, say the same. */
#include "basic/cleanup.h"
#include "daemon/bus/caller/caller.h"
#include "daemon/bus/caller/rights.h"
#include "memctl/bus.h"

#include <stdbool.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *short_name(const char *action)
{
        return action ? action + strlen("org.memctl1.") : "-";
}

/* "| `Manager.Why` | `inspect` | `inspect-processes` |", the end of a line of docs/rights.md. */
static void make_row(const struct right *right, char *row, size_t size)
{
        const char *quote = right->action ? "`" : "", *more = right->more ? "`" : "";

        (void) snprintf(row, size, "| `%s.%s` | %s%s%s | %s%s%s |\n",
                        right->interface + strlen("org.memctl1."), right->member, quote,
                        short_name(right->action), quote, more, short_name(right->more), more);
}

static FILE *open_document(void)
{
        const char *source = getenv("MEMCTL_SOURCE");
        char path[4096];
        FILE *f;

        assert_non_null(source);
        (void) snprintf(path, sizeof(path), "%s/docs/rights.md", source);
        f = fopen(path, "re");
        assert_non_null(f);
        return f;
}

static bool ends_with(const char *line, const char *end)
{
        return strlen(line) >= strlen(end) && strcmp(line + strlen(line) - strlen(end), end) == 0;
}

/* Row by row, in the same order, and no other. */
static void test_document(void **state)
{
        FILE *f = open_document();
        char line[1024], row[256];
        size_t n = 0;

        (void) state;
        while (fgets(line, sizeof(line), f)) {
                const char *method = strstr(line, "| `");

                while (method && (method[3] < 'A' || method[3] > 'Z'))
                        method = strstr(method + 1, "| `");
                if (!method || !strchr(method, '.'))
                        continue;
                assert_true(n < n_rights);
                make_row(&rights[n++], row, sizeof(row));
                if (!ends_with(line, row))
                        fail_msg("docs/rights.md: \"%s\" is to end with \"%s\"", line, row);
        }
        assert_int_equal(n, n_rights);
        (void) fclose(f);
}

static void test_quotas_are_documented(void **state)
{
        static const char *const names[_CALLER_HAS_MAX] = {
                [CALLER_HAS_CHECKS] = "calls that wait for polkit",
                [CALLER_HAS_QUERIES] = "`Survey`, `Why`, `Plan`, `OfflineSize` under way",
                [CALLER_HAS_LEASES] = "leases on the LRU caches",
                [CALLER_HAS_JOBS] = "jobs that run",
                [CALLER_HAS_RESERVATIONS] = "reservations of contiguous memory",
                [CALLER_HAS_RELEASES] = "`ReleaseReservation` under way",
        };
        char line[1024], row[_CALLER_HAS_MAX][256];
        bool found[_CALLER_HAS_MAX] = { 0 };
        FILE *f = open_document();

        (void) state;
        for (size_t i = 0; i < _CALLER_HAS_MAX; i++) {
                char root[24];

                (void) snprintf(root, sizeof(root), "%zu", caller_limits[i].root);
                (void) snprintf(row[i], sizeof(row[i]), "| %s | %s | %zu | %zu |\n", names[i],
                                i == CALLER_HAS_CHECKS ? "-" : root, caller_limits[i].each,
                                caller_limits[i].others);
        }
        while (fgets(line, sizeof(line), f))
                for (size_t i = 0; i < _CALLER_HAS_MAX; i++)
                        found[i] |= strcmp(line, row[i]) == 0;
        for (size_t i = 0; i < _CALLER_HAS_MAX; i++)
                if (!found[i])
                        fail_msg("docs/rights.md has no line \"%s\"", row[i]);
        (void) fclose(f);
}

static void test_find(void **state)
{
        (void) state;
        assert_string_equal(right_find(MEMCTL_IFACE_DIMM, "Eject")->action, MEMCTL_ACTION_OFFLINE);
        assert_string_equal(right_find(MEMCTL_IFACE_MANAGER, "Why")->more, MEMCTL_ACTION_INSPECT_PROCESSES);
        assert_null(right_find(MEMCTL_IFACE_MANAGER, "Eject"));
        assert_null(right_find(NULL, "Eject"));
        assert_null(right_find(MEMCTL_IFACE_DIMM, NULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_document),
                cmocka_unit_test(test_quotas_are_documented),
                cmocka_unit_test(test_find),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
