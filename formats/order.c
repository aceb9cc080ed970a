#include "zy/order.h"

#include "zy/cbor.h"
#include "zy/text.h"

#define EXTERNAL_AAD "zy-order-1"
enum { VERSION = 1 };
enum {
	KEY_VERSION = 1,
	KEY_ACTION,
	KEY_SUBJECT,
	KEY_REPLACES,
	KEY_PURPOSE,
	KEY_CREATED,
	KEY_EXPIRES,
	KEY_REQUESTER,
	KEY_NONCE,
	KEY_GROUND,
	KEY_UNTIL,
	NUM_REQUIRED = KEY_NONCE
};
#define TEXT_BYTES_MAX (4 * ZY_ORDER_TEXT_MAX)

static const char *const action_names[] = { "rules", "officers", "switch-off", "revoke-many", "ceremony", "key",
	"shred", "log" };

const char *zy_order_action_name(enum zy_order_action a)
{
	return action_names[a];
}

bool zy_order_action_from_name(struct zy_bytes name, enum zy_order_action *out)
{
	for (size_t i = 0; i < ZY_NUM_ORDER_ACTIONS; i++)
		if (zy_bytes_equal(name, zy_str(action_names[i]))) {
			*out = (enum zy_order_action)i;
			return true;
		}
	return false;
}

/* ---- what holds of every order, read or written ---- */

/* One line that shows as it is: no controls, and nothing that turns the direction of what a person reads. */
static bool check_line(struct zy_bytes v, const char *field, struct zy_error *err)
{
	uint32_t cp;

	if (v.len == 0 || !zy_utf8_check(v, field, err) || zy_utf8_count(v) > ZY_ORDER_TEXT_MAX)
		return zy_fail(err, ZY_E_ORDER, field, ZY_NOWHERE, "%s is a line of 1 to %zu characters", field,
		    ZY_ORDER_TEXT_MAX);
	for (size_t at = 0; (cp = zy_utf8_next(v, &at)) != 0;)
		if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029 || cp == 0x200e ||
		    cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069))
			return zy_fail(err, ZY_E_ORDER, field, ZY_NOWHERE,
			    "%s holds a control character; write one plain line", field);
	return true;
}

static bool check(const struct zy_order *o, struct zy_error *err)
{
	bool off = o->action == ZY_ORDER_SWITCH_OFF;

	if (!check_line(o->purpose, "purpose", err) || (o->ground.len > 0 && !check_line(o->ground, "ground", err)))
		return false;
	if (o->created < 0 || o->expires <= o->created || o->expires - o->created > ZY_ORDER_LIFE_S)
		return zy_fail(err, ZY_E_ORDER, "expires", ZY_NOWHERE,
		    "an order expires after it was created, and seven days later at most");
	if (off && (o->ground.len == 0 || o->until <= o->created))
		return zy_fail(err, ZY_E_ORDER, "until", ZY_NOWHERE,
		    "to switch a seal off, cite a legal ground and give an end date that is still to come");
	if (o->action == ZY_ORDER_SHRED && o->ground.len == 0)
		return zy_fail(
		    err, ZY_E_ORDER, "ground", ZY_NOWHERE, "to destroy somebody's data, cite a legal ground");
	return off || o->until == 0 ||
	       zy_fail(err, ZY_E_ORDER, "until", ZY_NOWHERE, "an order to %s has no end date", action_names[o->action]);
}

/* ---- the order ---- */

static bool take_key(struct zy_reader *r, uint64_t want, const char *field, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	uint64_t key;

	return zy_cbor_uint(r, UINT64_MAX, field, &key, err) &&
	       (key == want || zy_fail(err, ZY_E_ORDER, field, at, "member %llu of an order must come here",
				   (unsigned long long)want));
}

static bool take_bytes(
    struct zy_reader *r, uint64_t key, const char *field, uint8_t *out, size_t len, struct zy_error *err)
{
	struct zy_bytes v;

	if (!take_key(r, key, field, err) || !zy_cbor_bstr_exact(r, len, field, &v, err))
		return false;
	memcpy(out, v.p, len);
	return true;
}

