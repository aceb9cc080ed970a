#include "pack.h"

#include <assert.h>
#include <stdlib.h>

/*
 * STEP: one in so many places is remembered, any may be looked up: a stretch of SEEN + STEP octets that comes again is
 * found. LEAST: a copy takes about eight octets to say, and what is shorter is not worth a break.
 */
enum { BITS = 16, BITS_LEAST = 6, BASE_BITS = 20, SEEN = 16, STEP = 8, LEAST = 32, WINDOW_MAX = 1 << 30 };
/*
 * A slot of a table: 5 further bits of the hash, then the number of the place and one (27 bits suffice for WINDOW_MAX).
 * The bits tell nearly all strangers without a look at what lies there, which is seldom in the cache; and the slot for
 * what comes AHEAD octets later is fetched meanwhile.
 */
enum { PLACE_BITS = 27, AHEAD = 24 };
#define PLACE_MASK (((uint32_t)1 << PLACE_BITS) - 1)
static_assert((WINDOW_MAX - SEEN) / STEP + 1 <= PLACE_MASK, "every place has a number");

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

static uint64_t hash_of(const uint8_t *in)
{
	uint64_t h = (eight(in) * 0x9e3779b97f4a7c15u) ^ (eight(in + 8) * 0xc2b2ae3d27d4eb4fu);

	return (h ^ h >> 29) * 0xbf58476d1ce4e5b9u;
}

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)hash << PLACE_BITS;
}

static void note(uint32_t *table, unsigned bits, const uint8_t *all, size_t at)
{
	const uint64_t h = hash_of(all + at);

	table[h >> (64 - bits)] = tag_of(h) | (uint32_t)(at / STEP + 1);
}

/* Where octets of this hash may have been seen; false: nowhere. */
static bool seen(const uint32_t *table, unsigned bits, uint64_t hash, size_t *at)
{
	const uint32_t v = table[hash >> (64 - bits)];

	if ((v ^ tag_of(hash)) >> PLACE_BITS != 0 || v == 0) /* in this order: half of the slots are empty, by chance */
		return false;
	*at = (size_t)((v & PLACE_MASK) - 1) * STEP;
	return true;
}

static void put_number(struct zy_buf *out, size_t v)
{
	for (; v >= 128; v >>= 7)
		zy_buf_put_u8(out, (uint8_t)(v | 128));
	zy_buf_put_u8(out, (uint8_t)v);
}

struct copy {
	size_t from, to, len;
};

static struct zy_bytes base_of(const struct zy_packer *p)
{
	return p->base == NULL ? ZY_BYTES(NULL, 0) : p->base->bytes;
}

/* How many octets are the same, of at most `most`. */
static size_t same_ahead(const uint8_t *a, const uint8_t *b, size_t most)
{
	size_t n = 0;

	while (n + 8 <= most && eight(a + n) == eight(b + n))
		n += 8;
	while (n < most && a[n] == b[n])
		n++;
	return n;
}

/* A copy for what stands at i, or begins a little before it but not before `least`, of what stands at from in a source
 * of that length. */
static bool extend(
    const struct zy_packer *p, size_t least, size_t i, struct zy_bytes source, size_t from, struct copy *out)
{
	const uint8_t *all = p->all.p;
	const size_t here = p->all.len - i, there = source.len - from;
	size_t n = same_ahead(all + i, source.p + from, here < there ? here : there), back = 0;

	if (n < SEEN)
		return false;
	while (back < i - least && back < from && all[i - back - 1] == source.p[from - back - 1])
		back++;
	*out = (struct copy){ from - back, i - back, n + back };
	return out->len >= LEAST;
}

/* The longer of a copy of the base and of one of the files so far; of these only what is behind already. */
static bool find(const struct zy_packer *p, size_t least, size_t i, struct copy *out)
{
	const struct zy_bytes base = base_of(p);
	struct copy other;
	uint64_t hash;
	size_t at;
	bool found;

	if (i + SEEN > p->all.len)
		return false;
	if (i + AHEAD + SEEN <= p->all.len) {
		hash = hash_of(p->all.p + i + AHEAD);
		__builtin_prefetch(&p->table[hash >> (64 - p->bits)]);
		if (base.len > 0)
			__builtin_prefetch(&p->base->table[hash >> (64 - p->base->bits)]);
	}
	hash = hash_of(p->all.p + i);
	found = seen(p->table, p->bits, hash, &at) && extend(p, least, i, ZY_BYTES(p->all.p, i), at, out) &&
		out->from + out->len <= out->to;
	if (found)
		out->from += base.len;
	if (base.len == 0 || !seen(p->base->table, p->base->bits, hash, &at) ||
	    !extend(p, least, i, base, at, &other) || (found && other.len <= out->len))
		return found;
	*out = other;
	return true;
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
			note(p->table, p->bits, p->all.p, next);
		if (!find(p, run, i, &c)) {
			i++;
			continue;
		}
		put_run(p, run, c.to, out);
		put_number(out, c.len);
		put_number(out, c.from);
		run = i = c.to + c.len;
	}
	for (; next + SEEN <= end; next += STEP)
		note(p->table, p->bits, p->all.p, next);
	if (run < end) {
		put_run(p, run, end, out);
		put_number(out, 0);
	}
}

