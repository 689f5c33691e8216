/* SPDX-License-Identifier: MIT */
/*
 * faults.h -- let the k-th call of the C library, or of libevent, go wrong in a test program.
 *
 *	for (k = 1;; k++) {
 *		faults_arm(&(struct faults){ .call = FAULTS_MALLOC, .k = k });
 *		rc = what_is_tested();
 *		if (!faults_disarm())
 *			break;			nothing failed: that was the clean run
 *		... rc says so, and nothing is left behind
 *	}
 *
 * A program that links this has its own malloc, read and so on, which pass everything on while nothing is armed. Calls
 * that the C library makes itself (stdio's reads and writes) do not come by here. One thread.
 */
#ifndef WEIR_TEST_FAULTS_H
#define WEIR_TEST_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

enum faults_call {
	FAULTS_MALLOC, /* malloc, calloc, realloc, aligned_alloc: NULL and ENOMEM */
	FAULTS_OPEN,   /* open, openat */
	FAULTS_STAT,   /* stat, fstat */
	FAULTS_READ,
	FAULTS_WRITE,
	FAULTS_SYNC, /* fsync, fdatasync */
	FAULTS_RENAME,
	FAULTS_CLOSE, /* it is closed all the same, as on Linux */
	FAULTS_EVENT, /* event_add, event_assign, event_new, event_base_new_with_config ... */
	FAULTS_CALLS
};

struct faults {
	enum faults_call call;
	uint32_t k;      /* from 1 */
	int err;         /* errno; 0: a short read or write, of one byte */
	bool from_there; /* all later ones too */
};

void faults_arm(const struct faults *f);
/* Whether any call went wrong since faults_arm. */
bool faults_disarm(void);
/* Blocks of memory that are not freed. */
long faults_live(void);

#endif
