package server

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/internal/resultwire"
)

// The strategy's process of these tests is this test binary, started again by the real engine. The code that it is
// handed over names the script it plays.
const childVariable = "STRATBOX_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		runtime.LockOSThread()
		play()
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	code := m.Run()
	if root, err := fixture(); err == nil {
		_ = os.RemoveAll(root)
	}
	os.Exit(code)
}

func childCommand() (command, env []string) {
	return []string{"/proc/self/exe", "-test.run=^$"}, []string{
		childVariable + "=yes", "GODEBUG=asyncpreemptoff=1,containermaxprocs=0,updatemaxprocs=0", "GOGC=off", "GOMAXPROCS=1",
	}
}

// pipeEnd is one of the child's pipes. Go's own files would want further descriptors, which there are none of.
type pipeEnd int

func (p pipeEnd) Write(b []byte) (int, error) { return unix.Write(int(p), b) }

func (p pipeEnd) Read(b []byte) (int, error) {
	n, err := unix.Read(int(p), b)
	if err == nil && n == 0 && len(b) > 0 {
		err = unix.EPIPE
	}
	return n, err
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(pipeEnd(2), err)
		unix.Exit(3)
	}
}

func play() {
	say := func(step string) {
		text, err := json.Marshal(map[string]string{"step": step})
		must(err)
		must(unix.Sendmsg(3, text, nil, nil, 0))
	}
	say("imports")
	say("data")
	_, err := unix.Read(3, make([]byte, 256<<10))
	must(err)
	say("sealed")
	must(unix.Close(3))
	task, err := resultwire.Read(pipeEnd(5), 1<<20)
	must(err)
	script := strings.TrimSpace(string(task.Payload))
	if script == "is rejected" {
		must(resultwire.Write(pipeEnd(4), resultwire.KindGate, resultwire.Gate{Rule: "import-not-allowed", Line: 2, Message: "os is not available"}, nil))
		return
	}
	must(resultwire.Write(pipeEnd(4), resultwire.KindGate, resultwire.Gate{Accepted: true}, nil))
	switch script {
	case "scores":
		fmt.Fprintln(pipeEnd(1), "hello")
		payload := resultwire.AppendPositions(nil, resultwire.Positions{Dates: []int32{fixtureDay}, Symbols: []string{fixtureStock}, Flags: []byte{1}})
		must(resultwire.Write(pipeEnd(4), resultwire.KindResult, resultwire.Options{}, payload))
		return
	case "raises":
		must(resultwire.Write(pipeEnd(4), resultwire.KindError, resultwire.Failure{Type: "ZeroDivisionError", Line: 12}, nil))
		return
	case "takes memory":
		takeMemory()
	case "computes":
		for n := uint64(0); ; n++ {
			if n == 1<<63 {
				return
			}
		}
	case "never ends":
		fmt.Fprintln(pipeEnd(1), "pid", unix.Getpid())
	}
	for {
		t := unix.Timespec{Sec: 1}
		unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&t)), 0, 0)
	}
}

func takeMemory() {
	for {
		memory, err := unix.Mmap(-1, 0, 1<<20, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANONYMOUS|unix.MAP_PRIVATE)
		if err != nil {
			return
		}
		for i := 0; i < len(memory); i += 4096 {
			memory[i] = 1
		}
	}
}
