package v1alpha1

// BenchmarkStatistics are computed over all valid pairs. Percentages are decimal strings.
type BenchmarkStatistics struct {
	// validPairs were measured, both halves scored.
	// +required
	// +kubebuilder:validation:Minimum=0
	ValidPairs *int32 `json:"validPairs,omitempty"`
	// excludedPairs do not count because a half failed.
	// +required
	// +kubebuilder:validation:Minimum=0
	ExcludedPairs *int32 `json:"excludedPairs,omitempty"`
	// overheadPercent is (sandbox - baseline) / baseline x 100 of the mean iteration times, submit to verdict. It decides.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	OverheadPercent string `json:"overheadPercent,omitempty"`
	// paired is the mean of the pairs' log ratios as a percentage, with its t interval. It says whether the decision is conclusive.
	// +optional
	Paired *Estimate `json:"paired,omitempty"`
	// mean is overheadPercent with its own interval, that of a ratio of means, which outliers widen: a check on paired.
	// +optional
	Mean *Estimate `json:"mean,omitempty"`
	// median is the median of the pairs' ratios as a percentage, with its order-statistic interval, which outliers leave
	// alone: a check on paired.
	// +optional
	Median *Estimate `json:"median,omitempty"`
	// cpu is the paired overhead of the CPU time of the strategy's own process alone.
	// +optional
	CPU *Estimate `json:"cpu,omitempty"`
	// sandbox sums up the sandboxed halves.
	// +optional
	Sandbox *HalfStatistics `json:"sandbox,omitempty"`
	// baseline sums up the halves that the sandbox is compared with.
	// +optional
	Baseline *HalfStatistics `json:"baseline,omitempty"`
	// looks is how many times the samples have been looked at, and plannedLooks how many times they may be. With more
	// than one, each interval is widened so that all of them together are right 95 times in 100.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Looks *int32 `json:"looks,omitempty"`
	// plannedLooks is how many times the samples may be looked at.
	// +optional
	// +kubebuilder:validation:Minimum=0
	PlannedLooks *int32 `json:"plannedLooks,omitempty"`
	// pairsToDecide is about how many valid pairs would make the decision conclusive, if these are typical.
	// +optional
	// +kubebuilder:validation:Minimum=0
	PairsToDecide *int32 `json:"pairsToDecide,omitempty"`
}

// Estimate is a percentage with its interval.
type Estimate struct {
	// percent is the estimate, a decimal string.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Percent string `json:"percent,omitempty"`
	// lowerPercent is the lower end of the interval, a decimal string; left out where there is none.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	LowerPercent string `json:"lowerPercent,omitempty"`
	// upperPercent is the upper end of the interval, a decimal string; left out where there is none.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	UpperPercent string `json:"upperPercent,omitempty"`
	// interval is both ends in one, such as "31.2 to 40.5", for people.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Interval string `json:"interval,omitempty"`
	// confidence of the interval, a decimal string such as 0.95.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16
	Confidence string `json:"confidence,omitempty"`
}

// HalfStatistics sum up the halves of one mode.
type HalfStatistics struct {
	// runs is how many there were, warm-up not counted.
	// +required
	// +kubebuilder:validation:Minimum=0
	Runs *int32 `json:"runs,omitempty"`
	// succeeded is how many of them were scored.
	// +required
	// +kubebuilder:validation:Minimum=0
	Succeeded *int32 `json:"succeeded,omitempty"`
	// meanMillis is the mean iteration time over valid pairs, in milliseconds.
	// +optional
	// +kubebuilder:validation:Minimum=0
	MeanMillis *int64 `json:"meanMillis,omitempty"`
	// medianMillis is the median iteration time over valid pairs, in milliseconds.
	// +optional
	// +kubebuilder:validation:Minimum=0
	MedianMillis *int64 `json:"medianMillis,omitempty"`
}

// PhaseMeans is the mean time of one phase in both modes, in milliseconds.
type PhaseMeans struct {
	// name is queue, start, imports, data, seal, gate, execution, scoring, other (of submit to verdict), or end (after it).
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Name string `json:"name,omitempty"`
	// sandboxMillis is the mean over the sandboxed halves.
	// +optional
	// +kubebuilder:validation:Minimum=0
	SandboxMillis *int64 `json:"sandboxMillis,omitempty"`
	// baselineMillis is the mean over the other halves.
	// +optional
	// +kubebuilder:validation:Minimum=0
	BaselineMillis *int64 `json:"baselineMillis,omitempty"`
}
