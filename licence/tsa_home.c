#include "zy/tsa_home.h"

#include <unistd.h>

#include "zy/certificate.h"
#include "zy/file.h"
#include "zy/kept.h"

#define PEM_MAX ((size_t)65536)

static bool read_cert(
    struct zy_tsa_home *h, const char *role, enum zy_suite suite, struct zy_bytes *der, struct zy_error *err)
{
	const char *path = zy_home_path(&h->home, &h->arena, err, "pki/%s-%s.pem", role, zy_suite_name(suite));
	struct zy_bytes pem;

	if (path == NULL)
		return false;
	if (access(path, F_OK) != 0)
		return zy_fail(err, ZY_E_NOT_FOUND, "pki", ZY_NOWHERE,
		    "the home has no pki/%s-%s.pem: it was made before there were time-stamps", role,
		    zy_suite_name(suite));
	return zy_kept_read(path, PEM_MAX, &h->arena, &pem, err) && zy_cert_from_pem(pem, &h->arena, der, err);
}

static bool open_clock(struct zy_tsa_home *h, const struct zy_tsa_time *time, struct zy_error *err)
{
	const char *folder = zy_home_path(&h->home, &h->arena, err, "tsa"),
		   *path = zy_home_path(&h->home, &h->arena, err, "tsa/clock");

	return folder != NULL && path != NULL && zy_folder_make(folder, 0700, err) &&
	       zy_tsa_clock_open(&h->clock, path, time, err);
}

bool zy_tsa_home_open(struct zy_tsa_home *out, const char *path, enum zy_suite suite, const char *policy,
    const struct zy_tsa_time *time, struct zy_error *err)
{
	static const char *const keys[] = { [ZY_SUITE_GM] = "pkcs11:token=zy-tpm;object=timestamp",
		[ZY_SUITE_INTL] = "pkcs11:token=zy-soft;object=timestamp" };
	struct zy_tsa_home *h = out;
	struct zy_home_key key;
	struct zy_bytes certs[1 + ZY_HOME_CHAIN_MAX];
	struct zy_tsa_plan plan = {
		.suite = suite, .certs = certs, .policy = policy == NULL ? ZY_TSA_POLICY_EXAMPLE : policy
	};

	*h = (struct zy_tsa_home){ 0 };
	if (!zy_home_open(&h->home, path, &h->arena, err) || !read_cert(h, "timestamp", suite, &certs[0], err) ||
	    !open_clock(h, time, err) || !zy_hsm_open(&h->hsm, h->home.path, err) ||
	    !zy_home_key(&h->home, h->hsm, keys[suite],
		zy_arena_printf(&h->arena, err, "pki/timestamp-%s", zy_suite_name(suite)), &h->arena, &key, err) ||
	    !zy_home_chain(&h->home, key.cert, suite, &h->arena, certs + 1, &plan.num_certs, err))
		return false;
	plan.num_certs++;
	h->cert = certs[0] = key.cert;
	h->key = plan.key = key.uri;
	plan.clock = h->clock;
	return zy_keys_open(&h->keys, err) && zy_tsa_open(&h->tsa, &plan, h->hsm, h->keys, err);
}

void zy_tsa_home_close(struct zy_tsa_home *h)
{
	zy_tsa_close(h->tsa);
	zy_tsa_clock_close(h->clock);
	zy_keys_close(h->keys);
	zy_hsm_close(h->hsm);
	zy_arena_free(&h->arena);
	*h = (struct zy_tsa_home){ 0 };
}

static bool stamp(
    void *arg, enum zy_suite suite, const struct zy_bytes content[2], struct zy_buf *token, struct zy_error *err)
{
	struct zy_stamps *s = arg;

	return zy_tsa_stamp(s->tsa[suite].tsa, content, token, err);
}

static size_t longest(void *arg, enum zy_suite suite)
{
	const struct zy_stamps *s = arg;

	return s->longest[suite];
}

bool zy_stamps_open(struct zy_stamps *s, const char *home, const struct zy_tsa_time *time, struct zy_error *err)
{
	*s = (struct zy_stamps){ .stamper = { stamp, longest, s } };
	for (enum zy_suite suite = ZY_SUITE_GM; suite <= ZY_SUITE_INTL; suite++)
		if (!zy_tsa_home_open(&s->tsa[suite], home, suite, NULL, time, err) ||
		    !zy_tsa_longest(s->tsa[suite].tsa, &s->longest[suite], err))
			return false;
	return true;
}

void zy_stamps_close(struct zy_stamps *s)
{
	for (enum zy_suite suite = ZY_SUITE_GM; suite <= ZY_SUITE_INTL; suite++)
		zy_tsa_home_close(&s->tsa[suite]);
}
