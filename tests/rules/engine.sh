#!/usr/bin/env bash
# The vault asks its database only through vault/engine.h: one file speaks LMDB, and only store.c reaches the table.
set -eu
cd "$1"
bad=0
if grep -nE '\b(mdb_|MDB_)|lmdb\.h' vault/*.[ch] vault/include/zy/*.h | grep -v '^vault/engine_lmdb\.c:'; then
	echo "LMDB is spoken to outside vault/engine_lmdb.c"
	bad=1
fi
if grep -nE 'engine->' vault/*.c | grep -vE '^vault/store\.c:'; then
	echo "the engine is reached past vault/store.c"
	bad=1
fi
grep -q 'mdb_txn_commit' vault/engine_lmdb.c || { echo "the engine is not where this rule looks"; bad=1; }
exit $bad
