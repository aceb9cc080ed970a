/* One seal signature of an OFD document: GB/T 38540-2020 6.3 (the seal) and 7.3 (the signature), and the same of the
 * versions before and after it, GM/T 0031-2014 and GM/T 0031-2025. */
#include "internal.h"

#include "zy/ofd.h"
#include "zy/ses.h"

/* Seals are signed with SM2 and SM3 only. The OIDs stand outside what is signed, so they must be exact: `good`, the
 * value verifies with SM2 and SM3 all the same, so the OID was changed. */
static void check_algorithm(struct zy_case *c, struct zy_bytes oid, bool good, const char *field)
{
	char text[80];

	if (zy_bytes_equal(oid, zy_oid_sm2_sm3))
		return;
	zy_oid_text(oid, text, sizeof(text));
	zy_report_add(c->r, good ? "signature-algorithm-differs" : "signature-algorithm", field, ZY_NOWHERE,
	    "%s is not SM2 with SM3", text);
}

static void check_extensions(struct zy_case *c, const struct zy_ses_extensions *all, const char *field)
{
	char text[80];

	for (size_t i = 0; i < all->num; i++) {
		if (!all->items[i].critical)
			continue;
		zy_oid_text(all->items[i].extnID, text, sizeof(text));
		zy_report_add(c->r, "ses-extension-critical", field, ZY_NOWHERE, "%s", text);
	}
}

/* What is wrong with a value that is not r and s: the value of an SM2 key is wrong, that of any other is not judged. */
static const char *fault_of_value(struct zy_bytes cert, const char *code)
{
	struct zy_cert_parts parts;
	struct zy_error why = { 0 };

	if (zy_cert_walk(cert, &parts, &why))
		return parts.suite == ZY_SUITE_GM ? code : "signature-algorithm";
	return why.code == ZY_E_KEY ? "signature-algorithm" : code;
}

/* A signature value by the certificate beside it. */
static bool check_value(struct zy_case *c, struct zy_bytes value, struct zy_bytes cert, struct zy_bytes message,
    const char *code, const char *field, bool *good, struct zy_error *err)
{
	struct zy_error why = { 0 };
	uint8_t rs[64];
	bool raw;

	*good = false;
	if (!zy_ses_rs(value, rs, &raw, &why)) {
		zy_report_add(c->r, fault_of_value(cert, code), field, ZY_NOWHERE, "%s", why.msg);
		return true;
	}
	if (raw)
		zy_report_add(c->r, "signature-encoding", field, ZY_NOWHERE, NULL);
	return zy_case_value(c, cert, ZY_SUITE_GM, message, rs, code, field, good, err);
}

/* One seal stands on many documents: that its maker signed it is remembered, by a digest of all that was verified. */
static bool check_seal_value(struct zy_case *c, const struct zy_seal *seal, bool *good, struct zy_error *err)
{
	static const char field[] = "SESeal.signedValue";
	struct zy_chain_answer known, answer = { .extras = ZY_EXTRA_GOOD };
	uint8_t id[ZY_HASH_LEN];
	ZY_BUF_AUTO all = { 0 };
	ZY_BUF_AUTO message = { 0 };

	if (!zy_seal_signed(seal, &message, err))
		return false;
	zy_buf_put_str(&all, "seal");
	zy_buf_put_be(&all, message.len, 8);
	zy_buf_put_be(&all, seal->cert.len, 8);
	zy_buf_put(&all, zy_buf_bytes(&message));
	zy_buf_put(&all, seal->cert);
	zy_buf_put(&all, seal->signedValue);
	if (!zy_buf_done(&all, field, err) || !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&all), id, err))
		return false;
	*good = zy_keys_get_chain(c->keys, id, &known);
	if (*good)
		return true;
	if (!check_value(c, seal->signedValue, seal->cert, zy_buf_bytes(&message), "seal-signature", field, good, err))
		return false;
	if (*good && seal->signedValue.len != 64) /* bare r and s are a deviation to be told each time */
		zy_keys_put_chain(c->keys, id, &answer);
	return true;
}

/* 7.3: the signer is one of those whom the seal names, byte by byte or by digest of the whole certificate. The name of
 * the digest is free text of the maker's (its usual value is not confirmed): SM3 is what is compared. */
