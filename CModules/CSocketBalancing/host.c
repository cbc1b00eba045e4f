#include "socket_balancing.h"

#include <errno.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

extern const unsigned char viaduct_socket_program[];

const unsigned char *viaduct_socket_program_start(void) { return viaduct_socket_program; }

static _Thread_local char warning[256];

static int keep_warning(enum libbpf_print_level level, const char *format, va_list arguments) {
    if (level != LIBBPF_WARN) return 0;
    char line[sizeof warning];
    vsnprintf(line, sizeof line, format, arguments);
    // The log of the verifier is long, and what comes after it says less.
    if (strstr(line, "BEGIN PROG LOAD LOG")) return 0;
    line[strcspn(line, "\n")] = 0;
    memcpy(warning, line, sizeof warning);
    return 0;
}

void viaduct_quieten_libbpf(void) {
    warning[0] = 0;
    libbpf_set_print(keep_warning);
}

const char *viaduct_libbpf_warning(void) { return warning; }

int viaduct_possible_processors(void) { return libbpf_num_possible_cpus(); }

int viaduct_make_table(const char *name, unsigned int key_size, unsigned int value_size, unsigned int capacity) {
    LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
    return bpf_map_create(BPF_MAP_TYPE_HASH, name, key_size, value_size, capacity, &options);
}

static int is_file_system(const char *path, long magic) {
    struct statfs status;
    if (statfs(path, &status) != 0) return -1;
    return (long)status.f_type == magic;
}

int viaduct_is_bpf_file_system(const char *path) { return is_file_system(path, BPF_FS_MAGIC); }
int viaduct_is_cgroup2(const char *path) { return is_file_system(path, CGROUP2_SUPER_MAGIC); }

int viaduct_mount_bpf_file_system(const char *path) {
    return mount("bpf", path, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700");
}

int viaduct_own_mounts(void) {
    if (syscall(SYS_unshare, CLONE_NEWNS) != 0) return -1;
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

unsigned long long viaduct_cgroup_number(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? status.st_ino : 0;
}

int viaduct_network_cookie(unsigned long long *cookie) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    socklen_t size = sizeof *cookie;
    int result = getsockopt(descriptor, SOL_SOCKET, SO_NETNS_COOKIE, cookie, &size);
    int problem = errno;
    close(descriptor);
    errno = problem;
    return result;
}
