package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const tail = " S 1 2 3 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 4242 1000 200"

func TestParseStatSurvivesAnyCommandName(t *testing.T) {
	for name, stat := range map[string]string{
		"an ordinary name":              "17 (kubelet)" + tail,
		"a name with a blank":           "17 (tmux: server)" + tail,
		"a name with a parenthesis":     "17 (a) R 1)" + tail,
		"a name that imitates a record": "17 (x) Z 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9)" + tail,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseStat(stat)
			if err != nil {
				t.Fatal(err)
			}
			if got.code != 'S' || got.startTick != 4242 {
				t.Errorf("state %c, start %d; want S, 4242", got.code, got.startTick)
			}
		})
	}
}

func TestParseStatRefusesWhatItDoesNotUnderstand(t *testing.T) {
	for name, stat := range map[string]string{
		"nothing":                       "",
		"no command name":               "17 S 1 2 3",
		"too few fields":                "17 (a) S 1 2 3",
		"a start time that is no count": "17 (a) S 1 2 3 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 soon",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := parseStat(stat); err == nil {
				t.Errorf("accepted as %+v", got)
			}
		})
	}
}

// child starts a process that runs until it is told to end.
func child(t *testing.T, script string) (*exec.Cmd, Identity) {
	t.Helper()
	command := exec.Command("sh", "-c", script)
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = input.Close(); _ = command.Process.Kill() })
	// The script has set its traps once it has spoken.
	if _, err := output.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	identity, err := Identify(command.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	return command, identity
}

func TestAnotherProcessWithTheSameIDIsNotAliveAndNotStopped(t *testing.T) {
	_, identity := child(t, "echo; read x")
	for name, other := range map[string]Identity{
		"started at another time":  {identity.PID, identity.StartTick + 1, identity.BootID},
		"started in another boot":  {identity.PID, identity.StartTick, "another"},
		"an id that nobody has":    {1 << 30, identity.StartTick, identity.BootID},
		"the empty identity":       {},
		"an id that is no process": {-1, identity.StartTick, identity.BootID},
	} {
		t.Run(name, func(t *testing.T) {
			if other.Alive() {
				t.Error("taken for alive")
			}
			if other.PID > 0 {
				if err := other.Stop(syscall.SIGKILL, time.Second); err != nil {
					t.Error(err)
				}
			}
			if !identity.Alive() {
				t.Fatal("the process that has the id now was ended")
			}
		})
	}
}

func TestStopEndsAProcess(t *testing.T) {
	for name, test := range map[string]struct {
		script   string
		patience time.Duration
		want     syscall.Signal
	}{
		"that obeys":                        {"echo; read x", time.Minute, syscall.SIGTERM},
		"that ignores the signal, by force": {"trap '' TERM; echo; read x", 0, syscall.SIGKILL},
	} {
		t.Run(name, func(t *testing.T) {
			command, identity := child(t, test.script)
			ended := make(chan struct{})
			go func() {
				// It ends by a signal, which Wait reports as an error.
				_ = command.Wait()
				close(ended)
			}()
			if err := identity.Stop(syscall.SIGTERM, test.patience); err != nil {
				t.Fatal(err)
			}
			<-ended
			if got := command.ProcessState.Sys().(syscall.WaitStatus).Signal(); got != test.want {
				t.Errorf("ended by %v, want %v", got, test.want)
			}
			if identity.Alive() {
				t.Error("still alive")
			}
		})
	}
}

func TestAZombieIsNotAlive(t *testing.T) {
	command, identity := child(t, "echo; read x")
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// WNOWAIT leaves the zombie where it is.
	if err := waitNoReap(command.Process.Pid); err != nil {
		t.Fatal(err)
	}
	if identity.Alive() {
		t.Error("a zombie was taken for alive")
	}
	_ = command.Wait()
}

func TestARecordIsReadAsItWasSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "etcd.json")
	if _, known, err := Load(path); known || err != nil {
		t.Errorf("no record: known %t, error %v", known, err)
	}
	saved := Identity{PID: 7, StartTick: 8, BootID: "nine"}
	if err := saved.Save(path); err != nil {
		t.Fatal(err)
	}
	got, known, err := Load(path)
	if err != nil || !known {
		t.Fatalf("known %t, error %v", known, err)
	}
	if diff := cmp.Diff(saved, got); diff != "" {
		t.Error(diff)
	}
	if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(path); err == nil {
		t.Error("a broken record was accepted")
	}
}
