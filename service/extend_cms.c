/* Signed data made to last (EN 319 122-1 5.3, 5.5 and 6). */
#include "collect.h"

#include "zy/ats.h"
#include "zy/pem.h"
#include "zy/x509.h"

/* Signed data under work: what was made last, and its parts. */
struct working {
	struct zy_extending *x;
	struct zy_arena *a;
	struct zy_buf now;
	struct zy_signed_data *d;
};

static bool parse(struct working *w, struct zy_error *err)
{
	return zy_signed_data_parse(w->d, zy_buf_bytes(&w->now), w->a, err);
}

static bool add(struct working *w, const struct zy_signed_addition *what, struct zy_error *err)
{
	ZY_BUF_AUTO made = { 0 };

	if (!zy_signed_data_add(w->d, what, &made, err))
		return false;
	zy_buf_free(&w->now);
	w->now = made;
	made = (struct zy_buf){ 0 };
	return parse(w, err);
}

static enum zy_suite suite_of(const struct zy_signer *s)
{
	return zy_bytes_equal(s->digest_alg, zy_oid_sm3) ? ZY_SUITE_GM : ZY_SUITE_INTL;
}

static bool has(const struct zy_signer *s, struct zy_bytes type)
{
	struct zy_unsigned_walk walk = zy_unsigned_values(s);
	struct zy_bytes value;

	return zy_unsigned_next(&walk, type, &value);
}

/* ---- B-T ---- */

static bool stamp_signatures(struct working *w, struct zy_error *err)
{
	const struct zy_stamper *t = w->x->stamper;

	for (size_t i = 0; i < w->d->num_signers; i++) {
		const struct zy_signer *s = &w->d->signers[i];
		ZY_BUF_AUTO token = { 0 };

		if (has(s, zy_oid_time_stamp) || has(s, zy_oid_archive_stamp))
			continue;
		if (!t->stamp(t->arg, suite_of(s), (const struct zy_bytes[2]){ s->signature }, &token, err) ||
		    !add(w,
			&(struct zy_signed_addition){
			    .signer = i, .type = zy_oid_time_stamp, .value = zy_buf_bytes(&token) },
			err))
			return false;
		w->x->num_stamps++;
	}
	return true;
}

/* ---- B-LT ---- */

static bool collect_each(struct zy_collecting *c, const struct zy_signer *s, struct zy_bytes type, struct zy_error *err)
{
	struct zy_unsigned_walk walk = zy_unsigned_values(s);
	struct zy_bytes token;

	while (zy_unsigned_next(&walk, type, &token))
		if (!zy_collect_token(c, token, err))
			return false;
	return true;
}

/* What the ones before it are judged by was collected when they were stamped again. */
static bool collect_newest(struct zy_collecting *c, const struct zy_signer *s, struct zy_error *err)
{
	struct zy_unsigned_walk walk = zy_unsigned_values(s);
	struct zy_tst *t = zy_arena_alloc(c->a, sizeof(*t), err);
	struct zy_bytes token, newest = { 0 };
	zy_time at = 0;

	if (t == NULL)
		return false;
	while (zy_unsigned_next(&walk, zy_oid_archive_stamp, &token)) {
		if (!zy_tst_parse(t, token, c->a, err))
			return false;
		if (newest.len == 0 || t->info.gen_time.seconds >= at) {
			newest = token;
			at = t->info.gen_time.seconds;
		}
	}
	return zy_collect_token(c, newest, err);
}

static bool collect_signer(
    struct zy_collecting *c, const struct zy_signed_data *d, const struct zy_signer *s, struct zy_error *err)
{
	struct zy_x509 x;

	if (has(s, zy_oid_archive_stamp))
		return collect_newest(c, s, err);
	for (size_t i = 0; i < d->num_certs; i++) {
		struct zy_error ignored = { 0 };

		if (zy_x509_parse(&x, d->certs[i], &ignored) && zy_signer_names(s, x.der, x.subject_key_id))
			return zy_collect_path(
				   c, ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_SEAL, x.der, d->certs, d->num_certs, err) &&
			       collect_each(c, s, zy_oid_time_stamp, err);
	}
	return zy_fail(err, ZY_E_NOT_FOUND, "certificate", ZY_NOWHERE, "a signature came without its certificate");
}

