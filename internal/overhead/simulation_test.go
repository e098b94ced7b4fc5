package overhead

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// replications of the simulation can be raised by hand: docs/benchmark-method.md tells what came out of many.
var replications = flag.Int("replications", 0, "simulated benchmarks per case; 0 is as many as a quick test needs")

func repeated(quick int) int {
	if *replications > 0 {
		return *replications
	}
	return quick
}

func share(count, all int) float64 { return 100 * float64(count) / float64(all) }

var (
	calm     = world{noise: 0.05}
	skewed   = world{noise: 0.08, skewed: true}
	drifting = world{noise: 0.05, drift: 0.02, second: 0.03}
	outliers = world{noise: 0.05, drift: 0.02, second: 0.03, outliers: 0.05}
	restless = world{noise: 0.15, drift: 0.02, second: 0.03, outliers: 0.02}
)

func TestSimulationTheIntervalHoldsTheTruth(t *testing.T) {
	for name, test := range map[string]struct {
		world world
		// Outliers in both modes make the t interval too wide rather than too narrow.
		low, high float64
	}{
		"calm":                           {calm, 93, 97},
		"noise to the slow side":         {skewed, 93, 97},
		"drift, and a slow second half":  {drifting, 93, 97},
		"much noise, drift and outliers": {restless, 93, 97},
		"drift and many outliers":        {outliers, 95, 100},
	} {
		t.Run(name, func(t *testing.T) {
			const truth, pairs = 38, 20
			random := rand.New(rand.NewPCG(1, 2))
			held, medianHeld, all := 0, 0, repeated(1000)
			for range all {
				statistics := Measure(test.world.benchmark(random, pairs, truth), v1alpha1.ModeASTOnly, LevelsOf(1))
				if statistics.Paired.Lower <= truth && truth <= statistics.Paired.Upper {
					held++
				}
				if statistics.Median.Lower <= truth && truth <= statistics.Median.Upper {
					medianHeld++
				}
			}
			t.Logf("paired %.2f %%, median %.2f %%", share(held, all), share(medianHeld, all))
			if got := share(held, all); got < test.low || got > test.high {
				t.Errorf("the paired interval holds the truth in %.2f %% of all benchmarks, want %v to %v", got, test.low, test.high)
			}
			// 98.8 % with 20 pairs, whatever the distribution.
			if got := share(medianHeld, all); got < 97.5 {
				t.Errorf("the median's interval holds the truth in %.2f %% of all benchmarks", got)
			}
		})
	}
}

func TestSimulationTheSandboxAgainstItselfHasNoOverhead(t *testing.T) {
	for name, world := range map[string]world{"calm": calm, "drift, and a slow second half": drifting} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(3, 4))
			held, all := 0, repeated(1000)
			for range all {
				pairs := world.benchmark(random, 20, 0)
				for i := range pairs {
					pairs[i].Baseline.Mode = v1alpha1.ModeSandbox
				}
				paired := Measure(pairs, v1alpha1.ModeSandbox, LevelsOf(1)).Paired
				if paired.Lower <= 0 && 0 <= paired.Upper {
					held++
				}
			}
			t.Logf("%.2f %%", share(held, all))
			if got := share(held, all); got < 93 || got > 97 {
				t.Errorf("0 is inside the interval of %.2f %% of all self-tests, want about 95", got)
			}
		})
	}
}

// However often somebody looks, the intervals of all looks together hold the truth: without the correction it would be
// about 89 % of all benchmarks.
func TestSimulationLookingSeveralTimesIsCorrected(t *testing.T) {
	const truth = 38
	looks := Looks(20, 80)
	random := rand.New(rand.NewPCG(5, 6))
	held, naive, all := 0, 0, repeated(1000)
	for range all {
		pairs := drifting.benchmark(random, 80, truth)
		if everyLookHolds(pairs, looks, LevelsOf(len(looks)), truth) {
			held++
		}
		if everyLookHolds(pairs, looks, LevelsOf(1), truth) {
			naive++
		}
	}
	t.Logf("%.2f %%, without the correction %.2f %%", share(held, all), share(naive, all))
	if got := share(held, all); got < 94 {
		t.Errorf("in %.2f %% of all benchmarks the intervals of all looks hold the truth, want at least 95", got)
	}
	if got := share(naive, all); got > 93 {
		t.Errorf("without the correction it would be %.2f %%, so this test shows nothing", got)
	}
}

