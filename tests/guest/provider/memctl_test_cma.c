// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that asks CMA areas for memory. In debugfs, directory memctl_test_cma:
 *   area      write "NAME [START END]": the area that the others are about, and its pfns
 *   alloc     write "PAGES ORDER": an allocation, aligned to 1 << ORDER pages. It stays
 *   free      write "PFN PAGES": some pages of what it has are released
 *   pin       write "PFN": a reference to that page more; 0: to the first of shared memory
 *   unpin     write "PFN": that reference is dropped
 *   passing   write "PFN PAGES ORDER": an allocation while there is a reference to that page
 *   dying     write "PAGES ORDER": an allocation of a process that has just been killed
 *   starved   write "PAGES ORDER": an allocation while little is free, and nothing can be reclaimed
 *   keep      write N: takes movable pages, N at most, until one is in the area, and keeps that one
 *   drop      write "PFN": frees it
 *   last      read: the first pfn of the last allocation, the page pinned or kept; 0: it failed
 *
 * What it still has when it goes, it leaks: the test that has not freed it has failed. The
 * functions are found by name, for most kernels do not export them; the guests check no calls.
 */
#include <linux/cma.h>
#include <linux/debugfs.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define TEST_LINE	64
#define TEST_LEFT	256	/* pages that others have while little is free */

static struct {
	int (*each)(int (*it)(struct cma *cma, void *data), void *data);
	const char *(*name)(const struct cma *cma);
	struct page *(*alloc)(struct cma *cma, unsigned long count, unsigned int align,
			      bool no_warn);
	bool (*release)(struct cma *cma, const struct page *pages, unsigned long count);
} test_cma;

static DEFINE_MUTEX(test_lock);	/* guards the four below */
static struct cma *test_area;
static unsigned long test_start, test_end;
static u64 test_last;
static struct dentry *test_dir;

static struct page *test_page(unsigned long pfn)
{
	return pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;
}

static bool test_in_area(unsigned long pfn)
{
	return pfn >= test_start && pfn < test_end;
}

static int test_find(struct cma *cma, void *data)
{
	if (strcmp(test_cma.name(cma), data))
		return 0;
	test_area = cma;
	return 1;
}

static int test_set_area(char *line)
{
	char name[TEST_LINE];

	test_start = 0;
	test_end = 0;
	if (sscanf(line, "%63s %lu %lu", name, &test_start, &test_end) < 1)
		return -EINVAL;
	return test_cma.each(test_find, name) ? 0 : -ENOENT;
}

static int test_alloc(char *line)
{
	unsigned long pages;
	unsigned int order;
	struct page *page;

	if (sscanf(line, "%lu %u", &pages, &order) != 2)
		return -EINVAL;
	page = test_cma.alloc(test_area, pages, order, true);
	test_last = page ? page_to_pfn(page) : 0;
	return page ? 0 : -ENOMEM;
}

static int test_free(char *line)
{
	unsigned long pfn, pages;

	if (sscanf(line, "%lu %lu", &pfn, &pages) != 2 || !test_page(pfn))
		return -EINVAL;
	return test_cma.release(test_area, pfn_to_page(pfn), pages) ? 0 : -EINVAL;
}

/* A page of shared memory (tmpfs): no process that ends gives it back, or changes what it is. */
static unsigned long test_find_shmem(void)
{
	unsigned long pfn;

	for (pfn = test_start; pfn < test_end; pfn++) {
		struct page *page = test_page(pfn);

		if (page && PageLRU(page) && folio_test_swapbacked(page_folio(page)) &&
		    !PageAnon(page) && page_count(page) > 0)
			return pfn;
	}
	return 0;
}

static int test_pin(char *line)
{
	unsigned long pfn;

	if (kstrtoul(line, 10, &pfn))
		return -EINVAL;
	if (!pfn)
		pfn = test_find_shmem();
	if (!pfn || !test_page(pfn) || !get_page_unless_zero(pfn_to_page(pfn)))
		return -EBUSY;
	test_last = pfn;
	return 0;
}

static int test_unpin(char *line)
{
	unsigned long pfn;

	if (kstrtoul(line, 10, &pfn) || !test_page(pfn))
		return -EINVAL;
	put_page(pfn_to_page(pfn));
	return 0;
}

