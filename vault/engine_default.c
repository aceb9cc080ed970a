#include "zy/engine.h"

/* Which engine a store is opened with: here alone, so that a test that links another one runs on that. */
const struct zy_engine *const zy_engine_default = &zy_engine_lmdb;
