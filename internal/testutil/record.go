package testutil

import (
	"fmt"

	"k8s.io/apimachinery/pkg/types"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

// RecordBuilder builds what a runner leaves behind.
type RecordBuilder struct{ record contract.Record }

// MakeRecord starts with a runner that sealed its strategy and is executing it.
func MakeRecord(run types.UID, attempt int32) *RecordBuilder {
	return &RecordBuilder{record: contract.Record{
		Version:   contract.RecordVersion,
		RunUID:    string(run),
		Attempt:   attempt,
		Phase:     contract.PhaseExecution,
		Sealed:    true,
		Detection: v1alpha1.DetectionFull,
		Timings:   contract.Timings{StartedAt: 1_790_000_000_000, Imports: 330, Data: 1, Seal: 20, Gate: 12},
		Dataset:   "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		Policy:    "sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",

		CPUModel: "AMD EPYC 7B13", CgroupVersion: contract.CgroupV2,
		Speculation: "store bypass: thread force mitigated; indirect branch: conditional force disabled",
	}}
}

// Phase says how far the runner got; it gave no verdict.
func (b *RecordBuilder) Phase(phase contract.Phase) *RecordBuilder {
	b.record.Phase = phase
	return b
}

// Verdict finishes the record.
func (b *RecordBuilder) Verdict(verdict v1alpha1.Verdict, message string) *RecordBuilder {
	b.record.Phase, b.record.Verdict, b.record.Message = contract.PhaseFinished, verdict, message
	b.record.Timings.Execution, b.record.Timings.Total = 2210, 2680
	b.record.CPUMillis, b.record.PeakMemoryBytes = 2300, 402_653_184
	return b
}

// Completed finishes the record with a score.
func (b *RecordBuilder) Completed() *RecordBuilder {
	b.Verdict(v1alpha1.VerdictCompleted, "")
	b.record.Timings.Scoring = 85
	b.record.Metrics = map[string]string{
		"daily_sharpe": "1.31", "total_return": "0.8412", "annual_return": "0.1301", "max_drawdown": "-0.2203",
		"calmar": "0.5906", "win_rate": "0.5312", "turnover": "6.72", "trades": "1203",
	}
	return b
}

// Gate adds a finding of the gate.
func (b *RecordBuilder) Gate(rule string, line, column int32, message string) *RecordBuilder {
	b.record.Gate = &contract.GateFinding{Rule: rule, Line: line, Column: column, Message: message, SourceLine: "import os"}
	return b
}

// Denied adds denied system calls.
func (b *RecordBuilder) Denied(syscall string, count int64) *RecordBuilder {
	b.record.Violations = append(b.record.Violations, contract.Violation{Syscall: syscall, Count: count, FirstTime: 1_790_000_001_000})
	b.record.ViolationCount += count
	return b
}

// OOM says that the memory cgroup killed a process.
func (b *RecordBuilder) OOM() *RecordBuilder {
	b.record.OOM = true
	return b
}

// Output records what the strategy wrote, and how much of it was not kept.
func (b *RecordBuilder) Output(bytes, dropped int64) *RecordBuilder {
	b.record.OutputBytes, b.record.OutputDropped = bytes, dropped
	return b
}

// Obj returns the record.
func (b *RecordBuilder) Obj() contract.Record { return b.record }

// Text returns the record as a runner writes it.
func (b *RecordBuilder) Text() string {
	text, err := b.record.Encode()
	if err != nil {
		panic(fmt.Sprintf("a test's record cannot be encoded: %v", err))
	}
	return string(text)
}
