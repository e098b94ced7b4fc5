package metrics

// DeniedSyscalls are the calls that get a label value of their own: those that say what hostile code was after. All
// others are counted together, because a strategy chooses which of several hundred names it tries.
var DeniedSyscalls = []string{
	// files
	"open", "openat", "openat2", "creat", "stat", "newfstatat", "statx", "access", "faccessat2", "readlink", "getdents64",
	"unlink", "unlinkat", "rename", "mkdir", "chmod", "memfd_create", "mount",
	// network
	"socket", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "recvfrom", "socketpair",
	// processes
	"fork", "vfork", "clone", "clone3", "execve", "execveat", "kill", "tkill", "tgkill", "ptrace", "process_vm_readv", "process_vm_writev",
	// time
	"clock_settime", "settimeofday", "adjtimex", "clock_adjtime",
	// the kernel itself
	"seccomp", "prctl", "mprotect", "mmap", "bpf", "perf_event_open", "io_uring_setup", "userfaultfd", "unshare", "setns", "keyctl",
}
