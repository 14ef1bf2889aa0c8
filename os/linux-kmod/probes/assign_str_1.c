// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* __assign_str() takes the source from the declaration. */
#include <trace/stages/stage6_event_callback.h>

#define TEXT(x...) #x
#define EXPANDED(x...) TEXT(x)

const char *probe = EXPANDED(__assign_str(x));
