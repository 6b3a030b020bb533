/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/machine/cmdline.h"
#include "daemon/plan/boot_size.h"
#include "says.h"
#include "tree.h"
#include "uapi/memctl.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define MIB       (UINT64_C(1) << 20)
#define PAGE      UINT64_C(4096)
#define UNIT      (2 * MIB)
#define TRACES    20
#define STEPS     400
#define LIVE_MAX  64
#define PAGES_MAX 16384

/* An area of so many pages, in which requests are placed first fit, each at its alignment. */
struct area {
        uint64_t size, top, used, peak; /* pages */
        struct {
                uint64_t start, n;
                int id;
        } live[LIVE_MAX]; /* ascending */
        size_t n_live;
};

struct step {
        int id;     /* of the allocation */
        uint64_t n; /* pages; 0: it is released */
        uint64_t align;
};

static bool allocate(struct area *area, const struct step *step)
{
        uint64_t at = 0;
        size_t i;

        for (i = 0; i < area->n_live; i++) {
                if (at + step->n <= area->live[i].start)
                        break;
                at = (area->live[i].start + area->live[i].n + step->align - 1) / step->align * step->align;
        }
        if (at + step->n > area->size)
                return false;
        assert_true(area->n_live < LIVE_MAX);
        memmove(&area->live[i + 1], &area->live[i], (area->n_live - i) * sizeof(area->live[0]));
        area->live[i].start = at;
        area->live[i].n = step->n;
        area->live[i].id = step->id;
        area->n_live++;
        area->used += step->n;
        if (area->used > area->peak)
                area->peak = area->used;
        if (at + step->n > area->top)
                area->top = at + step->n;
        return true;
}

static void release(struct area *area, int id)
{
        for (size_t i = 0; i < area->n_live; i++)
                if (area->live[i].id == id) {
                        area->used -= area->live[i].n;
                        memmove(&area->live[i], &area->live[i + 1],
                                (--area->n_live - i) * sizeof(area->live[0]));
                        return;
                }
}

/* False: a request found no room. */
static bool replay(struct area *area, const struct step *steps, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (steps[i].n == 0)
                        release(area, steps[i].id);
                else if (!allocate(area, &steps[i]))
                        return false;
        return true;
}

static uint32_t seed;

static uint32_t random_below(uint32_t n)
{
        seed = seed * 1664525 + 1013904223;
        return (seed >> 8) % n;
}

/* Devices that take and give back buffers of a few sizes, as cameras and decoders do. */
static void make_trace(struct step *steps)
{
        int live[LIVE_MAX / 2];
        size_t n_live = 0;
        uint32_t sizes[4];

        for (size_t i = 0; i < ELEMENTSOF(sizes); i++)
                sizes[i] = 1 + random_below(i == 0 ? 900 : 120);
        for (int i = 0; i < STEPS; i++) {
                if (n_live > 0 && (n_live == ELEMENTSOF(live) || random_below(9) < 4)) {
                        size_t which = random_below((uint32_t) n_live);

                        steps[i] = (struct step){ .id = live[which] };
                        live[which] = live[--n_live];
                } else {
                        steps[i] =
                                (struct step){ i, sizes[random_below(4)], UINT64_C(1) << random_below(9) };
                        live[n_live++] = i;
                }
        }
}

/* The least size by trying all, and the recommended one: no more than a unit apart, and never too small. */
static void test_against_brute_force(void **state)
{
        static struct step steps[STEPS];

        (void) state;

        for (uint32_t trace = 1; trace <= TRACES; trace++) {
                static struct area endless, tried;
                struct cma_demand demand = { .n = 1, .seconds = 100000, .boots = 1 };
                const struct boot_machine machine = {
                        .memory = 1024 * MIB, .unit = UNIT, .nodes = 1, .cma = true
                };
                struct boot_size size;
                uint64_t least;

                seed = trace;
                make_trace(steps);
                endless = (struct area){ .size = UINT64_MAX };
                assert_true(replay(&endless, steps, STEPS));
                for (least = 1; least <= PAGES_MAX; least++) {
                        tried = (struct area){ .size = least };
                        if (replay(&tried, steps, STEPS))
                                break;
                }
                assert_true(least <= PAGES_MAX);

                /* what memctl.ko has noted */
                (void) strcpy(demand.areas[0].name, "reserved");
                demand.areas[0].exact = true;
                demand.areas[0].needed = endless.top * PAGE;
                demand.areas[0].peak = endless.peak * PAGE;
                boot_size(&demand, &machine, &size);
                assert_true(size.told);
                assert_int_equal(size.bytes % UNIT, 0);
                assert_true(size.bytes >= least * PAGE);
                assert_true(size.bytes - least * PAGE < UNIT);
        }
}

