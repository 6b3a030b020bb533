// SPDX-License-Identifier: GPL-2.0
/*
 * memctl_heap.ko: /dev/memctl_heap, and the operations that make its pages movable.
 * Read this file first to write a driver of your own; docs/drivers.md goes along.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "heap.h"

static bool flush_per_page;
module_param(flush_per_page, bool, 0644);
MODULE_PARM_DESC(flush_per_page,
		 "flush the device for each page that migrates, not once a round (to compare)");

static struct memctl_provider *heap_provider;

/* A run of neighbouring pages of one buffer, so that one walk unmaps them all. */
struct heap_run {
	struct heap_buffer *buffer;
	unsigned long first, nr;
};

/*
 * Once a round: takes the pages out of the user mappings, then out of the device.
 * In this order, for the device may still be at work until it is flushed, and what
 * it wrote is written back then. Whoever uses a page again faults, or misses the
 * device's TLB, under the buffer's lock, and reports it by memctl_page_touch().
 */
static void heap_run_unmap(struct heap_run *run)
{
	if (run->nr)
		heap_buffer_unmap(run->buffer, run->first, run->nr);
	if (run->buffer)
		mutex_unlock(&run->buffer->lock);
	run->buffer = NULL;
	run->nr = 0;
}

/* Begins a run with a slot, unless its buffer is in use: that page is then moved by itself. */
static void heap_run_begin(struct heap_run *run, struct heap_slot *slot)
{
	if (!mutex_trylock(&slot->buffer->lock)) {
		memctl_page_touch(slot->handle);
		return;
	}
	run->buffer = slot->buffer;
	run->first = heap_slot_index(slot);
	run->nr = 1;
}

static int heap_prepare(struct memctl_round *round, enum migrate_mode mode)
{
	bool per_page = READ_ONCE(flush_per_page);	/* for the whole round: it may be written */
	struct heap_run run = {};
	struct memctl_page *page;

	memctl_round_for_each(page, round) {
		struct heap_slot *slot = memctl_page_data(page);
		unsigned long index = heap_slot_index(slot);

		if (run.buffer == slot->buffer && index == run.first + run.nr) {
			run.nr++;
		} else if (run.buffer == slot->buffer && index + 1 == run.first) {
			run.first--;
			run.nr++;
		} else {
			heap_run_unmap(&run);
			heap_run_begin(&run, slot);
		}
		if (per_page)
			heap_device_flush(slot, 1);
	}
	heap_run_unmap(&run);
	if (!per_page)
		heap_device_flush_all();
	return 0;
}

static int heap_migrate(struct memctl_page *page, struct page *dst, enum migrate_mode mode)
{
	struct heap_slot *slot = memctl_page_data(page);
	struct heap_buffer *buffer = slot->buffer;

	/* Tried only: its holder may be in reclaim, and wait for us. */
	if (!mutex_trylock(&buffer->lock))
		return -EAGAIN;
	if (!memctl_page_prepared(page)) {
		heap_buffer_unmap(buffer, heap_slot_index(slot), 1);
		heap_device_flush(slot, 1);
	}
	copy_highpage(dst, slot->page);
	slot->page = dst;
	mutex_unlock(&buffer->lock);
	return 0;
}

/* A heap page is on no list of ours: isolate() and putback() have nothing to do. */
static const struct memctl_movable_ops heap_ops = {
	.prepare = heap_prepare,
	.migrate = heap_migrate,
};

static long heap_alloc(void __user *arg)
{
	struct memctl_heap_alloc alloc;
	struct heap_buffer *buffer;
	struct file *file;

	if (copy_from_user(&alloc, arg, sizeof(alloc)))
		return -EFAULT;
	if (!alloc.size || alloc.size % PAGE_SIZE || alloc.reserved)
		return -EINVAL;
	if (alloc.size >> PAGE_SHIFT > totalram_pages())
		return -ENOMEM;
	buffer = heap_buffer_new(heap_provider, alloc.size >> PAGE_SHIFT);
	if (IS_ERR(buffer))
		return PTR_ERR(buffer);
	file = heap_buffer_file(buffer);
	if (IS_ERR(file)) {
		heap_buffer_free(buffer);
		return PTR_ERR(file);
	}
	alloc.fd = get_unused_fd_flags(O_CLOEXEC);
	if (alloc.fd < 0) {
		fput(file);
		return alloc.fd;
	}
	if (copy_to_user(arg, &alloc, sizeof(alloc))) {
		put_unused_fd(alloc.fd);
		fput(file);
		return -EFAULT;
	}
	fd_install(alloc.fd, file);
	return 0;
}

static long heap_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	return command == MEMCTL_HEAP_ALLOC ? heap_alloc((void __user *)arg) : -ENOTTY;
}

static const struct file_operations heap_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = heap_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* The model device's counters, since the module was loaded: one number a file. */
static ssize_t flushes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct heap_device_counters counters;

	heap_device_count(&counters);
	return sysfs_emit(buf, "%llu\n", counters.flushes);
}
static DEVICE_ATTR_RO(flushes);

static ssize_t writebacks_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct heap_device_counters counters;

	heap_device_count(&counters);
	return sysfs_emit(buf, "%llu\n", counters.writebacks);
}
static DEVICE_ATTR_RO(writebacks);

static ssize_t misses_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct heap_device_counters counters;

	heap_device_count(&counters);
	return sysfs_emit(buf, "%llu\n", counters.misses);
}
static DEVICE_ATTR_RO(misses);

static struct attribute *heap_attrs[] = {
	&dev_attr_flushes.attr,
	&dev_attr_writebacks.attr,
	&dev_attr_misses.attr,
	NULL,
};
ATTRIBUTE_GROUPS(heap);

static struct miscdevice heap_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "memctl_heap",
	.fops = &heap_fops,
	.groups = heap_groups,
	.mode = 0600,
};

static int __init memctl_heap_init(void)
{
	int err;

	err = heap_device_init();
	if (err)
		return err;
	heap_provider = memctl_provider_register("heap", &heap_ops, NULL);
	if (IS_ERR(heap_provider)) {
		err = PTR_ERR(heap_provider);
		goto device;
	}
	err = misc_register(&heap_misc);
	if (err)
		goto provider;
	return 0;
provider:
	memctl_provider_unregister(heap_provider);
device:
	heap_device_exit();
	return err;
}

static void __exit memctl_heap_exit(void)
{
	misc_deregister(&heap_misc);
	memctl_provider_unregister(heap_provider);
	heap_device_exit();
}

module_init(memctl_heap_init);
module_exit(memctl_heap_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The memctl authors");
MODULE_DESCRIPTION("Buffers of movable pages for a model device: to copy from, and to test with");
MODULE_VERSION(MEMCTL_MODULE_VERSION);
