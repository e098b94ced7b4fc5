package contract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func task() Task {
	return Task{
		Version: TaskVersion, Namespace: "stratbox-runs", Run: "momentum-0042", RunUID: uid, StrategyID: "gen12/momentum-0042",
		Attempt: 1, Dataset: "tw-daily", GateMode: GateEnforce, Parameters: map[string]string{"window": "120"},
		DeadlineMillis: 300000, CPUMillis: 300000, Threads: 1,
	}
}

func TestTaskSurvivesTheWay(t *testing.T) {
	text, err := task().Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeTask([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(task(), got); diff != "" {
		t.Errorf("decoded task (-want +got):\n%s", diff)
	}
}

func TestDecodeTaskRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Task)
		want   string
	}{
		"another release": {func(x *Task) { x.Version = 2 }, "must be of one release"},
		"no deadline":     {func(x *Task) { x.DeadlineMillis = 0 }, "deadlineMillis is 0"},
		"no CPU time":     {func(x *Task) { x.CPUMillis = -1 }, "cpuMillis is -1"},
		"an unknown gate": {func(x *Task) { x.GateMode = "Off" }, `gateMode "Off"`},
	} {
		t.Run(name, func(t *testing.T) {
			x := task()
			test.change(&x)
			text, err := x.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := DecodeTask([]byte(text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
	if _, err := DecodeTask([]byte("{")); err == nil {
		t.Error("half a task is accepted")
	}
}
