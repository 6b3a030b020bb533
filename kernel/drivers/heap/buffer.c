// SPDX-License-Identifier: GPL-2.0
/*
 * A buffer: pages that may move at any time, a file that stands for them, and the
 * mappings of that file.
 *
 * A mapping holds pfns, not pages (VM_PFNMAP): nobody can pin what may move. The
 * buffer's own address space finds all mappings of a page again.
 */
#include <linux/anon_inodes.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "heap.h"
#include "mm/vma.h"

static const struct address_space_operations heap_no_aops = {};

static vm_fault_t heap_fault(struct vm_fault *vmf)
{
	struct heap_buffer *buffer = vmf->vma->vm_private_data;
	struct heap_slot *slot;
	vm_fault_t ret;

	if (vmf->pgoff >= buffer->pages)
		return VM_FAULT_SIGBUS;
	slot = &buffer->slots[vmf->pgoff];
	mutex_lock(&buffer->lock);
	memctl_page_touch(slot->handle);
	ret = vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(slot->page));
	mutex_unlock(&buffer->lock);
	return ret;
}

static const struct vm_operations_struct heap_vm_ops = {
	.fault = heap_fault,
};

/* The vma holds the file, and the file the buffer. */
static int heap_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct heap_buffer *buffer = file->private_data;
	unsigned long end;

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (check_add_overflow(vma->vm_pgoff, vma_pages(vma), &end) || end > buffer->pages)
		return -EINVAL;
	memctl_vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_private_data = buffer;
	vma->vm_ops = &heap_vm_ops;
	return 0;
}

/* Takes pages out of all user mappings; the next touch faults. */
void heap_buffer_unmap(struct heap_buffer *buffer, unsigned long index, unsigned long nr)
{
	unmap_mapping_range(&buffer->mapping, (loff_t)index << PAGE_SHIFT,
			    (loff_t)nr << PAGE_SHIFT, 1);
}

static bool heap_range_valid(const struct heap_buffer *buffer, u64 offset, u64 length)
{
	u64 end;

	return length && !check_add_overflow(offset, length, &end) &&
	       end <= (u64)buffer->pages << PAGE_SHIFT;
}

static long heap_sync(struct heap_buffer *buffer, void __user *arg)
{
	const u32 directions = MEMCTL_HEAP_TO_DEVICE | MEMCTL_HEAP_FROM_DEVICE;
	struct memctl_heap_sync sync;
	unsigned long first, last;

	if (copy_from_user(&sync, arg, sizeof(sync)))
		return -EFAULT;
	if (!sync.direction || sync.direction & ~directions || sync.reserved ||
	    !heap_range_valid(buffer, sync.offset, sync.length))
		return -EINVAL;
	first = sync.offset >> PAGE_SHIFT;
	last = (sync.offset + sync.length - 1) >> PAGE_SHIFT;
	heap_device_flush(&buffer->slots[first], last - first + 1);
	return 0;
}

static long heap_run(struct heap_buffer *buffer, void __user *arg)
{
	struct memctl_heap_run run;
	u64 at, sum = 0;

	if (copy_from_user(&run, arg, sizeof(run)))
		return -EFAULT;
	if ((run.operation != MEMCTL_HEAP_FILL && run.operation != MEMCTL_HEAP_SUM) ||
	    run.reserved || run.offset % sizeof(u64) || run.length % sizeof(u64) ||
	    !heap_range_valid(buffer, run.offset, run.length))
		return -EINVAL;
	for (at = run.offset; at < run.offset + run.length;) {
		u64 end = min(run.offset + run.length, (u64)ALIGN_DOWN(at, PAGE_SIZE) + PAGE_SIZE);

		mutex_lock(&buffer->lock);
		sum += heap_device_run(&buffer->slots[at >> PAGE_SHIFT], run.operation,
				       (at & ~PAGE_MASK) / sizeof(u64), (end - at) / sizeof(u64),
				       run.value + at / sizeof(u64));
		mutex_unlock(&buffer->lock);
		at = end;
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	if (run.operation == MEMCTL_HEAP_FILL)
		return 0;
	run.value = sum;
	return copy_to_user(arg, &run, sizeof(run)) ? -EFAULT : 0;
}

static long heap_buffer_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	switch (command) {
	case MEMCTL_HEAP_SYNC:
		return heap_sync(file->private_data, (void __user *)arg);
	case MEMCTL_HEAP_RUN:
		return heap_run(file->private_data, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static int heap_buffer_release(struct inode *inode, struct file *file)
{
	heap_buffer_free(file->private_data);
	return 0;
}

static const struct file_operations heap_buffer_fops = {
	.owner = THIS_MODULE,
	.release = heap_buffer_release,
	.mmap = heap_mmap,
	.unlocked_ioctl = heap_buffer_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* A file for the buffer, which is freed with it; on error the buffer is the caller's still. */
struct file *heap_buffer_file(struct heap_buffer *buffer)
{
	struct file *file;

	file = anon_inode_getfile("[memctl_heap]", &heap_buffer_fops, buffer, O_RDWR);
	if (IS_ERR(file))
		return file;
	/* Not that of all anonymous inodes: unmapping would reach their mappings too. */
	buffer->mapping.host = file_inode(file);
	file->f_mapping = &buffer->mapping;
	return file;
}

static int heap_slot_fill(struct memctl_provider *provider, struct heap_slot *slot)
{
	struct page *page;

	/* The memory cgroup of who allocates pays, also when the page has moved. */
	page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_ACCOUNT | __GFP_ZERO |
			  __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!page)
		return -ENOMEM;
	slot->page = page;
	slot->handle = memctl_page_make(provider, page, slot);
	if (IS_ERR(slot->handle)) {
		put_page(page);
		return PTR_ERR(slot->handle);
	}
	return 0;
}

struct heap_buffer *heap_buffer_new(struct memctl_provider *provider, unsigned long pages)
{
	struct heap_buffer *buffer;
	unsigned long i;
	int err = 0;

	buffer = kvzalloc(struct_size(buffer, slots, pages), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!buffer)
		return ERR_PTR(-ENOMEM);
	mutex_init(&buffer->lock);
	address_space_init_once(&buffer->mapping);
	buffer->mapping.a_ops = &heap_no_aops;
	for (i = 0; i < pages && !err; i++) {
		buffer->slots[i].buffer = buffer;
		err = fatal_signal_pending(current) ? -EINTR :
						      heap_slot_fill(provider, &buffer->slots[i]);
		if (!err)
			buffer->pages++;
		cond_resched();
	}
	if (err) {
		heap_buffer_free(buffer);
		return ERR_PTR(err);
	}
	return buffer;
}

/* Nothing maps the buffer any more. */
void heap_buffer_free(struct heap_buffer *buffer)
{
	unsigned long i;

	heap_device_flush(buffer->slots, buffer->pages);
	for (i = 0; i < buffer->pages; i++) {
		memctl_page_free(buffer->slots[i].handle);
		cond_resched();
	}
	kvfree(buffer);
}
