/* SPDX-License-Identifier: GPL-2.0 */
void lru_cache_disable(void);