static struct boot_size size;

static const struct boot_reason *find(enum boot_reason_code code)
{
        for (size_t i = 0; i < size.reasons.n; i++)
                if (size.reasons.items[i].code == code)
                        return &size.reasons.items[i];
        return NULL;
}

static struct cma_demand_area *add(struct cma_demand *demand, const char *name, uint64_t needed)
{
        struct cma_demand_area *area = &demand->areas[demand->n++];

        *area = (struct cma_demand_area){ .exact = true, .needed = needed, .peak = needed, .requests = 1 };
        (void) strcpy(area->name, name);
        return area;
}

#define DEMAND  ((struct cma_demand){ .seconds = 1000000, .boots = 1 })
#define MACHINE ((struct boot_machine){ .memory = 4096 * MIB, .unit = UNIT, .nodes = 1, .cma = true })

static void test_nothing(void **state)
{
        struct cma_demand demand = { 0 };
        struct boot_machine machine = MACHINE;

        (void) state;

        boot_size(&demand, &machine, &size);
        assert_false(size.told);
        assert_non_null(find(BOOT_NEVER_RECORDED));
        assert_string_equal(size.command_line, "");

        demand = DEMAND;
        boot_size(&demand, &machine, &size);
        assert_true(size.told);
        assert_true(size.nothing_to_set);
        assert_int_equal(size.bytes, 0);
        assert_int_equal(find(BOOT_NO_REQUESTS)->figures[0], 1000000);
        assert_non_null(find(BOOT_NOTHING_TO_GIVE_BACK));
        assert_null(boot_size_device_tree(&size, &machine));

        /* one that nobody uses can be given back */
        (void) add(&demand, "reserved", 0);
        machine.has_default = true;
        boot_size(&demand, &machine, &size);
        assert_int_equal(size.bytes, 0);
        assert_false(size.nothing_to_set);
        assert_string_equal(size.command_line, "cma=0");

        machine = MACHINE;
        machine.cma = false;
        boot_size(&demand, &machine, &size);
        assert_non_null(find(BOOT_NO_CMA));
        assert_true(size.nothing_to_set);
}

static void test_sizes(void **state)
{
        struct cma_demand demand = DEMAND;
        struct boot_machine machine = MACHINE;
        struct cma_demand_area *area;

        (void) state;

        area = add(&demand, "linux,cma", 33 * MIB);
        area->peak = 30 * MIB;
        area->largest = 8 * MIB;
        area->align = MIB;
        boot_size(&demand, &machine, &size);
        assert_string_equal(size.command_line, "cma=34M");
        assert_int_equal(size.default_bytes, 34 * MIB);
        assert_int_equal(find(BOOT_NEEDED)->figures[0], 33 * MIB);
        assert_int_equal(find(BOOT_NEEDED)->figures[1], 30 * MIB);
        assert_int_equal(find(BOOT_FRAGMENTATION)->figures[0], 3 * MIB);
        assert_int_equal(find(BOOT_LARGEST)->figures[1], MIB);
        assert_int_equal(find(BOOT_ROUNDED_UP)->figures[0], 34 * MIB);
        assert_non_null(find(BOOT_NO_HEADROOM));
        assert_null(find(BOOT_SHORT_RECORD));
        assert_null(find(BOOT_MUCH));

        /* failures that size mends, and others */
        area->by_cause[MEMCTL_CMA_FRAGMENTED] = 3;
        area->by_cause[MEMCTL_CMA_TOO_SMALL] = 2;
        area->by_cause[MEMCTL_CMA_PINNED] = 7;
        area->failed = 12;
        area->lost = 1;
        demand.seconds = 3600;
        machine.memory = 60 * MIB;
        machine.unit = 0;
        boot_size(&demand, &machine, &size);
        assert_int_equal(find(BOOT_FAILED_FOR_SIZE)->figures[0], 5);
        assert_int_equal(find(BOOT_FAILED_OTHERWISE)->figures[0], 7);
        assert_string_equal(find(BOOT_FAILED_OTHERWISE)->text, "pinned");
        assert_int_equal(find(BOOT_LOST_EVENTS)->figures[0], 1);
        assert_int_equal(find(BOOT_SHORT_RECORD)->figures[0], 3600);
        assert_int_equal(find(BOOT_UNIT_ASSUMED)->figures[0], 4 * MIB);
        assert_int_equal(find(BOOT_MUCH)->figures[1], 60 * MIB);
        assert_string_equal(size.command_line, "cma=36M");

        /* page blocks of 64K pages */
        machine.unit = 512 * MIB;
        boot_size(&demand, &machine, &size);
        assert_string_equal(size.command_line, "cma=512M");
}

