package functional

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

// What the sandbox promises of time.
const (
	startLimit = 10 * time.Second
	endLimit   = 5 * time.Second
)

// maxMessage is what a Benchmark's status holds.
const maxMessage = 512

// sight is what one run has shown.
type sight struct {
	Run
	Observation
}

// judgement returns what was seen, or an error that says what was seen and what was expected. Every run ended with the
// verdict that is expected of it.
type judgement func([]sight) (string, error)

// disturbance is an error that is not the sandbox's.
type disturbance struct{ error }

func (t Test) outcome(observations map[string]Observation) (v1alpha1.FunctionalOutcome, string) {
	var seen []sight
	for _, name := range t.Runs {
		observation, found := observations[name]
		if !found {
			return v1alpha1.FunctionalPending, ""
		}
		seen = append(seen, sight{runNamed(name), observation})
	}
	said, err := "", asExpected(seen)
	if err == nil {
		said, err = t.judge(seen)
	}
	switch {
	case errors.As(err, &disturbance{}):
		return v1alpha1.FunctionalDisturbed, sentence(err.Error())
	case err != nil:
		return v1alpha1.FunctionalFail, sentence(err.Error())
	}
	return v1alpha1.FunctionalPass, sentence(said)
}

func sentence(text string) string {
	return contract.Truncate(contract.Clean(strings.ReplaceAll(text, "\n", "; ")), maxMessage)
}

func runNamed(name string) Run {
	for _, batch := range batches {
		for _, run := range batch {
			if run.Name == name {
				return run
			}
		}
	}
	panic("the suite has no run " + name)
}

// asExpected requires of every run its verdict, of the sandbox. One that is wrong outweighs those that say nothing.
func asExpected(seen []sight) error {
	var wrong, disturbed []error
	for _, s := range seen {
		if verdict := s.verdict(); verdict != s.Verdict {
			differs := fmt.Errorf("run %s ended %s, expected %s: %s", s.Name, told(verdict), s.Verdict, s.message())
			if saysNothing(verdict) {
				disturbed = append(disturbed, differs)
			} else {
				wrong = append(wrong, differs)
			}
		} else if s.Status.ExecutedMode != v1alpha1.ModeSandbox {
			wrong = append(wrong, fmt.Errorf("run %s was executed %s, expected Sandbox", s.Name, told(s.Status.ExecutedMode)))
		}
	}
	if len(wrong) == 0 && len(disturbed) > 0 {
		return disturbance{errors.Join(disturbed...)}
	}
	return errors.Join(wrong...)
}

func told[T ~string](value T) string {
	if value == "" {
		return "with nothing said"
	}
	return string(value)
}

// says requires that the message of the verdict contains some texts.
func says(texts ...string) judgement {
	return func(seen []sight) (string, error) {
		for _, s := range seen {
			for _, text := range texts {
				if !strings.Contains(s.message(), text) {
					return "", fmt.Errorf("run %s said: %s; expected it to say %q", s.Name, s.message(), text)
				}
			}
		}
		return seen[0].message(), nil
	}
}

// limited requires that a run ended at a limit which its message names.
func limited(limit string) judgement {
	return func(seen []sight) (string, error) {
		for _, s := range seen {
			if !apimeta.IsStatusConditionTrue(s.Status.Conditions, v1alpha1.ConditionResourceLimitExceeded) {
				return "", fmt.Errorf("run %s has no condition %s that is True", s.Name, v1alpha1.ConditionResourceLimitExceeded)
			}
		}
		return says(limit)(seen)
	}
}

// collected requires a score, and the times of what was done for it.
func collected(seen []sight) (string, error) {
	var parts []string
	for _, s := range seen {
		result := s.Status.Result
		if result == nil || result.Metrics["total_return"] == "" {
			return "", fmt.Errorf("run %s has no score, expected status.result.metrics", s.Name)
		}
		if result.Timings == nil || result.Timings.StartedMillis == nil || result.Timings.ExecutionMillis == nil {
			return "", fmt.Errorf("run %s has no times, expected status.result.timings", s.Name)
		}
		parts = append(parts, fmt.Sprintf("%s was executed in %s and has %d metrics", s.Name, millis(*result.Timings.ExecutionMillis), len(result.Metrics)))
	}
	return strings.Join(parts, ", "), nil
}

