/* SPDX-License-Identifier: GPL-2.0 */
/*
 * May code be called through a pointer? Hardware (IBT, BTI) wants an instruction
 * there that says so, which the kernel erases from functions that nobody in it calls
 * that way; CFI wants the hash of the function's type before it.
 */
#ifndef MEMCTL_MM_LANDING_H
#define MEMCTL_MM_LANDING_H

#include <linux/string.h>
#include <linux/types.h>

/* What guards calls through pointers. */
#define MEMCTL_GUARD_IBT	1
#define MEMCTL_GUARD_BTI	2
#define MEMCTL_GUARD_CFI	4

/**
 * memctl_landing_refusal() - what speaks against a call through a pointer
 * @code: where the call would land; 4 bytes are read
 * @guards: MEMCTL_GUARD_* bits of this kernel
 *
 * Return: words for people, of the function as "it"; NULL when nothing does.
 */
static inline const char *memctl_landing_refusal(const void *code, unsigned int guards)
{
	u32 instruction;

	if (guards & MEMCTL_GUARD_CFI)
		return "this kernel has CFI: functions that it does not export cannot be called";
	memcpy(&instruction, code, sizeof(instruction));
	if ((guards & MEMCTL_GUARD_IBT) && instruction != 0xfa1e0ff3)	/* endbr64 */
		return "this kernel has IBT, and it does not begin with ENDBR";
	/* bti c, bti jc, paciasp, pacibsp */
	if ((guards & MEMCTL_GUARD_BTI) && instruction != 0xd503245f &&
	    instruction != 0xd50324df && instruction != 0xd503233f && instruction != 0xd503237f)
		return "this kernel has BTI, and it does not begin with that";
	return NULL;
}

#endif /* MEMCTL_MM_LANDING_H */
