package overhead

import (
	"math"
	"math/rand/v2"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// world is what iterations are disturbed by. All factors are relative.
type world struct {
	// noise is the standard deviation of the logarithm of every single time.
	noise float64
	// skewed noise has an exponential tail to the slow side instead.
	skewed bool
	// drift slows the machine down by so much a pair on average, and lets it wander about as much.
	drift float64
	// second is how much longer the second half of a pair takes, whichever it is.
	second float64
	// outliers is the part of all times that are two to five times as long.
	outliers float64
	// sandboxOutliers come on top of them in the sandboxed halves.
	sandboxOutliers float64
}

// overhead of mean times that a world with so much true overhead has.
func (w world) formula(percent float64) float64 {
	slower := func(outliers float64) float64 { return 1 + outliers*meanOutlier }
	return ((1+percent/100)*slower(w.outliers+w.sandboxOutliers)/slower(w.outliers) - 1) * 100
}

// meanOutlier is how much an outlier adds on average.
const meanOutlier = 2.5

// benchmark draws pairs from the world, the sandboxed halves of which truly take percent longer.
func (w world) benchmark(random *rand.Rand, pairs int, percent float64) []Pair {
	seed := random.Int64()
	level := math.Log(3000)
	drawn := make([]Pair, pairs)
	for i := range drawn {
		level += w.drift * (1 + random.NormFloat64())
		sandbox := math.Exp(level) * (1 + percent/100) * w.disturbance(random, w.outliers+w.sandboxOutliers)
		baseline := math.Exp(level) * w.disturbance(random, w.outliers)
		sandboxFirst := Order(seed, int32(i))
		if sandboxFirst {
			baseline *= 1 + w.second
		} else {
			sandbox *= 1 + w.second
		}
		drawn[i] = pairOf(i, int64(sandbox+0.5), int64(baseline+0.5))
		drawn[i].SandboxFirst = sandboxFirst
	}
	return drawn
}

func (w world) disturbance(random *rand.Rand, outliers float64) float64 {
	factor := math.Exp(random.NormFloat64() * w.noise)
	if w.skewed {
		factor = 1 + random.ExpFloat64()*w.noise
	}
	if random.Float64() < outliers {
		factor *= 2 + 3*random.Float64()
	}
	return factor
}

func newRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// bandOf the default thresholds, without the code that is tested.
func bandOf(percent float64) v1alpha1.Decision {
	switch {
	case percent < 50:
		return v1alpha1.DecisionEnableByDefault
	case percent < 100:
		return v1alpha1.DecisionOptional
	default:
		return v1alpha1.DecisionDocumentOnly
	}
}