static bool is_listed(const struct zy_seal_info *seal, struct zy_bytes cert, bool *listed, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	*listed = false;
	if (!zy_digest(ZY_HASH_SM3, cert, digest, err))
		return false;
	for (size_t i = 0; i < seal->num_certs; i++)
		*listed =
		    *listed || zy_bytes_equal(seal->certs[i].value,
				   seal->certListType == ZY_CERT_LIST_CERTS ? cert : ZY_BYTES(digest, sizeof(digest)));
	return true;
}

/* When the seal was put on, as far as it is known: what the signer claims, and when the signature surely existed. */
struct moment {
	zy_time claimed, proven; /* ZY_TIME_NEVER: no claim that can be read; no time-stamp that proves it */
};

static void check_seal_dates(struct zy_case *c, const struct zy_seal_info *seal, const struct moment *when)
{
	zy_time existed = zy_case_existed(c, when->proven),
		signed_at = when->claimed == ZY_TIME_NEVER ? c->at : when->claimed;
	static const char field[] = "SESeal.eSealInfo.property.validEnd";

	if (seal->validEnd < seal->validStart)
		zy_report_add(c->r, "seal-dates", field, ZY_NOWHERE, NULL);
	if (signed_at < seal->validStart)
		zy_report_add(c->r, "seal-not-yet-valid", "SESeal.eSealInfo.property.validStart", ZY_NOWHERE, NULL);
	if (signed_at > seal->validEnd)
		zy_report_add(c->r, "seal-expired", field, ZY_NOWHERE, NULL);
	else if (existed > seal->validEnd)
		zy_report_add(c->r, "seal-expired-since", field, ZY_NOWHERE, NULL);
	if (seal->createDate < seal->validStart - ZY_CREATE_DATE_SKEW_S ||
	    seal->createDate > seal->validEnd + ZY_CREATE_DATE_SKEW_S)
		/* GM/T 0031-2025: a seal that was not valid when it was made is none. */
		zy_report_add(c->r, seal->version == 5 ? "seal-made-outside-validity" : "seal-create-date",
		    "SESeal.eSealInfo.property.createDate", ZY_NOWHERE, NULL);
}

/* When the maker's chain is asked for. GM/T 0031-2025 goes on with a note when the maker's certificate has expired
 * since, if it was good at createDate; before, expiry counts at the time of the check. */
static zy_time maker_at(
    struct zy_case *c, const struct zy_seal_info *seal, const struct zy_cert_facts *maker, zy_time existed)
{
	if (seal->version != 5 || existed <= maker->not_after || seal->createDate > maker->not_after)
		return existed;
	zy_report_add(c->r, "maker-expired-since", "SESeal.cert", ZY_NOWHERE, NULL);
	return seal->createDate < maker->not_before ? maker->not_before : seal->createDate;
}

/* GM/T 0031-2025: the token over signedValue is not older than the seal says to be. */
static bool judge_seal_stamp(struct zy_case *c, const struct zy_seal *seal, struct zy_error *err)
{
	static const char field[] = "SESeal.timeStamp";
	zy_time proven;

	if (!zy_case_stamp(c, seal->timeStamp, seal->signedValue, field, &proven, err))
		return false;
	if (proven != ZY_TIME_NEVER && seal->info.createDate > proven + ZY_CREATE_DATE_SKEW_S)
		zy_report_add(c->r, "timestamp-too-early", field, ZY_NOWHERE, NULL);
	return true;
}

