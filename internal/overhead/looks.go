package overhead

// Looks are the numbers of completed pairs at which a benchmark may stop: the iterations it was asked for, and then
// twice as many each time up to max. They are known before the first pair is measured, which is what Confidence corrects for.
func Looks(iterations, maximum int32) []int32 {
	looks := []int32{iterations}
	for look := int64(iterations); look < int64(maximum); {
		look = min(2*look, int64(maximum))
		looks = append(looks, int32(look))
	}
	return looks
}

// Confidence of every interval so that all looks together are right 95 times in 100 (Bonferroni's correction).
func Confidence(looks int) float64 {
	return 1 - errorRate/float64(max(looks, 1))
}

// errorRate is how often at most the intervals of a benchmark may miss.
const errorRate = 0.05