static bool make_table(unsigned bits, uint32_t **out, struct zy_error *err)
{
	return (*out = calloc((size_t)1 << bits, sizeof(**out))) != NULL ||
	       zy_fail(err, ZY_E_NO_MEMORY, "vault", ZY_NOWHERE, "no memory to pack a file");
}

/* A slot for each place; for a version of some kilobytes the largest table would cost more than to pack it. */
static unsigned bits_for(size_t len, unsigned most)
{
	unsigned bits = BITS_LEAST;

	while (bits < most && len >> bits > STEP)
		bits++;
	return bits;
}

bool zy_pack_base_index(struct zy_pack_base *b, struct zy_bytes bytes, struct zy_error *err)
{
	*b = (struct zy_pack_base){ .bytes = bytes, .bits = bits_for(2 * bytes.len, BASE_BITS) }; /* two: made once */
	if (bytes.len > WINDOW_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "vault", ZY_NOWHERE, "too much to pack files against");
	if (!make_table(b->bits, &b->table, err))
		return false;
	for (size_t at = 0; at + SEEN <= bytes.len; at += STEP)
		note(b->table, b->bits, bytes.p, at);
	return true;
}

void zy_pack_base_free(struct zy_pack_base *b)
{
	free(b->table);
	*b = (struct zy_pack_base){ 0 };
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

/* Where n octets to be copied to all + at stand; NULL: there is no such place. */
static const uint8_t *source_of(struct zy_bytes base, const uint8_t *all, size_t at, size_t from, size_t n)
{
	if (from < base.len)
		return n > base.len - from ? NULL : base.p + from;
	from -= base.len;
	return from > at || n > at - from ? NULL : all + from;
}

/* The next pair: a run, and a copy of n octets; n 0: the file ends. left: octets of the file that are still to come. */
static bool take_pair(
    struct zy_reader *r, size_t left, struct zy_bytes *run, size_t *n, size_t *from, struct zy_error *err)
{
	if (!take_number(r, n, err))
		return false;
	if (*n > left || !zy_take(r, *n, "blob", run, err))
		return bad(r, err);
	left -= *n;
	if (!take_number(r, n, err) || (*n > 0 && !take_number(r, from, err)))
		return false;
	return (*n == 0 ? left == 0 : *n <= left) || bad(r, err);
}

bool zy_unpack(
    struct zy_bytes packed, struct zy_bytes base, uint8_t *all, size_t before, size_t len, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(packed);
	size_t at = before, end = before + len, n, from;
	const uint8_t *source;
	struct zy_bytes run;

	while (at < end) {
		if (!take_pair(&r, end - at, &run, &n, &from, err))
			return false;
		memcpy(all + at, run.p, run.len);
		at += run.len;
		if (n > 0 && (source = source_of(base, all, at, from, n)) == NULL)
			return bad(&r, err);
		if (n > 0)
			memcpy(all + at, source, n);
		at += n;
	}
	return zy_reader_left(&r) == 0 || bad(&r, err);
}

/* Unpacked it would be what is in p from start on: each octet is compared with the one that zy_unpack would put there,
 * which comes from the packed form, the base or octets before it that were compared. */
static bool proved(const struct zy_packer *p, size_t start, struct zy_bytes packed, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(packed);
	const uint8_t *all = p->all.p, *source;
	size_t at = start, n, from;
	struct zy_bytes run;

	while (at < p->all.len) {
		if (!take_pair(&r, p->all.len - at, &run, &n, &from, err) || memcmp(all + at, run.p, run.len) != 0)
			break;
		at += run.len;
		if (n > 0 &&
		    ((source = source_of(base_of(p), all, at, from, n)) == NULL || memcmp(all + at, source, n) != 0))
			break;
		at += n;
	}
	*err = (struct zy_error){ 0 };
	return (at == p->all.len && zy_reader_left(&r) == 0) ||
	       zy_fail(err, ZY_E_BUG, "vault", ZY_NOWHERE, "a packed file is not what it was");
}

bool zy_pack(struct zy_packer *p, struct zy_bytes file, struct zy_buf *out, struct zy_error *err)
{
	size_t start = p->all.len, before = out->len;

	if (p->table == NULL) {
		p->bits = p->expect == 0 ? BITS : bits_for(p->expect, BITS);
		if (!make_table(p->bits, &p->table, err))
			return false;
	}
	p->all.cap = WINDOW_MAX;
	if (start == 0 && p->expect > 0 && zy_buf_extend(&p->all, p->expect) != NULL)
		p->all.len = 0; /* room for all of them at once */
	zy_buf_put(&p->all, file);
	if (!zy_buf_done(&p->all, "files", err))
		return false;
	if (file.len == 0)
		return true;
	pack(p, start, out);
	return zy_buf_done(out, "files", err) && proved(p, start, ZY_BYTES(out->p + before, out->len - before), err);
}

bool zy_pack_fresh(struct zy_bytes packed, size_t len, struct zy_buf *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(packed);
	size_t n, from;
	struct zy_bytes run;

	while (len > 0) {
		if (!take_pair(&r, len, &run, &n, &from, err))
			return false;
		zy_buf_put(out, run);
		len -= run.len + n;
	}
	return zy_buf_done(out, "files", err);
}
