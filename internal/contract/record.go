package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// RecordVersion is the version of Record that this build writes and reads.
const RecordVersion = 1

// Phase says how far the runner got. It is written before the phase begins, so that
// the record of a killed container still tells where it was.
type Phase string

// Phases in order.
const (
	PhaseStarting  Phase = "Starting"  // reading the task, starting Python
	PhaseImports   Phase = "Imports"   // Python imports numpy, pandas and the harness
	PhaseData      Phase = "Data"      // Python maps the dataset
	PhaseSealing   Phase = "Sealing"   // the filter is loaded and proved
	PhaseGate      Phase = "Gate"      // the code is handed over, read and compiled
	PhaseExecution Phase = "Execution" // the strategy's own code runs
	PhaseScoring   Phase = "Scoring"   // the runner computes the metrics
	PhaseFinished  Phase = "Finished"  // Verdict is set
)

// phases lists every valid Phase in order.
var phases = []Phase{
	PhaseStarting, PhaseImports, PhaseData, PhaseSealing,
	PhaseGate, PhaseExecution, PhaseScoring, PhaseFinished,
}

// Record is the runner's account of one attempt, rewritten at every phase and at the first violation.
type Record struct {
	Version int    `json:"v"`
	RunUID  string `json:"run"`
	Attempt int32  `json:"attempt"`
	Phase   Phase  `json:"phase"`
	// Verdict is empty until Phase is Finished. Only verdicts in runnerVerdicts are the runner's to give.
	Verdict v1alpha1.Verdict `json:"verdict,omitempty"`
	// Message is the verdict in a sentence, at most MaxMessageBytes.
	Message string `json:"message,omitempty"`
	// Sealed is true once the self-test has passed.
	Sealed     bool               `json:"sealed,omitempty"`
	Detection  v1alpha1.Detection `json:"detection,omitempty"`
	Gate       *GateFinding       `json:"gate,omitempty"`
	Metrics    map[string]string  `json:"metrics,omitempty"`
	Violations []Violation        `json:"violations,omitempty"`
	// ViolationCount counts all denied calls, ViolationsDropped those whose names did not fit in Violations.
	ViolationCount    int64   `json:"violationCount,omitempty"`
	ViolationsDropped int64   `json:"violationsDropped,omitempty"`
	Timings           Timings `json:"timings"`
	CPUMillis         int64   `json:"cpuMillis,omitempty"`
	PeakMemoryBytes   int64   `json:"peakMemoryBytes,omitempty"`
	// OOM is true when the strategy ran out of memory, by the cgroup of its container or a limit of its own.
	OOM bool `json:"oom,omitempty"`
	// OutputBytes counts what the strategy wrote to stdout and stderr, OutputDropped what of it was not kept.
	OutputBytes   int64  `json:"outputBytes,omitempty"`
	OutputDropped int64  `json:"outputDropped,omitempty"`
	Dataset       string `json:"dataset,omitempty"`
	Policy        string `json:"policy,omitempty"`
	// CPUModel is what the processor calls itself, CgroupVersion is v1 or v2, and Speculation is the state of the strategy's
	// process with regard to speculation attacks, as the kernel tells it. They are empty where nothing is told.
	CPUModel      string `json:"cpuModel,omitempty"`
	CgroupVersion string `json:"cgroupVersion,omitempty"`
	Speculation   string `json:"speculation,omitempty"`
}

// Violation is one system call the filter denied. FirstTime is in Unix milliseconds.
type Violation struct {
	Syscall   string `json:"syscall"`
	Count     int64  `json:"count"`
	FirstTime int64  `json:"first"`
}

// GateFinding is one refusal of the gate.
type GateFinding struct {
	Rule       string `json:"rule"`
	Line       int32  `json:"line,omitempty"`
	Column     int32  `json:"column,omitempty"`
	Message    string `json:"message,omitempty"`
	SourceLine string `json:"sourceLine,omitempty"`
}

// Timings are the runner's clocks: StartedAt in Unix milliseconds, the rest in milliseconds.
type Timings struct {
	StartedAt int64 `json:"startedAt,omitempty"`
	Imports   int64 `json:"imports,omitempty"`
	Data      int64 `json:"data,omitempty"`
	Seal      int64 `json:"seal,omitempty"`
	Gate      int64 `json:"gate,omitempty"`
	Execution int64 `json:"execution,omitempty"`
	Scoring   int64 `json:"scoring,omitempty"`
	Total     int64 `json:"total,omitempty"`
}

