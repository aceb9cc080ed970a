/* What a process has given up after zy_confine_memory and zy_confine_calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hsm/confine.h"

/* What it does in a child of its own, confined: 0 when it went as it should. */
static void in_child(bool network, int (*look)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct zy_error err = { 0 };

		_exit(zy_confine_memory(&err) && zy_confine_calls(network, &err) ? look() : 99);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static bool is_refused(long result)
{
	return result == -1 && errno == EPERM;
}

static int no_network(void)
{
	int pair[2];

	if (!is_refused(socket(AF_INET, SOCK_STREAM, 0)) || !is_refused(socket(AF_INET6, SOCK_DGRAM, 0)) ||
	    !is_refused(socket(AF_NETLINK, SOCK_RAW, 0)) || !is_refused(socket(AF_PACKET, SOCK_RAW, 0)))
		return 1;
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 ? 2 : 0;
}

static void only_unix_sockets_are_left(void **state)
{
	(void)state;
	in_child(false, no_network);
}

static int network(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) < 0 ? 1 : !is_refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL)) ? 2 : 0;
}

static void a_network_module_has_sockets_and_no_more_than_that(void **state)
{
	(void)state;
	in_child(true, network);
}

static int no_dangerous_call(void)
{
	char byte;
	struct iovec here = { &byte, 1 };

	if (!is_refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL)) ||
	    !is_refused(process_vm_readv(getpid(), &here, 1, &here, 1, 0)))
		return 1;
	if (!is_refused(unshare(CLONE_NEWNS)) || !is_refused(mount("none", "/tmp", "tmpfs", 0, NULL)) ||
	    !is_refused(syscall(SYS_keyctl, 0, 0, 0, 0, 0)) || !is_refused(syscall(SYS_bpf, 0, NULL, 0)) ||
	    !is_refused(syscall(SYS_perf_event_open, NULL, 0, 0, -1, 0)) ||
	    !is_refused(syscall(SYS_io_uring_setup, 1, NULL)))
		return 2;
	return 0;
}

static void calls_that_no_module_needs_are_refused(void **state)
{
	(void)state;
	in_child(false, no_dangerous_call);
	in_child(true, no_dangerous_call);
}

static int no_core(void)
{
	struct rlimit core = { 1, 1 };

	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ||
	       getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0;
}

static void memory_stays_in_the_process(void **state)
{
	(void)state;
	in_child(false, no_core);
}

static void *nothing(void *arg)
{
	return arg;
}

static int work_goes_on(void)
{
	pthread_t thread;
	int status;
	pid_t pid;

	if (pthread_create(&thread, NULL, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0)
		return 1;
	if ((pid = fork()) == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 2;
}

static void threads_and_programs_still_start(void **state)
{
	(void)state;
	in_child(false, work_goes_on);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_unix_sockets_are_left),
		cmocka_unit_test(a_network_module_has_sockets_and_no_more_than_that),
		cmocka_unit_test(calls_that_no_module_needs_are_refused),
		cmocka_unit_test(memory_stays_in_the_process),
		cmocka_unit_test(threads_and_programs_still_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
