#include "build_information.h"

#ifndef VIADUCT_COMMIT
#define VIADUCT_COMMIT ""
#endif

const char *viaduct_commit(void) { return VIADUCT_COMMIT; }
