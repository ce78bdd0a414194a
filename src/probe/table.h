/* Every probe there is, each in the file of its name. table.c puts them in order. */
#ifndef WB_PROBE_TABLE_H
#define WB_PROBE_TABLE_H

#include "probe/probe.h"

#endif
