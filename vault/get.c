#include "common.h"

bool zy_version_row(struct zy_vault *v, struct zy_txn *txn, uint64_t number, unsigned version,
    const struct zy_value_key *key, struct zy_row_version *out, bool *found, struct zy_error *err)
{
	struct zy_key k = zy_key_version(number, version);
	ZY_BUF_AUTO plain = { 0 };

	if (!zy_row_get(v, txn, ZY_DB_VERSION, &k, key, &plain, found, err))
		return false;
	return !*found || zy_row_version_parse(out, zy_buf_bytes(&plain), err) || zy_row_bad(ZY_DB_VERSION, err);
}

static bool part_open(struct zy_vault *v, struct zy_txn *txn, const struct zy_value_key *key, uint64_t seq, size_t *at,
    size_t len, const struct zy_key *place, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	size_t sealed_len = len + zy_sealed_overhead(v->suite);
	ZY_BUF_AUTO sealed = { .cap = sealed_len };
	uint8_t *from = zy_buf_extend(&sealed, sealed_len), *to = zy_arena_alloc(a, len == 0 ? 1 : len, err);

	if (to == NULL || !zy_buf_done(&sealed, "blob", err) ||
	    !zy_blob_get(&v->store, txn, seq, *at, from, sealed_len, err) ||
	    !zy_sealed_open(key, ZY_BYTES(place->p, place->len), zy_buf_bytes(&sealed), to, err))
		return false;
	*out = ZY_BYTES(to, len);
	*at += sealed_len;
	return true;
}

/* The files lie one behind the other, as they were packed. */
static bool files_open(struct zy_vault *v, struct zy_txn *txn, const struct zy_value_key *key, const char *name,
    unsigned version, const struct zy_row_version *row, size_t *at, struct zy_arena *a, struct zy_bytes *out,
    struct zy_error *err)
{
	size_t total = 0, before = 0;
	struct zy_bytes common;
	uint8_t *all;

	for (size_t i = 0; i < row->num_files; i++)
		total += row->files[i].len;
	if ((all = zy_arena_alloc(a, total + 1, err)) == NULL || !zy_common_of(v, txn, row->common, &common, err))
		return false;
	for (size_t i = 0; i < row->num_files; i++) {
		struct zy_key place = zy_part_place(name, version, (unsigned)i + 1);
		ZY_ARENA_AUTO packed_in = { .cap = ZY_PACKED_MAX + 4096 };
		struct zy_bytes packed;

		if (!part_open(v, txn, key, row->seq, at, row->files[i].packed, &place, &packed_in, &packed, err) ||
		    !zy_unpack(packed, common, all, before, row->files[i].len, err))
			return false;
		out[i] = ZY_BYTES(all + before, row->files[i].len);
		before += row->files[i].len;
	}
	return true;
}

bool zy_parts_open(struct zy_vault *v, struct zy_txn *txn, const struct zy_value_key *key, const char *name,
    unsigned version, const struct zy_row_version *row, bool with_files, struct zy_arena *a, struct zy_parts *out,
    struct zy_error *err)
{
	struct zy_key place = zy_part_place(name, version, 0);

	*out = (struct zy_parts){ 0 };
	return part_open(v, txn, key, row->seq, &out->stored, row->record_len, &place, a, &out->record, err) &&
	       (!with_files || files_open(v, txn, key, name, version, row, &out->stored, a, out->files, err));
}

struct get {
	struct zy_vault *v;
	struct zy_txn *txn;
	struct zy_name name;
	struct zy_row_licence licence;
	struct zy_value_key key;
	zy_time at;
	bool with_files;
	struct zy_arena *a;
};

/* The version asked for; with none, the newest that was recorded by then. */
static bool find_version(
    const struct get *g, unsigned version, unsigned *out, struct zy_row_version *row, struct zy_error *err)
{
	bool found = true, newest = version == 0;

	if (newest && !zy_version_last(g->v, g->txn, g->licence.number, &version, err))
		return false;
	for (; version > 0; version--) {
		if (!zy_version_row(g->v, g->txn, g->licence.number, version, &g->key, row, &found, err))
			return false;
		if (found && row->recorded_at <= g->at) {
			*out = version;
			return true;
		}
		if (!newest)
			break;
	}
	return zy_fail(err, ZY_E_NOT_FOUND, "version", ZY_NOWHERE, "%s has no such version%s", g->name.text,
	    g->at == ZY_TIME_NEVER ? "" : ", or had none at that time");
}

/* Now, or the time asked when that is earlier: nobody knows what is said tomorrow. */
static zy_time moment(const struct get *g)
{
	const zy_time now = zy_now(&g->v->whole->clock);

	return g->at < now ? g->at : now;
}

static void say(struct zy_version *out, enum zy_status status, zy_time since)
{
	out->status = status;
	out->status_at = since;
	out->reason = "";
}

