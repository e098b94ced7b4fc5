package overhead

import (
	"fmt"

	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Reasons of an exclusion besides the verdict of a half.
const (
	// ReasonNoVerdict: a half ended without a verdict, or was not executed.
	ReasonNoVerdict = "NoVerdict"
	// ReasonWrongMode: a half was not executed in the mode that it stands for.
	ReasonWrongMode = "WrongMode"
	// ReasonDatasetDiffers: the halves did not read the same dataset.
	ReasonDatasetDiffers = "DatasetDiffers"
	// ReasonNoTime: a half has no time from submit to verdict, so there is nothing to divide.
	ReasonNoTime = "NoTime"
)

// Exclude says why a pair does not count, or nil if it does: both halves were scored, each in the mode it stands for, on
// the same dataset, and both took time. baseline is the mode that the sandbox is compared with.
func Exclude(pair *Pair, baseline v1alpha1.Mode) *v1alpha1.Exclusion {
	if pair.Excluded != nil {
		return pair.Excluded
	}
	exclusion := func(mode v1alpha1.Mode, reason, format string, arguments ...any) *v1alpha1.Exclusion {
		return &v1alpha1.Exclusion{Pair: ptr.To(pair.Index), Mode: mode, Reason: reason, Message: fmt.Sprintf(format, arguments...)}
	}
	halves := []struct {
		*Half
		mode v1alpha1.Mode
		name string
	}{{&pair.Sandbox, v1alpha1.ModeSandbox, "sandboxed"}, {&pair.Baseline, baseline, "baseline"}}
	for _, half := range halves {
		if half.Verdict == "" {
			return exclusion(half.mode, ReasonNoVerdict, "the %s half %s has no verdict", half.name, half.Run)
		}
		if half.Verdict != v1alpha1.VerdictCompleted {
			return exclusion(half.mode, string(half.Verdict), "the %s half %s ended as %s", half.name, half.Run, half.Verdict)
		}
	}
	for _, half := range halves {
		if half.Half.Mode != half.mode {
			return exclusion(half.mode, ReasonWrongMode, "the %s half %s was executed in mode %s, not %s",
				half.name, half.Run, half.Half.Mode, half.mode)
		}
		if half.Times.Total <= 0 {
			return exclusion(half.mode, ReasonNoTime, "the %s half %s took %d ms from submit to verdict, which nothing can be divided by",
				half.name, half.Run, half.Times.Total)
		}
	}
	if pair.Sandbox.Dataset != pair.Baseline.Dataset {
		return exclusion("", ReasonDatasetDiffers, "the sandboxed half read dataset %s, the baseline half %s",
			pair.Sandbox.Dataset, pair.Baseline.Dataset)
	}
	return nil
}
