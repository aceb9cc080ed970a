#include "own_request.h"

#include "zy/der.h"
#include "zy/spki.h"

/* CertificationRequestInfo ::= SEQUENCE { version 0, subject, subjectPKInfo, attributes [0] } (RFC 2986 4.1). Nothing
 * else that these keys sign is a SEQUENCE that begins with 0 and holds the key itself. */
bool zy_own_request_check(const struct zy_key *key, struct zy_bytes message, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(message), info;
	struct zy_bytes version, subject, spki = { 0 }, attributes;
	struct zy_error why = { 0 };
	struct zy_spki k;
	ZY_BUF_AUTO own = { 0 };
	uint8_t tag, attributes_tag = 0;

	k = zy_spki_of_point(key->kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL, key->point);
	zy_spki_put(&own, &k);
	if (!zy_buf_done(&own, "key", err))
		return false;
	return (zy_der_enter(&r, ZY_DER_SEQUENCE, "CertificationRequestInfo", &info, &why) &&
		   zy_der_end(&r, "CertificationRequestInfo", &why) &&
		   zy_der_take(&info, ZY_DER_INTEGER, "version", &version, &why) && version.len == 1 &&
		   version.p[0] == 0 && zy_der_take(&info, ZY_DER_SEQUENCE, "subject", &subject, &why) &&
		   zy_der_any(&info, "subjectPKInfo", &tag, &subject, &spki, &why) &&
		   zy_bytes_equal(spki, zy_buf_bytes(&own)) &&
		   zy_der_any(&info, "attributes", &attributes_tag, &attributes, NULL, &why) &&
		   attributes_tag == 0xa0 && zy_der_end(&info, "CertificationRequestInfo", &why)) ||
	       zy_fail(err, ZY_E_DER, "CertificationRequestInfo", ZY_NOWHERE,
		   "a key signs its own CertificationRequestInfo only (RFC 2986 4.1)");
}
