// Package contract is what manager and runner promise each other: the task that a Pod carries to its runner,
// and the verdict record that is the Pod's last word. Names of files, caps and phases live here, so that no side
// can change them alone. The manager treats a record as untrusted input.
package contract

// Where things are inside a run's container.
const (
	// TaskDir is the volume that holds TaskFile and SourceFile.
	TaskDir = "/run/stratbox"
	// TaskFile holds the Task as JSON.
	TaskFile = TaskDir + "/task.json"
	// SourceFile holds the strategy's code.
	SourceFile = TaskDir + "/strategy.py"
	// DatasetDir is where the run's dataset is mounted, read-only.
	DatasetDir = "/data"
	// TerminationLog is where the verdict record goes.
	TerminationLog = "/dev/termination-log"
)

// Caps that both sides keep.
const (
	// MaxRecordBytes is the kubelet's cap on a container's termination message.
	MaxRecordBytes = 4096
	// MaxSourceBytes is the cap on a strategy's code.
	MaxSourceBytes = 128 << 10
	// MaxViolations is how many distinct system calls a record names.
	MaxViolations = 16
	// MaxMetrics is how many metrics a record holds.
	MaxMetrics = 16
	// MaxMessageBytes is the cap on a record's message.
	MaxMessageBytes = 512
	// MaxCPUModelBytes is the cap on the name of a processor.
	MaxCPUModelBytes = 128
	// MaxSpeculationBytes is the cap on what the kernel says about speculation.
	MaxSpeculationBytes = 256
	// OutputCapBytes is how much of the strategy's stdout and stderr together is kept; the rest is counted.
	OutputCapBytes = 1 << 20
)

// GateMode says what a finding of the gate does.
type GateMode string

const (
	// GateEnforce refuses the strategy.
	GateEnforce GateMode = "Enforce"
	// GateReport records the finding and lets a sandboxed run go on, without restricted builtins or imports.
	GateReport GateMode = "Report"
)

// The versions of cgroups.
const (
	CgroupV1 = "v1"
	CgroupV2 = "v2"
)
