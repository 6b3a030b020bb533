/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions and variables of the kernel that it does not export, found by their names.
 * What is found is called by a static call, and only where that cannot trap: see symbol.c.
 */
#ifndef MEMCTL_MM_SYMBOL_H
#define MEMCTL_MM_SYMBOL_H

#define MEMCTL_SYMBOL_REFUSAL	160

/* Looks for the look-up itself, once, at init; always 0. Nothing has to be undone. Sleeps. */
int memctl_mm_symbols_init(void);

/**
 * memctl_mm_function() - where a function of the kernel is
 * @name: its name
 * @refusal: of MEMCTL_SYMBOL_REFUSAL bytes; with NULL, filled with a line for people
 *
 * Context: Process context, after memctl_mm_symbols_init(); sleeps.
 * Return: where a call may land, for static_call_update(); NULL: there is no such function,
 * or it may not be called.
 */
void *memctl_mm_function(const char *name, char *refusal);

/* The same of a variable. */
void *memctl_mm_variable(const char *name, char *refusal);

#endif /* MEMCTL_MM_SYMBOL_H */
