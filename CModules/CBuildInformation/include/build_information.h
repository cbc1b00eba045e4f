#ifndef VIADUCT_BUILD_INFORMATION_H
#define VIADUCT_BUILD_INFORMATION_H

// The commit that the build was made of; empty where nobody said it.
const char *viaduct_commit(void);

#endif