/* 6.3: the seal itself, which an anchor may be limited to vouch for by whose it is. */
static bool judge_seal(struct zy_case *c, const struct zy_seal *seal, const struct zy_signed_by *owner,
    const struct moment *when, struct zy_error *err)
{
	static const char field[] = "SESeal.cert";
	struct zy_cert_facts maker;
	bool good;

	if (!check_seal_value(c, seal, &good, err))
		return false;
	check_algorithm(c, seal->signAlgID, good, "SESeal.signAlgID");
	check_extensions(c, &seal->info.extDatas, "SESeal.eSealInfo.extDatas");
	if (!zy_case_facts(c, seal->cert, field, &maker, &good, err) || !judge_seal_stamp(c, seal, err))
		return false;
	check_seal_dates(c, &seal->info, when);
	if (good && (seal->info.createDate + ZY_CREATE_DATE_SKEW_S < maker.not_before ||
			seal->info.createDate - ZY_CREATE_DATE_SKEW_S > maker.not_after))
		zy_report_add(c->r, "maker-dates", field, ZY_NOWHERE, NULL);
	if (!good)
		return true;
	const struct zy_chain_question q = { .purposes = ZY_PURPOSE_SEAL_MAKER,
		.leaf = seal->cert,
		.existed = maker_at(c, &seal->info, &maker, zy_case_existed(c, when->proven)),
		.scope = { .issuer = owner->known ? owner->facts.uscc : "" },
		.field = field };
	return zy_case_chain(c, &q, err);
}

/* propertyInfo is the absolute path of Signature.xml (GM/T 0099 7.2); some leave out the first slash. GB/T 38540 lets
 * it be any text about the original: what is no path of such a file names no other place. */
static void judge_place(struct zy_case *c, struct zy_bytes info, const char *path)
{
	static const struct zy_bytes end = ZY_LITERAL("Signature.xml");
	const struct zy_bytes plain = info.len > 0 && info.p[0] == '/' ? ZY_BYTES(info.p + 1, info.len - 1) : info;

	if (zy_bytes_equal(plain, zy_str(path)))
		return;
	if (plain.len >= end.len && memcmp(plain.p + plain.len - end.len, end.p, end.len) == 0)
		zy_report_add(c->r, "ses-property-info", "TBS_Sign.propertyInfo", ZY_NOWHERE, NULL);
	else
		zy_report_add(c->r, "ses-property-free", "TBS_Sign.propertyInfo", ZY_NOWHERE, NULL);
}

/* dataHash is SM3 of Signature.xml as it lies in the package. */
static bool judge_original(
    struct zy_case *c, const struct zy_ses_tbs *tbs, const struct zy_ofd_signature *s, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_digest(ZY_HASH_SM3, s->file->bytes, digest, err))
		return false;
	if (!zy_bytes_equal(tbs->dataHash, ZY_BYTES(digest, sizeof(digest))))
		zy_report_add(c->r, "ses-data-hash", "TBS_Sign.dataHash", ZY_NOWHERE, NULL);
	judge_place(c, tbs->propertyInfo, s->path);
	return true;
}

static void fill(
    struct zy_case *c, const struct zy_ses_signature *ses, const struct zy_signed_by *by, const struct moment *when)
{
	struct zy_report_signature *s = &c->r->signatures[c->r->num_signatures - 1];

	s->signer = by->known ? by->facts.subject : NULL;
	s->seal_esid = by->esID;
	s->seal_name = zy_case_text(c, ses->toSign.eseal.info.name);
	if (when->proven != ZY_TIME_NEVER) {
		s->signing_time = when->proven;
		s->time_source = "token";
	} else if (when->claimed != ZY_TIME_NEVER) {
		s->signing_time = when->claimed;
		s->time_source = "claimed";
	}
}

static const char *kind_of(const struct zy_ses_signature *ses)
{
	static const char *const kinds[] = { [1] = "ses-v1", [4] = "ses-v4", [5] = "ses-v5" };

	return kinds[ses->toSign.eseal.info.version];
}

/* The token over the signature value, which is not older than timeInfo (GB/T 38540 7.3). What a token in the place of
 * timeInfo (GM/T 0031-2014) is about is not confirmed, so it proves no time: the seal is held against the time judged.
 */
static bool judge_time(struct zy_case *c, const struct zy_ses_signature *ses, struct moment *when, struct zy_error *err)
{
	static const char field[] = "SES_Signature.timeStamp";
	const struct zy_ses_tbs *tbs = &ses->toSign;

	when->claimed = tbs->timeInfo;
	if (!zy_case_stamp(c, ses->timeStamp, ses->signature, field, &when->proven, err))
		return false;
	if (tbs->timeToken.len > 0) {
		zy_report_add(c->r, "seal-timestamp-not-judged", "TBS_Sign.timeInfo", ZY_NOWHERE, NULL);
		zy_report_add(c->r, "no-signing-time", "TBS_Sign.timeInfo", ZY_NOWHERE, NULL);
	} else if (when->proven != ZY_TIME_NEVER && when->claimed > when->proven) {
		zy_report_add(c->r, "timestamp-too-early", field, ZY_NOWHERE, NULL);
	}
	return true;
}

