package supervise

import (
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// starvedVariable makes this binary a program that may start no more threads; its value says whether it has reserved some.
const starvedVariable = "STRATBOX_TEST_STARVED"

// starve occupies spareThreads threads at a time when none can be made.
func starve(reserved bool) {
	if reserved {
		reserveThreads()
	}
	if err := unix.Setrlimit(unix.RLIMIT_NPROC, &unix.Rlimit{Cur: 1, Max: 1}); err != nil {
		panic(err)
	}
	occupyThreads(spareThreads)
}

func TestARunnerThatMayStartNoThreadLivesOn(t *testing.T) {
	for name, reserved := range map[string]string{"with reserved threads": "true", "which without them it would not": "false"} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("/proc/self/exe", "-test.run=^$")
			cmd.Env = []string{starvedVariable + "=" + reserved}
			if os.Getuid() == 0 { // root has no such limit
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			}
			output, err := cmd.CombinedOutput()
			if (err == nil) != (reserved == "true") {
				t.Errorf("%v\n%.2000s", err, output)
			}
		})
	}
}
