// SPDX-License-Identifier: GPL-2.0
/*
 * A buffer: pages that may move at any time, their place in the device's address space, and
 * the file that stands for them. The CPU reads and writes a page while it is pinned.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "edu.h"

/* Copies to or from user space, a page at a time: what was copied, or an errno if nothing was. */
static ssize_t edu_buffer_access(struct edu_buffer *buffer, char __user *user, size_t length,
				 loff_t *at, bool write)
{
	size_t done = 0;

	if (*at < 0)
		return -EINVAL;
	while (done < length && *at < buffer->size) {
		struct edu_slot *slot = &buffer->slots[*at >> PAGE_SHIFT];
		size_t within = offset_in_page(*at);
		size_t part = min(length - done, PAGE_SIZE - within);
		size_t left;
		char *data;

		memctl_page_pin(slot->handle);
		data = kmap_local_page(memctl_page(slot->handle));
		left = write ? copy_from_user(data + within, user + done, part) :
			       copy_to_user(user + done, data + within, part);
		kunmap_local(data);
		memctl_page_unpin(slot->handle);
		done += part - left;
		*at += part - left;
		if (left || fatal_signal_pending(current))
			return done ?: -EFAULT;
		cond_resched();
	}
	return done;
}

static ssize_t edu_read(struct file *file, char __user *user, size_t length, loff_t *at)
{
	return edu_buffer_access(file->private_data, user, length, at, false);
}

/* Writes what there is room for; -ENOSPC if there is none. */
static ssize_t edu_write(struct file *file, const char __user *user, size_t length, loff_t *at)
{
	struct edu_buffer *buffer = file->private_data;

	if (length && *at >= (loff_t)buffer->size)
		return -ENOSPC;
	return edu_buffer_access(buffer, (char __user *)user, length, at, true);
}

/* Is this a range within one page of the buffer? */
static bool edu_range_valid(const struct edu_buffer *buffer, u64 offset, u32 length)
{
	return length && offset < buffer->size && length <= PAGE_SIZE - offset_in_page(offset);
}

static long edu_copy(struct edu_buffer *buffer, void __user *arg)
{
	struct memctl_edu_copy copy;

	if (copy_from_user(&copy, arg, sizeof(copy)))
		return -EFAULT;
	if (copy.reserved || !edu_range_valid(buffer, copy.from, copy.length) ||
	    !edu_range_valid(buffer, copy.to, copy.length))
		return -EINVAL;
	return edu_job_copy(&buffer->slots[copy.from >> PAGE_SHIFT], offset_in_page(copy.from),
			    &buffer->slots[copy.to >> PAGE_SHIFT], offset_in_page(copy.to),
			    copy.length);
}

/* Scan-out, in small: the page is kept in place, and mapped, for as long as user space says. */
static long edu_hold(struct edu_buffer *buffer, void __user *arg, bool hold)
{
	struct edu_device *edu = buffer->edu;
	struct memctl_edu_pin pin;
	struct edu_slot *slot;
	int err = 0;

	if (copy_from_user(&pin, arg, sizeof(pin)))
		return -EFAULT;
	if (pin.offset % PAGE_SIZE || pin.offset >= buffer->size)
		return -EINVAL;
	slot = &buffer->slots[pin.offset >> PAGE_SHIFT];
	if (hold)
		memctl_page_pin(slot->handle);	/* waits for migrate(), which wants the lock */
	mutex_lock(&edu->lock);
	if (slot->held == hold)
		err = hold ? -EBUSY : -ENOENT;
	else if (hold)
		err = edu_slot_use(slot);
	if (!err)
		slot->held = hold;
	mutex_unlock(&edu->lock);
	if (hold == !!err)
		memctl_page_unpin(slot->handle);
	return err;
}

static long edu_buffer_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	switch (command) {
	case MEMCTL_EDU_COPY:
		return edu_copy(file->private_data, (void __user *)arg);
	case MEMCTL_EDU_PIN:
		return edu_hold(file->private_data, (void __user *)arg, true);
	case MEMCTL_EDU_UNPIN:
		return edu_hold(file->private_data, (void __user *)arg, false);
	default:
		return -ENOTTY;
	}
}

static int edu_buffer_release(struct inode *inode, struct file *file)
{
	edu_buffer_free(file->private_data);
	return 0;
}

static const struct file_operations edu_buffer_fops = {
	.owner = THIS_MODULE,
	.release = edu_buffer_release,
	.read = edu_read,
	.write = edu_write,
	.unlocked_ioctl = edu_buffer_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* A file for the buffer, which is freed with it; on error the buffer is the caller's still. */
struct file *edu_buffer_file(struct edu_buffer *buffer)
{
	struct file *file;

	file = anon_inode_getfile("[memctl_edu]", &edu_buffer_fops, buffer, O_RDWR);
	if (!IS_ERR(file))
		file->f_mode |= FMODE_PREAD | FMODE_PWRITE;
	return file;
}

/*
 * All that an operation uses is in the slot before the page is made movable, for it may move
 * before memctl_page_make() returns. The handle is not: operations get it as an argument.
 */
static int edu_slot_fill(struct edu_slot *slot)
{
	struct edu_device *edu = slot->buffer->edu;
	struct memctl_page *handle;
	int err;

	slot->page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_ACCOUNT | __GFP_ZERO |
				__GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!slot->page)
		return -ENOMEM;
	handle = memctl_page_make(edu->provider, slot->page, slot);
	if (IS_ERR(handle)) {
		put_page(slot->page);
		return PTR_ERR(handle);
	}
	slot->handle = handle;
	slot->buffer->pages++;
	mutex_lock(&edu->lock);
	err = edu_slot_use(slot);
	mutex_unlock(&edu->lock);
	return err;
}

struct edu_buffer *edu_buffer_new(struct edu_device *edu, size_t size)
{
	struct edu_buffer *buffer;
	unsigned long i;
	int err = 0;

	buffer = kvzalloc(struct_size(buffer, slots, size >> PAGE_SHIFT),
			  GFP_KERNEL | __GFP_NOWARN);
	if (!buffer)
		return ERR_PTR(-ENOMEM);
	buffer->iova = gen_pool_alloc(edu->space, size);
	if (!buffer->iova) {
		kvfree(buffer);
		return ERR_PTR(-ENOSPC);
	}
	kref_get(&edu->ref);
	buffer->edu = edu;
	buffer->size = size;
	for (i = 0; i < size >> PAGE_SHIFT && !err; i++) {
		buffer->slots[i].buffer = buffer;
		err = fatal_signal_pending(current) ? -EINTR : edu_slot_fill(&buffer->slots[i]);
		cond_resched();
	}
	if (err) {
		edu_buffer_free(buffer);
		return ERR_PTR(err);
	}
	return buffer;
}

/*
 * The device loses the pages before they are freed, by one command for all. From then on no
 * operation maps them again, though operations run until memctl_page_free() has returned.
 */
void edu_buffer_free(struct edu_buffer *buffer)
{
	struct edu_device *edu = buffer->edu;
	unsigned long i;

	mutex_lock(&edu->lock);
	buffer->dying = true;
	for (i = 0; i < buffer->pages; i++)
		edu_slot_unmap(&buffer->slots[i]);
	edu_forget(edu);
	mutex_unlock(&edu->lock);
	for (i = 0; i < buffer->pages; i++) {
		if (buffer->slots[i].held)
			memctl_page_unpin(buffer->slots[i].handle);
		memctl_page_free(buffer->slots[i].handle);
		cond_resched();
	}
	gen_pool_free(edu->space, buffer->iova, buffer->size);
	kvfree(buffer);
	edu_put(edu);
}
