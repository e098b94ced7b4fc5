package supervise

import (
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// child is the strategy's process and our ends of its descriptors: 0 is /dev/null, 1 and 2 are pipes for its output,
// 3 is the control socket, which is gone before strategy code runs, 4 carries its requests and 5 our replies.
type child struct {
	process *os.Process
	control *net.UnixConn
	stdout  *os.File
	stderr  *os.File
	request *os.File
	reply   *os.File

	limits childLimits
	// inheritsCPULimit: whoever started this program set a limit of CPU time at which the kernel kills.
	inheritsCPULimit bool
	// killed: this program ended the process, or tried to.
	killed atomic.Bool

	// done is closed when the process has been reaped; state is set before.
	done  chan struct{}
	state *os.ProcessState
}

// childLimits are what confine sets beside the CPU time.
type childLimits struct {
	// memory is how much address space may be added, in bytes; 0 sets no limit.
	memory int64
	// threads is how many more threads and processes may be made, by any process of the same user.
	threads uint64
	// files is one more than the highest descriptor that may be made.
	files uint64
}

// startChild starts the attempt's command in a session of its own. The process dies with this program.
func startChild(s Spec) (_ *child, err error) {
	c := &child{done: make(chan struct{}), limits: childLimits{memory: s.MemoryBytes, threads: maxThreads, files: maxOpenFiles}}
	if s.Policy == nil {
		// Without wall 2 nothing tells a new thread from a new process, or a descriptor from another.
		c.limits.threads, c.limits.files = 0, 0
	}
	var theirs, ours []*os.File
	defer func() {
		closeAll(theirs)
		if err != nil {
			closeAll(ours)
		}
	}()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, fmt.Errorf("open the strategy's standard input: %w", err)
	}
	theirs = append(theirs, null)
	pipe := func(end **os.File, weWrite bool) {
		r, w, pipeErr := os.Pipe()
		if pipeErr != nil {
			err = fmt.Errorf("make a pipe: %w", pipeErr)
			return
		}
		mine, other := r, w
		if weWrite {
			mine, other = w, r
		}
		*end, theirs, ours = mine, append(theirs, other), append(ours, mine)
	}
	pipe(&c.stdout, false)
	pipe(&c.stderr, false)
	control, err2 := c.openControl()
	if err2 != nil {
		return nil, err2
	}
	theirs = append(theirs, control)
	pipe(&c.request, false)
	pipe(&c.reply, true)
	if err != nil {
		c.control.Close()
		return nil, err
	}
	if err := c.start(s, theirs); err != nil {
		c.control.Close()
		return nil, err
	}
	return c, nil
}

// openControl makes the control socket and returns the end for the process.
func (c *child) openControl() (*os.File, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("make the control socket: %w", err)
	}
	theirs, ours := os.NewFile(uintptr(pair[0]), "control"), os.NewFile(uintptr(pair[1]), "control")
	defer ours.Close()
	conn, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
		return nil, fmt.Errorf("make the control socket: %w", err)
	}
	c.control = conn.(*net.UnixConn)
	return theirs, nil
}

func (c *child) start(s Spec, files []*os.File) error {
	// Descriptors that this program was started with are nothing for the strategy.
	if err := unix.CloseRange(3, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("keep inherited descriptors from the strategy: %w", err)
	}
	started := make(chan error, 1)
	// The kernel sends the parent-death signal when the thread that forked ends, so this one must outlive the process.
	onOwnThread(func() {
		if len(s.Readable) > 0 {
			if err := fenceIn(s.Readable); err != nil {
				started <- fmt.Errorf("start the strategy's process: %w", err)
				return
			}
		}
		process, err := os.StartProcess(s.Command[0], s.Command, &os.ProcAttr{
			Dir: "/", Env: s.Env, Files: files,
			Sys: &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL},
		})
		if err != nil {
			started <- fmt.Errorf("start the strategy's process: %w", err)
			return
		}
		c.process = process
		started <- nil
		state, err := process.Wait()
		if err == nil {
			c.state = state
		}
		// Whatever else it left in its group; a sealed process cannot have made any.
		_ = unix.Kill(-process.Pid, unix.SIGKILL)
		close(c.done)
	})
	return <-started
}

