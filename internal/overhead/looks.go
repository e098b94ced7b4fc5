package overhead

// Looks are the numbers of valid pairs at which a benchmark may stop: the iterations it was asked for, and then
// twice as many each time up to maximum. They are known before the first pair is measured, which is what Levels correct for.
func Looks(iterations, maximum int32) []int32 {
	iterations = max(iterations, 1)
	looks := []int32{iterations}
	for look := int64(iterations); look < int64(maximum); {
		look = min(2*look, int64(maximum))
		looks = append(looks, int32(look))
	}
	return looks
}

// mostPairs is how many pairs a benchmark has in all, as the API bounds them.
const mostPairs = 500

// mostOf so many iterations is how many pairs are completed if nobody says otherwise: a pair that does not count costs one
// more, but where many do not, more would not either.
func mostOf(iterations int32) int32 {
	return max(min(iterations+max(2, iterations/4), mostPairs), iterations)
}

// Levels are the confidence of the intervals, between 0 and 1.
type Levels struct {
	// Paired is that of the t intervals, also of CPU time.
	Paired float64
	// Median is that of the order-statistic interval.
	Median float64
}

// LevelsOf so many planned looks. Each look has its share of the errors (Bonferroni's correction), so that the intervals
// of all looks together are right 95 times in 100 however often somebody looks.
//
// The median's interval is there to check the others, which outliers can mislead, and is stricter: it misses the true
// median at most twice in 100 times, about once on each side, whatever the distribution of the ratios is.
func LevelsOf(looks int) Levels {
	const pairedErrors, medianErrors = 0.05, 0.02
	return Levels{Paired: 1 - pairedErrors/float64(max(looks, 1)), Median: 1 - medianErrors/float64(max(looks, 1))}
}