/* 7.3: the signature, in the order of the standard. */
static bool judge_signature(struct zy_case *c, const struct zy_ses_signature *ses, const struct zy_ofd_signature *s,
    struct zy_signed_by *by, struct zy_error *err)
{
	static const char field[] = "SES_Signature.cert";
	const struct zy_ses_tbs *tbs = &ses->toSign;
	struct moment when;
	bool listed, good;

	by->esID = zy_case_text(c, tbs->eseal.info.esID);
	check_extensions(c, &tbs->extDatas, "TBS_Sign.extDatas");
	if (!judge_original(c, tbs, s, err) ||
	    !check_value(
		c, ses->signature, ses->cert, tbs->der, "signature-value", "SES_Signature.signature", &good, err) ||
	    !is_listed(&tbs->eseal.info, ses->cert, &listed, err) ||
	    !zy_case_facts(c, ses->cert, field, &by->facts, &by->known, err))
		return false;
	check_algorithm(c, ses->signatureAlgID, good, "SES_Signature.signatureAlgID");
	if (!listed)
		zy_report_add(c->r, "signer-not-in-seal", field, ZY_NOWHERE, NULL);
	if (!judge_time(c, ses, &when, err) || !judge_seal(c, &tbs->eseal, by, &when, err))
		return false;
	fill(c, ses, by, &when);
	zy_case_retired(c, by->esID, when.claimed != ZY_TIME_NEVER ? when.claimed : zy_case_existed(c, when.proven),
	    "TBS_Sign.timeInfo");
	if (by->known && when.claimed != ZY_TIME_NEVER)
		zy_case_signing_time(c, tbs->timeInfo, &by->facts, "TBS_Sign.timeInfo");
	if (!by->known)
		return true;
	const struct zy_chain_question q = { .purposes = ZY_PURPOSE_SEAL,
		.leaf = ses->cert,
		.existed = zy_case_existed(c, when.proven),
		.field = field };
	return zy_case_chain(c, &q, err);
}

/* What is whole, and of no form known here, is not known to be wrong; a licence is of a form that is known. */
static bool is_other_form(const struct zy_case *c, struct zy_bytes value)
{
	return !c->is_licence && (value.len > ZY_SES_MAX || zy_ber_is_whole(value));
}

bool zy_case_ses(struct zy_case *c, const struct zy_ofd_signature *s, struct zy_signed_by *by, struct zy_error *err)
{
	struct zy_ses_signature *ses = zy_arena_alloc(c->work, sizeof(*ses), err);
	struct zy_error why = { 0 };
	const char *departs;

	*by = (struct zy_signed_by){ .esID = "" };
	if (ses == NULL)
		return false;
	if (s->signed_value == NULL) {
		zy_report_add(c->r, "ses-unreadable", zy_case_text(c, zy_str(s->signed_value_path)), ZY_NOWHERE,
		    "the signed value is missing");
		return true;
	}
	if (!zy_ses_signature_read(ses, s->signed_value->bytes, &departs, &why)) {
		zy_report_add_error(
		    c->r, is_other_form(c, s->signed_value->bytes) ? "ses-unknown" : "ses-unreadable", &why);
		return true;
	}
	if (departs != NULL)
		zy_report_add(c->r, "form-departs", departs, ZY_NOWHERE, NULL);
	c->r->signatures[c->r->num_signatures - 1].kind = kind_of(ses);
	if (s->seal_path[0] != 0 && s->seal == NULL)
		zy_report_add(c->r, "seal-file-missing", zy_case_text(c, zy_str(s->seal_path)), ZY_NOWHERE, NULL);
	if (s->seal != NULL && !zy_bytes_equal(s->seal->bytes, ses->toSign.eseal.der))
		zy_report_add(c->r, "seal-file-differs", zy_case_text(c, zy_str(s->seal_path)), ZY_NOWHERE, NULL);
	return judge_signature(c, ses, s, by, err);
}
