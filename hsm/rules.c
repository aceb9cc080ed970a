#include "rules.h"

#include <errno.h>
#include <unistd.h>

#include "heads.h"
#include "zy/cbor.h"
#include "zy/der.h"
#include "zy/key_life.h"
#include "zy/ocsp.h"
#include "zy/ses.h"
#include "zy/signed_data.h"
#include "zy/tsp.h"
#include "zy/xml_signature.h"

bool zy_rules_open(struct zy_rules *out, const char *folder, struct zy_arena *a, struct zy_error *err)
{
	*out = (struct zy_rules){ 0 };
	if (access(folder, F_OK) != 0 && errno == ENOENT)
		return true;
	out->loaded = zy_policy_load(&out->policy, folder, a, err);
	return out->loaded;
}

/* SignedInfo of an XML document: it begins as no DER does, so it is no other message. */
static bool is_xml(const struct zy_hsm_request *q)
{
	return q->message.len > 0 && q->message.p[0] == '<';
}

/* signedAttrs of CMS or GB/T 35275: a SET, which no TBS_Sign is. */
static bool is_signed_attrs(const struct zy_hsm_request *q)
{
	return q->message.len > 0 && q->message.p[0] == ZY_DER_SET;
}

static bool check_seal_sign(const struct zy_hsm_request *q, zy_time now, struct zy_error *err)
{
	struct zy_ses_tbs tbs;

	if (is_signed_attrs(q))
		return zy_signed_attrs_check(q->message, err);
	if (is_xml(q))
		return zy_xml_signed_info_check(q->message, ZY_SUITE_GM, err);
	if (!zy_ses_tbs_parse(&tbs, q->message, err))
		return false;
	if (tbs.eseal.info.version == 1)
		return zy_fail(err, ZY_E_SEAL_RULE, "TBS_Sign.version", ZY_NOWHERE,
		    "seals of version 1 are replaced; have a new one made");
	if (!zy_bytes_equal(tbs.eseal.info.esID, q->esID))
		return zy_fail(err, ZY_E_SEAL_RULE, "TBS_Sign.eseal.esID", ZY_NOWHERE,
		    "the seal inside TBS_Sign is not the seal of the request");
	if (tbs.timeInfo < now - ZY_TIME_INFO_SLACK_S || tbs.timeInfo > now + ZY_TIME_INFO_SLACK_S)
		return zy_fail(err, ZY_E_SEAL_DATE, "TBS_Sign.timeInfo", ZY_NOWHERE,
		    "timeInfo differs by more than %d s from the signer's clock; set the clocks", ZY_TIME_INFO_SLACK_S);
	if (now < tbs.eseal.info.validStart || now > tbs.eseal.info.validEnd)
		return zy_fail(err, ZY_E_SEAL_DATE, "TBS_Sign.eseal", ZY_NOWHERE,
		    "the seal is not valid today; have a new one made");
	return true;
}

/* Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue } */
static bool take_attribute(struct zy_reader *r, bool *is_digest, struct zy_error *err)
{
	static const struct zy_bytes message_digest = ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04");
	struct zy_reader attribute, values;
	struct zy_bytes type, value = { 0 };
	uint8_t tag = 0;
	size_t num = 0;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "signedAttrs", &attribute, err) ||
	    !zy_der_take(&attribute, ZY_DER_OID, "signedAttrs", &type, err) ||
	    !zy_der_enter(&attribute, ZY_DER_SET, "signedAttrs", &values, err) ||
	    !zy_der_end(&attribute, "signedAttrs", err))
		return false;
	for (; zy_reader_left(&values) > 0; num++)
		if (!zy_der_any(&values, "signedAttrs", &tag, &value, NULL, err))
			return false;
	*is_digest =
	    zy_bytes_equal(type, message_digest) && num == 1 && tag == ZY_DER_OCTETS && value.len == ZY_HASH_LEN;
	return num > 0 || zy_fail(err, ZY_E_DER, "signedAttrs", zy_reader_offset(&values), "an attribute has no value");
}

