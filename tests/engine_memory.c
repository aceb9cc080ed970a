#include "engine_memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DBS_MAX = 64, STORES_MAX = 4096, KEY_MAX = 511, PAGE = 4096, STEP = 2500 };

struct row {
	atomic_uint refs;
	size_t key_len, len;
	uint8_t bytes[]; /* key, value */
};

struct table {
	atomic_uint refs;
	size_t num, room;
	struct row **rows; /* by key */
};

struct moment {
	atomic_uint refs;
	uint64_t number;
	struct table *tables[DBS_MAX];
};

struct store {
	pthread_mutex_t lock; /* of now and num_names */
	pthread_mutex_t writer;
	struct moment *now;
	size_t num_names;
	char names[DBS_MAX][64];
};

struct zy_env {
	struct store *store;
	bool reads;
	size_t num, db[DBS_MAX]; /* the caller's places, and the store's */
};

struct zy_txn {
	struct zy_env *env;
	bool write;
	struct moment *at; /* what is seen; of a write its own */
	bool own[DBS_MAX]; /* of a write: tables that nobody else sees */
	bool touched;
};

struct zy_cursor {
	struct zy_txn *txn;
	size_t db;
	bool stands;
	size_t key_len;
	uint8_t key[KEY_MAX];
};

static pthread_mutex_t stores_lock = PTHREAD_MUTEX_INITIALIZER;
static struct store *stores[STORES_MAX];
static size_t num_stores;

/* ---- rows, tables, moments ---- */

static void row_drop(struct row *r)
{
	if (atomic_fetch_sub(&r->refs, 1) == 1)
		free(r);
}

static struct row *row_new(struct zy_bytes key, struct zy_bytes value)
{
	struct row *r = malloc(sizeof(*r) + key.len + value.len);

	if (r == NULL)
		abort();
	atomic_init(&r->refs, 1);
	r->key_len = key.len;
	r->len = value.len;
	memcpy(r->bytes, key.p, key.len);
	if (value.len > 0)
		memcpy(r->bytes + key.len, value.p, value.len);
	return r;
}

static struct zy_bytes key_of(const struct row *r)
{
	return ZY_BYTES(r->bytes, r->key_len);
}

static void table_drop(struct table *t)
{
	if (t == NULL || atomic_fetch_sub(&t->refs, 1) > 1)
		return;
	for (size_t i = 0; i < t->num; i++)
		row_drop(t->rows[i]);
	free(t->rows);
	free(t);
}

static struct table *table_copy(const struct table *of)
{
	struct table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	atomic_init(&t->refs, 1);
	if (of == NULL)
		return t;
	t->num = t->room = of->num;
	if ((t->rows = malloc((t->room + 1) * sizeof(struct row *))) == NULL)
		abort();
	for (size_t i = 0; i < t->num; i++) {
		t->rows[i] = of->rows[i];
		atomic_fetch_add(&t->rows[i]->refs, 1);
	}
	return t;
}

static void moment_drop(struct moment *m)
{
	if (m == NULL || atomic_fetch_sub(&m->refs, 1) > 1)
		return;
	for (size_t i = 0; i < DBS_MAX; i++)
		table_drop(m->tables[i]);
	free(m);
}

static struct moment *moment_copy(const struct moment *of)
{
	struct moment *m = calloc(1, sizeof(*m));

	if (m == NULL)
		abort();
	atomic_init(&m->refs, 1);
	if (of == NULL)
		return m;
	m->number = of->number;
	for (size_t i = 0; i < DBS_MAX; i++)
		if ((m->tables[i] = of->tables[i]) != NULL)
			atomic_fetch_add(&m->tables[i]->refs, 1);
	return m;
}

