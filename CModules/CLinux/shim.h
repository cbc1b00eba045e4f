#ifndef VIADUCT_CLINUX_SHIM_H
#define VIADUCT_CLINUX_SHIM_H

// net/if.h goes before the linux headers: they clash the other way round.
#include <net/if.h>

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/memfd.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/veth.h>
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <poll.h>
#include <string.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The Swift codec writes these headers byte by byte.
static_assert(sizeof(struct nlmsghdr) == 16, "struct nlmsghdr");
static_assert(sizeof(struct nlattr) == 4, "struct nlattr");
static_assert(sizeof(struct nfgenmsg) == 4, "struct nfgenmsg");
static_assert(sizeof(struct ifinfomsg) == 16, "struct ifinfomsg");
static_assert(sizeof(struct ifaddrmsg) == 8, "struct ifaddrmsg");
static_assert(sizeof(struct rtmsg) == 12, "struct rtmsg");
static_assert(sizeof(struct sockaddr_nl) == 12, "struct sockaddr_nl");

static_assert(sizeof(struct sock_filter) == 8, "struct sock_filter");

/// The address of the network header in a socket filter's loads (a macro that Swift cannot read).
static const unsigned int viaduct_filter_network_offset = (unsigned int)SKF_NET_OFF;

/// Where a filter's load finds a netlink attribute (see linux/filter.h).
static const unsigned int viaduct_filter_netlink_attribute = (unsigned int)(SKF_AD_OFF + SKF_AD_NLATTR);

// recvmmsg, declared for GNU sources only.
struct viaduct_datagram { struct msghdr header; unsigned int length; };
enum { viaduct_datagrams = 64 };
/// Reads up to viaduct_datagrams datagrams into pieces of `size` bytes, without waiting. Lengths are those of the
/// datagrams, also where they did not fit.
static inline int viaduct_receive_datagrams(int descriptor, unsigned char *buffer, size_t size, unsigned int *lengths) {
    struct viaduct_datagram datagrams[viaduct_datagrams];
    struct iovec pieces[viaduct_datagrams];
    for (int i = 0; i < viaduct_datagrams; i++) {
        pieces[i] = (struct iovec){.iov_base = buffer + (size_t)i * size, .iov_len = size};
        datagrams[i] = (struct viaduct_datagram){.header = {.msg_iov = &pieces[i], .msg_iovlen = 1}};
    }
    int count = (int)syscall(SYS_recvmmsg, descriptor, datagrams, viaduct_datagrams, MSG_DONTWAIT | MSG_TRUNC, (void *)0);
    for (int i = 0; i < count; i++) lengths[i] = datagrams[i].length;
    return count;
}

static inline int viaduct_attach_filter(int descriptor, const struct sock_filter *filter, unsigned short length) {
    struct sock_fprog program = {.len = length, .filter = (struct sock_filter *)filter};
    return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

/// A socket for packets of one protocol at one device, without their link headers. `hardware` becomes the device's address;
/// -1 with ENODEV where it has none of Ethernet's kind.
static inline int viaduct_open_packets(unsigned short protocol, unsigned int device, unsigned char hardware[6]) {
    int descriptor = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -1;
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = (int)device};
    socklen_t length = sizeof address;
    int code = bind(descriptor, (struct sockaddr *)&address, sizeof address);
    if (code == 0) code = getsockname(descriptor, (struct sockaddr *)&address, &length);
    if (code == 0 && (address.sll_halen != 6 || address.sll_hatype != ARPHRD_ETHER)) {
        errno = ENODEV;
        code = -1;
    }
    if (code != 0) {
        int problem = errno;
        close(descriptor);
        errno = problem;
        return -1;
    }
    memcpy(hardware, address.sll_addr, 6);
    return descriptor;
}