/* The kernel's counters tell that something was asked for, but not of what size. */
static void test_samples(void **state)
{
        struct cma_demand demand = DEMAND;
        struct boot_machine machine = MACHINE;
        struct cma_demand_area *area = add(&demand, "reserved", 0);

        (void) state;

        *area = (struct cma_demand_area){ .size = 64 * MIB, .peak = 5 * MIB, .requests = 9, .failed = 4 };
        (void) strcpy(area->name, "reserved");
        machine.has_default = true;
        boot_size(&demand, &machine, &size);
        assert_string_equal(size.command_line, "cma=64M");
        assert_int_equal(find(BOOT_ONLY_SAMPLED)->figures[0], 5 * MIB);
        assert_int_equal(find(BOOT_FAILURES_NOT_SIZED)->figures[0], 4);
        assert_null(find(BOOT_NEEDED));
        assert_null(find(BOOT_NO_HEADROOM));

        area->requests = area->peak = area->failed = 0;
        boot_size(&demand, &machine, &size);
        assert_string_equal(size.command_line, "cma=0");
}

static void test_nodes(void **state)
{
        struct cma_demand demand = DEMAND;
        struct boot_machine machine = MACHINE;

        (void) state;

        (void) add(&demand, "reserved", 64 * MIB);
        machine.per_node = true;
        boot_size(&demand, &machine, &size);
        assert_string_equal(size.command_line, "cma=64M");
        machine.nodes = 2;
        boot_size(&demand, &machine, &size);
        assert_string_equal(size.command_line, "cma=64M cma_pernuma=0");
        assert_int_equal(size.bytes, 64 * MIB);
        assert_int_equal(find(BOOT_PER_NODE)->figures[0], 2);

        (void) add(&demand, "numa0", 0);
        (void) add(&demand, "numa1", 3 * MIB);
        (void) add(&demand, "numa10", 1);
        boot_size(&demand, &machine, &size);
        assert_string_equal(size.command_line, "cma=64M numa_cma=1:4M,10:2M");
        assert_int_equal(size.bytes, 70 * MIB);
        assert_int_equal(size.default_bytes, 64 * MIB);
        assert_null(find(BOOT_PER_NODE));

        demand = DEMAND;
        (void) add(&demand, "pernuma0", 3 * MIB);
        (void) add(&demand, "pernuma1", 5 * MIB);
        boot_size(&demand, &machine, &size);
        assert_string_equal(size.command_line, "cma_pernuma=6M");
        assert_int_equal(size.bytes, 12 * MIB);
}

static void test_others(void **state)
{
        struct cma_demand demand = DEMAND;
        struct boot_machine machine = MACHINE;

        (void) state;

        machine.gigantic = 1024 * MIB;
        (void) add(&demand, "hugetlb0", 1024 * MIB + 1);
        add(&demand, "isp@30000000", 9 * MIB)->size = 8 * MIB;
        (void) add(&demand, "numa12345", MIB);
        (void) add(&demand, "numa1x", MIB);
        boot_size(&demand, &machine, &size);
        assert_string_equal(size.command_line, "hugetlb_cma=0:2G");
        assert_int_equal(size.bytes, 2048 * MIB);
        assert_int_equal(find(BOOT_HUGETLB)->figures[1], 1024 * MIB);
        assert_string_equal(find(BOOT_OTHER_AREA)->area, "isp@30000000");
        assert_int_equal(find(BOOT_OTHER_AREA)->figures[0], 10 * MIB);
        assert_int_equal(find(BOOT_OTHER_AREA)->figures[1], 8 * MIB);
}