func everyLookHolds(pairs []Pair, looks []int32, levels Levels, truth float64) bool {
	for _, look := range looks {
		paired := Measure(pairs[:look], v1alpha1.ModeASTOnly, levels).Paired
		if truth < paired.Lower || paired.Upper < truth {
			return false
		}
	}
	return true
}

func TestSimulationConclusiveDecisionsAreRight(t *testing.T) {
	worlds := map[string]world{
		"calm": calm, "noise to the slow side": skewed, "drift, and a slow second half": drifting,
		"drift and many outliers": outliers, "much noise, drift and outliers": restless,
	}
	for _, maximum := range []int32{20, 80} {
		t.Run(fmt.Sprintf("up to %d pairs", maximum), func(t *testing.T) {
			var distant, near outcomes
			for name, world := range worlds {
				t.Log(name)
				distant.add(decideOften(t, world, maximum, 38, repeated(50)))
				// At a threshold no benchmark can tell, so that it must hardly ever conclude anything.
				for _, truth := range []float64{49.9, 50, 100} {
					near.add(decideOften(t, world, maximum, truth, repeated(100)))
				}
			}
			if distant.wrong > 0 || distant.conclusive < distant.all/3 {
				t.Errorf("at 38 %% overhead, %d of %d benchmarks conclude something, and %d what is wrong",
					distant.conclusive, distant.all, distant.wrong)
			}
			if got := share(near.wrong, near.all); got > 1 {
				t.Errorf("close to a threshold, %.2f %% of all benchmarks conclude what is wrong", got)
			}
		})
	}
}

// What happens in one of 20 sandboxed iterations and in no other makes their mean longer, but a benchmark of 20 pairs
// has not seen it in 36 % of all cases. Nothing can be concluded from what was not seen; more pairs are what helps, since
// the interval of the overhead of the means becomes wide as soon as it was.
func TestSimulationRareEventsOfTheSandboxAloneNeedMorePairs(t *testing.T) {
	rare := world{noise: 0.05, sandboxOutliers: 0.05} // 38 % in a usual iteration are 55 % on average
	for pairs, tolerated := range map[int32]float64{20: 40, 120: 5} {
		found := decideOften(t, rare, pairs, 38, repeated(300), func(spec *v1alpha1.BenchmarkSpec) { spec.Iterations = ptr.To(pairs) })
		if got := share(found.wrong, found.all); got > tolerated {
			t.Errorf("with %d pairs, %.2f %% of all benchmarks conclude what is wrong", pairs, got)
		}
	}
}

// outcomes of simulated benchmarks.
type outcomes struct{ all, conclusive, wrong, pairs int }

func (o *outcomes) add(other outcomes) {
	o.all += other.all
	o.conclusive += other.conclusive
	o.wrong += other.wrong
	o.pairs += other.pairs
}

// decideOften simulates benchmarks whose sandboxed halves truly take percent longer.
func decideOften(t *testing.T, world world, maximum int32, percent float64, all int, change ...func(*v1alpha1.BenchmarkSpec)) outcomes {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(maximum), uint64(percent*1000)))
	spec := specOf(append([]func(*v1alpha1.BenchmarkSpec){func(spec *v1alpha1.BenchmarkSpec) { spec.MaxIterations = ptr.To(maximum) }}, change...)...)
	right := bandOf(world.formula(percent))
	found := outcomes{all: all}
	for range all {
		assessment := Assess(spec, passedTests, world.benchmark(random, int(max(maximum, *spec.Iterations)), percent))
		found.pairs += int(assessment.Planned)
		if assessment.Conclusive.Status != metav1.ConditionTrue {
			continue
		}
		found.conclusive++
		if assessment.Decision != right {
			found.wrong++
		}
	}
	t.Logf("overhead %v: %.2f %% conclusive, %.2f %% wrong, after %.1f pairs", percent,
		share(found.conclusive, all), share(found.wrong, all), float64(found.pairs)/float64(all))
	return found
}
