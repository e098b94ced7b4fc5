package benchmark

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/functional"
)

// tries is how often the runs of a batch are executed: once more when what was seen says nothing of the sandbox.
const tries = 2

// test executes the functional suite, one batch of runs after the other, and judges each test as soon as its runs
// have ended. Runs that no open test needs are not executed again.
func (r *Reconciler) test(ctx context.Context, s *scope) (bool, error) {
	if done, _ := s.bench.Status.FunctionalTestsDone(); done {
		return s.endIfDisturbed(), nil
	}
	if !s.knowsSuite() {
		s.finish(v1alpha1.ReasonTestsDisturbed, suiteChanged)
		return true, nil
	}
	observations := map[string]functional.Observation{}
	for _, batch := range functional.Batches() {
		batch = slices.DeleteFunc(batch, func(run functional.Run) bool { return !s.needs(run.Name) })
		over, err := r.executeBatch(ctx, s, batch, observations)
		if err != nil || s.ended != "" {
			return true, err
		}
		if !over {
			s.judge(observations)
			return true, nil
		}
	}
	s.judge(observations)
	// Tests that are open still would never be judged: their runs have all ended. Package functional leaves none.
	s.goOn()
	return true, nil
}

// endIfDisturbed ends a benchmark whose tests cannot tell whether the sandbox can be used: pairs would not either. A test
// that failed can tell, whatever became of the others. It reports whether the benchmark has ended.
func (s *scope) endIfDisturbed() bool {
	disturbed := ""
	for _, test := range s.bench.Status.FunctionalTests {
		switch {
		case test.Outcome == v1alpha1.FunctionalFail:
			return false
		case test.Outcome == v1alpha1.FunctionalDisturbed && disturbed == "":
			disturbed = fmt.Sprintf("functional test %s could not be judged, because something else than the sandbox failed: %s; "+
				"mend that and create another Benchmark", test.Name, test.Message)
		}
	}
	if disturbed == "" {
		return false
	}
	s.finish(v1alpha1.ReasonTestsDisturbed, disturbed)
	return true
}

// suiteChanged is said where the manager that began the suite was another version: runs of the one are not to be judged by
// what the other expects.
const suiteChanged = "the functional tests are not those that the benchmark began with, because the operator was upgraded in between; " +
	"create another Benchmark"

// knowsSuite reports whether the tests in the status are those of this manager.
func (s *scope) knowsSuite() bool {
	return slices.EqualFunc(s.bench.Status.FunctionalTests, functional.Suite(),
		func(known v1alpha1.FunctionalTest, test functional.Test) bool { return known.Name == test.Name })
}

// needs reports whether an open test judges a run.
func (s *scope) needs(run string) bool {
	for _, test := range functional.Suite() {
		if slices.Contains(test.Runs, run) && s.outcomeOf(test.Name) == v1alpha1.FunctionalPending {
			return true
		}
	}
	return false
}

func (s *scope) outcomeOf(test string) v1alpha1.FunctionalOutcome {
	for _, known := range s.bench.Status.FunctionalTests {
		if known.Name == test {
			return known.Outcome
		}
	}
	return ""
}

// judge writes down how the open tests have ended whose runs have all been seen.
func (s *scope) judge(observations map[string]functional.Observation) {
	for _, test := range functional.Suite() {
		for i := range s.bench.Status.FunctionalTests {
			known := &s.bench.Status.FunctionalTests[i]
			if known.Name == test.Name && known.Outcome == v1alpha1.FunctionalPending {
				known.Outcome, known.Message = functional.Judge(test, observations)
			}
		}
	}
	s.tested(v1alpha1.ReasonTesting)
}

