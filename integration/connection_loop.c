// Makes connections in a loop and says what one takes: a loop without an interpreter, for socket-cost.
//   connection_loop serve ADDRESS PORT           PORT takes connections, PORT + 1 answers requests and takes streams
//   connection_loop measure ADDRESS PORT UDP-PORT COUNT
// `measure` prints nanoseconds: UDP connect(), the same with its socket, UDP connect() and the first datagram, TCP connect(),
// a request and its answer on a kept connection; then bytes a second of a stream, and nanoseconds of CPU of both ends for 10^9
// bits of it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE = 64, CHUNK = 128 * 1024 };
static const double STREAM_SECONDS = 0.3;

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int open_socket(int type) {
    int descriptor = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail("socket");
    int on = 1;
    if (type == SOCK_STREAM) setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return descriptor;
}

static struct sockaddr_in address_of(const char *text, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, text, &address.sin_addr) != 1) fail(text);
    return address;
}

static void connect_to(int descriptor, const struct sockaddr_in *address) {
    if (connect(descriptor, (const void *)address, sizeof *address) != 0) fail("connect");
}

// Both ends on one processor, which nobody else gets meanwhile: waking another one takes longer than all that is measured, and
// varies.
static void take_a_processor(void) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    struct sched_param priority = {.sched_priority = 1};
    if (sched_setaffinity(0, sizeof set, &set) != 0 || sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
        perror("take a processor");
}

// ---- The server

static int listening(struct sockaddr_in address) {
    int descriptor = open_socket(SOCK_STREAM), on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(descriptor, (void *)&address, sizeof address) != 0) fail("bind");
    if (listen(descriptor, 4096) != 0) fail("listen");
    return descriptor;
}

static void *take(void *listener) {
    for (;;) {
        int connection = accept(*(int *)listener, NULL, NULL);
        if (connection >= 0) close(connection);
    }
    return NULL;
}

static void *answer(void *argument) {
    int connection = (int)(intptr_t)argument;
    static _Thread_local char buffer[CHUNK];
    uint64_t total = 0;
    double start = now(CLOCK_THREAD_CPUTIME_ID);
    ssize_t count;
    while ((count = read(connection, buffer, sizeof buffer)) > 0) {
        total += (uint64_t)count;
        if (buffer[0] == 'q' && write(connection, buffer, (size_t)count) != count) break;
    }
    uint64_t result[2] = {total, (uint64_t)(now(CLOCK_THREAD_CPUTIME_ID) - start)};
    if (write(connection, result, sizeof result) < 0 && errno != EPIPE) perror("write");
    close(connection);
    return NULL;
}

static _Noreturn void serve(const char *address, int port) {
    int taking = listening(address_of(address, port)), answering = listening(address_of(address, port + 1));
    pthread_t thread;
    for (int index = 0; index < 2; index++) pthread_create(&thread, NULL, take, &taking);
    puts("ready");
    fflush(stdout);
    for (;;) {
        int connection = accept(answering, NULL, NULL);
        if (connection < 0) continue;
        if (pthread_create(&thread, NULL, answer, (void *)(intptr_t)connection) == 0) pthread_detach(thread);
    }
}

// ---- The client

static double clock_cost(void) {
    double start = now(CLOCK_MONOTONIC);
    for (int index = 0; index < 100000; index++) now(CLOCK_MONOTONIC);
    return (now(CLOCK_MONOTONIC) - start) / 100000;
}

static double connections(int type, const struct sockaddr_in *address, int count, double overhead) {
    struct linger none = {1, 0};
    double total = 0;
    for (int index = 0; index < count; index++) {
        int descriptor = open_socket(type);
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
        double start = now(CLOCK_MONOTONIC);
        connect_to(descriptor, address);
        total += now(CLOCK_MONOTONIC) - start - overhead;
        close(descriptor);
        // The server has the processor then.
        if (index % 512 == 511) usleep(500);
    }
    return total / count;
}

static double whole(const struct sockaddr_in *address, int count, int sends) {
    double start = now(CLOCK_MONOTONIC);
    for (int index = 0; index < count; index++) {
        int descriptor = open_socket(SOCK_DGRAM);
        connect_to(descriptor, address);
        if (sends && send(descriptor, "x", 1, 0) < 0 && errno != ECONNREFUSED) fail("send");
        close(descriptor);
    }
    return (now(CLOCK_MONOTONIC) - start) / count;
}

static double requests(const struct sockaddr_in *address, int count) {
    char message[MESSAGE] = "q";
    int descriptor = open_socket(SOCK_STREAM);
    connect_to(descriptor, address);
    double start = now(CLOCK_MONOTONIC);
    for (int index = 0; index < count; index++) {
        if (send(descriptor, message, sizeof message, 0) != MESSAGE) fail("send");
        if (recv(descriptor, message, sizeof message, MSG_WAITALL) != MESSAGE) fail("recv");
    }
    double result = (now(CLOCK_MONOTONIC) - start) / count;
    close(descriptor);
    return result;
}

static void stream(const struct sockaddr_in *address, double *bytes_a_second, double *cpu_a_gigabit) {
    static char chunk[CHUNK] = "s";
    int descriptor = open_socket(SOCK_STREAM);
    connect_to(descriptor, address);
    double cpu = now(CLOCK_THREAD_CPUTIME_ID), start = now(CLOCK_MONOTONIC);
    while (now(CLOCK_MONOTONIC) - start < STREAM_SECONDS * 1e9) {
        if (send(descriptor, chunk, sizeof chunk, 0) < 0) fail("send");
    }
    shutdown(descriptor, SHUT_WR);
    uint64_t result[2];
    if (recv(descriptor, result, sizeof result, MSG_WAITALL) != sizeof result) fail("recv");
    double seconds = (now(CLOCK_MONOTONIC) - start) / 1e9;
    cpu = now(CLOCK_THREAD_CPUTIME_ID) - cpu + (double)result[1];
    *bytes_a_second = (double)result[0] / seconds;
    *cpu_a_gigabit = cpu / ((double)result[0] * 8e-9);
    close(descriptor);
}

int main(int count, char **words) {
    take_a_processor();
    if (count == 4 && strcmp(words[1], "serve") == 0) serve(words[2], atoi(words[3]));
    if (count != 6 || strcmp(words[1], "measure") != 0) return 2;
    int port = atoi(words[3]), times = atoi(words[5]);
    struct sockaddr_in take = address_of(words[2], port), keep = address_of(words[2], port + 1);
    struct sockaddr_in datagrams = address_of(words[2], atoi(words[4]));
    double overhead = clock_cost(), rate, cpu;
    connections(SOCK_DGRAM, &datagrams, 100, overhead);
    connections(SOCK_STREAM, &take, 10, overhead);
    printf("%.1f ", connections(SOCK_DGRAM, &datagrams, times, overhead));
    printf("%.1f ", whole(&datagrams, times, 0));
    printf("%.1f ", whole(&datagrams, times / 2, 1));
    printf("%.1f ", connections(SOCK_STREAM, &take, times / 4, overhead));
    printf("%.1f ", requests(&keep, times / 4));
    stream(&keep, &rate, &cpu);
    printf("%.0f %.0f\n", rate, cpu);
    return 0;
}
