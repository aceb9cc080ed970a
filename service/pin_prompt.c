#include "pin_prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include <openssl/crypto.h>

#define TYPED_MAX 64
#define CTRL_C 3
#define CTRL_D 4
#define BACKSPACE 8
#define DELETE 127

struct typed {
	char text[TYPED_MAX];
	size_t len;
	bool too_long;
};

/* One character after the other, since signals and line editing are off with the echo; false when it is called off. */
static bool read_line(int tty, struct typed *t)
{
	char c;

	for (;;) {
		ssize_t n = read(tty, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n != 1 || c == CTRL_C || c == CTRL_D)
			return false;
		if (c == '\n' || c == '\r')
			return true;
		if (c == BACKSPACE || c == DELETE)
			t->len -= t->len > 0;
		else if (t->len < sizeof(t->text))
			t->text[t->len++] = c;
		else
			t->too_long = true;
	}
}

static bool ask(int tty, const char *token, struct typed *t)
{
	struct termios before, silent;
	bool ok;

	if (tcgetattr(tty, &before) != 0)
		return false;
	silent = before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG);
	silent.c_cc[VMIN] = 1;
	silent.c_cc[VTIME] = 0;
	if (tcsetattr(tty, TCSAFLUSH, &silent) != 0)
		return false;
	ok = dprintf(tty, "PIN of token %s · 令牌 %s 的口令: ", token, token) > 0 && read_line(tty, t);
	ok = dprintf(tty, "\n") > 0 && ok;
	return tcsetattr(tty, TCSAFLUSH, &before) == 0 && ok;
}

static bool put_in_pipe(const struct typed *t, int *fd, struct zy_error *err)
{
	int ends[2];
	bool ok;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return zy_fail(err, ZY_E_IO, "pin", ZY_NOWHERE, "no pipe: %s", strerror(errno));
	ok = write(ends[1], t->text, t->len) == (ssize_t)t->len; /* a pipe takes as much at once */
	close(ends[1]);
	*fd = ends[0];
	if (ok)
		return true;
	close(ends[0]);
	return zy_fail(err, ZY_E_IO, "pin", ZY_NOWHERE, "the pipe does not take the PIN");
}

bool zy_pin_prompt(const char *token, int *fd, struct zy_error *err)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct typed t = { 0 };
	bool ok;

	if (tty < 0)
		return zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE,
		    "signer/%s.json says that a person types the PIN, and there is no terminal here", token);
	ok = ask(tty, token, &t) && t.len > 0 && !t.too_long;
	close(tty);
	if (!ok)
		zy_fail_set(err, ZY_E_PIN, "pin", ZY_NOWHERE,
		    "no PIN was typed for token %s; it has up to %d characters", token, TYPED_MAX);
	ok = ok && put_in_pipe(&t, fd, err);
	OPENSSL_cleanse(&t, sizeof(t));
	return ok;
}