static bool take_action(struct zy_reader *r, enum zy_order_action *out, struct zy_error *err)
{
	struct zy_bytes name;
	size_t at;

	if (!take_key(r, KEY_ACTION, "action", err))
		return false;
	at = zy_reader_offset(r);
	return zy_cbor_tstr(r, 32, "action", &name, err) &&
	       (zy_order_action_from_name(name, out) ||
		   zy_fail(err, ZY_E_ORDER, "action", at, "an order of an action not known here"));
}

static bool take_version(struct zy_reader *r, struct zy_error *err)
{
	uint64_t v;

	return take_key(r, KEY_VERSION, "version", err) && zy_cbor_uint(r, UINT64_MAX, "version", &v, err) &&
	       (v == VERSION || zy_fail(err, ZY_E_ORDER, "version", 0, "an order of a version not known here"));
}

static bool take_required(struct zy_reader *r, struct zy_order *o, struct zy_error *err)
{
	return take_version(r, err) && take_action(r, &o->action, err) &&
	       take_bytes(r, KEY_SUBJECT, "subject", o->subject, ZY_HASH_LEN, err) &&
	       take_bytes(r, KEY_REPLACES, "replaces", o->replaces, ZY_HASH_LEN, err) &&
	       take_key(r, KEY_PURPOSE, "purpose", err) &&
	       zy_cbor_tstr(r, TEXT_BYTES_MAX, "purpose", &o->purpose, err) &&
	       take_key(r, KEY_CREATED, "created", err) && zy_cbor_int(r, "created", &o->created, err) &&
	       take_key(r, KEY_EXPIRES, "expires", err) && zy_cbor_int(r, "expires", &o->expires, err) &&
	       take_bytes(r, KEY_REQUESTER, "requester", o->requester, ZY_HASH_LEN, err) &&
	       take_bytes(r, KEY_NONCE, "nonce", o->nonce, ZY_ORDER_NONCE_LEN, err);
}

/* ground, or ground and until: an end date without a ground fits no action. */
static bool take_optional(struct zy_reader *r, size_t num, struct zy_order *o, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);

	if (num > NUM_REQUIRED &&
	    (!take_key(r, KEY_GROUND, "ground", err) || !zy_cbor_tstr(r, TEXT_BYTES_MAX, "ground", &o->ground, err)))
		return false;
	if (num > NUM_REQUIRED && o->ground.len == 0)
		return zy_fail(err, ZY_E_ORDER, "ground", at, "an absent ground is left out");
	if (num <= NUM_REQUIRED + 1)
		return true;
	return take_key(r, KEY_UNTIL, "until", err) && zy_cbor_int(r, "until", &o->until, err) &&
	       (o->until != 0 || zy_fail(err, ZY_E_ORDER, "until", at, "an absent end date is left out"));
}

bool zy_order_parse(struct zy_order *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_order o = { 0 };
	size_t num;

	if (in.len > ZY_ORDER_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "order", ZY_NOWHERE, "an order has at most %zu bytes", ZY_ORDER_MAX);
	if (!zy_cbor_map(&r, KEY_UNTIL, "order", &num, err))
		return false;
	if (num < NUM_REQUIRED)
		return zy_fail(err, ZY_E_ORDER, "order", 0, "an order has at least %d members", NUM_REQUIRED);
	if (!take_required(&r, &o, err) || !take_optional(&r, num, &o, err) || !zy_reader_end(&r, "order", err) ||
	    !check(&o, err))
		return false;
	*out = o;
	return true;
}

static void put_bytes(struct zy_buf *out, uint64_t key, const uint8_t *p, size_t len)
{
	zy_cbor_put_uint(out, key);
	zy_cbor_put_bstr(out, ZY_BYTES(p, len));
}

static void put_text(struct zy_buf *out, uint64_t key, struct zy_bytes v)
{
	zy_cbor_put_uint(out, key);
	zy_cbor_put_tstr(out, v);
}

static void put_int(struct zy_buf *out, uint64_t key, int64_t v)
{
	zy_cbor_put_uint(out, key);
	zy_cbor_put_int(out, v);
}

