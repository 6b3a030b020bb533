// SPDX-License-Identifier: GPL-2.0
/*
 * Work for the device: transfers between memory and the 4096 bytes inside it, their
 * interrupt, and the device's power. What movable.c relies on is here:
 *
 * - a page is pinned before the device is given its address, and unpinned when the device
 *   cannot touch it any more, and not before: at the interrupt, or when it was stopped;
 * - under edu->lock, after it was pinned, it is mapped if it is not: the round that the VM
 *   has begun may have taken the mapping away;
 * - while edu->awake is false the device does no DMA, and it becomes true only after what
 *   is stale was forgotten.
 */
#include <linux/bits.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/pm_runtime.h>

#include "edu.h"

#define EDU_IRQ_STATUS		0x24
#define EDU_IRQ_ACK		0x64
#define EDU_DMA_SOURCE		0x80
#define EDU_DMA_TARGET		0x88
#define EDU_DMA_COUNT		0x90
#define EDU_DMA_COMMAND		0x98
#define EDU_START		BIT(0)
#define EDU_TO_MEMORY		BIT(1)
#define EDU_INTERRUPT		BIT(2)
#define EDU_IRQ_DMA		0x100
#define EDU_INSIDE		0x40000		/* the device's address of its memory */

/*
 * The most of one transfer, half of what is inside: QEMU 7.2 takes the last byte inside
 * for one that is outside, and ends itself.
 */
#define EDU_TRANSFER_MAX	2048u
#define EDU_PATIENCE		(30 * HZ)	/* a transfer takes 0.1 s */

static irqreturn_t edu_interrupt(int irq, void *data)
{
	struct edu_device *edu = data;
	u32 status = ioread32(edu->mmio + EDU_IRQ_STATUS);

	if (!status)
		return IRQ_NONE;
	iowrite32(status, edu->mmio + EDU_IRQ_ACK);
	if (status & EDU_IRQ_DMA)
		complete(&edu->transferred);
	return IRQ_HANDLED;
}

/* The device does not answer: it is kept from DMA for good, so that its pages may move again. */
static int edu_break(struct edu_device *edu)
{
	dev_err(&edu->pdev->dev, "a transfer does not end: the device is not used any more\n");
	pci_clear_master(edu->pdev);
	mutex_lock(&edu->lock);
	edu->gone = true;
	mutex_unlock(&edu->lock);
	return -EIO;
}

static int edu_transfer(struct edu_device *edu, unsigned long iova, unsigned int length,
			bool to_memory)
{
	reinit_completion(&edu->transferred);
	iowrite32(to_memory ? EDU_INSIDE : iova, edu->mmio + EDU_DMA_SOURCE);
	iowrite32(to_memory ? iova : EDU_INSIDE, edu->mmio + EDU_DMA_TARGET);
	iowrite32(length, edu->mmio + EDU_DMA_COUNT);
	iowrite32(EDU_START | EDU_INTERRUPT | (to_memory ? EDU_TO_MEMORY : 0),
		  edu->mmio + EDU_DMA_COMMAND);
	if (!wait_for_completion_timeout(&edu->transferred, EDU_PATIENCE))
		return edu_break(edu);
	mutex_lock(&edu->lock);
	edu->count.transfers++;
	mutex_unlock(&edu->lock);
	return 0;
}

/* One transfer. The page is pinned while the device works on it, not while a job is queued. */
static int edu_job_step(struct edu_slot *slot, unsigned int offset, unsigned int length,
			bool to_memory)
{
	struct edu_device *edu = slot->buffer->edu;
	int err;

	memctl_page_pin(slot->handle);
	mutex_lock(&edu->lock);
	err = edu_slot_use(slot);
	mutex_unlock(&edu->lock);
	if (!err)
		err = edu_transfer(edu, edu_slot_iova(slot) + offset, length, to_memory);
	memctl_page_unpin(slot->handle);
	return err;
}

/* In parts, each into the device and out of it. The device is awake, and nobody else's. */
static int edu_job_parts(struct edu_slot *from, unsigned int from_offset, struct edu_slot *to,
			 unsigned int to_offset, unsigned int length)
{
	unsigned int done, part;
	int err = 0;

	for (done = 0; done < length && !err; done += part) {
		part = min(length - done, EDU_TRANSFER_MAX);
		err = edu_job_step(from, from_offset + done, part, false);
		if (!err)
			err = edu_job_step(to, to_offset + done, part, true);
	}
	return err;
}

int edu_job_copy(struct edu_slot *from, unsigned int from_offset, struct edu_slot *to,
		 unsigned int to_offset, unsigned int length)
{
	struct edu_device *edu = from->buffer->edu;
	struct device *dev = &edu->pdev->dev;
	int err;

	if (mutex_lock_interruptible(&edu->job_lock))
		return -EINTR;
	/* Under no lock that the resume callback takes. */
	err = edu->gone ? -ENODEV : pm_runtime_resume_and_get(dev);
	if (!err) {
		err = edu_job_parts(from, from_offset, to, to_offset, length);
		pm_runtime_put(dev);
	}
	mutex_unlock(&edu->job_lock);
	return err;
}

/* No DMA from here on, whatever the device is told: so translations may grow stale. */
static int edu_suspend(struct device *dev)
{
	struct edu_device *edu = dev_get_drvdata(dev);

	mutex_lock(&edu->lock);
	pci_clear_master(edu->pdev);
	edu->awake = false;
	mutex_unlock(&edu->lock);
	return 0;
}

/*
 * Under the lock, so that a prepare() which runs now either sees the device awake, or its
 * stale translations are seen here. (Asking pm_runtime_get_if_active() in prepare() is
 * enough for a device that loses its translations with its power.)
 */
static int edu_resume(struct device *dev)
{
	struct edu_device *edu = dev_get_drvdata(dev);

	mutex_lock(&edu->lock);
	edu_forget_stale(edu);
	edu->awake = true;
	if (!edu->gone)
		pci_set_master(edu->pdev);
	mutex_unlock(&edu->lock);
	return 0;
}

/* The system sleeps with the same two; a job is over then, for its process is frozen after it. */
DEFINE_RUNTIME_DEV_PM_OPS(edu_pm_ops, edu_suspend, edu_resume, NULL);

int edu_job_init(struct edu_device *edu)
{
	struct pci_dev *pdev = edu->pdev;
	int err;

	mutex_init(&edu->job_lock);
	init_completion(&edu->transferred);
	err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_ALL_TYPES);
	if (err < 0)
		return err;
	err = request_irq(pci_irq_vector(pdev, 0), edu_interrupt, IRQF_SHARED, "memctl_edu", edu);
	if (err) {
		pci_free_irq_vectors(pdev);
		return err;
	}
	pci_set_master(pdev);
	edu->awake = true;
	pm_runtime_put_noidle(&pdev->dev);	/* the PCI core holds a reference in probe */
	return 0;
}

/* Waits for the job that runs; the next ones find the device gone. The PCI core has woken it. */
void edu_job_exit(struct edu_device *edu)
{
	struct pci_dev *pdev = edu->pdev;

	mutex_lock(&edu->job_lock);
	mutex_lock(&edu->lock);
	edu->gone = true;
	edu->awake = false;
	pci_clear_master(pdev);
	mutex_unlock(&edu->lock);
	mutex_unlock(&edu->job_lock);
	pm_runtime_get_noresume(&pdev->dev);
	free_irq(pci_irq_vector(pdev, 0), edu);
	pci_free_irq_vectors(pdev);
}
