package overhead

import (
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// suite is how the functional tests ended.
type suite int

const (
	// suiteDisabled: none were run.
	suiteDisabled suite = iota
	// suitePending: not all have ended.
	suitePending
	// suiteDisturbed: of at least one nobody can tell, and none failed.
	suiteDisturbed
	suiteFailed
	suitePassed
)

// rules are what the spec and the functional tests fix before the first pair is measured.
type rules struct {
	// iterations are to be valid, up to maximum with extensions. most is how many pairs are completed whatever they say.
	iterations, maximum, most int32
	// optional and documentOnly are the thresholds in percent.
	optional, documentOnly float64
	floorMillis            float64
	baseline               v1alpha1.Mode
	suite                  suite
	failed, disturbed      []string
}

func rulesOf(spec *v1alpha1.BenchmarkSpec, tests []v1alpha1.FunctionalTest) rules {
	iterations := ptr.Deref(spec.Iterations, v1alpha1.MinConclusivePairs)
	fixed := rules{
		iterations:   iterations,
		maximum:      ptr.Deref(spec.MaxIterations, iterations),
		most:         ptr.Deref(spec.MaxIterations, mostOf(iterations)),
		optional:     float64(ptr.Deref(spec.Thresholds.OptionalPercent, 50)),
		documentOnly: float64(ptr.Deref(spec.Thresholds.DocumentOnlyPercent, 100)),
		floorMillis:  float64(ptr.Deref(spec.Baseline.FloorMillis, 1000)),
		baseline:     spec.Baseline.Mode,
	}
	if fixed.baseline == "" {
		fixed.baseline = v1alpha1.ModeASTOnly
	}
	if spec.FunctionalSuite == v1alpha1.FunctionalSuiteDisabled {
		return fixed
	}
	// Tests that nobody has listed yet have not passed.
	fixed.suite = suitePassed
	if len(tests) == 0 {
		fixed.suite = suitePending
	}
	for _, test := range tests {
		switch test.Outcome {
		case v1alpha1.FunctionalPass:
		case v1alpha1.FunctionalFail:
			fixed.suite = suiteFailed
			fixed.failed = append(fixed.failed, test.Name)
		case v1alpha1.FunctionalDisturbed:
			fixed.disturbed = append(fixed.disturbed, test.Name)
		default:
			if fixed.suite == suitePassed {
				fixed.suite = suitePending
			}
		}
	}
	if len(fixed.disturbed) > 0 && fixed.suite != suiteFailed {
		fixed.suite = suiteDisturbed
	}
	return fixed
}

func (r *rules) smoke() bool    { return r.iterations < v1alpha1.MinConclusivePairs }
func (r *rules) selfTest() bool { return r.baseline == v1alpha1.ModeSandbox }

// plan says at how many valid pairs a benchmark is looked at, and after how many completed ones it ends at the latest.
// Where more pairs could not make it conclusive there is one look, and no pair is made up for.
func (r *rules) plan() (looks []int32, most int32) {
	if r.smoke() || r.selfTest() || r.suite != suitePassed {
		return []int32{r.iterations}, r.iterations
	}
	return Looks(r.iterations, r.maximum), max(r.most, r.iterations)
}

// completedAt returns how many pairs were completed when so many were valid, but not more than most; 0 if that is to come.
// valid is how many are so far.
func (r *rules) completedAt(look, most int32, pairs []Pair) (completed, valid int32) {
	for i := range pairs[:min(len(pairs), int(most))] {
		if Exclude(&pairs[i], r.baseline) == nil {
			valid++
		}
		if valid == look || int32(i+1) == most {
			return int32(i + 1), valid
		}
	}
	return 0, valid
}

// band is what the matrix says to an overhead in percent from low up to, but without, high.
type band struct {
	decision  v1alpha1.Decision
	low, high float64
}

func (b band) holds(percent float64) bool { return b.low <= percent && percent < b.high }

func (b band) holdsAll(estimate *Estimate) bool {
	return b.holds(estimate.Lower) && b.holds(estimate.Upper)
}