/* As many areas as there may be, each with all that can be said: nothing runs over. */
static void test_much(void **state)
{
        struct cma_demand demand = DEMAND;
        struct boot_machine machine = MACHINE;

        (void) state;

        for (unsigned int i = 0; i < CMA_DEMAND_AREAS_MAX; i++) {
                struct cma_demand_area *area;
                char name[32];

                (void) snprintf(name, sizeof(name), "numa%u", i);
                area = add(&demand, name, UINT64_MAX - i);
                area->lost = area->failed = area->largest = UINT64_MAX;
                for (size_t j = 0; j < CMA_DEMAND_CAUSES; j++)
                        area->by_cause[j] = UINT64_MAX;
        }
        boot_size(&demand, &machine, &size);
        assert_int_equal(size.reasons.n, BOOT_REASONS_MAX);
        assert_true(strlen(size.command_line) < sizeof(size.command_line));
        assert_int_equal(size.bytes, UINT64_MAX);
        assert_true(size.too_much);
}

/* A machine of many nodes: each is on the command line, whole; and what were not is not applied. */
static void test_many_nodes(void **state)
{
        const struct boot_machine machine = { .memory = UINT64_MAX, .unit = UNIT, .nodes = 32, .cma = true };
        struct cma_demand demand = DEMAND;
        char *message = NULL;

        (void) state;

        for (unsigned int i = 0; i < CMA_DEMAND_AREAS_MAX; i++) {
                char name[32];

                (void) snprintf(name, sizeof(name), "%s%u", i % 2 ? "numa" : "hugetlb", 1000 + i);
                (void) add(&demand, name, (UINT64_C(1) << 50) + i * UNIT);
        }
        boot_size(&demand, &machine, &size);
        assert_false(size.cut);
        assert_non_null(strstr(size.command_line, ",1030:1073741884M"));
        assert_non_null(strstr(size.command_line, ",1031:1073741886M "));
        assert_int_equal(boot_size_check(&size, &machine, &message), 0);
        size.cut = true;
        assert_int_equal(boot_size_check(&size, &machine, &message), -E2BIG);
        assert_says(&message, "more areas than memctl has room for");
}

/* One request that no machine could grant is in the record: what follows from it is said, and not applied.
 */
static void test_too_much(void **state)
{
        struct cma_demand demand = DEMAND;
        struct boot_machine machine = MACHINE;
        char *message = NULL;

        (void) state;

        (void) add(&demand, "reserved", 3584 * MIB);
        boot_size(&demand, &machine, &size);
        assert_false(size.too_much);
        assert_non_null(find(BOOT_MUCH));
        assert_null(find(BOOT_TOO_MUCH));
        assert_int_equal(boot_size_check(&size, &machine, &message), 0);

        demand.areas[0].needed++;
        boot_size(&demand, &machine, &size);
        assert_true(size.too_much);
        assert_null(find(BOOT_MUCH));
        assert_int_equal(find(BOOT_TOO_MUCH)->figures[0], 3586 * MIB);
        assert_int_equal(find(BOOT_TOO_MUCH)->figures[1], 4096 * MIB);
        assert_int_equal(boot_size_check(&size, &machine, &message), -ERANGE);
        assert_says(&message, "3586M is recommended, and the machine has 4G");
        assert_null(boot_size_device_tree(&size, &machine));

        demand.areas[0].needed = UINT64_MAX;
        boot_size(&demand, &machine, &size);
        assert_int_equal(boot_size_check(&size, &machine, &message), -ERANGE);
        assert_says(&message, "18446744073709551615 is recommended");
}

static void test_device_tree(void **state)
{
        struct cma_demand demand = DEMAND;
        struct boot_machine machine = MACHINE;
        _cleanup_free_ char *text = NULL;

        (void) state;

        machine.memory *= 2;
        (void) add(&demand, "linux,cma", 5120 * MIB);
        boot_size(&demand, &machine, &size);
        text = boot_size_device_tree(&size, &machine);
        assert_non_null(strstr(text, "size = <0x1 0x40000000>;"));
        assert_non_null(strstr(text, "alignment = <0x0 0x200000>;"));
        assert_non_null(strstr(text, "linux,cma-default;"));
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_against_brute_force),
                cmocka_unit_test(test_nothing),
                cmocka_unit_test(test_sizes),
                cmocka_unit_test(test_samples),
                cmocka_unit_test(test_nodes),
                cmocka_unit_test(test_others),
                cmocka_unit_test(test_much),
                cmocka_unit_test(test_many_nodes),
                cmocka_unit_test(test_too_much),
                cmocka_unit_test(test_device_tree),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