// executeBatch brings the runs of a batch as far as they can go now, and reports whether all of them are over.
func (r *Reconciler) executeBatch(ctx context.Context, s *scope, batch []functional.Run, observations map[string]functional.Observation) (bool, error) {
	for try := range tries {
		seen, over, err := r.executeTry(ctx, s, batch, try)
		if err != nil || !over {
			return false, err
		}
		again := false
		for i, run := range batch {
			observation := functional.Observation{Status: seen[i].run.Status, EndMillis: seen[i].observedEnd()}
			observations[run.Name] = observation
			again = again || functional.Repeat(observation)
		}
		again = again || len(batch) > 1 && inVain(batch, observations)
		// All of them, because what runs at the same time is a part of what is tested.
		if !again {
			break
		}
	}
	return true, nil
}

// inVain reports whether runs that belong together say nothing of the sandbox, although each of them may.
func inVain(batch []functional.Run, observations map[string]functional.Observation) bool {
	return slices.ContainsFunc(functional.Suite(), func(test functional.Test) bool {
		outcome, _ := functional.Judge(test, observations)
		return outcome == v1alpha1.FunctionalDisturbed &&
			slices.ContainsFunc(batch, func(run functional.Run) bool { return slices.Contains(test.Runs, run.Name) })
	})
}

// executeTry submits what was not submitted and reports whether all runs of a try are over.
func (r *Reconciler) executeTry(ctx context.Context, s *scope, batch []functional.Run, try int) ([]sighting, bool, error) {
	var seen []sighting
	begun, over, note := false, true, ""
	for _, run := range batch {
		sight, refused, err := r.look(ctx, s, testRunName(s.bench, run.Name, try))
		if err != nil {
			return nil, false, err
		}
		if refused == nil && sight.run != nil && sight.run.Annotations[v1alpha1.AnnotationCodeDigest] != digestOf(run.Source) {
			refused = &refusal{reason: v1alpha1.ReasonTestsDisturbed, message: suiteChanged}
		}
		if refused != nil {
			s.finish(refused.reason, refused.message)
			return nil, false, nil
		}
		begun = begun || sight.standing != absent
		over = over && sight.standing == ended
		if note == "" {
			note = sight.note
		}
		seen = append(seen, sight)
	}
	if over {
		return seen, true, r.rememberEnds(ctx, seen)
	}
	if !begun && s.pause() {
		return nil, false, nil
	}
	s.onTheWay(v1alpha1.ReasonTesting, note)
	for i, run := range batch {
		if seen[i].standing != absent && seen[i].standing != deleted {
			continue
		}
		refused, err := r.submit(ctx, s, order{name: seen[i].name, mode: v1alpha1.ModeSandbox, code: run.Source, limits: run.Limits})
		if err != nil {
			return nil, false, err
		}
		if refused != nil {
			s.finish(refused.reason, refused.message)
			return nil, false, nil
		}
	}
	return nil, false, nil
}

// rememberEnds writes down when Pods were seen to go, so that a manager that starts later need not execute their runs again.
func (r *Reconciler) rememberEnds(ctx context.Context, seen []sighting) error {
	for _, sight := range seen {
		if sight.end == nil || sight.run.Annotations[v1alpha1.AnnotationEndMillis] != "" {
			continue
		}
		annotated := sight.run.DeepCopy()
		if annotated.Annotations == nil {
			annotated.Annotations = map[string]string{}
		}
		annotated.Annotations[v1alpha1.AnnotationEndMillis] = strconv.FormatInt(*sight.end, 10)
		err := r.Client.Patch(ctx, annotated, client.MergeFrom(sight.run))
		if client.IgnoreNotFound(err) != nil {
			return fmt.Errorf("write the end of run %s: %w", sight.name, err)
		}
	}
	return nil
}

// testRunName is the name of a run of the suite: a Benchmark's has at most 40 characters, the run's
// functional.MaxRunName, and a StrategyRun's 60.
func testRunName(bench *v1alpha1.Benchmark, run string, try int) string {
	name := bench.Name + "-f-" + run
	if try > 0 {
		name += fmt.Sprintf("-r%d", try)
	}
	return name
}
