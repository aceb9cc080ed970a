#include "check_position.h"
#include "summed.h"

#include <stdio.h>

#include "zy/cbor.h"

enum { FORM = 4 };

#define AD ZY_LITERAL("zy-check")

void zy_check_position_encode(const struct zy_check_position *p, struct zy_buf *out)
{
	zy_cbor_put_array(out, 15);
	zy_cbor_put_uint(out, FORM);
	zy_cbor_put_bool(out, p->finished);
	zy_cbor_put_int(out, p->begun);
	zy_cbor_put_int(out, p->ended);
	zy_cbor_put_uint(out, p->rows);
	zy_cbor_put_uint(out, p->walk);
	zy_cbor_put_bstr(out, ZY_BYTES(p->key.p, p->key.len));
	zy_cbor_put_uint(out, p->last_seq);
	zy_cbor_put_uint(out, p->serials_given);
	zy_cbor_put_uint(out, p->told);
	zy_cbor_put_int(out, p->last_at);
	zy_cbor_put_bstr(out, ZY_BYTES(p->root, sizeof(p->root)));
	zy_cbor_put_array(out, ZY_NUM_EVENTS);
	for (size_t i = 0; i < ZY_NUM_EVENTS; i++)
		zy_cbor_put_uint(out, p->events[i]);
	zy_cbor_put_text(out, p->fault);
	zy_cbor_put_int(out, p->fault_at);
}

static bool number(struct zy_reader *r, uint64_t *out, struct zy_error *err)
{
	return zy_cbor_uint(r, UINT64_MAX, "check", out, err);
}

static bool take_figures(struct zy_reader *r, struct zy_check_position *p, struct zy_error *err)
{
	struct zy_bytes key, root;

	if (!zy_cbor_bstr(r, ZY_KEY_MAX, "check.key", &key, err) || !number(r, &p->last_seq, err) ||
	    !number(r, &p->serials_given, err) || !number(r, &p->told, err) ||
	    !zy_cbor_int(r, "check.last_at", &p->last_at, err) ||
	    !zy_cbor_bstr_exact(r, ZY_HASH_LEN, "check.root", &root, err) ||
	    !zy_cbor_array_exact(r, ZY_NUM_EVENTS, "check.events", err))
		return false;
	p->key.len = key.len;
	if (key.len > 0)
		memcpy(p->key.p, key.p, key.len);
	memcpy(p->root, root.p, root.len);
	for (size_t i = 0; i < ZY_NUM_EVENTS; i++)
		if (!number(r, &p->events[i], err))
			return false;
	return true;
}

static bool take_fault(struct zy_reader *r, struct zy_check_position *p, struct zy_error *err)
{
	struct zy_bytes fault;

	if (!zy_cbor_tstr(r, ZY_CHECK_FAULT_MAX, "check.fault", &fault, err) ||
	    !zy_cbor_int(r, "check.fault_at", &p->fault_at, err))
		return false;
	if (fault.len > 0)
		memcpy(p->fault, fault.p, fault.len);
	return true;
}

bool zy_check_position_parse(struct zy_check_position *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_check_position p = { 0 };
	uint64_t form, walk;

	if (!zy_cbor_array_exact(&r, 15, "check", err) || !zy_cbor_uint(&r, FORM, "check.form", &form, err) ||
	    !zy_cbor_bool(&r, "check.finished", &p.finished, err) || !zy_cbor_int(&r, "check.begun", &p.begun, err) ||
	    !zy_cbor_int(&r, "check.ended", &p.ended, err) || !number(&r, &p.rows, err) ||
	    !zy_cbor_uint(&r, ZY_CHECK_WALKS, "check.walk", &walk, err) || !take_figures(&r, &p, err) ||
	    !take_fault(&r, &p, err) || !zy_reader_end(&r, "check", err))
		return false;
	if (form != FORM)
		return zy_fail(err, ZY_E_CBOR, "check.form", 1, "a position of an unknown form");
	p.walk = (unsigned)walk;
	*out = p;
	return true;
}

static void path_of(const struct zy_vault *v, char out[4096])
{
	snprintf(out, 4096, "%s/check", v->store.folder);
}

bool zy_check_position_write(struct zy_vault *v, const struct zy_check_position *p, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 }, sealed = { 0 };
	char path[4096];

	path_of(v, path);
	zy_check_position_encode(p, &plain);
	return zy_buf_done(&plain, "check", err) && zy_sealed_put(&v->key, AD, zy_buf_bytes(&plain), &sealed, err) &&
	       zy_summed_write(path, &sealed, err);
}

/* What does not open or is not in its form was written for another vault, or by another release. */
bool zy_check_position_read(struct zy_vault *v, struct zy_check_position *out, bool *found, struct zy_error *err)
{
	struct zy_error ignored = { 0 }, why = { 0 };
	struct zy_bytes sealed;
	uint8_t plain[ZY_SUMMED_MAX];
	ZY_ARENA_AUTO a = { 0 };
	char path[4096];
	bool there;
	size_t len;

	*found = false;
	path_of(v, path);
	if (!zy_summed_read(path, &a, &sealed, &there, &why) || !there) {
		if (why.code != ZY_E_VAULT_CORRUPT)
			*err = why;
		return err->code == ZY_OK;
	}
	if (sealed.len < zy_sealed_overhead(v->suite) || !zy_sealed_open(&v->key, AD, sealed, plain, &ignored))
		return true;
	len = sealed.len - zy_sealed_overhead(v->suite);
	*found = zy_check_position_parse(out, ZY_BYTES(plain, len), &ignored);
	return true;
}
