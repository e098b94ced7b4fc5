package overhead

import (
	"fmt"
	"math"
	"strings"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// wording says for people what was found. Every sentence carries its numbers.
type wording struct {
	rules      *rules
	statistics *Statistics
}

func (w wording) percent(figure float64) string {
	return decimal(figure, w.rules.optional, w.rules.documentOnly) + " %"
}

func (w wording) interval(estimate *Estimate) string {
	if !estimate.Bounded() {
		return "anywhere"
	}
	return fmt.Sprintf("between %s and %s", decimal(estimate.Lower, w.rules.optional, w.rules.documentOnly), w.percent(estimate.Upper))
}

// comparison such as "an iteration takes 38.2 % longer in the sandbox than in mode ASTOnly (4.12 s against 2.98 s on
// average over 20 pairs)".
func (w wording) comparison() string {
	overhead, longer := *w.statistics.Overhead, "longer"
	figure := w.percent(overhead)
	if overhead < 0 {
		figure, longer = decimal(-overhead)+" %", "less time"
	}
	than := "than in mode " + string(w.rules.baseline)
	if w.rules.selfTest() {
		than = "than in the sandbox again"
	}
	return fmt.Sprintf("an iteration takes %s %s in the sandbox %s (%s against %s on average over %s)", figure, longer, than,
		seconds(*w.statistics.Sandbox.MeanMillis), seconds(*w.statistics.Baseline.MeanMillis), count(w.statistics.Valid, "pair"))
}

func seconds(millis float64) string { return fmt.Sprintf("%.2f s", millis/1000) }

func count(number int, noun string) string {
	if number == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", number, noun)
}

func (w wording) limits(chosen band) string {
	switch {
	case math.IsInf(chosen.low, 0):
		return fmt.Sprintf("below %.0f %%", chosen.high)
	case math.IsInf(chosen.high, 0):
		return fmt.Sprintf("at least %.0f %%", chosen.low)
	default:
		return fmt.Sprintf("at least %.0f %% and below %.0f %%", chosen.low, chosen.high)
	}
}

func (w wording) suite() string {
	switch w.rules.suite {
	case suiteDisabled:
		return "no functional test was run"
	case suitePending:
		return "not every functional test has ended"
	default:
		return "every functional test passed"
	}
}

func (w wording) decision(chosen band) string {
	return w.withRemarks(fmt.Sprintf("%s: %s, which is %s, and %s.", chosen.decision, w.comparison(), w.limits(chosen), w.suite()))
}

func (w wording) doNotUse() string {
	text := fmt.Sprintf("%s: %s.", v1alpha1.DecisionDoNotUse, w.failedTests())
	if w.statistics.Overhead == nil {
		return w.withRemarks(text)
	}
	comparison := w.comparison()
	return w.withRemarks(text + " " + strings.ToUpper(comparison[:1]) + comparison[1:] + ".")
}

func (w wording) nothingCounts() string {
	return fmt.Sprintf("No decision: of %s not one counts.", count(w.statistics.Excluded, "pair"))
}

func (w wording) noDecision(why string) string { return w.withRemarks("No decision: " + why) }

// withRemarks adds what whoever reads a decision should know besides: its interval, and what is missing from it.
func (w wording) withRemarks(text string) string {
	if paired := w.statistics.Paired; paired != nil && paired.Bounded() {
		text += fmt.Sprintf(" With %s %% confidence the paired overhead lies %s.", decimalPercent(paired.Confidence), w.interval(paired))
	}
	if excluded := w.statistics.Excluded; excluded > 0 && w.statistics.Valid > 0 {
		text += fmt.Sprintf(" Excluded: %s.", count(excluded, "pair"))
	}
	if known := w.statistics.CPUPairs; known < w.statistics.Valid {
		text += fmt.Sprintf(" CPU time is known of %d of the %s.", known, count(w.statistics.Valid, "valid pair"))
	}
	return text
}

// failedTests names the first few, as disturbedTests does: the whole list is in the status.
func (w wording) failedTests() string { return testsThat("failed", w.rules.failed) }

func (w wording) disturbedTests() string {
	return testsThat("could not be judged", w.rules.disturbed)
}

func testsThat(ended string, tests []string) string {
	const named = 5
	names, rest := tests, ""
	if len(names) > named {
		names, rest = names[:named], fmt.Sprintf(" and %d more", len(names)-named)
	}
	return fmt.Sprintf("%s %s: %s%s", count(len(tests), "functional test"), ended, strings.Join(names, ", "), rest)
}

func (w wording) smoke() string {
	text := fmt.Sprintf("%d iterations are a smoke test, which decides nothing; it takes at least %d",
		w.rules.iterations, v1alpha1.MinConclusivePairs)
	return text
}

func (w wording) tooFew() string {
	return fmt.Sprintf("%s of %d count; it takes at least %d", count(w.statistics.Valid, "pair"),
		w.statistics.Valid+w.statistics.Excluded, v1alpha1.MinConclusivePairs)
}

func (w wording) tooShort() string {
	return fmt.Sprintf("the mean iteration in mode %s takes %s ms, which is below the floor of %.0f ms: "+
		"measure with a strategy that takes longer.", w.rules.baseline,
		decimal(*w.statistics.Baseline.MeanMillis, w.rules.floorMillis), w.rules.floorMillis)
}

func (w wording) selfTest() string {
	paired := w.statistics.Paired
	text := "the sandbox was compared with itself, and " + w.comparison() + "."
	switch {
	case !paired.Bounded():
		return text
	case paired.Lower <= 0 && 0 <= paired.Upper:
		return text + " The interval of the paired overhead contains 0, as it ought to."
	default:
		return text + " The interval of the paired overhead does not contain 0: something else than the sandbox differs between the halves."
	}
}

func (w wording) noSuite() string {
	return "the functional tests are disabled, and only a sandbox that passed them can be recommended"
}

func (w wording) pendingSuite() string { return "not every functional test has ended" }

func (w wording) straddles(what string, estimate *Estimate, chosen band) string {
	text := fmt.Sprintf("%s is decided by an overhead that is %s, but with %s %% confidence the %s lies %s", chosen.decision,
		w.limits(chosen), decimalPercent(estimate.Confidence), what, w.interval(estimate))
	if pairs := pairsToDecide(w.statistics, chosen); pairs > 0 {
		text += fmt.Sprintf("; about %d valid pairs would decide it, if these are typical", pairs)
	}
	return text
}

func (w wording) inside(chosen band) string {
	return fmt.Sprintf("%s of %d count, and the intervals of the paired overhead (%s, %s %% confidence), "+
		"of the overhead of the means (%s, %s %%) and of the median (%s, %s %%) are %s",
		count(w.statistics.Valid, "pair"), w.statistics.Valid+w.statistics.Excluded,
		w.interval(w.statistics.Paired), decimalPercent(w.statistics.Paired.Confidence),
		w.interval(w.statistics.Mean), decimalPercent(w.statistics.Mean.Confidence),
		w.interval(w.statistics.Median), decimalPercent(w.statistics.Median.Confidence), w.limits(chosen))
}