/* A version whose successor begins on a later day stays in force until then. */
static bool add_next(const struct get *g, struct zy_version *out, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_version next;
	struct zy_row_event e;
	bool found;

	if (!zy_version_row(g->v, g->txn, g->licence.number, out->version + 1, &g->key, &next, &found, err) || !found ||
	    next.recorded_at > g->at)
		return err->code == ZY_OK;
	out->next = out->version + 1;
	if (!zy_event_get(g->v, g->txn, next.seq, &e, &plain, err))
		return false;
	if (out->status == ZY_STATUS_SUPERSEDED && e.from > moment(g))
		say(out, ZY_STATUS_VALID, out->recorded_at);
	return true;
}

static bool read_status(const struct get *g, struct zy_version *out, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_status st;
	bool found;

	if (!zy_status_find(g->v, g->txn, g->licence.number, out->version, g->at, &st, &plain, &found, err))
		return false;
	say(out, ZY_STATUS_VALID, out->recorded_at);
	if (!found)
		return true;
	say(out, st.status, st.at);
	out->reason = zy_arena_text(g->a, st.reason, err);
	return out->reason != NULL && add_next(g, out, err);
}

static bool read_parts(
    const struct get *g, const struct zy_row_version *row, struct zy_version *out, struct zy_error *err)
{
	struct zy_vault_file *files = zy_arena_array(g->a, row->num_files, sizeof(*files), err);
	struct zy_parts parts;

	if (files == NULL ||
	    !zy_parts_open(g->v, g->txn, &g->key, g->name.text, out->version, row, g->with_files, g->a, &parts, err))
		return false;
	for (size_t i = 0; i < row->num_files; i++)
		files[i] = (struct zy_vault_file){ .form = row->files[i].form, .bytes = parts.files[i] };
	out->record = parts.record;
	out->num_files = row->num_files;
	out->files = files;
	return true;
}

/* What its days make of a version that stands: its own, then those of its terms. What is stored need not be a record:
 * then it has no terms. */
static void add_days(const struct get *g, struct zy_version *out)
{
	static const enum zy_status stands[] = { [ZY_TERMS_FREE] = ZY_STATUS_VALID,
		[ZY_TERMS_PROMISED] = ZY_STATUS_ON_PROMISE,
		[ZY_TERMS_OVERDUE] = ZY_STATUS_OVERDUE,
		[ZY_TERMS_CONDITIONAL] = ZY_STATUS_CONDITIONAL,
		[ZY_TERMS_LAPSED] = ZY_STATUS_LAPSED };
	const zy_time day = moment(g);
	enum zy_terms_state state;
	struct zy_error no = { 0 };
	struct zy_record rec;

	if (zy_record_parse(&rec, out->record, g->a, &no))
		zy_terms_get(&rec, &out->terms);
	if (out->status != ZY_STATUS_VALID)
		return;
	state = zy_terms_state(&out->terms, day);
	if (out->valid_from > day)
		say(out, ZY_STATUS_NOT_YET_VALID, out->recorded_at);
	else if (out->valid_to < day)
		say(out, ZY_STATUS_EXPIRED, out->valid_to);
	else if (state == ZY_TERMS_OVERDUE || state == ZY_TERMS_LAPSED)
		say(out, stands[state], zy_terms_end(&out->terms));
	else
		out->status = stands[state];
}

static bool read_version(const struct get *g, unsigned version, struct zy_version *out, struct zy_error *err)
{
	struct zy_version got = { 0 };
	struct zy_row_version row;

	if (!find_version(g, version, &got.version, &row, err))
		return false;
	got.log_index = row.seq - 1;
	got.recorded_at = row.recorded_at;
	got.valid_from = row.valid_from;
	got.valid_to = row.valid_to;
	if (!read_status(g, &got, err) || !read_parts(g, &row, &got, err) ||
	    !zy_name_identifier(g->name.text, got.version, got.identifier, err))
		return false;
	add_days(g, &got);
	*out = got;
	return true;
}

/* Two short reads: the token may have to unwrap the subject's key in between, and no snapshot waits for a token. */
bool zy_vault_get(struct zy_vault *v, const char *identifier, unsigned version, zy_time at, bool with_files,
    struct zy_arena *a, struct zy_version *out, struct zy_error *err)
{
	struct get g = { .v = v, .at = at, .with_files = with_files, .a = a };
	bool ok;

	if (!zy_name_parse(&g.name, identifier, err) || !zy_read_begin(&v->store, &g.txn, err))
		return false;
	ok = zy_licence_get(v, g.txn, g.name.text, &g.licence, err);
	zy_read_end(&v->store, g.txn);
	if (!ok || !zy_subject_key(v, g.licence.subject, &g.key, err))
		return false;
	if ((ok = zy_read_begin(&v->store, &g.txn, err))) {
		ok = read_version(&g, version, out, err);
		zy_read_end(&v->store, g.txn);
	}
	zy_value_key_wipe(&g.key);
	return ok;
}