// onOwnThread runs work on a thread that does nothing else and ends with it. That is never the first thread: the kernel
// takes its credentials for the program's, so a fence around it would have the program inside.
func onOwnThread(work func()) {
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() != unix.Getpid() {
			work()
			return
		}
		moved := make(chan struct{})
		go func() {
			runtime.LockOSThread()
			close(moved)
			work()
		}()
		<-moved
		runtime.UnlockOSThread()
	}()
}

// preferForOOM makes the process the kernel's first choice when memory runs out, so that this program survives to tell.
func (c *child) preferForOOM() error {
	path := filepath.Join("/proc", strconv.Itoa(c.process.Pid), "oom_score_adj")
	if err := os.WriteFile(path, []byte("1000"), 0); err != nil {
		return fmt.Errorf("make the strategy the first to go when memory runs out: %w", err)
	}
	return nil
}

// confine sets the process's limits at hand-over and returns how much CPU time it may have used in all when it is to be
// killed; what it used until now does not count against it. The kernel counts in whole seconds and sends SIGXCPU at the
// limit, which a strategy can ignore, and a second later it is killed.
func (c *child) confine(limit time.Duration) (time.Duration, error) {
	used, err := c.cpu()
	if err != nil {
		return 0, err
	}
	var cpu unix.Rlimit
	if err := unix.Prlimit(c.process.Pid, unix.RLIMIT_CPU, nil, &cpu); err != nil {
		return 0, fmt.Errorf("read the limit of CPU time: %w", err)
	}
	c.inheritsCPULimit = cpu.Max != unix.RLIM_INFINITY
	seconds := (used + limit + time.Second - 1) / time.Second
	cpu.Cur = min(uint64(seconds), cpu.Max)
	limits := []rlimit{
		{unix.RLIMIT_CPU, "CPU time", cpu},
		{unix.RLIMIT_CORE, "core size", c.coreLimit()},
		{unix.RLIMIT_FSIZE, "file size", unix.Rlimit{}},
		{unix.RLIMIT_NOFILE, "open files", unix.Rlimit{Cur: c.limits.files, Max: c.limits.files}},
		{unix.RLIMIT_NPROC, "threads", unix.Rlimit{Cur: c.limits.threads, Max: c.limits.threads}},
	}
	if c.limits.memory > 0 {
		// What is mapped by now, the dataset above all, does not count.
		mapped, err := addressSpace(c.process.Pid)
		if err != nil {
			return 0, err
		}
		total := uint64(mapped + c.limits.memory)
		limits = append(limits, rlimit{unix.RLIMIT_AS, "address space", unix.Rlimit{Cur: total, Max: total}})
	}
	for _, l := range limits {
		if err := unix.Prlimit(c.process.Pid, l.resource, &l.limit, nil); err != nil {
			return 0, fmt.Errorf("limit the strategy's %s: %w", l.name, err)
		}
	}
	return (seconds + 1) * time.Second, nil
}

// coreLimit keeps the kernel from dumping a crashed strategy. Where the node hands cores to a program of its own, 0 does
// not do that, and 1 does; a container that may have no cores at all cannot raise the limit to 1.
func (c *child) coreLimit() unix.Rlimit {
	var old unix.Rlimit
	_ = unix.Prlimit(c.process.Pid, unix.RLIMIT_CORE, nil, &old)
	return unix.Rlimit{Cur: min(old.Max, 1), Max: min(old.Max, 1)}
}

// rlimit is one of the kernel's limits on a process.
type rlimit struct {
	resource int
	name     string
	limit    unix.Rlimit
}

// cpu is the CPU time that the living process has used.
func (c *child) cpu() (time.Duration, error) {
	const schedClock = 2 // CPUCLOCK_SCHED of the kernel's posix-timers.h
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^c.process.Pid<<3|schedClock), &t); err != nil {
		return 0, fmt.Errorf("read the strategy's CPU time: %w", err)
	}
	return time.Duration(t.Nano()), nil
}

// kill ends the process, unless it has ended by itself.
func (c *child) kill() {
	select {
	case <-c.done:
	default:
		c.killed.Store(true)
		_ = c.process.Kill()
	}
}

func (c *child) close() {
	closeAll([]*os.File{c.stdout, c.stderr, c.request, c.reply})
	c.control.Close()
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}
