#include "content.h"

#include <openssl/evp.h>

#include "zy/mapped.h"

void zy_hashes_free(struct zy_hashes *h)
{
	for (size_t i = 0; i < h->num; i++)
		EVP_MD_CTX_free(h->all[i].ctx);
	h->num = 0;
}

bool zy_hashes_want(struct zy_hashes *h, enum zy_md md, const uint8_t *z, size_t *index, struct zy_error *err)
{
	EVP_MD_CTX *ctx;
	EVP_MD *evp;
	bool ok;

	for (*index = 0; *index < h->num; ++*index)
		if (h->all[*index].md == md && h->all[*index].has_z == (z != NULL) &&
		    (z == NULL || memcmp(h->all[*index].z, z, ZY_HASH_LEN) == 0))
			return true;
	if (h->num == ZY_HASHES_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "digests", ZY_NOWHERE, "more than %d digests of one content", ZY_HASHES_MAX);
	ctx = EVP_MD_CTX_new();
	evp = EVP_MD_fetch(NULL, zy_md_name(md), NULL);
	ok = ctx != NULL && evp != NULL && EVP_DigestInit_ex2(ctx, evp, NULL) == 1 &&
	     (z == NULL || EVP_DigestUpdate(ctx, z, ZY_HASH_LEN) == 1);
	EVP_MD_free(evp);
	if (!ok) {
		EVP_MD_CTX_free(ctx);
		return zy_fail_openssl(err, ZY_E_CRYPTO, "digest", "cannot begin a digest");
	}
	h->all[h->num].md = md;
	h->all[h->num].ctx = ctx;
	h->all[h->num].has_z = z != NULL;
	if (z != NULL)
		memcpy(h->all[h->num].z, z, ZY_HASH_LEN);
	h->num++;
	return true;
}

static bool add(void *arg, struct zy_bytes piece, struct zy_error *err)
{
	struct zy_hashes *h = arg;
	size_t room = ZY_CONTENT_HEAD - h->head_len, head = piece.len < room ? piece.len : room;

	memcpy(h->head + h->head_len, piece.p, head);
	h->head_len += head;
	h->content_len += piece.len;
	for (size_t i = 0; i < h->num; i++)
		if (EVP_DigestUpdate(h->all[i].ctx, piece.p, piece.len) != 1)
			return zy_fail_openssl(err, ZY_E_CRYPTO, "digest", "cannot digest");
	return true;
}

bool zy_hashes_run(struct zy_hashes *h, const struct zy_content *c, struct zy_error *err)
{
	struct zy_bytes piece;

	for (;;) {
		if (!c->next(c->arg, &piece, err))
			return false;
		if (piece.len == 0) /* its end */
			break;
		if (!zy_mapped_walk(piece, add, h, err))
			return false;
	}
	for (size_t i = 0; i < h->num; i++) {
		unsigned len;

		if (EVP_DigestFinal_ex(h->all[i].ctx, h->all[i].digest, &len) != 1)
			return zy_fail_openssl(err, ZY_E_CRYPTO, "digest", "cannot end a digest");
		h->all[i].len = len;
	}
	return true;
}
