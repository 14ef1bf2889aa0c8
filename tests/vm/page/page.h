/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is in the page that nobody is to touch. No two neighbours are alike, and no zeroes are among them. */
#ifndef TRIVET_TESTS_VM_PAGE_H
#define TRIVET_TESTS_VM_PAGE_H

static inline unsigned char page_byte(unsigned int at)
{
	return (unsigned char)(at * 13 % 251 + 1);
}

#endif /* TRIVET_TESTS_VM_PAGE_H */
