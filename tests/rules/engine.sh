#!/usr/bin/env bash
# The vault and the register ask their databases only through zy/engine.h: one file speaks LMDB, and only store.c reaches the table.
set -eu
cd "$1"
bad=0
if grep -nE '\b(mdb_|MDB_)|lmdb\.h' vault/*.[ch] vault/include/zy/*.h ca/*.[ch] ca/include/zy/*.h | grep -v '^vault/engine_lmdb\.c:'; then
	echo "LMDB is spoken to outside vault/engine_lmdb.c"
	bad=1
fi
if grep -nE 'engine->|ENGINE->' vault/*.c ca/*.c | grep -vE '^(vault/store|ca/register)\.c:'; then
	echo "the engine is reached past vault/store.c and ca/register.c"
	bad=1
fi
grep -q 'mdb_txn_commit' vault/engine_lmdb.c || { echo "the engine is not where this rule looks"; bad=1; }
exit $bad
