package supervise

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

// secretVariable names, to the child, a file that it must not read.
const secretVariable = "STRATBOX_TEST_SECRET"

// expect ends the child unless errno is what a kernel with Landlock of that version or later answers.
func expect(what string, errno error, since int, want syscall.Errno) {
	if LandlockVersion() < since {
		return
	}
	if !errors.Is(errno, want) {
		die("%s: %v, want %v", what, errno, want)
	}
}

func init() {
	scripts["looks over the fence, then scores"] = func(s *script_) {
		secret, parent := os.Getenv(secretVariable), unix.Getppid()
		_, err := unix.Open(secret, unix.O_RDONLY, 0)
		expect("read the secret", err, 1, unix.EACCES)
		_, err = unix.Open("/proc/self/environ", unix.O_RDONLY, 0)
		expect("read /proc", err, 1, unix.EACCES)
		expect("make a folder", unix.Mkdir(filepath.Join(filepath.Dir(secret), "new"), 0o700), 1, unix.EACCES)
		expect("remove the secret", unix.Unlink(secret), 1, unix.EACCES)
		expect("truncate the secret", unix.Truncate(secret, 0), 3, unix.EACCES)
		var word [8]byte
		local := unix.Iovec{Base: &word[0], Len: 8}
		remote := unix.RemoteIovec{Base: uintptr(unsafe.Pointer(&word[0])), Len: 8}
		_, err = unix.ProcessVMReadv(parent, []unix.Iovec{local}, []unix.RemoteIovec{remote}, 0)
		expect("read the runner's memory", err, 1, unix.EPERM)
		expect("trace the runner", unix.PtraceAttach(parent), 1, unix.EPERM)
		expect("signal the runner", unix.Kill(parent, 0), 7, unix.EPERM)
		socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err != nil {
			die("socket: %v", err)
		}
		expect("connect", unix.Connect(socket, &unix.SockaddrInet4{Port: 9, Addr: [4]byte{127, 0, 0, 1}}), 4, unix.EACCES)
		readable, err := unix.Open("/proc/self/exe", unix.O_RDONLY, 0)
		if err != nil {
			die("read what is inside the fence: %v", err)
		}
		unix.Close(readable)
		unix.Close(socket)
		s.start()
		result(s, position())
	}
	scripts["opens what it can, then scores"] = func(s *script_) {
		s.start()
		null, name := []byte("/dev/null\x00"), []byte("x\x00")
		cwd := unix.AT_FDCWD
		var pair [2]int32
		for what, call := range map[string][]uintptr{
			"open":         {unix.SYS_OPENAT, uintptr(cwd), uintptr(unsafe.Pointer(&null[0])), unix.O_RDONLY},
			"path":         {unix.SYS_OPENAT, uintptr(cwd), uintptr(unsafe.Pointer(&null[0])), unix.O_PATH},
			"socket":       {unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_STREAM, 0},
			"pipe":         {unix.SYS_PIPE2, uintptr(unsafe.Pointer(&pair[0])), 0, 0},
			"dup":          {unix.SYS_DUP, 1, 0, 0},
			"memfd":        {unix.SYS_MEMFD_CREATE, uintptr(unsafe.Pointer(&name[0])), 0, 0},
			"epoll":        {unix.SYS_EPOLL_CREATE1, 0, 0, 0},
			"pidfd":        {unix.SYS_PIDFD_OPEN, uintptr(unix.Getppid()), 0, 0},
			"duplicate to": {unix.SYS_FCNTL, 1, unix.F_DUPFD, 0},
		} {
			_, _, errno := unix.RawSyscall(call[0], call[1], call[2], call[3])
			if errno != unix.EMFILE && errno != unix.EINVAL { // fcntl says EINVAL when the limit is 0
				die("%s: %v", what, errno)
			}
		}
		result(s, position())
	}
}

func fencedSpec(t *testing.T) (Spec, string, *lockedBuffer) {
	t.Helper()
	spec, out := newSpec(t, "looks over the fence, then scores")
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	spec.Policy = nil
	spec.Readable = []string{filepath.Dir(binary), spec.DatasetDir, filepath.Join(secret, "nowhere"), "/nonexistent", "/usr", "/lib", "/lib64"}
	spec.Env = append(spec.Env, secretVariable+"="+secret)
	return spec, secret, out
}

func TestTheFence(t *testing.T) {
	spec, secret, out := fencedSpec(t)
	spec.Readable = slices.Delete(spec.Readable, 2, 3)
	for range 3 {
		record, err := Run(context.Background(), spec)
		if err != nil || record.Verdict != v1alpha1.VerdictCompleted {
			t.Fatalf("verdict %s: %s, error %v\n%s", record.Verdict, record.Message, err, out)
		}
	}
	// This program stays outside.
	if text, err := os.ReadFile(secret); err != nil || string(text) != "secret" {
		t.Errorf("the secret is %q, error %v", text, err)
	}
}

func TestAFenceThatCannotBeMadeEndsTheAttempt(t *testing.T) {
	spec, secret, _ := fencedSpec(t)
	record, err := Run(context.Background(), spec)
	if LandlockVersion() > 0 && (err != nil || record.Verdict != v1alpha1.VerdictRunnerFailed || !strings.Contains(record.Message, "read "+secret)) {
		t.Errorf("verdict %s: %s, error %v", record.Verdict, record.Message, err)
	}
}

func TestTheFenceOfEachVersion(t *testing.T) {
	for version, want := range map[int]unix.LandlockRulesetAttr{
		1: {Handled_access_fs: 0x1fff},
		2: {Handled_access_fs: 0x3fff},
		3: {Handled_access_fs: 0x7fff},
		4: {Handled_access_fs: 0x7fff, Handled_access_net: 3},
		5: {Handled_access_fs: 0xffff, Handled_access_net: 3},
		6: {Handled_access_fs: 0xffff, Handled_access_net: 3},
		7: {Handled_access_fs: 0xffff, Handled_access_net: 3, Scoped: 3},
		9: {Handled_access_fs: 0xffff, Handled_access_net: 3, Scoped: 3},
	} {
		if got := fence(version); got != want {
			t.Errorf("version %d keeps from %+v, want %+v", version, got, want)
		}
	}
}

func TestNoDescriptorIsToBeHadAfterTheHandOver(t *testing.T) {
	attemptCase{script: "opens what it can, then scores", change: unsealed, verdict: v1alpha1.VerdictCompleted, check: func(t *testing.T, r contract.Record, out string) {
		if out != "" {
			t.Errorf("output %s", out)
		}
	}}.run(t)
}

func TestAnOwnThreadIsNeverTheFirst(t *testing.T) {
	threads := make(chan int)
	for range 64 {
		onOwnThread(func() { threads <- unix.Gettid() })
	}
	for range 64 {
		if thread := <-threads; thread == unix.Getpid() {
			t.Errorf("work was done on the first thread")
		}
	}
}
