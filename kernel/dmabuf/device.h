/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/memctl_contig: uapi/memctl_dmabuf.h. /sys/class/misc/memctl_contig has what all buffers are,
 * those of heaps with them: buffers, and bytes.
 */
#ifndef MEMCTL_DMABUF_DEVICE_H
#define MEMCTL_DMABUF_DEVICE_H

/* Makes the device, which may be opened at once. 0, or an error: there is none. */
int memctl_device_init(void);

/* Nobody has it open, and there are no buffers. */
void memctl_device_exit(void);

#endif /* MEMCTL_DMABUF_DEVICE_H */
