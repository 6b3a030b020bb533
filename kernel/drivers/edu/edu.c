// SPDX-License-Identifier: GPL-2.0
/*
 * The PCI device and /dev/memctl_edu. An example: nothing loads it by itself. It has no
 * MODULE_DEVICE_TABLE on purpose, for udev would load it wherever QEMU has an edu device,
 * also where somebody learns to write a driver of his own for it.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "edu.h"

#define EDU_VENDOR	0x1234
#define EDU_DEVICE	0x11e8
#define EDU_ID		0x00		/* 0xMMmm00ed, a version and "ed" */

static void edu_release(struct kref *ref)
{
	struct edu_device *edu = container_of(ref, struct edu_device, ref);

	memctl_provider_unregister(edu->provider);
	edu_space_exit(edu);
	pci_dev_put(edu->pdev);
	kfree(edu);
}

/* May wait for operations of the provider's: no lock that they take is held. */
void edu_put(struct edu_device *edu)
{
	kref_put(&edu->ref, edu_release);
}

static long edu_alloc(struct edu_device *edu, void __user *arg)
{
	struct memctl_edu_alloc alloc;
	struct edu_buffer *buffer;
	struct file *file;

	if (copy_from_user(&alloc, arg, sizeof(alloc)))
		return -EFAULT;
	if (!alloc.size || alloc.size % PAGE_SIZE || alloc.reserved)
		return -EINVAL;
	if (alloc.size > MEMCTL_EDU_SPACE)
		return -ENOSPC;
	buffer = edu_buffer_new(edu, alloc.size);
	if (IS_ERR(buffer))
		return PTR_ERR(buffer);
	file = edu_buffer_file(buffer);
	if (IS_ERR(file)) {
		edu_buffer_free(buffer);
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

static long edu_info(struct edu_device *edu, void __user *arg)
{
	struct memctl_edu_info info;

	mutex_lock(&edu->lock);
	info = edu->count;
	mutex_unlock(&edu->lock);
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long edu_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	switch (command) {
	case MEMCTL_EDU_ALLOC:
		return edu_alloc(file->private_data, (void __user *)arg);
	case MEMCTL_EDU_INFO:
		return edu_info(file->private_data, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static int edu_open(struct inode *inode, struct file *file)
{
	struct edu_device *edu = container_of(file->private_data, struct edu_device, misc);

	kref_get(&edu->ref);
	file->private_data = edu;
	return 0;
}

static int edu_close(struct inode *inode, struct file *file)
{
	edu_put(file->private_data);
	return 0;
}

static const struct file_operations edu_fops = {
	.owner = THIS_MODULE,
	.open = edu_open,
	.release = edu_close,
	.unlocked_ioctl = edu_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* The device answers, and its registers are at edu->mmio. */
static int edu_enable(struct edu_device *edu)
{
	struct pci_dev *pdev = edu->pdev;
	int err;

	err = pci_enable_device(pdev);
	if (err)
		return err;
	err = pci_request_regions(pdev, "memctl_edu");
	if (err)
		goto disable;
	err = -ENODEV;
	edu->mmio = pci_iomap(pdev, 0, 0);
	if (!edu->mmio)
		goto regions;
	if ((ioread32(edu->mmio + EDU_ID) & 0xffff) == 0xed)
		return 0;
	pci_iounmap(pdev, edu->mmio);
regions:
	pci_release_regions(pdev);
disable:
	pci_disable_device(pdev);
	return err;
}

static void edu_disable(struct edu_device *edu)
{
	pci_iounmap(edu->pdev, edu->mmio);
	pci_release_regions(edu->pdev);
	pci_disable_device(edu->pdev);
}

static int edu_start(struct edu_device *edu)
{
	struct device *dev = &edu->pdev->dev;
	int err;

	err = edu_space_init(edu);
	if (err)
		return err;
	edu->provider = memctl_provider_register("edu", &edu_movable_ops, edu);
	if (IS_ERR(edu->provider)) {
		err = PTR_ERR(edu->provider);
		goto space;
	}
	memctl_provider_prefer_node(edu->provider, dev_to_node(dev));
	err = edu_job_init(edu);
	if (err)
		goto provider;
	edu->misc.minor = MISC_DYNAMIC_MINOR;
	edu->misc.name = "memctl_edu";
	edu->misc.fops = &edu_fops;
	edu->misc.mode = 0600;
	edu->misc.parent = dev;
	err = misc_register(&edu->misc);
	if (!err)
		return 0;
	edu_job_exit(edu);
provider:
	memctl_provider_unregister(edu->provider);
space:
	iommu_detach_device(edu->domain, dev);
	edu_space_exit(edu);
	return err;
}

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct edu_device *edu;
	int err;

	edu = kzalloc(sizeof(*edu), GFP_KERNEL);
	if (!edu)
		return -ENOMEM;
	edu->pdev = pci_dev_get(pdev);
	kref_init(&edu->ref);
	mutex_init(&edu->lock);
	pci_set_drvdata(pdev, edu);
	err = edu_enable(edu);
	if (err)
		goto device;
	err = edu_start(edu);
	if (err)
		goto disable;
	return 0;
disable:
	edu_disable(edu);
device:
	pci_dev_put(pdev);
	kfree(edu);
	return err;
}

/* Open files keep what is left of it; their jobs fail with -ENODEV, their pages move on. */
static void edu_remove(struct pci_dev *pdev)
{
	struct edu_device *edu = pci_get_drvdata(pdev);

	misc_deregister(&edu->misc);
	edu_job_exit(edu);
	iommu_detach_device(edu->domain, &pdev->dev);
	edu_disable(edu);
	edu_put(edu);
}

static const struct pci_device_id edu_ids[] = {
	{ PCI_DEVICE(EDU_VENDOR, EDU_DEVICE) },
	{}
};

static struct pci_driver edu_driver = {
	.name = "memctl_edu",
	.id_table = edu_ids,
	.probe = edu_probe,
	.remove = edu_remove,
	.driver.pm = pm_ptr(&edu_pm_ops),
};
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("Movable buffers for QEMU's edu device, an example for drivers behind an IOMMU");
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The memctl authors");
MODULE_VERSION(MEMCTL_MODULE_VERSION);
