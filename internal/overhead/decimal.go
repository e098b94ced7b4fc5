package overhead

import (
	"math"
	"strconv"
)

// decimal writes a figure with one decimal, and with as many more as it takes for the text to be on the same side of
// every threshold as the figure itself: nobody is to read 50.0 where 49.96 was decided on.
func decimal(figure float64, thresholds ...float64) string {
	const longest = 1e15 // so that the text fits into its field of the status
	if math.Abs(figure) >= longest {
		return strconv.FormatFloat(figure, 'g', 6, 64)
	}
	for digits := 1; digits <= 15; digits++ {
		text := strconv.FormatFloat(figure, 'f', digits, 64)
		if text == "-0.0" {
			text = "0.0"
		}
		if rounded, err := strconv.ParseFloat(text, 64); err == nil && sameSide(rounded, figure, thresholds) {
			return text
		}
	}
	return strconv.FormatFloat(figure, 'f', -1, 64)
}

func sameSide(rounded, figure float64, thresholds []float64) bool {
	for _, threshold := range thresholds {
		if (rounded >= threshold) != (figure >= threshold) {
			return false
		}
	}
	return true
}

// confidence writes a level such as 0.95 or 0.9833.
func confidence(level float64) string {
	const digits = 1e4
	return strconv.FormatFloat(math.Floor(level*digits+1e-6)/digits, 'f', -1, 64)
}

// decimalPercent writes a level as a percentage, such as 95 or 98.33.
func decimalPercent(level float64) string {
	const digits = 100
	return strconv.FormatFloat(math.Floor(level*100*digits+1e-6)/digits, 'f', -1, 64)
}