bool zy_order_encode(const struct zy_order *o, struct zy_buf *out, struct zy_error *err)
{
	if (!check(o, err))
		return false;
	zy_cbor_put_map(out, (size_t)NUM_REQUIRED + (o->ground.len > 0 ? 1 : 0) + (o->until != 0 ? 1 : 0));
	put_int(out, KEY_VERSION, VERSION);
	put_text(out, KEY_ACTION, zy_str(action_names[o->action]));
	put_bytes(out, KEY_SUBJECT, o->subject, ZY_HASH_LEN);
	put_bytes(out, KEY_REPLACES, o->replaces, ZY_HASH_LEN);
	put_text(out, KEY_PURPOSE, o->purpose);
	put_int(out, KEY_CREATED, o->created);
	put_int(out, KEY_EXPIRES, o->expires);
	put_bytes(out, KEY_REQUESTER, o->requester, ZY_HASH_LEN);
	put_bytes(out, KEY_NONCE, o->nonce, ZY_ORDER_NONCE_LEN);
	if (o->ground.len > 0)
		put_text(out, KEY_GROUND, o->ground);
	if (o->until != 0)
		put_int(out, KEY_UNTIL, o->until);
	return zy_buf_done(out, "order", err);
}

/* ---- what is signed ---- */

void zy_order_input_encode(
    enum zy_suite suite, const uint8_t id[ZY_HASH_LEN], struct zy_bytes order, struct zy_buf *out)
{
	ZY_BUF_AUTO header = { 0 };

	zy_cose_header_encode(suite, id, &header);
	zy_cose_input_encode(zy_buf_bytes(&header), EXTERNAL_AAD, order, out);
	out->failed = out->failed || header.failed;
}

/* There is one Sig_structure for a key and an order: the message must be it. */
bool zy_order_input_parse(struct zy_order *out, struct zy_bytes message, enum zy_suite suite,
    const uint8_t id[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(message);
	struct zy_bytes context, header, aad, order;
	ZY_BUF_AUTO want = { 0 };

	if (!zy_cbor_array_exact(&r, 4, "Sig_structure", err) || !zy_cbor_tstr(&r, 16, "context", &context, err) ||
	    !zy_cbor_bstr(&r, 64, "protected", &header, err) || !zy_cbor_bstr(&r, 64, "external_aad", &aad, err) ||
	    !zy_cbor_bstr(&r, ZY_ORDER_MAX, "order", &order, err) || !zy_reader_end(&r, "Sig_structure", err))
		return false;
	zy_order_input_encode(suite, id, order, &want);
	if (!zy_buf_done(&want, "Sig_structure", err))
		return false;
	if (!zy_bytes_equal(zy_buf_bytes(&want), message))
		return zy_fail(err, ZY_E_ORDER, "Sig_structure", 0, "this is not an order to be signed by this key");
	return zy_order_parse(out, order, err);
}

/* ---- the file ---- */

bool zy_order_file_parse(struct zy_order_file *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_order_file f = { 0 };

	if (in.len > ZY_ORDER_FILE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "order", ZY_NOWHERE, "an order's file has at most %zu bytes",
		    ZY_ORDER_FILE_MAX);
	if (!zy_cbor_array_exact(&r, 3, "file", err) || !zy_cbor_bstr(&r, ZY_ORDER_MAX, "order", &f.order, err) ||
	    !zy_cbor_array(&r, ZY_ORDER_SIGNATURES_MAX, "signatures", &f.num_signatures, err))
		return false;
	for (size_t i = 0; i < f.num_signatures; i++)
		if (!zy_cose_parse_detached(&f.signatures[i], &r, f.order, err))
			return false;
	if (!zy_cbor_bstr(&r, ZY_ORDER_SUBJECT_MAX, "subject", &f.subject, err) || !zy_reader_end(&r, "file", err))
		return false;
	*out = f;
	return true;
}

bool zy_order_file_encode(const struct zy_order_file *f, struct zy_buf *out, struct zy_error *err)
{
	if (f->num_signatures > ZY_ORDER_SIGNATURES_MAX || f->subject.len > ZY_ORDER_SUBJECT_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "order", ZY_NOWHERE,
		    "an order has at most %d signatures and a subject of %zu bytes", ZY_ORDER_SIGNATURES_MAX,
		    ZY_ORDER_SUBJECT_MAX);
	zy_cbor_put_array(out, 3);
	zy_cbor_put_bstr(out, f->order);
	zy_cbor_put_array(out, f->num_signatures);
	for (size_t i = 0; i < f->num_signatures; i++)
		zy_cose_encode_detached(f->signatures[i].protected_header, f->signatures[i].rs, out);
	zy_cbor_put_bstr(out, f->subject);
	return zy_buf_done(out, "order", err);
}
