package report

import (
	"github.com/stratbox/stratbox/api/v1alpha1"
)

// band is one part of the matrix that decides by overhead, half-open: from its lower bound to just below its upper one.
type band struct {
	Decision v1alpha1.Decision
	// Label is the decision in words.
	Label string
	// Range is the band in words.
	Range string
	// Pattern tells the bands apart without colour.
	Pattern string
	// upper is where the next band begins; the last one has none.
	lower, upper float64
	bounded      bool
}

// Defaults of the API server, for a Benchmark that it has not seen.
const (
	defaultOptionalPercent     = 50
	defaultDocumentOnlyPercent = 100
	defaultFloorMillis         = 1000
)

func orElse(value, otherwise int) float64 {
	if value == 0 {
		return float64(otherwise)
	}
	return float64(value)
}

func bandsOf(thresholds v1alpha1.Thresholds) []band {
	optional := orElse(deref(thresholds.OptionalPercent), defaultOptionalPercent)
	document := orElse(deref(thresholds.DocumentOnlyPercent), defaultDocumentOnlyPercent)
	return []band{
		{Decision: v1alpha1.DecisionEnableByDefault, Label: "Enable by default", Range: "below " + plain(optional),
			Pattern: "band-enable", upper: optional, bounded: true},
		{Decision: v1alpha1.DecisionOptional, Label: "Optional", Range: plain(optional) + " to below " + plain(document),
			Pattern: "band-optional", lower: optional, upper: document, bounded: true},
		{Decision: v1alpha1.DecisionDocumentOnly, Label: "Document only", Range: plain(document) + " and more",
			Pattern: "band-document", lower: document},
	}
}

// advice is what a decision asks people to do.
func advice(decision v1alpha1.Decision) string {
	switch decision {
	case v1alpha1.DecisionEnableByDefault:
		return "Enable the sandbox by default"
	case v1alpha1.DecisionOptional:
		return "Offer the sandbox as an option"
	case v1alpha1.DecisionDocumentOnly:
		return "Document the sandbox, leave it off"
	case v1alpha1.DecisionDoNotUse:
		return "Do not use the sandbox"
	default:
		return ""
	}
}