/* GB/T 35275 knows lists only in SignedData: answers go where CAdES had them before RFC 5940. */
static bool add_answers(struct working *w, const struct zy_bytes *answers, size_t num, struct zy_error *err)
{
	ZY_BUF_AUTO values = { 0 };

	if (num == 0)
		return true;
	if (!zy_revocation_values_encode(answers, num, &values, err))
		return false;
	for (size_t i = 0; i < w->d->num_signers; i++)
		if (!add(w,
			&(struct zy_signed_addition){
			    .signer = i, .type = zy_oid_revocation_values, .value = zy_buf_bytes(&values) },
			err))
			return false;
	return true;
}

static bool put_values(struct working *w, const struct zy_collecting *c, struct zy_error *err)
{
	struct zy_signed_addition what = { .num_certs = c->num[ZY_PDF_DSS_CERT],
		.num_crls = c->num[ZY_PDF_DSS_CRL],
		.certs = c->values[ZY_PDF_DSS_CERT],
		.crls = c->values[ZY_PDF_DSS_CRL] };
	const size_t num_answers = c->num[ZY_PDF_DSS_OCSP];
	const struct zy_bytes *answers = c->values[ZY_PDF_DSS_OCSP];

	w->x->num_values += what.num_certs + what.num_crls + num_answers;
	if (!w->d->is_gbt35275) {
		what.num_answers = num_answers;
		what.answers = answers;
		return add(w, &what, err);
	}
	return add(w, &what, err) && add_answers(w, answers, num_answers, err);
}

static bool add_values(struct working *w, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_collecting *c = zy_arena_alloc(&a, sizeof(*c), err);
	bool ok;

	if (c == NULL || !zy_collect_open(c, w->x, &a, err))
		return false;
	c->num_beside[ZY_PDF_DSS_CRL] = w->d->num_crls;
	c->beside[ZY_PDF_DSS_CRL] = w->d->crls;
	c->num_beside[ZY_PDF_DSS_OCSP] = w->d->num_answers;
	c->beside[ZY_PDF_DSS_OCSP] = w->d->answers;
	ok = zy_collect_given(c, err);
	for (size_t i = 0; ok && i < w->d->num_signers; i++)
		ok = collect_signer(c, w->d, &w->d->signers[i], err);
	ok = ok && put_values(w, c, err);
	zy_collect_close(c);
	return ok;
}

/* ---- B-LTA ---- */

static bool digest_content(const struct working *w, enum zy_hash h, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_reader walk = zy_reader_over(w->d->content);
	struct zy_hasher hasher = { 0 };
	struct zy_bytes piece;
	bool ok;

	if (!w->d->has_content)
		return zy_digest(h, w->x->content, out, err);
	ok = zy_hasher_start(&hasher, h, err);
	while (ok && zy_signed_content_next(&walk, &piece))
		ok = zy_hasher_add(&hasher, piece, err);
	ok = ok && zy_hasher_final(&hasher, out, err);
	zy_hasher_free(&hasher);
	return ok;
}

static bool archive_signer(struct working *w, size_t i, struct zy_error *err)
{
	const struct zy_stamper *t = w->x->stamper;
	const struct zy_signer *s = &w->d->signers[i];
	const enum zy_suite suite = suite_of(s);
	ZY_BUF_AUTO index = { 0 };
	ZY_BUF_AUTO message = { 0 };
	ZY_BUF_AUTO token = { 0 };
	ZY_BUF_AUTO whole = { 0 };
	uint8_t digest[ZY_HASH_LEN];

	/* the authority's imprint is by the digest of its suite */
	if (!zy_ats_index_encode(w->d, s, suite == ZY_SUITE_GM ? ZY_TSP_SM3 : ZY_TSP_SHA256, &index, err) ||
	    !digest_content(w, zy_suite_hash(suite), digest, err) ||
	    !zy_ats_message(w->d, s, ZY_BYTES(digest, sizeof(digest)), zy_buf_bytes(&index), &message, err) ||
	    !t->stamp(t->arg, suite, (const struct zy_bytes[2]){ zy_buf_bytes(&message) }, &token, err) ||
	    !zy_ats_token(zy_buf_bytes(&token), zy_buf_bytes(&index), &whole, err))
		return false;
	w->x->num_stamps++;
	return add(w,
	    &(struct zy_signed_addition){ .signer = i, .type = zy_oid_archive_stamp, .value = zy_buf_bytes(&whole) },
	    err);
}

