#include "zy/key_order.h"

#include "zy/text.h"

#define FIRST "zy-key-1 "
#define TOKEN "pkcs11:token="
#define OBJECT ";object="
#define ON " on "
#define DATA_KEY " data-key "
#define TIME_LEN 20

const char *zy_key_order_event_name(enum zy_key_order_event e)
{
	static const char *const names[] = { "retire", "destroy", "compromise", "shred" };

	return names[e];
}

static bool bad(struct zy_error *err, size_t at, const char *what)
{
	return zy_fail(err, ZY_E_ORDER, "subject", at,
	    "%s; `zhengyin key retire KEY --out FILE` and `zhengyin shred --out FILE` write such a line", what);
}

/* Moves on when the text stands there. */
static bool take_text(struct zy_reader *r, const char *text)
{
	struct zy_error ignored = { 0 };
	struct zy_reader ahead = *r;
	struct zy_bytes v;

	if (!zy_take(&ahead, strlen(text), "subject", &v, &ignored) || !zy_bytes_equal(v, zy_str(text)))
		return false;
	*r = ahead;
	return true;
}

/* The printable octets up to a space, a newline, or `stop`. */
static struct zy_bytes take_word(struct zy_reader *r, uint8_t stop)
{
	struct zy_bytes rest = zy_reader_rest(r), word;
	size_t len = 0;

	while (len < rest.len && rest.p[len] > ' ' && rest.p[len] < 0x7f && rest.p[len] != stop)
		len++;
	return zy_take(r, len, "subject", &word, &(struct zy_error){ 0 }) ? word : ZY_BYTES(NULL, 0);
}

static bool take_event(struct zy_reader *r, enum zy_key_order_event *out)
{
	const struct zy_bytes word = take_word(r, 0);

	for (int e = 0; e < ZY_NUM_KEY_ORDER_EVENTS; e++)
		if (zy_bytes_equal(word, zy_str(zy_key_order_event_name((enum zy_key_order_event)e)))) {
			*out = (enum zy_key_order_event)e;
			return take_text(r, " ");
		}
	return false;
}

static bool take_uri(struct zy_reader *r, struct zy_key_order *o)
{
	struct zy_reader whole = *r;

	if (!take_text(r, TOKEN))
		return false;
	o->token = take_word(r, ';');
	o->uri = take_word(&whole, 0);
	if (o->token.len == 0 || !take_text(r, OBJECT) || take_word(r, ';').len == 0)
		return false;
	return zy_reader_offset(r) == zy_reader_offset(&whole) && o->uri.len <= ZY_KEY_ORDER_URI_MAX;
}

static bool take_time(struct zy_reader *r, struct zy_key_order *o)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes text;

	o->at = 0;
	if (!take_text(r, ON))
		return true;
	/* twenty characters leave room for no offset but Z */
	return o->event == ZY_KEY_ORDER_RETIRE && zy_take(r, TIME_LEN, "subject", &text, &ignored) &&
	       zy_time_from_rfc3339(text, &o->at, &ignored) && o->at > 0;
}

static bool take_data_key(struct zy_reader *r, struct zy_key_order *o)
{
	struct zy_error ignored = { 0 };
	char again[2 * ZY_DATA_KEY_ID_LEN + 1];
	struct zy_bytes hex;

	if (o->event != ZY_KEY_ORDER_SHRED)
		return true;
	if (!take_text(r, DATA_KEY) || !zy_take(r, sizeof(again) - 1, "subject", &hex, &ignored) ||
	    !zy_unhex(hex, o->data_key, sizeof(o->data_key), &ignored))
		return false;
	zy_hex(ZY_BYTES(o->data_key, sizeof(o->data_key)), again); /* one spelling */
	return zy_bytes_equal(hex, zy_str(again));
}

bool zy_key_order_parse(struct zy_key_order *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_key_order o = { 0 };

	if (!take_text(&r, FIRST) || !take_event(&r, &o.event))
		return bad(err, zy_reader_offset(&r), "this does not say what is to become of a key");
	if (!take_uri(&r, &o))
		return bad(err, zy_reader_offset(&r), "a key's PKCS#11 URI should stand here");
	if (!take_time(&r, &o))
		return bad(err, zy_reader_offset(&r), "only retire has a time, such as 2026-03-01T00:00:00Z");
	if (!take_data_key(&r, &o))
		return bad(err, zy_reader_offset(&r), "shred names a data key by 32 digits of 0-9 and a-f");
	if (!take_text(&r, "\n") || zy_reader_left(&r) > 0)
		return bad(err, zy_reader_offset(&r), "the order for a key is one line");
	*out = o;
	return true;
}

bool zy_key_order_encode(const struct zy_key_order *o, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO line = { 0 };
	struct zy_key_order again;
	char at[ZY_TIME_TEXT], id[2 * ZY_DATA_KEY_ID_LEN + 1];

	zy_buf_printf(
	    &line, FIRST "%s %.*s", zy_key_order_event_name(o->event), (int)o->uri.len, (const char *)o->uri.p);
	if (o->at != 0) {
		zy_time_to_rfc3339(o->at, at);
		zy_buf_printf(&line, ON "%s", at);
	}
	if (o->event == ZY_KEY_ORDER_SHRED) {
		zy_hex(ZY_BYTES(o->data_key, sizeof(o->data_key)), id);
		zy_buf_printf(&line, DATA_KEY "%s", id);
	}
	zy_buf_put_str(&line, "\n");
	if (!zy_buf_done(&line, "subject", err) || !zy_key_order_parse(&again, zy_buf_bytes(&line), err))
		return false;
	zy_buf_put(out, zy_buf_bytes(&line));
	return zy_buf_done(out, "subject", err);
}

bool zy_key_order_encode_for(const struct zy_key_order *o, const char *token, struct zy_buf *out, struct zy_error *err)
{
	const size_t object = sizeof(TOKEN) - 1 + o->token.len;
	struct zy_key_order named = *o;
	ZY_BUF_AUTO uri = { 0 };

	zy_buf_put_str(&uri, TOKEN);
	zy_buf_put_str(&uri, token);
	zy_buf_put(&uri, ZY_BYTES(o->uri.p + object, o->uri.len - object));
	named.uri = zy_buf_bytes(&uri);
	return zy_buf_done(&uri, "subject", err) && zy_key_order_encode(&named, out, err);
}
