#include "engine_memory.h"

/* In place of vault/engine_default.c: a test that links it runs on the engine in memory. */
const struct zy_engine *const zy_engine_default = &zy_engine_memory;