static int test_passing(char *line)
{
	unsigned long pfn, pages;
	unsigned int order;
	struct page *page;

	if (sscanf(line, "%lu %lu %u", &pfn, &pages, &order) != 3 || !test_page(pfn))
		return -EINVAL;
	if (!get_page_unless_zero(pfn_to_page(pfn)))
		return -EBUSY;
	page = test_cma.alloc(test_area, pages, order, true);
	put_page(pfn_to_page(pfn));
	test_last = page ? page_to_pfn(page) : 0;
	return page ? 0 : -ENOMEM;
}

static int test_dying(char *line)
{
	send_sig(SIGKILL, current, 1);
	return test_alloc(line);
}

static int test_starved(char *line)
{
	struct page *page, *next;
	unsigned long left = 0;
	LIST_HEAD(held);
	int err;

	while ((page = alloc_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOMEMALLOC | __GFP_NOWARN)))
		list_add(&page->lru, &held);
	list_for_each_entry_safe(page, next, &held, lru) {
		if (left++ == TEST_LEFT)
			break;
		list_del(&page->lru);
		__free_page(page);
	}
	err = test_alloc(line);
	list_for_each_entry_safe(page, next, &held, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
	return err;
}

static int test_keep(char *line)
{
	struct page *page, *next;
	LIST_HEAD(others);
	unsigned long n;

	if (kstrtoul(line, 10, &n))
		return -EINVAL;
	test_last = 0;
	while (n-- && !test_last) {
		page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NORETRY | __GFP_NOWARN);
		if (!page)
			break;
		if (test_in_area(page_to_pfn(page)))
			test_last = page_to_pfn(page);
		else
			list_add(&page->lru, &others);
	}
	list_for_each_entry_safe(page, next, &others, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
	return test_last ? 0 : -ENOMEM;
}

static int test_drop(char *line)
{
	unsigned long pfn;

	if (kstrtoul(line, 10, &pfn) || !test_page(pfn))
		return -EINVAL;
	__free_page(pfn_to_page(pfn));
	return 0;
}

static ssize_t test_write(struct file *file, const char __user *from, size_t length, loff_t *at)
{
	int (*what)(char *line) = file_inode(file)->i_private;
	char line[TEST_LINE];
	int err;

	if (length >= sizeof(line) || copy_from_user(line, from, length))
		return -EINVAL;
	line[length] = 0;
	mutex_lock(&test_lock);
	err = test_area || what == test_set_area ? what(strim(line)) : -ENODEV;
	mutex_unlock(&test_lock);
	return err ?: length;
}

static const struct file_operations test_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = test_write,
};

static const struct {
	const char *name;
	int (*what)(char *line);
} test_files[] = {
	{ "area", test_set_area },
	{ "alloc", test_alloc },
	{ "free", test_free },
	{ "pin", test_pin },
	{ "unpin", test_unpin },
	{ "passing", test_passing },
	{ "dying", test_dying },
	{ "starved", test_starved },
	{ "keep", test_keep },
	{ "drop", test_drop },
};

static int __init test_look_up(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*lookup)(const char *name);
	int err = register_kprobe(&probe);

	if (err)
		return err;
	unregister_kprobe(&probe);
	lookup = (void *)probe.addr;
	test_cma.each = (void *)lookup("cma_for_each_area");
	test_cma.name = (void *)lookup("cma_get_name");
	test_cma.alloc = (void *)lookup("cma_alloc");
	test_cma.release = (void *)lookup("cma_release");
	return test_cma.each && test_cma.name && test_cma.alloc && test_cma.release ? 0 :
									       -EOPNOTSUPP;
}

static int __init test_init(void)
{
	unsigned int i;
	int err = test_look_up();

	if (err)
		return err;
	test_dir = debugfs_create_dir("memctl_test_cma", NULL);
	for (i = 0; i < ARRAY_SIZE(test_files); i++)
		debugfs_create_file(test_files[i].name, 0200, test_dir, test_files[i].what,
				    &test_fops);
	debugfs_create_u64("last", 0400, test_dir, &test_last);
	return 0;
}

static void __exit test_exit(void)
{
	debugfs_remove_recursive(test_dir);
}

module_init(test_init);
module_exit(test_exit);

MODULE_DESCRIPTION("Asks CMA areas for memory, to test who watches them");
MODULE_LICENSE("GPL");
