// What musl's <pthread.h> declares of threads (musl 1.2, include/alltypes.h.in and pthread.h).
// SPDX-License-Identifier: Apache-2.0

typedef struct __pthread *pthread_t;
typedef struct {
  union {
    int __i[14];
    volatile int __vi[14];
    unsigned long __s[7];
  } __u;
} pthread_attr_t;

int pthread_create(pthread_t *__restrict, const pthread_attr_t *__restrict, void *(*)(void *), void *__restrict);
int pthread_detach(pthread_t);
