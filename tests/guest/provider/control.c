// SPDX-License-Identifier: GPL-2.0
/*
 * In debugfs, directory memctl_test:
 *   pages     write N: have N pages, all movable; read: how many there are
 *   free      write N: free that many
 *   unmake    write N: make that many unmovable; they keep their content
 *   verify    read: pages, movable ones, and how many have wrong contents; it uses
 *             the pages, so they are touched. Then how many are pinned, and in the
 *             driver's own list
 *   pin       write N: pin that many more; 0: unpin all
 *   pfns      read: where the pages are, one pfn a line
 *   refused   read: the errno of each wrong memctl_page_make(), one a line
 *   counters  read: see struct test_counters
 *
 * A write waits for test_mutex, and answers for what was not done.
 */
#include <linux/debugfs.h>
#include <linux/mm.h>
#include <linux/seq_file.h>

#include "provider.h"

static struct dentry *test_dir;

static int test_locked(int (*what)(unsigned long nr), u64 nr)
{
	int err;

	mutex_lock(&test_mutex);
	err = what(nr);
	mutex_unlock(&test_mutex);
	return err;
}

static int test_pages_set(void *data, u64 nr)
{
	return test_locked(test_have, nr);
}

static int test_pages_get(void *data, u64 *nr)
{
	*nr = READ_ONCE(test_nr);
	return 0;
}

static int test_free_set(void *data, u64 nr)
{
	return test_locked(test_free_some, nr);
}

static int test_unmake_set(void *data, u64 nr)
{
	return test_locked(test_unmake_some, nr);
}

static int test_pin_set(void *data, u64 nr)
{
	return test_locked(test_pin_some, nr);
}

DEFINE_DEBUGFS_ATTRIBUTE(test_pages_fops, test_pages_get, test_pages_set, "%llu\n");
DEFINE_DEBUGFS_ATTRIBUTE(test_free_fops, NULL, test_free_set, "%llu\n");
DEFINE_DEBUGFS_ATTRIBUTE(test_unmake_fops, NULL, test_unmake_set, "%llu\n");
DEFINE_DEBUGFS_ATTRIBUTE(test_pin_fops, NULL, test_pin_set, "%llu\n");

static int verify_show(struct seq_file *file, void *data)
{
	unsigned long movable = 0, wrong;

	mutex_lock(&test_mutex);
	wrong = test_count_wrong(&movable);
	seq_printf(file, "pages %lu\nmovable %lu\nwrong %lu\n", test_nr, movable, wrong);
	seq_printf(file, "pinned %lu\nlisted %lu\n", test_count_pinned(), test_own_count());
	mutex_unlock(&test_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(verify);

static int pfns_show(struct seq_file *file, void *data)
{
	struct test_slot *slot;

	mutex_lock(&test_mutex);
	list_for_each_entry(slot, &test_slots, node)
		seq_printf(file, "%lu\n", page_to_pfn(READ_ONCE(slot->page)));
	mutex_unlock(&test_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(pfns);

static int refused_show(struct seq_file *file, void *data)
{
	mutex_lock(&test_mutex);
	test_refused_show(file);
	mutex_unlock(&test_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(refused);

static int counters_show(struct seq_file *file, void *data)
{
	test_counters_show(file);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

void test_control_init(void)
{
	test_dir = debugfs_create_dir("memctl_test", NULL);
	debugfs_create_file("pages", 0600, test_dir, NULL, &test_pages_fops);
	debugfs_create_file("free", 0200, test_dir, NULL, &test_free_fops);
	debugfs_create_file("unmake", 0200, test_dir, NULL, &test_unmake_fops);
	debugfs_create_file("pin", 0200, test_dir, NULL, &test_pin_fops);
	debugfs_create_file("refused", 0400, test_dir, NULL, &refused_fops);
	debugfs_create_file("verify", 0400, test_dir, NULL, &verify_fops);
	debugfs_create_file("pfns", 0400, test_dir, NULL, &pfns_fops);
	debugfs_create_file("counters", 0400, test_dir, NULL, &counters_fops);
}

void test_control_exit(void)
{
	debugfs_remove(test_dir);
}
