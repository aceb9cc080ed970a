#include "point.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

bool zy_point_check(enum zy_key_kind kind, const uint8_t point[65], struct zy_error *err)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(kind == ZY_KEY_SM2 ? NID_sm2 : NID_X9_62_prime256v1);
	EC_POINT *p = group == NULL ? NULL : EC_POINT_new(group);
	/* EC_POINT_oct2point looks whether the point is on the curve */
	bool ok = p != NULL && point[0] == 4 && EC_POINT_oct2point(group, p, point, 65, NULL) == 1;

	EC_POINT_free(p);
	EC_GROUP_free(group);
	ERR_clear_error();
	return ok || zy_fail(err, ZY_E_TOKEN, "key", ZY_NOWHERE, "the token's public key is not a point of its curve");
}
