/*
 * A second engine (zy/engine.h), to prove that the interface is one: sorted rows in memory, no LMDB. What was committed
 * lives as long as the process, under the number in FOLDER/data.memory, so that a vault can be closed and opened again;
 * a child of fork has a copy of it.
 *
 * A moment is a table of rows for each database. Moments, tables and rows are never changed once somebody else can see
 * them: a write has its own copy of what it touches, and what nobody sees any more is freed.
 */
#ifndef ZY_TESTS_ENGINE_MEMORY_H
#define ZY_TESTS_ENGINE_MEMORY_H

#include "zy/engine.h"

extern const struct zy_engine zy_engine_memory;

#endif
