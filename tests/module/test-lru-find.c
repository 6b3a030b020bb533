// SPDX-License-Identifier: GPL-2.0
/*
 * What is found of the kernel's switch, on kernels that lack a part of it; and whether
 * it may be called where calls go through pointers. Built with direct calls, and without.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <linux/atomic.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/swap.h>

#include "kernel/mm/landing.h"
#include "kernel/mm/lru_disable.h"
#include "kernel/mm/symbol.h"

static const char *missing; /* a symbol that this kernel does not have */
static int probes;
static atomic_t count;

int register_kprobe(struct kprobe *probe)
{
        run_check(strcmp(probe->symbol_name, "kallsyms_lookup_name") == 0);
        if (missing && strcmp(missing, probe->symbol_name) == 0)
                return -ENOENT;
        probe->addr = (void *) kallsyms_lookup_name;
        probes++;
        return 0;
}

void unregister_kprobe(struct kprobe *probe)
{
        run_check(probe->addr);
        probes--;
}

unsigned long kallsyms_lookup_name(const char *name)
{
        if (missing && strcmp(missing, name) == 0)
                return 0;
        if (strcmp(name, "lru_cache_disable") == 0)
                return (unsigned long) lru_cache_disable;
        run_check(strcmp(name, "lru_disable_count") == 0);
        return (unsigned long) &count;
}

void lru_cache_disable(void)
{
        atomic_inc(&count);
}

static void look(const char *without, const char *words)
{
        missing = without;
        memctl_mm_symbols_init();
        memctl_mm_lru_init();
        assert_int_equal(probes, 0);
        if (words) {
                assert_non_null(memctl_mm_lru_refusal());
                assert_non_null(strstr(memctl_mm_lru_refusal(), words));
        } else {
                assert_null(memctl_mm_lru_refusal());
        }
}

static void test_find(void **state)
{
        (void) state;
        assert_non_null(memctl_mm_lru_refusal()); /* before it was looked */
        look("kallsyms_lookup_name", "kallsyms_lookup_name()");
#ifdef CONFIG_HAVE_STATIC_CALL
        look("lru_cache_disable", "lru_cache_disable()");
        look("lru_disable_count", "lru_disable_count");
        look(NULL, NULL);
        assert_int_equal(memctl_mm_lru_disabled(), 0);
        memctl_mm_lru_disable();
        memctl_mm_lru_disable();
        assert_int_equal(memctl_mm_lru_disabled(), 2);
        memctl_mm_lru_enable();
        memctl_mm_lru_enable();
        assert_int_equal(memctl_mm_lru_disabled(), 0);
#else
        look(NULL, "CFI"); /* of the guards, which this kernel has all, the first that is asked */
#endif
}

static void test_landing(void **state)
{
        static const unsigned char endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa }, endbr32[] = { 0xf3, 0x0f, 0x1e, 0xfb },
                sealed[] = { 0x66, 0x0f, 0x1f, 0x00 }, push[] = { 0x55, 0x48, 0x89, 0xe5 },
                bti_c[] = { 0x5f, 0x24, 0x03, 0xd5 }, bti_j[] = { 0x9f, 0x24, 0x03, 0xd5 },
                bti_jc[] = { 0xdf, 0x24, 0x03, 0xd5 }, paciasp[] = { 0x3f, 0x23, 0x03, 0xd5 },
                pacibsp[] = { 0x7f, 0x23, 0x03, 0xd5 };
        static const struct {
                const unsigned char *code;
                bool ibt, bti; /* may be landed on */
        } codes[] = {
                { endbr64, true, false }, { endbr32, false, false }, { sealed, false, false },
                { push, false, false },   { bti_c, false, true },    { bti_j, false, false },
                { bti_jc, false, true },  { paciasp, false, true },  { pacibsp, false, true },
        };

        (void) state;
        for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
                const char *ibt = memctl_landing_refusal(codes[i].code, MEMCTL_GUARD_IBT),
                           *bti = memctl_landing_refusal(codes[i].code, MEMCTL_GUARD_BTI);

                assert_int_equal(!ibt, codes[i].ibt);
                assert_int_equal(!bti, codes[i].bti);
                assert_true(!ibt || strstr(ibt, "IBT"));
                assert_true(!bti || strstr(bti, "BTI"));
                assert_non_null(strstr(memctl_landing_refusal(codes[i].code, MEMCTL_GUARD_CFI), "CFI"));
                assert_null(memctl_landing_refusal(codes[i].code, 0));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_find),
                cmocka_unit_test(test_landing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
