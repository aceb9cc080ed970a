/*
 * Target functions: zy_ofd_parse, zy_ofd_resolve. The input is put as one file after the other of a document that is
 * whole otherwise: its first byte says which.
 */
#include <stdlib.h>

#include "ofd_made.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const struct zy_ofd *d)
{
	if (d->num_pages > ZY_OFD_PAGES_MAX || d->num_faults > ZY_OFD_FAULTS_MAX)
		abort();
	for (size_t i = 0; i < d->num_faults; i++)
		if (d->faults[i].why.code == ZY_OK || d->faults[i].path == NULL)
			abort();
	for (size_t i = 0; i < d->num_signatures; i++)
		if (d->signatures[i].path == NULL || d->signatures[i].CheckMethod == NULL)
			abort();
	for (size_t i = 0; i < d->package->num_files; i++)
		if (d->documents[i] != 0 && !d->reachable[i])
			abort();
	for (size_t i = 0; i < d->num_pages; i++)
		if (d->pages[i].body >= d->num_bodies)
			abort();
	(void)zy_ofd_licence_xml(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct zy_package p;
	static struct zy_ofd d;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	if (len == 0 || !ofd_made(&p, &err))
		return 0;
	ofd_made_sign(&p);
	p.files[data[0] % p.num_files].bytes = ZY_BYTES(data + 1, len - 1);
	if (zy_ofd_parse(&d, &p, &a, &err))
		check(&d);
	else if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
		abort();
	return 0;
}
