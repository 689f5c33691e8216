/* SPDX-License-Identifier: MIT */
/*
 * pthread.h -- for tests: the other context that a board has is an interrupt, so a thread is one interrupt, which is
 * over before it can be waited for.
 */
#ifndef WEIR_MCU_PTHREAD_H
#define WEIR_MCU_PTHREAD_H

typedef void *pthread_t;

int pthread_create(pthread_t *thread, const void *attributes, void *(*fn)(void *), void *arg);
int pthread_join(pthread_t thread, void **result);

#endif
