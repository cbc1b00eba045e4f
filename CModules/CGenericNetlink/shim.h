#ifndef VIADUCT_CGENERICNETLINK_SHIM_H
#define VIADUCT_CGENERICNETLINK_SHIM_H

#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#endif
