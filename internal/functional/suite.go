package functional

import (
	_ "embed"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// What the gate lets pass.
var (
	//go:embed probes/function.py
	function string
	//go:embed probes/script.py
	script string
	//go:embed probes/output.py
	output string
	//go:embed probes/raises.py
	raises string
	//go:embed probes/oom.py
	oom string
	//go:embed probes/deadline.py
	deadline string
)

// What it would refuse. denied.py gives each attack the means to make calls and to notice an answer other than EPERM.
var (
	//go:embed probes/denied.py
	denied string
	//go:embed probes/files.py
	files string
	//go:embed probes/disk.py
	disk string
	//go:embed probes/network.py
	network string
	//go:embed probes/processes.py
	processes string
	//go:embed probes/clock.py
	clock string
	//go:embed probes/memory.py
	memory string
	//go:embed probes/kernel.py
	kernel string
	//go:embed probes/intruder.py
	intruder string
	//go:embed probes/neighbour.py
	neighbour string
)

// hostile are the sources of all runs that need to get past the gate, by run.
var hostile = map[string]string{
	"files": denied + files, "disk": denied + disk, "network": denied + network, "processes": denied + processes,
	"clock": denied + clock, "memory": denied + memory, "kernel": denied + kernel, "intruder": denied + intruder,
	"neighbour": neighbour,
}

// small lets several runs at a time fit on a small node.
var small = v1alpha1.Limits{
	Memory: quantity("512Mi"), CPU: quantity("500m"), DeadlineSeconds: ptr.To(int32(60)), CPUTimeSeconds: ptr.To(int32(60)),
}

// batches begin with a run whose times are not judged, which brings the image to the node if need be.
var batches = [][]Run{
	{{Name: "raises", Source: raises, Verdict: v1alpha1.VerdictStrategyError}},
	{{Name: "function", Source: function, Verdict: v1alpha1.VerdictCompleted}},
	{{Name: "script", Source: script, Verdict: v1alpha1.VerdictCompleted}},
	{{Name: "output", Source: output, Verdict: v1alpha1.VerdictCompleted}},
	{{Name: "oom", Source: oom, Limits: v1alpha1.Limits{Memory: quantity("512Mi")}, Verdict: v1alpha1.VerdictOOMKilled}},
	{{Name: "deadline", Source: deadline, Limits: v1alpha1.Limits{DeadlineSeconds: ptr.To(int32(3))}, Verdict: v1alpha1.VerdictDeadlineExceeded}},
	{attack("files")},
	{attack("disk")},
	{attack("network")},
	{attack("processes")},
	{attack("clock")},
	{attack("memory")},
	{attack("kernel")},
	{neighbourhood("alone")},
	{neighbourhood("together-a"), neighbourhood("together-b"), {
		Name: "intruder", Source: hostile["intruder"], Limits: small, Verdict: v1alpha1.VerdictSecurityViolation,
	}},
}

func attack(name string) Run {
	return Run{
		Name: name, Source: hostile[name], Limits: v1alpha1.Limits{DeadlineSeconds: ptr.To(int32(60))},
		Verdict: v1alpha1.VerdictSecurityViolation,
	}
}

func neighbourhood(name string) Run {
	return Run{Name: name, Source: hostile["neighbour"], Limits: small, Verdict: v1alpha1.VerdictCompleted}
}

func quantity(text string) *resource.Quantity { return ptr.To(resource.MustParse(text)) }

// suite holds every promise.
var suite = []Test{
	{
		Name: "failure-message", Promise: "the message of a strategy that raises names the exception and the line",
		Runs: []string{"raises"}, judge: says("ZeroDivisionError", "line 6"),
	},
	{
		Name: "executes-and-collects", Promise: "an honest strategy is executed in the sandbox, and its score and times are collected",
		Runs: []string{"function", "script"}, judge: collected,
	},
	{
		Name: "starts-under-10s", Promise: "a Pod executes within 10 s of its creation",
		Runs: []string{"function", "script", "output"}, judge: startsInTime,
	},
	{
		Name: "output-cannot-fill-disk", Promise: "of what a strategy prints 1 MiB is kept",
		Runs: []string{"output"}, judge: says("of output, of which 1048576 were kept"),
	},
	{
		Name: "benign-strategies-clean", Promise: "honest strategies end Completed without a violation",
		Runs: []string{"function", "script", "output", "alone"}, judge: clean,
	},
	{
		Name: "memory-limit", Promise: "a strategy that takes more memory than it may ends OOMKilled",
		Runs: []string{"oom"}, judge: limited("512Mi"),
	},
	{
		Name: "deadline", Promise: "a strategy that does not end by itself ends DeadlineExceeded",
		Runs: []string{"deadline"}, judge: limited("3"),
	},
	{
		Name: "ends-under-5s", Promise: "a Pod is gone within 5 s of its verdict",
		Runs: []string{"function", "oom", "deadline"}, judge: endsInTime,
	},
	{
		Name: "files-denied", Promise: "files are neither opened nor looked at nor changed: EPERM, recorded",
		Runs: []string{"files"}, judge: refuses("openat", "openat2", "newfstatat|fstatat", "getdents64", "readlinkat", "unlinkat", "mkdirat", "renameat2", "name_to_handle_at"),
	},
	{
		Name: "disk-cannot-be-written", Promise: "nothing is written to any disk or memory file: EPERM, recorded",
		Runs: []string{"disk"}, judge: refuses("openat", "memfd_create", "write", "ftruncate", "fallocate", "mknodat"),
	},
	{
		Name: "network-denied", Promise: "there is no way to the network: EPERM, recorded",
		Runs: []string{"network"}, judge: refuses("socket", "socketpair", "connect", "bind", "sendto", "accept4", "io_uring_setup"),
	},
	{
		Name: "processes-denied", Promise: "no process is made, replaced, signalled or looked into: EPERM, recorded",
		Runs: []string{"processes"}, judge: refuses("clone", "clone3", "execve", "execveat", "kill", "tgkill", "ptrace", "process_vm_readv", "pidfd_open", "prlimit64"),
	},
	{
		Name: "clock-denied", Promise: "no clock is changed: EPERM, recorded",
		Runs: []string{"clock"}, judge: refuses("clock_settime", "settimeofday", "adjtimex", "clock_adjtime", "timer_create"),
	},
	{
		Name: "executable-memory-denied", Promise: "no memory becomes executable: EPERM, recorded",
		Runs: []string{"memory"}, judge: refuses("mmap", "mprotect", "pkey_mprotect", "memfd_create", "shmat"),
	},
	{
		Name: "kernel-interfaces-denied", Promise: "the kernel's other interfaces are closed: EPERM, recorded",
		Runs: []string{"kernel"}, judge: refuses("seccomp", "bpf", "perf_event_open", "userfaultfd", "keyctl", "unshare", "setns", "mount", "prctl", "personality", "syslog", "init_module"),
	},
	{
		Name: "concurrent-runs-isolated", Promise: "runs at the same time see nothing of each other and score as each does alone",
		Runs: []string{"alone", "together-a", "together-b", "intruder"}, judge: isolated,
	},
}