static int compare(struct zy_bytes a, struct zy_bytes b)
{
	const size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.p, b.p, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* The first row that is not before key; *same: it is key's. */
static size_t find(const struct table *t, struct zy_bytes key, bool *same)
{
	size_t from = 0, to = t == NULL ? 0 : t->num;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare(key_of(t->rows[middle]), key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	*same = t != NULL && from < t->num && compare(key_of(t->rows[from]), key) == 0;
	return from;
}

/* ---- stores by their folders ---- */

static bool read_number(const char *folder, size_t *out)
{
	char path[4200];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "%.4100s/data.memory", folder);
	if ((f = fopen(path, "r")) == NULL)
		return false;
	ok = fscanf(f, "%zu", out) == 1 && *out < num_stores;
	fclose(f);
	return ok;
}

static struct store *make_store(const char *folder)
{
	struct store *s = calloc(1, sizeof(*s));
	char path[4200];
	FILE *f;

	snprintf(path, sizeof(path), "%.4100s/data.memory", folder);
	if (s == NULL || num_stores == STORES_MAX)
		abort();
	if ((f = fopen(path, "w")) == NULL || fprintf(f, "%zu", num_stores) < 1 || fclose(f) != 0) {
		free(s);
		return NULL;
	}
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->writer, NULL);
	s->now = moment_copy(NULL);
	stores[num_stores++] = s;
	return s;
}

static bool name_db(struct store *s, const char *name, bool make, size_t *out)
{
	for (*out = 0; *out < s->num_names; ++*out)
		if (strcmp(s->names[*out], name) == 0)
			return true;
	if (!make || s->num_names == DBS_MAX)
		return false;
	snprintf(s->names[s->num_names++], sizeof(s->names[0]), "%s", name);
	return true;
}

static bool absent(struct zy_error *err)
{
	return zy_fail(err, ZY_E_VAULT_ABSENT, "vault", ZY_NOWHERE, "there is no vault");
}

static bool memory_open(struct zy_env **out, const char *folder, const char *const *names, size_t num,
    enum zy_open_as as, struct zy_error *err)
{
	struct zy_env *e = calloc(1, sizeof(*e));
	struct store *s;
	size_t number;
	bool ok;

	if (e == NULL)
		abort();
	pthread_mutex_lock(&stores_lock);
	s = read_number(folder, &number) ? stores[number] : as == ZY_OPEN_MAKER ? make_store(folder) : NULL;
	pthread_mutex_unlock(&stores_lock);
	ok = s != NULL && num <= DBS_MAX;
	*e = (struct zy_env){ .store = s, .reads = as == ZY_OPEN_READER, .num = num };
	if (ok)
		pthread_mutex_lock(&s->lock);
	for (size_t i = 0; ok && i < num; i++)
		ok = name_db(s, names[i], as != ZY_OPEN_READER, &e->db[i]);
	if (s != NULL && num <= DBS_MAX)
		pthread_mutex_unlock(&s->lock);
	if (ok) {
		*out = e;
		return true;
	}
	free(e);
	return absent(err);
}

static void memory_close(struct zy_env *e)
{
	free(e);
}

/* ---- transactions ---- */

static bool memory_begin(struct zy_env *e, bool write, struct zy_txn **out, struct zy_error *err)
{
	struct zy_txn *t;

	if (write && e->reads)
		return zy_fail(err, ZY_E_VAULT, "vault", ZY_NOWHERE, "it was opened to read");
	if ((t = calloc(1, sizeof(*t))) == NULL)
		abort();
	t->env = e;
	t->write = write;
	if (write)
		pthread_mutex_lock(&e->store->writer);
	pthread_mutex_lock(&e->store->lock);
	t->at = e->store->now;
	atomic_fetch_add(&t->at->refs, 1);
	pthread_mutex_unlock(&e->store->lock);
	if (write) {
		struct moment *own = moment_copy(t->at);

		moment_drop(t->at);
		t->at = own;
	}
	*out = t;
	return true;
}

