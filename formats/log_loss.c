#include "zy/log_loss.h"

#include "lines.h"
#include "zy/note.h"
#include "zy/text.h"

#define ORIGIN_MAX 80

static bool bad(struct zy_error *err)
{
	return zy_fail(err, ZY_E_ORDER, "subject", ZY_NOWHERE,
	    "not one line `zy-log-1 ORIGIN goes-on SIZE ROOT lost SIZE ROOT`; `zhengyin log loss --out FILE` writes it");
}

/* Up to a space, which is passed, or to the end. */
static struct zy_bytes take_word(struct zy_reader *r)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes rest = zy_reader_rest(r), word = { 0 }, space;
	const uint8_t *end = rest.len == 0 ? NULL : memchr(rest.p, ' ', rest.len);

	if (!zy_take(r, end == NULL ? rest.len : (size_t)(end - rest.p), "subject", &word, &ignored))
		return word;
	if (end != NULL && !zy_take(r, 1, "subject", &space, &ignored))
		return word;
	return word;
}

static bool take_head(struct zy_reader *r, const char *name, struct zy_merkle_head *out)
{
	struct zy_error ignored = { 0 };

	return zy_bytes_equal(take_word(r), zy_str(name)) &&
	       zy_line_decimal(take_word(r), ZY_MERKLE_SIZE_MAX, "size", &out->size, &ignored) &&
	       zy_line_hash(take_word(r), "root", out->root, &ignored);
}

static bool take_all(struct zy_reader *r, struct zy_log_loss *l)
{
	struct zy_error ignored = { 0 };

	if (!zy_bytes_equal(take_word(r), ZY_LITERAL("zy-log-1")))
		return false;
	l->origin = take_word(r);
	return l->origin.len <= ORIGIN_MAX && zy_note_name_check(l->origin, &ignored) &&
	       take_head(r, "goes-on", &l->goes_on) && take_head(r, "lost", &l->lost);
}

static void put_line(const struct zy_log_loss *l, struct zy_buf *out)
{
	zy_buf_printf(out, "zy-log-1 %.*s goes-on %llu ", (int)l->origin.len, (const char *)l->origin.p,
	    (unsigned long long)l->goes_on.size);
	zy_base64_encode(out, ZY_BYTES(l->goes_on.root, ZY_HASH_LEN));
	zy_buf_printf(out, " lost %llu ", (unsigned long long)l->lost.size);
	zy_base64_encode(out, ZY_BYTES(l->lost.root, ZY_HASH_LEN));
	zy_buf_put_u8(out, '\n');
}

bool zy_log_loss_parse(struct zy_log_loss *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	struct zy_reader r = zy_reader_over(in), words;
	ZY_BUF_AUTO again = { 0 };
	struct zy_log_loss l = { 0 };
	struct zy_bytes line;

	if (in.len > ZY_LOG_LOSS_MAX || !zy_line_take(&r, "subject", &line, &ignored) || zy_reader_left(&r) > 0)
		return bad(err);
	words = zy_reader_inside(&r, line);
	if (!take_all(&words, &l))
		return bad(err);
	put_line(&l, &again); /* one spelling */
	if (!zy_buf_done(&again, "subject", err))
		return false;
	if (!zy_bytes_equal(zy_buf_bytes(&again), in))
		return bad(err);
	*out = l;
	return true;
}

bool zy_log_loss_encode(const struct zy_log_loss *l, struct zy_buf *out, struct zy_error *err)
{
	struct zy_log_loss again;
	ZY_BUF_AUTO line = { 0 };

	put_line(l, &line);
	if (!zy_buf_done(&line, "subject", err) || !zy_log_loss_parse(&again, zy_buf_bytes(&line), err))
		return false;
	zy_buf_put(out, zy_buf_bytes(&line));
	return zy_buf_done(out, "subject", err);
}
