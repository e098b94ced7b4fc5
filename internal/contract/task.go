package contract

import (
	"encoding/json"
	"fmt"
)

// TaskVersion is the version of Task that this build writes and reads.
const TaskVersion = 1

// Task tells the runner what to do. It travels in a Pod annotation.
type Task struct {
	Version    int               `json:"version"`
	Namespace  string            `json:"namespace"`
	Run        string            `json:"run"`
	RunUID     string            `json:"runUID"`
	StrategyID string            `json:"strategyID"`
	Attempt    int32             `json:"attempt"`
	Dataset    string            `json:"dataset"`
	GateMode   GateMode          `json:"gateMode"`
	Parameters map[string]string `json:"parameters,omitempty"`
	// DeadlineMillis bounds the strategy's own code by the clock on the wall.
	DeadlineMillis int64 `json:"deadlineMillis"`
	// CPUMillis bounds the CPU time of the strategy's process.
	CPUMillis int64 `json:"cpuMillis"`
	// Threads is how many threads numerical libraries may use: the CPU limit, rounded up.
	Threads int `json:"threads"`
	// AllowPartialDetection lets the strategy run although another seccomp profile hides some denied calls from the record.
	AllowPartialDetection bool `json:"allowPartialDetection,omitempty"`
}

// Encode returns the task as JSON.
func (t Task) Encode() (string, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("encode task: %w", err)
	}
	return string(text), nil
}

// DecodeTask reads what Encode wrote and refuses any other version.
func DecodeTask(text []byte) (Task, error) {
	var t Task
	if err := json.Unmarshal(text, &t); err != nil {
		return Task{}, fmt.Errorf("decode task: %w", err)
	}
	if err := t.Validate(); err != nil {
		return Task{}, fmt.Errorf("decode task: %w", err)
	}
	return t, nil
}

// Validate reports what keeps this build from carrying the task out.
func (t Task) Validate() error {
	switch {
	case t.Version != TaskVersion:
		return fmt.Errorf("version %d, this runner knows version %d; the manager and the runner image must be of one release", t.Version, TaskVersion)
	case t.DeadlineMillis <= 0:
		return fmt.Errorf("deadlineMillis is %d, must be above 0", t.DeadlineMillis)
	case t.CPUMillis <= 0:
		return fmt.Errorf("cpuMillis is %d, must be above 0", t.CPUMillis)
	case t.GateMode != GateEnforce && t.GateMode != GateReport:
		return fmt.Errorf("gateMode %q is neither %s nor %s", t.GateMode, GateEnforce, GateReport)
	}
	return nil
}
