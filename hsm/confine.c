#include "confine.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define FOREIGN_FROM 0x40000000 /* the numbers of x32 */
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define FOREIGN_FROM 0x40000000
#else
#error "name this architecture of linux/audit.h"
#endif

bool zy_confine_memory(struct zy_error *err)
{
	const struct rlimit none = { 0, 0 };

	return (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && setrlimit(RLIMIT_CORE, &none) == 0 &&
		   prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) ||
	       zy_fail(err, ZY_E_IO, "confine", ZY_NOWHERE, "cannot give up core files and privileges: %s",
		   strerror(errno));
}

static const unsigned refused[] = {
	/* other processes */
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_process_madvise,
	SYS_pidfd_getfd,
	SYS_kcmp,
	/* the kernel */
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_kexec_load,
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
	SYS_reboot,
	SYS_syslog,
	SYS_acct,
	SYS_swapon,
	SYS_swapoff,
	SYS_settimeofday,
	SYS_clock_settime,
	SYS_adjtimex,
	SYS_clock_adjtime,
#ifdef SYS_iopl
	SYS_iopl,
	SYS_ioperm,
#endif
	/* keys of the kernel */
	SYS_keyctl,
	SYS_add_key,
	SYS_request_key,
	/* mounts, roots, namespaces */
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_chroot,
	SYS_open_tree,
	SYS_move_mount,
	SYS_fsopen,
	SYS_fsconfig,
	SYS_fsmount,
	SYS_fspick,
	SYS_setns,
	SYS_unshare,
	SYS_name_to_handle_at,
	SYS_open_by_handle_at,
	SYS_sethostname,
	SYS_setdomainname,
	SYS_quotactl,
	/* a ring makes sockets that no filter sees */
	SYS_io_uring_setup,
	SYS_io_uring_enter,
	SYS_io_uring_register,
};
#define NUM_REFUSED (sizeof(refused) / sizeof(*refused))

#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define JUMP(test, value, yes, no) BPF_JUMP(BPF_JMP | BPF_##test | BPF_K, value, yes, no)
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, what)
#define EPERM_ANSWER ANSWER(SECCOMP_RET_ERRNO | EPERM)
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "args[0] is compared by its lower half, which comes first");

bool zy_confine_calls(bool network, struct zy_error *err)
{
	const struct sock_filter head[] = { LOAD(arch), JUMP(JEQ, ARCHITECTURE, 1, 0), ANSWER(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr), JUMP(JGE, FOREIGN_FROM, 0, 1), ANSWER(SECCOMP_RET_KILL_PROCESS) };
	const struct sock_filter tail[] = { JUMP(JEQ, SYS_socket, 1, 0), JUMP(JEQ, SYS_socketpair, 0, 3), LOAD(args[0]),
		JUMP(JEQ, AF_UNIX, 1, 0), EPERM_ANSWER, ANSWER(SECCOMP_RET_ALLOW) };
	struct sock_filter f[sizeof(head) / sizeof(*head) + 2 * NUM_REFUSED + sizeof(tail) / sizeof(*tail)];
	struct sock_fprog program = { .filter = f };

	memcpy(f, head, sizeof(head));
	program.len = sizeof(head) / sizeof(*head);
	for (size_t i = 0; i < NUM_REFUSED; i++) {
		f[program.len++] = (struct sock_filter)JUMP(JEQ, refused[i], 0, 1);
		f[program.len++] = (struct sock_filter)EPERM_ANSWER;
	}
	if (network) {
		f[program.len++] = (struct sock_filter)ANSWER(SECCOMP_RET_ALLOW);
	} else {
		memcpy(f + program.len, tail, sizeof(tail));
		program.len = (unsigned short)(program.len + sizeof(tail) / sizeof(*tail));
	}
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 ||
	       zy_fail(err, ZY_E_IO, "confine", ZY_NOWHERE, "the kernel takes no filter of system calls: %s",
		   strerror(errno));
}
