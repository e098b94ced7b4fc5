package outcome

import (
	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

//go:generate go run ./gendocs ../../docs/outcomes.md ../../docs/troubleshooting.md

// Blame says whose fault an end is.
type Blame string

// The parties that an end can be blamed on.
const (
	BlameNobody         Blame = "nobody"
	BlameStrategy       Blame = "strategy"
	BlameInfrastructure Blame = "infrastructure"
)

// Rule is one row of the table of outcomes.
type Rule struct {
	// Verdict that follows when Holds is true of the facts and of no rule before this one.
	Verdict v1alpha1.Verdict
	// Evidence is a sentence for people: what Holds looks for.
	Evidence string
	// Advice is a sentence for people: what to do about it.
	Advice string
	Blame  Blame
	Holds  func(Facts) bool
	// Explain says what happened, in a sentence with the numbers.
	Explain func(Facts) string
}

// Finding is what Classify found.
type Finding struct {
	// Verdict is empty while the attempt is under way.
	Verdict v1alpha1.Verdict
	// Message says in a sentence what happened, and in another what to do.
	Message string
	Blame   Blame
}

// maxMessage bounds messages, so that a status stays small whatever a kubelet or a webhook has to say.
const maxMessage = 600

// Classify returns the verdict of the first rule that holds, or the zero Finding while none does.
func Classify(facts Facts) Finding {
	for _, rule := range rules {
		if rule.Holds(facts) {
			return rule.finding(rule.Explain(facts) + explainOutput(facts))
		}
	}
	return Finding{}
}

// Refused is the finding for a Pod that the API server did not accept; reason is its sentence.
func Refused(reason string) Finding {
	rule := ruleOf(v1alpha1.VerdictPodRejected)
	return rule.finding("the cluster refused the Pod: " + sentence(reason))
}

// Lost is the finding for an attempt that the executor will give no verdict on; reason says why.
func Lost(reason string) Finding {
	rule := Rule{Verdict: v1alpha1.VerdictRunnerFailed, Advice: "look at the executor's log", Blame: BlameInfrastructure}
	return rule.finding(sentence(reason))
}

// Rules returns the table of outcomes, the rule that is tried first coming first.
func Rules() []Rule {
	return append([]Rule(nil), rules...)
}

// BlameOf says whose fault a verdict is.
func BlameOf(verdict v1alpha1.Verdict) Blame {
	return ruleOf(verdict).Blame
}

func ruleOf(verdict v1alpha1.Verdict) Rule {
	for _, rule := range rules {
		if rule.Verdict == verdict {
			return rule
		}
	}
	return Rule{Verdict: verdict, Blame: BlameNobody}
}

func (r Rule) finding(message string) Finding {
	if r.Advice != "" {
		message += "; " + r.Advice
	}
	return Finding{Verdict: r.Verdict, Message: contract.Truncate(contract.Clean(message), maxMessage), Blame: r.Blame}
}
