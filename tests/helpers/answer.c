/* answer COMMAND [ARGUMENT...]: runs it on a terminal of its own. Each line of standard input is typed when the command
 * has asked for one more PIN; what the terminal shows goes to standard output. The status is the command's. */
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char question[] = "PIN of token ";

static size_t count(const char *text)
{
	size_t n = 0;

	for (; (text = strstr(text, question)) != NULL; text++)
		/* the colon comes last, when the echo is off */
		n += strchr(text, ':') != NULL;
	return n;
}

static void type_line(int terminal)
{
	char line[256];

	if (fgets(line, sizeof(line), stdin) != NULL && write(terminal, line, strlen(line)) < 0)
		perror("answer");
}

int main(int argc, char **argv)
{
	static char shown[65536];
	size_t len = 0, answered = 0;
	int terminal, status;
	pid_t pid;
	ssize_t n;

	if (argc < 2 || (pid = forkpty(&terminal, NULL, NULL, NULL)) < 0)
		return 64;
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	alarm(120); /* a command that never asks or never ends */
	while (len + 1 < sizeof(shown) && (n = read(terminal, shown + len, sizeof(shown) - 1 - len)) > 0) {
		len += (size_t)n;
		for (; answered < count(shown); answered++)
			type_line(terminal);
	}
	fwrite(shown, 1, len, stdout);
	if (waitpid(pid, &status, 0) != pid)
		return 70;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}
