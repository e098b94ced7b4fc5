package seccomp

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// sealedProcess is a Python process that sealed itself with testdata/sealed.py, and the runner's ends of its pipes.
type sealedProcess struct {
	testing.TB
	cmd      *exec.Cmd
	output   bytes.Buffer
	control  *os.File
	requests *bufio.Reader
	replies  *os.File
	listener *Listener
	// serveError is valid when served is closed.
	served     chan struct{}
	serveError error

	mu    sync.Mutex
	heard *Recorder
	last  Notification
	// hear, if not nil, is told of each denied call instead of heard.
	hear func(Notification)
	// probes are the calls it makes to prove its seal.
	probes []Probe
}

// TestMain keeps descriptors that this program itself inherited away from the processes it starts.
func TestMain(m *testing.M) {
	if err := unix.CloseRange(3, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC); err != nil {
		fmt.Fprintln(os.Stderr, "set close-on-exec on inherited descriptors:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// newSealed starts a process, proves its seal and leaves it waiting for code. The Python code in before runs before the seal.
func newSealed(t testing.TB, before string) *sealedProcess {
	t.Helper()
	s := startSealing(t, nativeProgram(t), before)
	s.takeListener()
	s.serve()
	var answered []int
	s.receive(&answered)
	proof, err := Prove(s.probes, s.tally().Violations, answered)
	if err != nil || proof.Detection != v1alpha1.DetectionFull {
		s.Fatalf("%+v, %v", proof, err)
	}
	s.awaitControlEnd()
	if err := VerifySealed(s.pid()); err != nil {
		s.Fatal(err)
	}
	s.mu.Lock()
	s.heard = NewRecorder(time.Now, nil)
	s.mu.Unlock()
	return s
}

// startSealing starts a process that is about to load program. Any Python 3 serves; the system's own is
// readable for every user.
func startSealing(t testing.TB, program []byte, before string) *sealedProcess {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	childControl := os.NewFile(uintptr(pair[1]), "child's control socket")
	requests, childRequests := newPipe(t)
	childReplies, replies := newPipe(t)
	s := &sealedProcess{
		TB: t, control: os.NewFile(uintptr(pair[0]), "control socket"), requests: bufio.NewReader(requests), replies: replies,
		heard: NewProofRecorder(time.Now), probes: nativeProbes(t),
		cmd: exec.Command("/usr/bin/python3", "testdata/sealed.py"),
	}
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	s.cmd.ExtraFiles = []*os.File{childControl, childRequests, childReplies}
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("start Python, which Debian's package python3 holds: %v", err)
	}
	for _, f := range s.cmd.ExtraFiles {
		_ = f.Close()
	}
	t.Cleanup(s.stop)
	numbers := []uint32{}
	for _, p := range s.probes {
		numbers = append(numbers, p.Number)
	}
	text, err := json.Marshal(numbers)
	if err != nil {
		t.Fatal(err)
	}
	s.send(string(program))
	s.send(string(text))
	s.send(before)
	return s
}

func nativeProgram(t testing.TB) []byte {
	t.Helper()
	native, err := Native()
	if err != nil {
		t.Fatal(err)
	}
	program, err := Default().Assemble(native)
	if err != nil {
		t.Fatal(err)
	}
	return program
}

func nativeProbes(t testing.TB) []Probe {
	t.Helper()
	native, err := Native()
	if err != nil {
		t.Fatal(err)
	}
	return Default().Probes(native)
}

func newPipe(t testing.TB) (read, write *os.File) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = read.Close(), write.Close() })
	return read, write
}

func (s *sealedProcess) takeListener() {
	s.Helper()
	listener, err := ReceiveListener(int(s.control.Fd()))
	if err != nil {
		s.fail(err)
	}
	s.listener = listener
}

func (s *sealedProcess) serve() {
	s.served = make(chan struct{})
	go func() {
		defer close(s.served)
		s.serveError = s.listener.Serve(s.denied)
	}()
}

func (s *sealedProcess) stop() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	if s.served != nil {
		<-s.served
	}
	if s.listener != nil {
		_ = s.listener.Close()
	}
	_ = s.control.Close()
}

func (s *sealedProcess) denied(n Notification) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = n
	if s.hear != nil {
		s.hear(n)
		return
	}
	s.heard.Record(n)
}

func (s *sealedProcess) tally() Tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard.Tally()
}

// pid is the process's id, which the thread that made the canaries shares.
func (s *sealedProcess) pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last.PID
}

func (s *sealedProcess) send(text string) {
	s.Helper()
	message := append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...)
	if _, err := s.replies.Write(message); err != nil {
		s.fail(err)
	}
}

// receive reads the process's next line into v.
func (s *sealedProcess) receive(v any) {
	s.Helper()
	line, err := s.requests.ReadBytes('\n')
	if err != nil {
		s.fail(err)
	}
	if err := json.Unmarshal(line, v); err != nil {
		s.fail(err)
	}
}

func (s *sealedProcess) awaitControlEnd() {
	s.Helper()
	if n, err := s.control.Read(make([]byte, 1)); n != 0 {
		s.fail(errors.Join(errors.New("the control socket is still used"), err))
	}
}

// run hands code over, waits for the process's end and returns the code's results.
func (s *sealedProcess) run(code string) map[string]int {
	s.Helper()
	s.send(code)
	results := map[string]int{}
	s.receive(&results)
	s.awaitEnd()
	return results
}

func (s *sealedProcess) awaitEnd() {
	s.Helper()
	_ = s.cmd.Wait()
	<-s.served
	if s.serveError != nil {
		s.Fatal(s.serveError)
	}
}

// fail ends the process, so that its output is complete, and the test.
func (s *sealedProcess) fail(err error) {
	s.Helper()
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.Fatalf("%v; the process says: %s", err, s.output.String())
}