// startsInTime requires that Pods execute soon after their creation.
func startsInTime(seen []sight) (string, error) {
	return within(startLimit, "started", seen, func(s sight) *int64 {
		if s.Status.Result == nil || s.Status.Result.Timings == nil {
			return nil
		}
		return s.Status.Result.Timings.StartedMillis
	})
}

// endsInTime requires that Pods are gone soon after their verdict.
func endsInTime(seen []sight) (string, error) {
	return within(endLimit, "was gone", seen, func(s sight) *int64 { return s.EndMillis })
}

func within(limit time.Duration, what string, seen []sight, took func(sight) *int64) (string, error) {
	var parts []string
	var unseen error
	late := false
	for _, s := range seen {
		value := took(s)
		if value == nil {
			unseen = disturbance{fmt.Errorf("nobody saw when the Pod of run %s %s, expected it within %s", s.Name, what, limit)}
			continue
		}
		late = late || time.Duration(*value)*time.Millisecond >= limit
		parts = append(parts, fmt.Sprintf("%s %s after %s", s.Name, what, millis(*value)))
	}
	found := strings.Join(parts, ", ")
	if late {
		return "", fmt.Errorf("the Pod of %s; expected less than %s", found, limit)
	}
	return "the Pod of " + found, unseen
}

// clean requires that nothing was denied where everything that is denied is recorded.
func clean(seen []sight) (string, error) {
	for _, s := range seen {
		if names := s.denied(); len(names) > 0 {
			return "", fmt.Errorf("run %s has violations: %s; expected none", s.Name, strings.Join(names, ", "))
		}
		if s.Status.Environment == nil || s.Status.Environment.Detection != v1alpha1.DetectionFull {
			return "", fmt.Errorf("run %s was not watched in full, expected status.environment.detection Full", s.Name)
		}
	}
	return fmt.Sprintf("%d runs without a violation", len(seen)), nil
}

// refuses requires that each of some calls was answered EPERM and is recorded by name: names are separated by | where a
// call has more than one, depending on the processor.
func refuses(calls ...string) judgement {
	return func(seen []sight) (string, error) {
		for _, s := range seen {
			if err := s.refused(calls); err != nil {
				return "", err
			}
		}
		return "EPERM and recorded: " + strings.Join(seen[0].denied(), ", "), nil
	}
}

// unexpectedAnswer is the call that a probe makes, and nothing else does, when a call was not answered EPERM.
const unexpectedAnswer = "fspick"

func (s sight) refused(calls []string) error {
	names := s.denied()
	if s.unnamed() {
		return fmt.Errorf("run %s had more calls denied than its status has room for, so that nobody can tell whether one was answered otherwise than EPERM; recorded: %s",
			s.Name, strings.Join(names, ", "))
	}
	if slices.Contains(names, unexpectedAnswer) {
		return fmt.Errorf("run %s had a call answered otherwise than EPERM, its Pod's log says which; recorded: %s", s.Name, strings.Join(names, ", "))
	}
	var missing []string
	for _, call := range calls {
		if !slices.ContainsFunc(strings.Split(call, "|"), func(name string) bool { return slices.Contains(names, name) }) {
			missing = append(missing, call)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("run %s: not recorded: %s; recorded: %s", s.Name, strings.Join(missing, ", "), strings.Join(names, ", "))
	}
	return nil
}

// denied are the names of the calls that were denied; more than the status has room for are one name more.
func (o Observation) denied() []string {
	var names []string
	for _, v := range o.Status.Violations {
		names = append(names, v.Syscall)
	}
	if o.unnamed() {
		names = append(names, "others")
	}
	return names
}

// unnamed reports whether calls were denied whose names the status has no room for.
func (o Observation) unnamed() bool { return ptr.Deref(o.Status.ViolationsDropped, 0) > 0 }

func (o Observation) verdict() v1alpha1.Verdict {
	if finished := apimeta.FindStatusCondition(o.Status.Conditions, v1alpha1.ConditionFinished); finished != nil {
		return v1alpha1.Verdict(finished.Reason)
	}
	return ""
}

func (o Observation) message() string {
	if succeeded := apimeta.FindStatusCondition(o.Status.Conditions, v1alpha1.ConditionSucceeded); succeeded != nil {
		return succeeded.Message
	}
	return ""
}

func millis(value int64) string { return (time.Duration(value) * time.Millisecond).String() }