// runnerVerdicts are the verdicts a runner may give. All others rest on evidence that only the cluster has.
var runnerVerdicts = map[v1alpha1.Verdict]bool{
	v1alpha1.VerdictSandboxUnsupported: true,
	v1alpha1.VerdictASTRejected:        true,
	v1alpha1.VerdictSecurityViolation:  true,
	v1alpha1.VerdictOOMKilled:          true,
	v1alpha1.VerdictDeadlineExceeded:   true,
	v1alpha1.VerdictCPUTimeExceeded:    true,
	v1alpha1.VerdictStrategyError:      true,
	v1alpha1.VerdictResultInvalid:      true,
	v1alpha1.VerdictRunnerFailed:       true,
	v1alpha1.VerdictCompleted:          true,
}

// Encode returns the record as JSON of at most MaxRecordBytes. What does not fit is cut in this order:
// the gate's source line, the message, what the machine is, then violations from the last, which are added to
// ViolationsDropped.
func (r Record) Encode() ([]byte, error) {
	r.Message = Truncate(r.Message, MaxMessageBytes)
	r.CPUModel, r.Speculation = Truncate(r.CPUModel, MaxCPUModelBytes), Truncate(r.Speculation, MaxSpeculationBytes)
	if r.Gate != nil {
		g := *r.Gate
		g.Rule, g.Message, g.SourceLine = Truncate(g.Rule, 64), Truncate(g.Message, MaxMessageBytes), Truncate(g.SourceLine, 160)
		r.Gate = &g
	}
	r.Violations = append([]Violation(nil), r.Violations...)
	for len(r.Violations) > MaxViolations {
		r.dropLastViolation()
	}
	for {
		text, err := r.marshal()
		if err != nil {
			return nil, fmt.Errorf("encode verdict record: %w", err)
		}
		switch {
		case len(text) <= MaxRecordBytes:
			return text, nil
		case r.Gate != nil && r.Gate.SourceLine != "":
			r.Gate.SourceLine = ""
		case len(r.Message) > 128:
			r.Message = Truncate(r.Message, 128)
		case r.Gate != nil && len(r.Gate.Message) > 128:
			r.Gate.Message = Truncate(r.Gate.Message, 128)
		case r.CPUModel != "" || r.Speculation != "":
			r.CPUModel, r.Speculation = "", ""
		case len(r.Violations) > 0:
			r.dropLastViolation()
		default:
			return nil, fmt.Errorf("encode verdict record: %d bytes, at most %d fit", len(text), MaxRecordBytes)
		}
	}
}

// marshal writes < and > as they are: a record is read by programs and people, never by a browser.
func (r Record) marshal() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

func (r *Record) dropLastViolation() {
	last := len(r.Violations) - 1
	r.ViolationsDropped += r.Violations[last].Count
	r.Violations = r.Violations[:last]
}

// ErrNoRecord says that the container left no record.
var ErrNoRecord = errors.New("the container left no verdict record")

// DecodeRecord reads a termination message and checks everything in it against this contract, because a record comes
// from a container that ran untrusted code. runUID and attempt must be those of the run that the Pod belongs to.
func DecodeRecord(text, runUID string, attempt int32) (Record, error) {
	if strings.TrimSpace(text) == "" {
		return Record{}, ErrNoRecord
	}
	if len(text) > MaxRecordBytes {
		return Record{}, fmt.Errorf("verdict record has %d bytes, at most %d are allowed", len(text), MaxRecordBytes)
	}
	var r Record
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return Record{}, fmt.Errorf("verdict record is not valid: %w", err)
	}
	if decoder.More() {
		return Record{}, errors.New("verdict record is followed by something else")
	}
	if err := r.validate(runUID, attempt); err != nil {
		return Record{}, fmt.Errorf("verdict record is not valid: %w", err)
	}
	return r, nil
}

