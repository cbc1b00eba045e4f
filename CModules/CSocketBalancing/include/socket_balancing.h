#ifndef VIADUCT_SOCKET_BALANCING_H
#define VIADUCT_SOCKET_BALANCING_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stddef.h>

// The compiled program (program/balance.bpf.c), for libbpf.
const unsigned char *viaduct_socket_program_start(void);
extern const unsigned long viaduct_socket_program_size;

// Keeps libbpf from writing to standard error; the last of its warnings in this thread is the reason of a failure.
void viaduct_quieten_libbpf(void);
const char *viaduct_libbpf_warning(void);

// How many pieces a map with a value for each processor hands over; negative: errno.
int viaduct_possible_processors(void);

// A hash table that takes memory for the elements it has, and 16 bytes for each that it can have. A descriptor, or -1 with
// errno.
int viaduct_make_table(const char *name, unsigned int key_size, unsigned int value_size, unsigned int capacity);

// Whether a path is in a file system of this kind: 1, 0, or -1 with errno.
int viaduct_is_bpf_file_system(const char *path);
int viaduct_is_cgroup2(const char *path);
int viaduct_mount_bpf_file_system(const char *path);

// Mounts of the calling thread, and of programs that it starts, are its own from now on.
int viaduct_own_mounts(void);

// The number by which the kernel knows a control group: that of its directory. 0 with errno.
unsigned long long viaduct_cgroup_number(const char *path);

// The cookie of the calling thread's network namespace (Linux 5.14): 0, or -1 with errno.
int viaduct_network_cookie(unsigned long long *cookie);

#endif
