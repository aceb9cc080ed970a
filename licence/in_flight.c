/*
 * Which requests are on their way in this process. The same request key twice at once would be sealed twice, with two
 * different signatures, for one licence: the second waits for the first and is then answered from the vault.
 */
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>

struct zy_in_flight {
	pthread_mutex_t lock;
	pthread_cond_t left;
	struct zy_passenger *first;
};

bool zy_in_flight_open(struct zy_in_flight **out, struct zy_error *err)
{
	struct zy_in_flight *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "desk", ZY_NOWHERE, "no memory");
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->left, NULL);
	*out = f;
	return true;
}

void zy_in_flight_close(struct zy_in_flight *f)
{
	if (f == NULL)
		return;
	pthread_cond_destroy(&f->left);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

static bool is_aboard(const struct zy_in_flight *f, const char *request)
{
	const struct zy_passenger *p = f->first;

	while (p != NULL && strcmp(p->request, request) != 0)
		p = p->next;
	return p != NULL;
}

void zy_in_flight_enter(struct zy_in_flight *f, struct zy_passenger *p, const char *request)
{
	pthread_mutex_lock(&f->lock);
	while (is_aboard(f, request))
		pthread_cond_wait(&f->left, &f->lock);
	*p = (struct zy_passenger){ .request = request, .next = f->first };
	f->first = p;
	pthread_mutex_unlock(&f->lock);
}

void zy_in_flight_leave(struct zy_in_flight *f, struct zy_passenger *p)
{
	struct zy_passenger **at;

	if (p->request == NULL)
		return;
	pthread_mutex_lock(&f->lock);
	for (at = &f->first; *at != p; at = &(*at)->next)
		continue;
	*at = p->next;
	pthread_cond_broadcast(&f->left);
	pthread_mutex_unlock(&f->lock);
	p->request = NULL;
}
