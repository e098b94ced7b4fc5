package supervise

import (
	"io"
	"log/slog"
	"strconv"
	"time"

	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/seccomp"
)

// Spec is everything one attempt depends on.
type Spec struct {
	Task   contract.Task
	Source []byte
	// DatasetDir is the folder of the dataset.
	DatasetDir string
	// Command and Env start the strategy's process; see Python.
	Command, Env []string
	// Policy is wall 2. Nil leaves the process unsealed: for executors that promise no sandbox.
	Policy *seccomp.Policy
	// MemoryBytes is what the process may use on top of the mapped dataset. 0 leaves that to the container's memory
	// cgroup, for a container that executes one attempt only.
	MemoryBytes int64
	// Readable are the paths beneath which the process may read, if the kernel has Landlock; it may then write nothing, and
	// neither connect, nor signal or trace other processes. None leaves the process unfenced.
	Readable []string
	// CgroupDir is where the container's own memory cgroup is mounted.
	CgroupDir string
	// Output receives what the strategy prints, framed line by line.
	Output io.Writer
	// Publish is called with the record whenever it changes in a way that must survive the container.
	Publish func(contract.Record)
	Log     *slog.Logger
	Now     func() time.Time
	// Allowances bound what is not the strategy's own time.
	Allowances Allowances
}

// Allowances bound the steps around the strategy.
type Allowances struct {
	// Start bounds imports, data and seal together.
	Start time.Duration
	// Gate bounds the reading and compiling of the code.
	Gate time.Duration
	// End bounds the process's exit after its result, and the draining of pipes and listener after its death.
	End time.Duration
}

// DefaultAllowances are generous: none is reached on a healthy node.
func DefaultAllowances() Allowances {
	return Allowances{Start: 60 * time.Second, Gate: 10 * time.Second, End: 2 * time.Second}
}

// Limits that no strategy can change.
const (
	// maxSims is how often a strategy may ask for a score.
	maxSims = 64
	// maxOpenFiles is a sealed strategy's RLIMIT_NOFILE. It is above its five descriptors, so that an attempt at more is made
	// and meets the wall: below, the C library gives up by itself and nobody is told. Unsealed, it is 0: the descriptors
	// stay open, but the kernel gives no other, not for a file, not for a socket.
	maxOpenFiles = 16
	// maxThreads is the strategy's RLIMIT_NPROC. The kernel counts it per user of a node, which is why every
	// run's Pod has a user of its own; it stays below any sensible podPidsLimit, or the runner could not make threads either.
	maxThreads = 512
)

// Python returns the command and environment that start the strategy's process. harness is the folder that holds the
// package stratbox_runner. The environment holds nothing but what Python and its libraries need: no secret, no address.
func Python(executable, harness, datasetDir string, task contract.Task) (command, env []string) {
	threads := strconv.Itoa(max(task.Threads, 1))
	command = []string{
		executable, "-s", "-P", "-B", "-m", "stratbox_runner",
		"--dataset", datasetDir, "--gate-mode", string(task.GateMode),
	}
	env = []string{
		"PATH=/usr/bin:/bin", "HOME=/nonexistent", "LANG=C.UTF-8", "TZ=UTC0", "TERM=dumb",
		"PYTHONPATH=" + harness, "PYTHONHASHSEED=0", "PYTHONUTF8=1", "PYTHONNOUSERSITE=1",
		// With arenas of their own, glibc's threads read a kernel setting from /proc when they first give memory back: a denied call.
		"MALLOC_ARENA_MAX=1",
		"OPENBLAS_NUM_THREADS=" + threads, "OMP_NUM_THREADS=" + threads, "MKL_NUM_THREADS=" + threads,
	}
	return command, env
}