static inline int viaduct_send_packet(
    int descriptor, unsigned short protocol, unsigned int device, const unsigned char to[6], const unsigned char *bytes,
    size_t count
) {
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = (int)device, .sll_halen = 6};
    memcpy(address.sll_addr, to, 6);
    return (int)sendto(descriptor, bytes, count, 0, (struct sockaddr *)&address, sizeof address);
}

/// A raw socket for sending ICMPv6 by one device, with the hop limit that neighbour discovery asks for. It receives nothing.
static inline int viaduct_open_icmpv6(unsigned int device) {
    int descriptor = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6);
    if (descriptor < 0) return -1;
    int hops = 255, index = (int)device;
    struct icmp6_filter none;
    ICMP6_FILTER_SETBLOCKALL(&none);
    if (setsockopt(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops) != 0
        || setsockopt(descriptor, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, sizeof hops) != 0
        || setsockopt(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index) != 0
        || setsockopt(descriptor, IPPROTO_ICMPV6, ICMP6_FILTER, &none, sizeof none) != 0) {
        int problem = errno;
        close(descriptor);
        errno = problem;
        return -1;
    }
    return descriptor;
}

static inline int viaduct_send_icmpv6(
    int descriptor, unsigned int device, const unsigned char to[16], const unsigned char *bytes, size_t count
) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_scope_id = device};
    memcpy(&address.sin6_addr, to, 16);
    return (int)sendto(descriptor, bytes, count, 0, (struct sockaddr *)&address, sizeof address);
}

static inline int viaduct_join_group(int descriptor, unsigned int device, const unsigned char group[16], int joins) {
    struct ipv6_mreq request = {.ipv6mr_interface = device};
    memcpy(&request.ipv6mr_multiaddr, group, 16);
    return setsockopt(
        descriptor, IPPROTO_IPV6, joins ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP, &request, sizeof request);
}

/// Raises the number of files that this process may open to `highest` where that is allowed, else to what it is allowed
/// to have anyway: the limit then, 0 on failure.
static inline unsigned long viaduct_raise_file_limit(unsigned long highest) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    if (limit.rlim_max < highest) {
        struct rlimit raised = {.rlim_cur = highest, .rlim_max = highest};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return highest;
    }
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    }
    return limit.rlim_cur;
}

// The C library declares unshare and setns for GNU sources only.
static inline int viaduct_unshare_network(void) { return (int)syscall(SYS_unshare, CLONE_NEWNET); }
static inline int viaduct_enter_network(int descriptor) { return (int)syscall(SYS_setns, descriptor, CLONE_NEWNET); }

static inline int viaduct_memory_file(const char *name) { return (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC); }
static inline int viaduct_pipe(int descriptors[2]) { return (int)syscall(SYS_pipe2, descriptors, O_CLOEXEC); }
// Declared for GNU sources only; in glibc since 2.34.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
// A descriptor that is readable when the process has ended (Linux 5.3).
static inline int viaduct_process_descriptor(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }
static inline int viaduct_wait(pid_t process, int *status, int options, struct rusage *usage) {
    return (int)syscall(SYS_wait4, process, status, options, usage);
}
// Processors as a mask of 1024 bits, for the calling thread.
static inline int viaduct_get_processors(unsigned long mask[16]) {
    return (int)syscall(SYS_sched_getaffinity, 0, 16 * sizeof(unsigned long), mask);
}
static inline int viaduct_set_processors(const unsigned long mask[16]) {
    return (int)syscall(SYS_sched_setaffinity, 0, 16 * sizeof(unsigned long), mask);
}
static inline int viaduct_never_preempt(void) {
    struct { int priority; } parameter = {0};
    return (int)syscall(SYS_sched_setscheduler, 0, 3 /* SCHED_BATCH */, &parameter);
}

static inline int viaduct_mount_memory(const char *path, const char *options) {
    return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options);
}
// What is still in use goes when it is not any more.
static inline int viaduct_unmount(const char *path) { return umount2(path, MNT_DETACH); }

#endif