static void memory_end(struct zy_txn *t)
{
	moment_drop(t->at);
	if (t->write)
		pthread_mutex_unlock(&t->env->store->writer);
	free(t);
}

static bool memory_commit(struct zy_txn *t, struct zy_error *err)
{
	struct store *s = t->env->store;
	struct moment *before = t->at;

	(void)err;
	pthread_mutex_lock(&s->lock);
	if (t->touched) {
		t->at->number++;
		before = s->now;
		s->now = t->at;
	}
	t->at = before;
	pthread_mutex_unlock(&s->lock);
	memory_end(t);
	return true;
}

static struct table *table_of(const struct zy_txn *t, size_t db)
{
	return t->at->tables[t->env->db[db]];
}

static struct table *own_table(struct zy_txn *t, size_t db)
{
	const size_t place = t->env->db[db];

	if (!t->own[place]) {
		struct table *own = table_copy(t->at->tables[place]);

		table_drop(t->at->tables[place]);
		t->at->tables[place] = own;
		t->own[place] = true;
	}
	t->touched = true;
	return t->at->tables[place];
}

static bool memory_get(
    struct zy_txn *t, size_t db, struct zy_bytes key, struct zy_bytes *value, bool *found, struct zy_error *err)
{
	const struct table *table = table_of(t, db);
	size_t at = find(table, key, found);

	(void)err;
	if (*found)
		*value = ZY_BYTES(table->rows[at]->bytes + table->rows[at]->key_len, table->rows[at]->len);
	return true;
}

static bool may_write(const struct zy_txn *t, struct zy_bytes key, struct zy_error *err)
{
	return (t->write && key.len > 0 && key.len <= KEY_MAX) ||
	       zy_fail(err, ZY_E_VAULT, "vault", ZY_NOWHERE, "such a key is not written here");
}

static bool memory_put(struct zy_txn *t, size_t db, struct zy_bytes key, struct zy_bytes value, struct zy_error *err)
{
	struct table *table;
	struct row *row;
	bool same;
	size_t at;

	if (!may_write(t, key, err))
		return false;
	row = row_new(key, value); /* these may be of the row that goes */
	table = own_table(t, db);
	at = find(table, key_of(row), &same);
	if (same) {
		row_drop(table->rows[at]);
	} else {
		if (table->num == table->room) {
			table->room = table->room == 0 ? 16 : 2 * table->room;
			if ((table->rows = realloc(table->rows, table->room * sizeof(struct row *))) == NULL)
				abort();
		}
		memmove(table->rows + at + 1, table->rows + at, (table->num - at) * sizeof(struct row *));
		table->num++;
	}
	table->rows[at] = row;
	return true;
}

static bool memory_del(struct zy_txn *t, size_t db, struct zy_bytes key, struct zy_error *err)
{
	struct table *table;
	bool same;
	size_t at;

	if (!may_write(t, key, err))
		return false;
	(void)find(table_of(t, db), key, &same);
	if (!same)
		return absent(err);
	table = own_table(t, db);
	at = find(table, key, &same);
	row_drop(table->rows[at]);
	memmove(table->rows + at, table->rows + at + 1, (table->num - at - 1) * sizeof(struct row *));
	table->num--;
	return true;
}

/* ---- cursors ---- */

static bool memory_cursor_open(struct zy_txn *t, size_t db, struct zy_cursor **out, struct zy_error *err)
{
	(void)err;
	if ((*out = calloc(1, sizeof(**out))) == NULL)
		abort();
	(*out)->txn = t;
	(*out)->db = db;
	return true;
}

