/* SPDX-License-Identifier: GPL-2.0 */
/* Calls through a pointer: a call of what was not set is one to NULL. */
#ifndef SHIM_LINUX_STATIC_CALL_H
#define SHIM_LINUX_STATIC_CALL_H

#define DEFINE_STATIC_CALL_NULL(name, function) static __typeof__(&(function)) name
#define static_call_update(name, function) (name = (__typeof__(name)) (function))
#define static_call(name) (name)

#endif /* SHIM_LINUX_STATIC_CALL_H */
