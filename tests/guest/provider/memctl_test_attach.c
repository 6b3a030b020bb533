// SPDX-License-Identifier: GPL-2.0
/*
 * A device that uses a dma-buf. In debugfs, directory memctl_test_attach:
 *   attach    write "FD": the device attaches to the writer's dma-buf, and maps it. It stays so
 *   detach    write anything: it unmaps it, and detaches
 *   pfn       read: where its memory begins
 *   pieces    read: of how many runs of memory it is made
 *   first     read: the first word, as the kernel maps it
 *
 * attach fails with -EIO if the table, or what the device is given, is not as long as the buffer. A
 * buffer is released when its last user is gone: who writes detach may be the last.
 */
#include <linux/debugfs.h>
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/uaccess.h>

#include "mm/dmabuf.h"

static DEFINE_MUTEX(test_lock);	/* guards all below */
static struct platform_device *test_device;
static struct dma_buf *test_buffer;
static struct dma_buf_attachment *test_attachment;
static struct sg_table *test_table;
static u64 test_pfn, test_pieces, test_first;
static struct dentry *test_dir;

/* Runs of memory in the table. */
static int test_look(void)
{
	unsigned long bytes = 0, given = 0, next = 0;
	struct scatterlist *entry;
	unsigned int i;

	test_pieces = 0;
	test_pfn = page_to_pfn(sg_page(test_table->sgl));
	for_each_sgtable_sg(test_table, entry, i) {
		unsigned long pfn = page_to_pfn(sg_page(entry));

		if (!i || pfn != next || entry->offset)
			test_pieces++;
		next = pfn + (entry->length >> PAGE_SHIFT);
		bytes += entry->length;
	}
	for_each_sgtable_dma_sg(test_table, entry, i)
		given += sg_dma_len(entry);
	return bytes == test_buffer->size && given == bytes ? 0 : -EIO;
}

static int test_peek(void)
{
	struct iosys_map map;
	int err = dma_buf_vmap(test_buffer, &map);

	if (err)
		return err;
	iosys_map_memcpy_from(&test_first, &map, 0, sizeof(test_first));
	dma_buf_vunmap(test_buffer, &map);
	return 0;
}

static void test_unmap(void)
{
	dma_resv_lock(test_buffer->resv, NULL);
	dma_buf_unmap_attachment(test_attachment, test_table, DMA_BIDIRECTIONAL);
	dma_resv_unlock(test_buffer->resv);
}

/* From 6.2 on with the reservation held, before with it or without. */
static int test_map(void)
{
	int err;

	dma_resv_lock(test_buffer->resv, NULL);
	test_table = dma_buf_map_attachment(test_attachment, DMA_BIDIRECTIONAL);
	err = PTR_ERR_OR_ZERO(test_table);
	if (!err) {
		err = test_look() ?: test_peek();
		if (err)
			dma_buf_unmap_attachment(test_attachment, test_table, DMA_BIDIRECTIONAL);
	}
	dma_resv_unlock(test_buffer->resv);
	return err;
}

static void test_let_go(void)
{
	dma_buf_detach(test_buffer, test_attachment);
	dma_buf_put(test_buffer);
	test_buffer = NULL;
}

static int test_attach(char *line)
{
	int fd, err;

	if (kstrtoint(line, 10, &fd))
		return -EINVAL;
	if (test_buffer)
		return -EBUSY;
	test_buffer = dma_buf_get(fd);
	if (IS_ERR(test_buffer)) {
		err = PTR_ERR(test_buffer);
		test_buffer = NULL;
		return err;
	}
	test_attachment = dma_buf_attach(test_buffer, &test_device->dev);
	if (IS_ERR(test_attachment)) {
		dma_buf_put(test_buffer);
		test_buffer = NULL;
		return PTR_ERR(test_attachment);
	}
	err = test_map();
	if (err)
		test_let_go();
	return err;
}

static int test_detach(char *line)
{
	if (!test_buffer)
		return -ENODEV;
	test_unmap();
	test_let_go();
	return 0;
}

static ssize_t test_write(struct file *file, const char __user *from, size_t length, loff_t *at)
{
	int (*what)(char *line) = file_inode(file)->i_private;
	char line[16];
	int err;

	if (length >= sizeof(line) || copy_from_user(line, from, length))
		return -EINVAL;
	line[length] = 0;
	mutex_lock(&test_lock);
	err = what(strim(line));
	mutex_unlock(&test_lock);
	return err ?: length;
}

static const struct file_operations test_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = test_write,
};

static int __init test_init(void)
{
	int err;

	test_device = platform_device_register_simple("memctl_test_attach", PLATFORM_DEVID_NONE,
						      NULL, 0);
	if (IS_ERR(test_device))
		return PTR_ERR(test_device);
	err = dma_coerce_mask_and_coherent(&test_device->dev, DMA_BIT_MASK(64));
	if (err) {
		platform_device_unregister(test_device);
		return err;
	}
	test_dir = debugfs_create_dir("memctl_test_attach", NULL);
	debugfs_create_file("attach", 0200, test_dir, test_attach, &test_fops);
	debugfs_create_file("detach", 0200, test_dir, test_detach, &test_fops);
	debugfs_create_u64("pfn", 0400, test_dir, &test_pfn);
	debugfs_create_u64("pieces", 0400, test_dir, &test_pieces);
	debugfs_create_u64("first", 0400, test_dir, &test_first);
	return 0;
}

static void __exit test_exit(void)
{
	debugfs_remove_recursive(test_dir);
	if (test_buffer)
		test_detach(NULL);
	platform_device_unregister(test_device);
}

module_init(test_init);
module_exit(test_exit);

MEMCTL_IMPORT_DMA_BUF();
MODULE_DESCRIPTION("A device that uses dma-bufs, to test who makes them");
MODULE_LICENSE("GPL");