/* The place that a move leads to; num: there is none. */
static size_t place_after(const struct zy_cursor *c, const struct table *t, enum zy_move how, struct zy_bytes key)
{
	const size_t num = t == NULL ? 0 : t->num;
	bool same;
	size_t at;

	switch (how) {
	case ZY_MOVE_FIRST:
		return 0;
	case ZY_MOVE_LAST:
		return num == 0 ? num : num - 1;
	case ZY_MOVE_FROM:
		return find(t, key, &same);
	case ZY_MOVE_NEXT:
		at = c->stands ? find(t, ZY_BYTES(c->key, c->key_len), &same) : 0;
		return c->stands && same ? at + 1 : at;
	case ZY_MOVE_PREV:
		at = c->stands ? find(t, ZY_BYTES(c->key, c->key_len), &same) : num;
		return at == 0 ? num : at - 1;
	}
	return num;
}

static bool memory_cursor_move(struct zy_cursor *c, enum zy_move how, struct zy_bytes *key, struct zy_bytes *value,
    bool *found, struct zy_error *err)
{
	const struct table *t = table_of(c->txn, c->db);
	const size_t at = place_after(c, t, how, *key);
	const struct row *r;

	(void)err;
	*found = t != NULL && at < t->num;
	if (!*found)
		return true;
	r = t->rows[at];
	*key = key_of(r);
	*value = ZY_BYTES(r->bytes + r->key_len, r->len);
	c->stands = true;
	c->key_len = r->key_len;
	memcpy(c->key, r->bytes, r->key_len);
	return true;
}

static void memory_cursor_close(struct zy_cursor *c)
{
	free(c);
}

/* ---- looks ---- */

static bool check_table(
    const struct table *t, const struct zy_engine_care *care, struct zy_engine_figures *out, struct zy_error *err)
{
	for (size_t i = 1; t != NULL && i < t->num && !out->stopped; i++) {
		if (compare(key_of(t->rows[i - 1]), key_of(t->rows[i])) >= 0)
			return zy_fail(err, ZY_E_VAULT_CORRUPT, "vault", ZY_NOWHERE, "rows are not in their order");
		out->stopped = i % STEP == 0 && care->step != NULL && !care->step(care->arg, i, t->num);
	}
	return true;
}

static bool memory_check(
    struct zy_txn *t, const struct zy_engine_care *care, struct zy_engine_figures *out, struct zy_error *err)
{
	*out = (struct zy_engine_figures){ 0 };
	for (size_t i = 0; i < t->env->num && !out->stopped; i++) {
		if (!check_table(table_of(t, i), care, out, err))
			return false;
		out->pages++;
	}
	return true;
}

static bool memory_count(struct zy_txn *t, size_t db, uint64_t *out, struct zy_error *err)
{
	(void)err;
	*out = table_of(t, db) == NULL ? 0 : table_of(t, db)->num;
	return true;
}

static bool memory_bytes(struct zy_txn *t, size_t db, uint64_t *out, struct zy_error *err)
{
	const struct table *table = table_of(t, db);

	(void)err;
	*out = 0;
	for (size_t i = 0; table != NULL && i < table->num; i++)
		*out += table->rows[i]->key_len + table->rows[i]->len;
	return true;
}

static bool memory_stat(struct zy_env *e, struct zy_env_stat *out, struct zy_error *err)
{
	struct zy_txn *t;
	uint64_t n;

	if (!memory_begin(e, false, &t, err))
		return false;
	*out = (struct zy_env_stat){ .page = PAGE, .room_bytes = UINT64_MAX, .newest = t->at->number };
	for (size_t i = 0; i < e->num; i++)
		if (memory_bytes(t, i, &n, err))
			out->used_bytes += n;
	memory_end(t);
	return true;
}

const struct zy_engine zy_engine_memory = {
	.open = memory_open,
	.close = memory_close,
	.begin = memory_begin,
	.commit = memory_commit,
	.end = memory_end,
	.get = memory_get,
	.put = memory_put,
	.del = memory_del,
	.cursor_open = memory_cursor_open,
	.cursor_move = memory_cursor_move,
	.cursor_close = memory_cursor_close,
	.check = memory_check,
	.count = memory_count,
	.bytes = memory_bytes,
	.stat = memory_stat,
};
