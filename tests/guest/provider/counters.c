// SPDX-License-Identifier: GPL-2.0
/*
 * What is counted, and what must hold whatever the parameters say.
 */
#include <linux/bug.h>
#include <linux/printk.h>
#include <linux/seq_file.h>

#include "provider.h"

struct test_counters test_counters;

void test_expect(bool right, const char *what)
{
	if (right)
		return;
	atomic64_inc(&test_counters.violations);
	pr_err_ratelimited("memctl_test_provider: %s\n", what);
}

#define TEST_SHOW(name) \
	seq_printf(file, #name " %lld\n", (long long)atomic64_read(&test_counters.name))

void test_counters_show(struct seq_file *file)
{
	TEST_SHOW(asked);
	TEST_SHOW(refused);
	TEST_SHOW(isolated);
	TEST_SHOW(declined);
	TEST_SHOW(prepare);
	TEST_SHOW(prepared);
	TEST_SHOW(done);
	TEST_SHOW(migrate);
	TEST_SHOW(migrated);
	TEST_SHOW(told);
	TEST_SHOW(untold);
	TEST_SHOW(unprepared);
	TEST_SHOW(again);
	TEST_SHOW(failed);
	TEST_SHOW(putback);
	TEST_SHOW(freed_isolated);
	TEST_SHOW(allocated);
	TEST_SHOW(freed);
	TEST_SHOW(violations);
}

/* A warning, for nobody can read the counters any more. */
void test_counters_end(void)
{
	struct test_counters *c = &test_counters;

	WARN(atomic64_read(&c->isolated) != atomic64_read(&c->migrated) +
	     atomic64_read(&c->putback) + atomic64_read(&c->freed_isolated) ||
	     atomic64_read(&c->prepare) != atomic64_read(&c->done) ||
	     atomic64_read(&c->migrated) != atomic64_read(&c->told) + atomic64_read(&c->untold),
	     "memctl_test_provider: the counters do not balance at the end\n");
	WARN(atomic64_read(&c->violations), "memctl_test_provider: there were violations\n");
}
