/* Containers of basic encoding (X.690 8.1.3): definite or indefinite length. What is inside of them is read with
 * zy/der.h, so everything but the containers stays distinguished. */
#ifndef ZY_BER_H
#define ZY_BER_H

#include "zy/der.h"

struct ber {
	struct zy_reader r; /* of the content; when open it ends where the container around it ends */
	bool open;          /* of indefinite length: two zero octets end it */
};

static inline struct ber ber_over(struct zy_bytes in)
{
	return (struct ber){ zy_reader_over(in), false };
}
/* A container that must be there. *is_ber is set when its length is indefinite, and else left alone. Errors: der,
 * truncated. */
ZY_MUST_CHECK bool ber_enter(
    struct ber *outer, uint8_t tag, const char *field, struct ber *inner, bool *is_ber, struct zy_error *err);
bool ber_more(const struct ber *b); /* is there another element inside? */
/* Leaves it, which must be at its end; outer stands behind it. Errors: trailing-bytes, truncated. */
ZY_MUST_CHECK bool ber_leave(struct ber *outer, const struct ber *inner, const char *field, struct zy_error *err);

/* One whole element that must be there, up to and with the zero octets that end it. *is_ber as in ber_enter. What is in
 * an element of definite length is not looked at. Errors: der, truncated, too-large (nested deeper than BER_DEPTH_MAX).
 */
#define BER_DEPTH_MAX 32
ZY_MUST_CHECK bool ber_take_whole(
    struct zy_reader *r, uint8_t tag, const char *field, struct zy_bytes *whole, bool *is_ber, struct zy_error *err);

#endif
