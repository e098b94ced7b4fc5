package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/stratbox/stratbox/api/v1alpha1"
	stratbox "github.com/stratbox/stratbox/client"
)

// iteration is what the loop evaluates at one place, what happens meanwhile, and what must become of it.
type iteration struct {
	strategy string
	// fault is brought about as soon as the loop has come to this iteration.
	fault func(ctx context.Context, run string)

	verdict v1alpha1.Verdict
	// mode in which it ended; empty: either.
	mode v1alpha1.Mode
	// attempts are how those before the last ended. Nil: however they did.
	attempts []v1alpha1.Verdict
}

// after are the attempts before the last; there are none if nothing is given.
func after(verdicts ...v1alpha1.Verdict) []v1alpha1.Verdict {
	return append([]v1alpha1.Verdict{}, verdicts...)
}

// loopRun is examples/loop at work.
type loopRun struct {
	name    string
	journal string
	session *gexec.Session
}

// startLoop builds and starts the example as a user does.
func startLoop(name string, folder string, iterations, parallelism int, more ...string) *loopRun {
	GinkgoHelper()
	program := filepath.Join(GinkgoT().TempDir(), "loop")
	output, err := exec.Command("go", "build", "-o", program, "../../examples/loop").CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(output))
	l := &loopRun{name: fmt.Sprintf("%s-%d", name, GinkgoRandomSeed()), journal: filepath.Join(GinkgoT().TempDir(), "loop.jsonl")}
	l.session, err = gexec.Start(exec.Command(program, append([]string{
		"-strategies", folder, "-name", l.name, "-journal", l.journal,
		"-iterations", fmt.Sprint(iterations), "-parallelism", fmt.Sprint(parallelism),
	}, more...)...), GinkgoWriter, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() { l.session.Kill().Wait() })
	return l
}

// run is the name of an iteration's StrategyRun.
func (l *loopRun) run(index int) string { return fmt.Sprintf("%s-%d", l.name, index) }

// outcomes waits for the loop's end and returns its journal by iteration: every one has exactly one line.
func (l *loopRun) outcomes(iterations int) []stratbox.Outcome {
	GinkgoHelper()
	Eventually(l.session).WithTimeout(5 * time.Minute).Should(gexec.Exit(0))
	text, err := os.ReadFile(l.journal)
	Expect(err).NotTo(HaveOccurred())
	all := make([]stratbox.Outcome, iterations)
	for line := range bytes.Lines(text) {
		var outcome stratbox.Outcome
		Expect(json.Unmarshal(line, &outcome)).To(Succeed())
		Expect(outcome.Index).To(BeNumerically("<", iterations))
		Expect(all[outcome.Index].Run).To(BeEmpty(), "iteration %d is in the journal twice", outcome.Index)
		Expect(outcome.Run).To(Equal(l.run(outcome.Index)))
		all[outcome.Index] = outcome
	}
	for index, outcome := range all {
		Expect(outcome.Run).NotTo(BeEmpty(), "iteration %d is not in the journal", index)
	}
	return all
}

// accountFor checks that the cluster says of every iteration what the journal says, and that nothing was executed
// more often than that.
func (l *loopRun) accountFor(ctx context.Context, plan []iteration, outcomes []stratbox.Outcome, pods *register) {
	GinkgoHelper()
	runs := l.runs(ctx)
	Expect(runs).To(HaveLen(len(plan)))
	for index, want := range plan {
		outcome, run := outcomes[index], runs[l.run(index)]
		because := fmt.Sprintf("iteration %d, %s: %+v", index, want.strategy, outcome)
		Expect(outcome.Verdict).To(Equal(want.verdict), because)
		Expect(outcome.Class).To(Equal(stratbox.ClassOf(want.verdict)), because)
		if want.verdict == v1alpha1.VerdictCompleted {
			Expect(outcome.Metrics).NotTo(BeEmpty(), because)
		} else {
			Expect(outcome.Metrics).To(BeEmpty(), because)
		}
		said, why := verdict(run)
		Expect(said).To(Equal(outcome.Verdict), "%s; the cluster says: %s", because, why)
		if want.mode != "" {
			Expect(outcome.Mode).To(Equal(want.mode), because)
		}
		verdicts, sandboxed := attemptsOf(run)
		Expect(verdicts[len(verdicts)-1]).To(Equal(want.verdict), because)
		if want.attempts != nil {
			Expect(verdicts[:len(verdicts)-1]).To(Equal(want.attempts), because)
		}
		Expect(pods.podsOf(run.Name)).To(Equal(sandboxed), because)
	}
}

// attemptsOf are the verdicts of a run's attempts, and the number of those that had a Pod.
func attemptsOf(run *v1alpha1.StrategyRun) (verdicts []v1alpha1.Verdict, sandboxed int) {
	for _, attempt := range run.Status.Attempts {
		verdicts = append(verdicts, attempt.Verdict)
		if attempt.PodUID != "" {
			sandboxed++
		}
	}
	return verdicts, sandboxed
}

func (l *loopRun) runs(ctx context.Context) map[string]*v1alpha1.StrategyRun {
	GinkgoHelper()
	var list v1alpha1.StrategyRunList
	Expect(cluster.List(ctx, &list)).To(Succeed())
	runs := map[string]*v1alpha1.StrategyRun{}
	for i := range list.Items {
		if run := &list.Items[i]; strings.HasPrefix(run.Name, l.name+"-") {
			runs[run.Name] = run
		}
	}
	return runs
}