static bool archive(struct working *w, struct zy_error *err)
{
	for (size_t i = 0; i < w->d->num_signers; i++)
		if (!archive_signer(w, i, err))
			return false;
	return true;
}

/* ---- all of it ---- */

static bool begin(struct working *w, struct zy_bytes cms, struct zy_error *err)
{
	if (!zy_cms_der(&cms, w->a, err))
		return false;
	if (cms.len > ZY_SIGNED_DATA_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "ContentInfo", ZY_NOWHERE, "more than %zu bytes", ZY_SIGNED_DATA_MAX);
	zy_buf_put(&w->now, cms);
	if (!zy_buf_done(&w->now, "SignedData", err) || !parse(w, err))
		return false;
	if (w->d->num_signers == 0)
		return zy_fail(err, ZY_E_CMS, "signerInfos", ZY_NOWHERE, "nobody signed it");
	if (w->d->has_content == w->x->has_content)
		return zy_fail(err, ZY_E_USAGE, "detached", ZY_NOWHERE, "%s",
		    w->x->has_content ? "the content is inside the signed data: --detached is not for it"
				      : "the content is not inside the signed data: give it with --detached FILE");
	return true;
}

bool zy_cms_extend(
    struct zy_extending *x, enum zy_level level, struct zy_bytes cms, struct zy_buf *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct working w = { .x = x, .a = &a, .d = zy_arena_alloc(&a, sizeof(*w.d), err) };
	bool ok = w.d != NULL && begin(&w, cms, err) && (level < ZY_LEVEL_T || stamp_signatures(&w, err)) &&
		  (level < ZY_LEVEL_LT || add_values(&w, err)) && (level < ZY_LEVEL_LTA || archive(&w, err));

	if (ok)
		zy_buf_put(out, zy_buf_bytes(&w.now));
	zy_buf_free(&w.now);
	return ok && zy_buf_done(out, "SignedData", err);
}

struct counted {
	size_t passed, stamps_bad;
};

static bool next_piece(void *arg, struct zy_bytes *piece, struct zy_error *err)
{
	struct zy_reader *rest = arg;

	*piece = zy_reader_rest(rest);
	return zy_take(rest, piece->len, "content", piece, err);
}

struct zy_content zy_content_of(struct zy_reader *rest)
{
	return (struct zy_content){ next_piece, rest };
}

static bool count(const struct zy_extending *x, struct zy_bytes cms, struct counted *out, struct zy_error *err)
{
	struct zy_reader rest = zy_reader_over(x->content);
	const struct zy_content content = zy_content_of(&rest);
	ZY_REPORT_AUTO r = { 0 };

	*out = (struct counted){ 0 };
	zy_report_start(&r, "extend", zy_now(x->desk->clock));
	if (!zy_judge_cms(x->desk->keys, &x->desk->trust, cms, x->has_content ? &content : NULL, r.at, &r, err))
		return false;
	for (size_t i = 0; i < r.num_signatures; i++) {
		const bool is_stamp = strcmp(r.signatures[i].kind, "timestamp") == 0;

		out->passed += !is_stamp && r.signatures[i].indication == ZY_TOTAL_PASSED;
		out->stamps_bad += is_stamp && r.signatures[i].indication != ZY_TOTAL_PASSED;
	}
	return true;
}

bool zy_cms_extend_check(
    const struct zy_extending *x, struct zy_bytes before, struct zy_bytes after, struct zy_error *err)
{
	struct counted was, is;

	if (!count(x, before, &was, err) || !count(x, after, &is, err))
		return false;
	return (is.passed >= was.passed && is.stamps_bad <= was.stamps_bad) ||
	       zy_fail(err, ZY_E_SELF_VERIFY, "self-verify", ZY_NOWHERE,
		   "a signature that was valid would not be any more, or its time-stamp is not good; nothing was written");
}
