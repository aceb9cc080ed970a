/* Shared by the files of licence/ only. */
#ifndef ZY_LICENCE_INTERNAL_H
#define ZY_LICENCE_INTERNAL_H

#include "zy/desk.h"

/* Request keys that we made ourselves begin so: nobody can ask for them again, so a crash cancels them. */
#define ZY_OWN_REQUEST "own-"

/* A request on its way; the caller's memory, linked while it is aboard. request NULL: not aboard. */
struct zy_passenger {
	const char *request;
	struct zy_passenger *next;
};
ZY_MUST_CHECK bool zy_in_flight_open(struct zy_in_flight **out, struct zy_error *err);
void zy_in_flight_close(struct zy_in_flight *f);
/* Waits while the same request is aboard. request must live until zy_in_flight_leave. */
void zy_in_flight_enter(struct zy_in_flight *f, struct zy_passenger *p, const char *request);
void zy_in_flight_leave(struct zy_in_flight *f, struct zy_passenger *p);

/* Cancels open intents of own request keys. Those with a caller's key stay for the caller's retry. */
ZY_MUST_CHECK bool zy_desk_recover(struct zy_desk *d, struct zy_error *err);

#endif