func (r Record) validate(runUID string, attempt int32) error {
	switch {
	case r.Version != RecordVersion:
		return fmt.Errorf("version %d, expected %d", r.Version, RecordVersion)
	case r.RunUID != runUID || r.Attempt != attempt:
		return errors.New("it belongs to another run or attempt")
	case !r.Phase.valid():
		return fmt.Errorf("unknown phase %q", r.Phase)
	case (r.Verdict != "") != (r.Phase == PhaseFinished):
		return fmt.Errorf("verdict %q in phase %s", r.Verdict, r.Phase)
	case r.Verdict != "" && !runnerVerdicts[r.Verdict]:
		return fmt.Errorf("verdict %q is not the runner's to give", r.Verdict)
	case r.Verdict == v1alpha1.VerdictASTRejected && r.Gate == nil:
		return errors.New("ASTRejected without a finding of the gate")
	case len(r.Message) > MaxMessageBytes || !printable(r.Message):
		return errors.New("message is too long or not printable")
	case r.Verdict == v1alpha1.VerdictCompleted && r.ViolationCount > 0:
		return errors.New("Completed with denied calls")
	case r.Verdict != v1alpha1.VerdictCompleted && len(r.Metrics) > 0:
		return errors.New("metrics without the verdict Completed")
	case r.Detection != "" && r.Detection != v1alpha1.DetectionFull && r.Detection != v1alpha1.DetectionPartial && r.Detection != v1alpha1.DetectionNone:
		return fmt.Errorf("unknown detection %q", r.Detection)
	case len(r.Dataset) > 128 || len(r.Policy) > 128 || !printable(r.Dataset) || !printable(r.Policy):
		return errors.New("a digest is too long or not printable")
	case len(r.CPUModel) > MaxCPUModelBytes || len(r.Speculation) > MaxSpeculationBytes || !printable(r.CPUModel) || !printable(r.Speculation):
		return errors.New("what is said of the processor is too long or not printable")
	case r.CgroupVersion != "" && r.CgroupVersion != CgroupV1 && r.CgroupVersion != CgroupV2:
		return fmt.Errorf("unknown version %q of cgroups", Truncate(r.CgroupVersion, 32))
	case r.CPUMillis < 0 || r.PeakMemoryBytes < 0 || r.OutputBytes < 0 || r.OutputDropped < 0:
		return errors.New("a measure is negative")
	}
	return errors.Join(r.Gate.validate(), r.Timings.validate(), validateMetrics(r.Metrics), r.validateViolations())
}

func (p Phase) valid() bool {
	for _, known := range phases {
		if p == known {
			return true
		}
	}
	return false
}

func (g *GateFinding) validate() error {
	if g == nil {
		return nil
	}
	if g.Rule == "" || len(g.Rule) > 64 || len(g.Message) > MaxMessageBytes || len(g.SourceLine) > 160 ||
		!printable(g.Rule) || !printable(g.Message) || !printable(g.SourceLine) || g.Line < 0 || g.Column < 0 {
		return errors.New("the gate's finding is malformed")
	}
	return nil
}

// maxMillis bounds every duration in a record: ten days, above any deadline a run can have.
const maxMillis = int64(10 * 24 * time.Hour / time.Millisecond)

func (t Timings) validate() error {
	for _, d := range []int64{t.Imports, t.Data, t.Seal, t.Gate, t.Execution, t.Scoring, t.Total} {
		if d < 0 || d > maxMillis {
			return fmt.Errorf("a timing of %d ms is out of range", d)
		}
	}
	if t.StartedAt < 0 {
		return errors.New("startedAt is negative")
	}
	return nil
}

func validateMetrics(metrics map[string]string) error {
	if len(metrics) > MaxMetrics {
		return fmt.Errorf("%d metrics, at most %d are allowed", len(metrics), MaxMetrics)
	}
	for name, value := range metrics {
		if name == "" || len(name) > 32 || !printable(name) || !decimal(value) {
			return fmt.Errorf("metric %q is not a decimal number", Truncate(name, 32))
		}
	}
	return nil
}

// maxCount bounds a counter so that sums of them cannot wrap around.
const maxCount = 1 << 53

func (r Record) validateViolations() error {
	if len(r.Violations) > MaxViolations {
		return fmt.Errorf("%d violations, at most %d are allowed", len(r.Violations), MaxViolations)
	}
	if r.ViolationCount < 0 || r.ViolationsDropped < 0 || r.ViolationsDropped > maxCount {
		return errors.New("a violation counter is out of range")
	}
	sum, seen := r.ViolationsDropped, map[string]bool{}
	for _, v := range r.Violations {
		if v.Syscall == "" || len(v.Syscall) > 64 || !printable(v.Syscall) || v.Count < 1 || v.Count > maxCount || v.FirstTime < 0 || seen[v.Syscall] {
			return errors.New("a violation is malformed")
		}
		seen[v.Syscall] = true
		sum += v.Count
	}
	if sum != r.ViolationCount {
		return fmt.Errorf("%d denied calls, but the parts add up to %d", r.ViolationCount, sum)
	}
	return nil
}

// decimal reports whether s is a finite decimal number in at most 32 bytes.
func decimal(s string) bool {
	if s == "" || len(s) > 32 || (s[0] != '-' && (s[0] < '0' || s[0] > '9')) {
		return false // a JSON number may also come quoted or behind spaces
	}
	var number json.Number
	if err := json.Unmarshal([]byte(s), &number); err != nil {
		return false
	}
	_, err := number.Float64()
	return err == nil
}
