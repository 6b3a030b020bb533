// SPDX-License-Identifier: GPL-2.0
#include <linux/build_bug.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/uaccess.h>
#include <uapi/linux/dma-heap.h>
#include <uapi/memctl_dmabuf.h>

#include "dmabuf/buffer.h"
#include "dmabuf/device.h"
#include "dmabuf/quota.h"

static_assert(sizeof(struct memctl_contig_alloc) == sizeof(struct dma_heap_allocation_data));

/* -EINVAL, or 0 and the node that is asked for, or NUMA_NO_NODE. */
static int memctl_device_check(unsigned int command, const struct memctl_contig_alloc *alloc,
			       int *node)
{
	unsigned int flags = command == MEMCTL_CONTIG_ALLOC ? MEMCTL_CONTIG_ON_NODE : 0;

	if (alloc->fd || alloc->fd_flags & ~(O_ACCMODE | O_CLOEXEC) || alloc->flags & ~flags ||
	    !PAGE_ALIGN(alloc->len))
		return -EINVAL;
	*node = NUMA_NO_NODE;
	if (!alloc->flags)
		return alloc->node ? -EINVAL : 0;
	if (alloc->node >= MAX_NUMNODES || !node_state(alloc->node, N_MEMORY))
		return -EINVAL;
	*node = alloc->node;
	return 0;
}

/* The descriptor is found first, and filled last: until then all can be taken back. */
static long memctl_device_allocate(unsigned int command, struct memctl_contig_alloc __user *arg)
{
	struct memctl_contig_alloc alloc;
	struct dma_buf *dmabuf;
	int node, fd, err;

	if (copy_from_user(&alloc, arg, sizeof(alloc)))
		return -EFAULT;
	err = memctl_device_check(command, &alloc, &node);
	if (err)
		return err;
	fd = get_unused_fd_flags(alloc.fd_flags);
	if (fd < 0)
		return fd;
	dmabuf = memctl_buffer_new(PAGE_ALIGN(alloc.len), node, alloc.fd_flags);
	if (IS_ERR(dmabuf)) {
		put_unused_fd(fd);
		return PTR_ERR(dmabuf);
	}
	if (put_user(fd, &arg->fd)) {
		put_unused_fd(fd);
		dma_buf_put(dmabuf);
		return -EFAULT;
	}
	fd_install(fd, dmabuf->file);
	return 0;
}

static long memctl_device_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	if (command != MEMCTL_CONTIG_ALLOC && command != DMA_HEAP_IOCTL_ALLOC)
		return -ENOTTY;
	return memctl_device_allocate(command, (void __user *)arg);
}

static const struct file_operations memctl_device_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = memctl_device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static ssize_t buffers_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", memctl_quota_total().buffers);
}
static DEVICE_ATTR_RO(buffers);

static ssize_t bytes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", memctl_quota_total().bytes);
}
static DEVICE_ATTR_RO(bytes);

static struct attribute *memctl_device_attrs[] = {
	&dev_attr_buffers.attr,
	&dev_attr_bytes.attr,
	NULL,
};
ATTRIBUTE_GROUPS(memctl_device);

static struct miscdevice memctl_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "memctl_contig",
	.fops = &memctl_device_fops,
	.groups = memctl_device_groups,
	.mode = 0600,
};

int memctl_device_init(void)
{
	return misc_register(&memctl_device);
}

void memctl_device_exit(void)
{
	misc_deregister(&memctl_device);
}
