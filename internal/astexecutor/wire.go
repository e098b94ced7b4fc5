package astexecutor

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/stratbox/stratbox/internal/contract"
)

// Caps that both sides keep.
const (
	// MaxRequestBytes is the cap on the body of a request: the code in base64, and a generous task.
	MaxRequestBytes = (contract.MaxSourceBytes+2)/3*4 + 128<<10
	// MaxReportBytes is the cap on the body of an answer: a record and little else.
	MaxReportBytes = contract.MaxRecordBytes + 4<<10
	// LongPoll is how long the executor holds back the answer to Wait while the attempt is not over.
	LongPoll = 25 * time.Second
)

// ID names an attempt. It is the same after a restart of either side.
type ID struct {
	RunUID  string
	Attempt int32
}

func (id ID) String() string { return id.RunUID + "-" + strconv.Itoa(int(id.Attempt)) }

// Path is where the executor keeps the attempt.
func (id ID) Path() string { return fmt.Sprintf("/v1/attempts/%s/%d", id.RunUID, id.Attempt) }

// Attempt is everything the executor needs to execute one attempt. Its task must have the gate enforced, and names the
// dataset, which must be mounted in the executor.
type Attempt struct {
	Task contract.Task `json:"task"`
	// Source is the strategy's code.
	Source []byte `json:"source"`
	// MemoryBytes is what the strategy's process may use. The executor has a limit of its own; the lower one holds.
	MemoryBytes int64 `json:"memoryBytes"`
}

// ID names the attempt.
func (a Attempt) ID() ID { return ID{RunUID: a.Task.RunUID, Attempt: a.Task.Attempt} }

// State is where an attempt is.
type State string

// States. The first two change by themselves, the others are final for this boot.
const (
	StateQueued  State = "Queued"
	StateRunning State = "Running"
	// StateFinished comes with a record that has a verdict.
	StateFinished State = "Finished"
	// StateCancelled never gets a verdict. A cancelled attempt that is submitted again stays cancelled.
	StateCancelled State = "Cancelled"
	// StateInterrupted never gets a verdict: the executor is shutting down. Its successor will take the attempt.
	StateInterrupted State = "Interrupted"
	// StateUnknown is an attempt that this boot of the executor was never given, or has forgotten.
	StateUnknown State = "Unknown"
)

// Over reports whether the state is final for this boot.
func (s State) Over() bool { return s != StateQueued && s != StateRunning }

// Report is the executor's answer about an attempt.
type Report struct {
	// Boot identifies the executor's process. Attempts do not outlive it.
	Boot  string
	State State
	// Record has a verdict if State is Finished. Of a Running or Interrupted attempt it says how far it got.
	Record contract.Record
}

// Answer is a Report or a refusal as it travels.
type Answer struct {
	Boot   string          `json:"boot"`
	State  State           `json:"state,omitempty"`
	Record json.RawMessage `json:"record,omitempty"`
	// Error is a sentence; the HTTP status says what kind of refusal it is.
	Error string `json:"error,omitempty"`
}
