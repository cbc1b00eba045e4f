#ifndef VIADUCT_CJEMALLOC_SHIM_H
#define VIADUCT_CJEMALLOC_SHIM_H
/* Linking is all: jemalloc's malloc and free stand in the place of libc's. */
#endif
