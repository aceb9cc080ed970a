#include "pin.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/crypto.h>

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* A lock belongs to a process, what is left out of core files to the mapping. Not mlock: the address sanitizer makes
 * nothing of that. */
bool zy_pin_page_lock(struct zy_pin_page *page, struct zy_error *err)
{
	return (mlock2(page, page_size(), 0) == 0 && madvise(page, page_size(), MADV_DONTDUMP) == 0) ||
	       zy_fail(
		   err, ZY_E_NO_MEMORY, "pin", ZY_NOWHERE, "the page of the PIN cannot be locked: %s", strerror(errno));
}

/* Up to the end of the pipe, straight into its place. */
static bool take(struct zy_pin *pin, int fd, struct zy_error *err)
{
	ssize_t n;

	while (
	    pin->len < sizeof(pin->text) && (n = read(fd, pin->text + pin->len, sizeof(pin->text) - pin->len)) != 0) {
		if (n > 0)
			pin->len += (size_t)n;
		else if (errno != EINTR)
			return zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE, "the pipe of the PIN cannot be read: %s",
			    strerror(errno));
	}
	return zy_pin_check(pin, "what was typed", err);
}

bool zy_pin_page_open(struct zy_pin_page **out, int fd, struct zy_error *err)
{
	void *page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool ok = page != MAP_FAILED;

	if (!ok)
		zy_fail_set(err, ZY_E_NO_MEMORY, "pin", ZY_NOWHERE, "no memory for the PIN");
	else if (!zy_pin_page_lock(page, err) || !take(&((struct zy_pin_page *)page)->pin, fd, err))
		ok = false;
	close(fd);
	if (!ok && page != MAP_FAILED)
		zy_pin_page_close(page);
	if (ok)
		*out = page;
	return ok;
}

int zy_pin_page_pipe(const struct zy_pin_page *page)
{
	int ends[2];
	ssize_t n;

	/* a PIN that was refused is not worth another try */
	if (page->is_refused || pipe(ends) != 0)
		return -1;
	n = write(ends[1], page->pin.text, page->pin.len); /* a pipe takes as much at once */
	close(ends[1]);
	if (n == (ssize_t)page->pin.len)
		return ends[0];
	close(ends[0]);
	return -1;
}

void zy_pin_page_close(struct zy_pin_page *page)
{
	if (page == NULL)
		return;
	OPENSSL_cleanse(page, sizeof(*page));
	munmap(page, page_size());
}