static bool check_document(const struct zy_hsm_request *q, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(q->message), set;
	size_t digests = 0;
	bool is_digest;

	if (is_xml(q))
		return zy_xml_signed_info_check(q->message, ZY_SUITE_INTL, err);
	if (!zy_der_enter(&r, ZY_DER_SET, "signedAttrs", &set, err) || !zy_der_end(&r, "signedAttrs", err))
		return false;
	while (zy_reader_left(&set) > 0) {
		if (!take_attribute(&set, &is_digest, err))
			return false;
		digests += is_digest;
	}
	return digests == 1 || zy_fail(err, ZY_E_DER, "signedAttrs", ZY_NOWHERE,
				   "a document key signs signedAttrs with exactly one messageDigest (RFC 5652 5.3)");
}

/* A time-stamp key signs nothing but the attributes of a TSTInfo: its content-type says so (RFC 3161 2.4.2). */
static bool check_timestamp(const struct zy_hsm_request *q, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct zy_cms_attrs attrs;

	return (zy_tst_attrs_parse(&attrs, q->message, &why) && attrs.has_signing_cert && attrs.num_other == 0) ||
	       zy_fail(err, ZY_E_CMS, "signedAttrs", ZY_NOWHERE,
		   "a time-stamp key signs signedAttrs of a TSTInfo with signing-certificate-v2 and nothing else");
}

/* A NUL-terminated copy of a text that the protocol has checked: UTF-8, no NUL, at most ZY_HSM_NAME_MAX. */
static void copy_name(struct zy_bytes v, char out[ZY_HSM_NAME_MAX + 1])
{
	if (v.len > 0)
		memcpy(out, v.p, v.len);
	out[v.len] = 0;
}

const struct zy_seal_rule *zy_rules_seal(const struct zy_rules *rules, const struct zy_hsm_request *q)
{
	char esID[ZY_HSM_NAME_MAX + 1];

	if (!rules->loaded || rules->not_approved != NULL ||
	    (q->uses != ZY_USE_SEAL_SIGN && q->uses != ZY_USE_DOCUMENT))
		return NULL;
	copy_name(q->esID, esID);
	return zy_policy_seal(&rules->policy, esID);
}

static void put_text(struct zy_buf *b, const char *s)
{
	if (s == NULL)
		zy_cbor_put_null(b);
	else
		zy_cbor_put_text(b, s);
}

/* Every member of the rule: what is not in here could be changed without a trace. */
bool zy_rule_digest(const struct zy_seal_rule *rule, bool with_off, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	const char *const texts[] = { rule->esID, rule->name.zh, rule->name.en, rule->centre_text, rule->code,
		rule->department, rule->seal_key, rule->document_key, rule->retired.successor };
	const int64_t numbers[] = { (int64_t)rule->shape, (int64_t)rule->seal_type, rule->valid_from, rule->valid_to,
		rule->timestamp, rule->limit_total, rule->limit_per_day, rule->retired.at };
	ZY_BUF_AUTO b = { 0 };

	zy_cbor_put_array(&b, 5);
	zy_cbor_put_array(&b, sizeof(texts) / sizeof(texts[0]));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		put_text(&b, texts[i]);
	zy_cbor_put_array(&b, sizeof(numbers) / sizeof(numbers[0]));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		zy_cbor_put_int(&b, numbers[i]);
	zy_cbor_put_array(&b, rule->num_items);
	for (size_t i = 0; i < rule->num_items; i++)
		zy_cbor_put_text(&b, rule->items[i]);
	zy_cbor_put_array(&b, rule->num_requesters);
	for (size_t i = 0; i < rule->num_requesters; i++)
		zy_cbor_put_uint(&b, rule->requesters[i]);
	zy_cbor_put_array(&b, with_off ? 3 : 0);
	if (with_off) {
		zy_cbor_put_int(&b, rule->off.from);
		zy_cbor_put_int(&b, rule->off.until);
		put_text(&b, rule->off.ground);
	}
	return zy_buf_done(&b, "rule", err) && zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&b), out, err);
}

