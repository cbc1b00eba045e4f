#ifndef VIADUCT_CNETLINK_SHIM_H
#define VIADUCT_CNETLINK_SHIM_H
#include <libmnl/libmnl.h>
#endif
