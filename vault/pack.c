#include "pack.h"

#include <stdlib.h>

#include <openssl/crypto.h>

/*
 * STEP: one in so many places is remembered, any may be looked up: a stretch of SEEN + STEP octets that comes again is
 * found. LEAST: a copy takes about eight octets to say, and what is shorter is not worth a break.
 */
enum { BITS = 16, BITS_LEAST = 6, SEEN = 16, STEP = 8, LEAST = 32, WINDOW_MAX = 1 << 30 };

void zy_packer_free(struct zy_packer *p)
{
	zy_buf_free(&p->all);
	free(p->table);
	*p = (struct zy_packer){ 0 };
}

static uint64_t eight(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint32_t *slot_of(const struct zy_packer *p, size_t at)
{
	const uint8_t *in = p->all.p + at;
	uint64_t h = (eight(in) * 0x9e3779b97f4a7c15u) ^ (eight(in + 8) * 0xc2b2ae3d27d4eb4fu);

	return &p->table[(h ^ h >> 29) * 0xbf58476d1ce4e5b9u >> (64 - p->bits)];
}

static void put_number(struct zy_buf *out, size_t v)
{
	for (; v >= 128; v >>= 7)
		zy_buf_put_u8(out, (uint8_t)(v | 128));
	zy_buf_put_u8(out, (uint8_t)v);
}

/* The length of what is the same from a and b on; b is the earlier one. */
static size_t same(const uint8_t *all, size_t a, size_t b, size_t end)
{
	size_t n = 0;

	while (a + n < end && b + n < a && all[a + n] == all[b + n])
		n++;
	return n;
}

struct copy {
	size_t from, to, len;
};

/* A copy for what stands at i, or begins a little before it but not before `least`. */
static bool find(const struct zy_packer *p, size_t least, size_t i, size_t end, struct copy *out)
{
	const uint8_t *all = p->all.p;
	uint32_t seen = i + SEEN <= end ? *slot_of(p, i) : 0;
	size_t from = seen - 1, back = 0, len;

	if (seen == 0 || (len = same(all, i, from, end)) < SEEN)
		return false;
	while (back < i - least && back < from && all[i - back - 1] == all[from - back - 1])
		back++;
	*out = (struct copy){ from - back, i - back, len + back };
	return out->len >= LEAST && out->from + out->len <= out->to;
}

static void put_run(const struct zy_packer *p, size_t from, size_t to, struct zy_buf *out)
{
	put_number(out, to - from);
	zy_buf_put(out, ZY_BYTES(p->all.p + from, to - from));
}

static void pack(struct zy_packer *p, size_t start, struct zy_buf *out)
{
	size_t end = p->all.len, run = start, next = (start + STEP - 1) / STEP * STEP;
	struct copy c;

	for (size_t i = start; i < end;) {
		/* places as far as i may be copied from */
		for (; next < i && next + SEEN <= end; next += STEP)
			*slot_of(p, next) = (uint32_t)next + 1;
		if (!find(p, run, i, end, &c)) {
			i++;
			continue;
		}
		put_run(p, run, c.to, out);
		put_number(out, c.len);
		put_number(out, c.from);
		run = i = c.to + c.len;
	}
	for (; next + SEEN <= end; next += STEP)
		*slot_of(p, next) = (uint32_t)next + 1;
	if (run < end) {
		put_run(p, run, end, out);
		put_number(out, 0);
	}
}

static bool proved(const struct zy_packer *p, size_t start, struct zy_bytes packed, struct zy_error *err)
{
	size_t len = p->all.len - start;
	uint8_t *again = malloc(p->all.len + 1);
	bool ok;

	if (again == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "vault", ZY_NOWHERE, "no memory to pack a file");
	memcpy(again, p->all.p, start);
	ok = zy_unpack(packed, again, start, len, err) &&
	     (memcmp(again + start, p->all.p + start, len) == 0 ||
		 zy_fail(err, ZY_E_BUG, "vault", ZY_NOWHERE, "a packed file is not what it was"));
	OPENSSL_cleanse(again, p->all.len);
	free(again);
	return ok;
}

/* Half of it stays empty; for a version of some kilobytes the largest would cost more than to pack it. */
static bool make_table(struct zy_packer *p, struct zy_error *err)
{
	if (p->table != NULL)
		return true;
	for (p->bits = BITS_LEAST; p->bits < BITS && (p->expect == 0 || p->expect >> p->bits > STEP / 2);)
		p->bits++;
	return (p->table = calloc((size_t)1 << p->bits, sizeof(*p->table))) != NULL ||
	       zy_fail(err, ZY_E_NO_MEMORY, "vault", ZY_NOWHERE, "no memory to pack a file");
}

bool zy_pack(struct zy_packer *p, struct zy_bytes file, struct zy_buf *out, struct zy_error *err)
{
	size_t start = p->all.len, before = out->len;

	if (!make_table(p, err))
		return false;
	p->all.cap = WINDOW_MAX;
	zy_buf_put(&p->all, file);
	if (!zy_buf_done(&p->all, "files", err))
		return false;
	if (file.len == 0)
		return true;
	pack(p, start, out);
	return zy_buf_done(out, "files", err) && proved(p, start, ZY_BYTES(out->p + before, out->len - before), err);
}

static bool bad(const struct zy_reader *r, struct zy_error *err)
{
	*err = (struct zy_error){ 0 };
	return zy_fail(err, ZY_E_VAULT_CORRUPT, "blob", zy_reader_offset(r),
	    "a packed file does not unpack; restore the vault from a backup");
}

static bool take_number(struct zy_reader *r, size_t *out, struct zy_error *err)
{
	uint8_t b = 128;
	uint64_t v = 0;

	for (unsigned shift = 0; b >= 128; shift += 7) {
		if (shift > 28 || !zy_take_u8(r, "blob", &b, err))
			return bad(r, err);
		v |= (uint64_t)(b & 127) << shift;
		if (b == 0 && shift > 0)
			return bad(r, err);
	}
	*out = (size_t)v;
	return v <= UINT32_MAX || bad(r, err);
}

bool zy_unpack(struct zy_bytes packed, uint8_t *all, size_t before, size_t len, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(packed);
	size_t at = before, end = before + len, n, from;
	struct zy_bytes run;

	while (at < end) {
		if (!take_number(&r, &n, err))
			return false;
		if (n > end - at || !zy_take(&r, n, "blob", &run, err))
			return bad(&r, err);
		memcpy(all + at, run.p, n);
		at += n;
		if (!take_number(&r, &n, err) || (n > 0 && !take_number(&r, &from, err)))
			return false;
		if (n == 0 && at < end)
			return bad(&r, err);
		if (n == 0)
			break;
		if (n > end - at || from > at || n > at - from)
			return bad(&r, err);
		memcpy(all + at, all + from, n);
		at += n;
	}
	return zy_reader_left(&r) == 0 || bad(&r, err);
}