static bool check_loaded(const struct zy_rules *rules, struct zy_error *err)
{
	if (rules->not_approved != NULL)
		return zy_fail(err, ZY_E_RULES, "rules", ZY_NOWHERE,
		    "policies/%s is not what officers approved; put that back and run `zhengyin down` and `zhengyin up`, or "
		    "have this approved: `zhengyin approve request`",
		    rules->not_approved);
	return rules->loaded || zy_fail(err, ZY_E_SEAL_RULE, "esID", ZY_NOWHERE,
				    "the signer was started without HOME/policies, so no seal is allowed");
}

/* Without it whoever reaches the maker's key could make a seal that no officer has seen. */
static bool check_seal_make(
    const struct zy_rules *rules, const struct zy_hsm_request *q, zy_time now, struct zy_error *err)
{
	const struct zy_seal_rule *rule;
	char esID[ZY_HSM_NAME_MAX + 1];
	struct zy_seal_info info;

	if (!check_loaded(rules, err) || !zy_seal_info_parse(&info, q->message, err))
		return false;
	if (info.esID.len > ZY_HSM_NAME_MAX)
		return zy_fail(err, ZY_E_SEAL_RULE, "esID", ZY_NOWHERE, "no rule has so long an esID");
	copy_name(info.esID, esID);
	rule = zy_policy_seal(&rules->policy, esID);
	if (rule == NULL || info.version == 1)
		return zy_fail(err, ZY_E_SEAL_RULE, "esID", ZY_NOWHERE,
		    "the approved seals.json has no rule for this seal; `zhengyin approve request rules` asks for one");
	if (info.validStart < rule->valid_from || info.validEnd > rule->valid_to ||
	    !zy_bytes_equal(info.name, zy_str(rule->name.zh)))
		return zy_fail(err, ZY_E_SEAL_RULE, "esID", ZY_NOWHERE,
		    "the seal has another name, or longer dates, than its approved rule");
	return zy_seal_rule_in_use(rule, now, err);
}

bool zy_rules_check(const struct zy_rules *rules, const struct zy_hsm_request *q, zy_time now, struct zy_error *err)
{
	const struct zy_seal_rule *rule = zy_rules_seal(rules, q);
	char item[ZY_HSM_NAME_MAX + 1];
	struct zy_bytes alias;
	const char *key;

	if (q->uses == ZY_USE_OCSP)
		return zy_ocsp_data_check(q->message, err);
	if (q->uses == ZY_USE_LOG)
		return zy_head_text(q->message, (char[ZY_HEAD_TEXT_MAX + 1]){ 0 }, err);
	if (q->uses == ZY_USE_TIMESTAMP)
		return check_timestamp(q, err);
	if (q->uses == ZY_USE_SEAL_MAKE)
		return check_seal_make(rules, q, now, err);
	if (q->uses != ZY_USE_SEAL_SIGN && q->uses != ZY_USE_DOCUMENT)
		return true;
	if (!check_loaded(rules, err))
		return false;
	copy_name(q->item_code, item);
	if (rule == NULL)
		return zy_fail(
		    err, ZY_E_SEAL_RULE, "esID", ZY_NOWHERE, "policies/seals.json has no rule for this seal");
	/* a key has one name, so names are compared as text: see uri.h. A rule holds for all generations of its keys */
	key = q->uses == ZY_USE_SEAL_SIGN ? rule->seal_key : rule->document_key;
	zy_key_generation(q->key, &alias);
	if (key == NULL || (!zy_bytes_equal(q->key, zy_str(key)) && !zy_bytes_equal(alias, zy_str(key))))
		return zy_fail(err, ZY_E_SEAL_RULE, "key", ZY_NOWHERE, "the seal's rule names another key");
	if (!zy_seal_rule_allows(rule, item, now, err))
		return false;
	return q->uses == ZY_USE_SEAL_SIGN ? check_seal_sign(q, now, err) : check_document(q, err);
}
