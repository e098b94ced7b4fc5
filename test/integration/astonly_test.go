package integration

import (
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	dto "github.com/prometheus/client_model/go"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/astexecutor"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/testutil"
)

var _ = Describe("A run that is executed AST-only", func() {
	var (
		w        *world
		executor *workshop
	)
	begin := func(verdict v1alpha1.Verdict) {
		w, executor = newWorld(), newWorkshop(verdict)
		w.executor = executor
	}
	BeforeEach(func() { begin(v1alpha1.VerdictCompleted) })
	astOnly := func(name string) *testutil.RunBuilder {
		return testutil.MakeRun(w.namespace, name).Mode(v1alpha1.ModeASTOnly)
	}
	message := func(run *v1alpha1.StrategyRun) string {
		return apimeta.FindStatusCondition(w.read(run).Status.Conditions, v1alpha1.ConditionSucceeded).Message
	}

	It("is scored without a Pod, by two status writes", func() {
		run := w.submit(astOnly("direct"))
		w.carryOn(run, "True/Completed")
		Expect(w.condition(run, v1alpha1.ConditionSandboxed)).To(Equal("False/ASTOnly"))
		Expect(w.condition(run, v1alpha1.ConditionSecurityViolation)).To(Equal("Unknown/NotObserved"))
		Expect(w.condition(run, v1alpha1.ConditionResourceLimitExceeded)).To(Equal("False/WithinLimits"))
		status := w.read(run).Status
		Expect(status.ExecutedMode).To(Equal(v1alpha1.ModeASTOnly))
		Expect(status.Attempts[0].Executor).To(Equal("boot-1"))
		Expect(status.Result.Metrics).To(HaveKeyWithValue("daily_sharpe", "1.31"))
		Expect(w.calls.writes()).To(Equal([]string{"patch strategyruns/status", "patch strategyruns/status"}))
		Expect(executor.begun()).To(Equal([]int{1}))
		Expect(w.announced()).To(HaveExactElements(HavePrefix("Normal Completed ")))

		By("leaving it alone from then on")
		w.calls.forget()
		w.step(run)
		w.restart()
		w.step(run)
		Expect(w.calls.writes()).To(BeEmpty())
	})

	It("has the gate enforced, whatever gate.mode says", func() {
		w.settings.Config.Gate.Mode = contract.GateReport
		run := w.submit(astOnly("gated"))
		w.carryOn(run, "True/Completed")
		Expect(executor.taken[0].Task.GateMode).To(Equal(contract.GateEnforce))
		Expect(string(executor.taken[0].Source)).To(Equal(testutil.Code))
		Expect(executor.taken[0].MemoryBytes).To(Equal(int64(2 << 30)))
	})

	It("takes its code from a ConfigMap", func() {
		Expect(kube.Create(w.ctx, w.configMap(map[string]string{"main.py": "# kept elsewhere"}))).To(Succeed())
		run := w.submit(astOnly("kept").ConfigMap("strategies", "main.py"))
		w.carryOn(run, "True/Completed")
		Expect(string(executor.taken[0].Source)).To(Equal("# kept elsewhere"))
	})

	It("is what Auto means from the moment the configuration says so", func() {
		w.settings.Config.Sandbox.Enabled = false
		run := w.submit(testutil.MakeRun(w.namespace, "auto"))
		w.carryOn(run, "True/Completed")
		Expect(w.podsCreated()).To(BeZero())
		w.settings.Config.Sandbox.Enabled = true
		next := w.submit(testutil.MakeRun(w.namespace, "auto-again"))
		w.step(next)
		Expect(w.pod().Name).To(Equal("auto-again-0"))
	})

	DescribeTable("executes each attempt at most once, whatever call fails",
		func(kind fault, atExecutor bool) {
			const calls = 40
			for at := range calls {
				begin(v1alpha1.VerdictCompleted)
				run := w.submit(astOnly("once"))
				failed := ""
				at := func(number int, call string) fault {
					if number != at {
						return noFault
					}
					failed = fmt.Sprintf("call %d, %s", number, call)
					return kind
				}
				if atExecutor {
					executor.fault = at
				} else {
					w.calls.fault = at
				}
				w.carryOn(run, "True/Completed", func() string { return failed })
				w.calls.fault, executor.fault = nil, nil
				if failed == "" {
					Expect(executor.begun()).To(Equal([]int{1}))
					return
				}
				Expect(executor.begun()).To(Equal([]int{1}), failed)
				Expect(w.verdicts(run)).To(Equal([]v1alpha1.Verdict{v1alpha1.VerdictCompleted}), failed)
				before := w.read(run)
				w.calls.forget()
				w.step(run)
				Expect(w.calls.writes()).To(BeEmpty(), failed)
				Expect(w.read(run)).To(Equal(before), failed)
			}
			Fail("a run makes more calls than expected")
		},
		Entry("a call to the API server that does not arrive", notSent, false),
		Entry("a call to the API server whose answer is lost", answerLost, false),
		Entry("a call to the API server that takes too long for its answer", timedOut, false),
		Entry("a call to the API server that has too many", tooMany, false),
		Entry("a call to the API server that fails inside", failing, false),
		Entry("a call to the executor that does not arrive", notSent, true),
		Entry("a call to the executor whose answer is lost", answerLost, true),
	)

	It("is never executed again when its verdict is in and the cache has not seen it", func() {
		run := w.submit(astOnly("stale"))
		w.step(run)
		w.carryOn(run, "False/Running")
		open := w.read(run)
		w.carryOn(run, "True/Completed")
		verdict := w.read(run)

		By("showing a new manager the open attempt, and an executor that has forgotten it")
		executor.alter(func(e *workshop) { clear(e.held) })
		w.restart()
		w.calls.stale = open
		calls := executor.calls
		w.step(run)
		Eventually(func() int { executor.mutex.Lock(); defer executor.mutex.Unlock(); return executor.calls }).Should(BeNumerically(">", calls))
		w.restart()
		Expect(executor.begun()).To(Equal([]int{1}))
		Expect(w.read(run)).To(Equal(verdict))
	})

	DescribeTable("is repeated as another attempt when its executor is restarted",
		func(managerToo bool) {
			executor.verdict = ""
			run := w.submit(astOnly("restarted"))
			Eventually(func() map[int32]astexecutor.State { _ = w.step(run); return executor.states(run) }).
				Should(HaveKeyWithValue(int32(0), astexecutor.StateRunning))
			if managerToo {
				w.restart()
			}
			executor.alter(func(e *workshop) { e.verdict = v1alpha1.VerdictCompleted })
			executor.restart()
			w.carryOn(run, "True/Completed")
			Expect(w.verdicts(run)).To(Equal([]v1alpha1.Verdict{v1alpha1.VerdictRunnerFailed, v1alpha1.VerdictCompleted}))
			Expect(executor.begun()).To(ConsistOf(1, 1))
			Expect(message(run)).To(ContainSubstring("the AST-only executor restarted while it had the attempt"))
		},
		Entry("alone", false),
		Entry("together with the manager", true),
	)

	It("loses no result when the manager is restarted", func() {
		executor.verdict = ""
		run := w.submit(astOnly("resumed"))
		id := astexecutor.ID{RunUID: string(run.UID)}
		Eventually(func() map[int32]astexecutor.State { _ = w.step(run); return executor.states(run) }).
			Should(HaveKeyWithValue(int32(0), astexecutor.StateRunning))
		w.restart()
		executor.alter(func(e *workshop) { e.set(id, finishedReport(id, v1alpha1.VerdictCompleted)) })
		w.carryOn(run, "True/Completed")
		Expect(executor.begun()).To(Equal([]int{1}))
	})

	It("waits while the queue is full", func() {
		executor.refuse = &astexecutor.BusyError{RetryAfter: 2 * time.Second}
		run := w.submit(astOnly("patient"))
		Eventually(func() int {
			_ = w.step(run)
			executor.mutex.Lock()
			defer executor.mutex.Unlock()
			return executor.calls
		}).
			Should(BeNumerically(">=", 3))
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("False/Running"))
		executor.alter(func(e *workshop) { e.refuse = nil })
		w.carryOn(run, "True/Completed")
		Expect(w.verdicts(run)).To(HaveLen(1))
	})

	It("ends as RunnerFailed with the executor's words when it is refused", func() {
		executor.refuse = &astexecutor.RefusedError{Reason: "it has no dataset tw-daily"}
		run := w.submit(astOnly("refused"))
		w.carryOn(run, "True/RunnerFailed")
		Expect(message(run)).To(ContainSubstring("it has no dataset tw-daily"))
	})

	It("ends when nobody answers, within the executor's patience for two attempts", func() {
		executor.down = true
		run := w.submit(astOnly("alone"))
		began := w.clock.Now()
		w.carryOn(run, "False/Queued")
		w.carryOn(run, "True/RunnerFailed")
		Expect(w.clock.Now().Sub(began)).To(BeNumerically("<=", 3*time.Minute))
		Expect(message(run)).To(And(ContainSubstring("nothing was heard from the AST-only executor for"), ContainSubstring("connection lost")))
		Expect(executor.begun()).To(BeEmpty())
	})

	DescribeTable("is ended at the executor too when its owner stops it",
		func(stop func(*v1alpha1.StrategyRun), expected string) {
			executor.verdict = ""
			run := w.submit(astOnly("stopped"))
			Eventually(func() map[int32]astexecutor.State { _ = w.step(run); return executor.states(run) }).
				Should(HaveKeyWithValue(int32(0), astexecutor.StateRunning))
			if expected == "" {
				Expect(kube.Delete(w.ctx, run)).To(Succeed())
			} else {
				w.edit(run, stop)
			}
			w.step(run)
			Eventually(func() map[int32]astexecutor.State { return executor.states(run) }).
				Should(HaveKeyWithValue(int32(0), astexecutor.StateCancelled))
			if expected != "" {
				Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal(expected))
			}
		},
		Entry("by cancel", func(run *v1alpha1.StrategyRun) { run.Spec.Cancel = ptr.To(true) }, "True/Cancelled"),
		Entry("by suspend", func(run *v1alpha1.StrategyRun) { run.Spec.Suspend = ptr.To(true) }, "False/Suspended"),
		Entry("by deleting the run", nil, ""),
	)
})

var _ = Describe("A sandboxed attempt that does not end well", func() {
	var (
		w        *world
		executor *workshop
	)
	BeforeEach(func() {
		w, executor = newWorld(), newWorkshop(v1alpha1.VerdictCompleted)
		w.executor = executor
	})
	repeated := func(from, to, reason string) float64 {
		families, err := w.registry.Gather()
		Expect(err).NotTo(HaveOccurred())
		for _, family := range families {
			for _, metric := range family.Metric {
				if family.GetName() == "stratbox_attempts_repeated_total" && labelled(metric, "from", from) &&
					labelled(metric, "to", to) && labelled(metric, "reason", reason) {
					return metric.Counter.GetValue()
				}
			}
		}
		return 0
	}

	It("at a limit is followed by an AST-only attempt, with a warning, and stays visible", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "greedy").StrategyID("gen12/greedy"))
		w.step(run)
		w.report(w.pod(), w.kubelet().Terminated(137, "OOMKilled", testutil.MakeRecord(run.UID, 0).OOM().Text()))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionSandboxed)).To(Equal("False/OOMKilled"))
		Expect(w.announced()).To(HaveExactElements(And(HavePrefix("Warning FallingBack "), ContainSubstring("OOMKilled"))))
		Expect(w.audit.String()).To(And(ContainSubstring(`"level":"warn"`), ContainSubstring(`"msg":"fallback"`),
			ContainSubstring(`"reason":"OOMKilled"`), ContainSubstring(`"strategyID":"gen12/greedy"`)))
		Expect(repeated("Sandbox", "ASTOnly", "OOMKilled")).To(Equal(1.0))

		w.carryOn(run, "True/Completed")
		Expect(w.condition(run, v1alpha1.ConditionSandboxed)).To(Equal("False/OOMKilled"))
		Expect(w.condition(run, v1alpha1.ConditionResourceLimitExceeded)).To(Equal("True/OOMKilled"))
		Expect(w.verdicts(run)).To(Equal([]v1alpha1.Verdict{v1alpha1.VerdictOOMKilled, v1alpha1.VerdictCompleted}))
		Expect(w.read(run).Status.ExecutedMode).To(Equal(v1alpha1.ModeASTOnly))
		Expect(w.pods()).To(BeEmpty())
	})

	It("by misfortune is followed by another Pod five seconds later, and by an AST-only attempt if that has none either", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "unlucky"))
		w.step(run)
		lose := func() {
			w.report(w.pod(), w.kubelet().Running())
			Expect(kube.Delete(w.ctx, w.pod(), deleteNow)).To(Succeed())
		}
		lose()
		Expect(w.step(run).RequeueAfter).To(Equal(5 * time.Second))
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("False/Queued"))
		w.step(run)
		Expect(w.pods()).To(BeEmpty(), "it waits")
		w.clock.Step(5 * time.Second)
		w.step(run)
		Expect(w.pod().Name).To(Equal("unlucky-1"))
		lose()
		w.carryOn(run, "True/Completed")
		Expect(w.condition(run, v1alpha1.ConditionSandboxed)).To(Equal("False/PodLost"))
		Expect(w.podsCreated()).To(Equal(2))
		Expect(executor.begun()).To(Equal([]int{1}))
	})

	It("and whose executor is down as well ends with both reasons", func() {
		executor.down = true
		run := w.submit(testutil.MakeRun(w.namespace, "doomed"))
		w.step(run)
		w.report(w.pod(), w.kubelet().Terminated(137, "OOMKilled", testutil.MakeRecord(run.UID, 0).OOM().Text()))
		w.carryOn(run, "True/RunnerFailed")
		message := apimeta.FindStatusCondition(w.read(run).Status.Conditions, v1alpha1.ConditionSucceeded).Message
		Expect(message).To(And(ContainSubstring("nothing was heard from the AST-only executor"), ContainSubstring("attempt 0 (Sandbox) ended as OOMKilled")))
		Expect(w.condition(run, v1alpha1.ConditionSandboxed)).To(Equal("False/OOMKilled"))
	})

	It("keeps its verdict when the executor is taken away before it could be followed", func() {
		run := w.submit(testutil.MakeRun(w.namespace, "orphan"))
		w.step(run)
		w.report(w.pod(), w.kubelet().Terminated(137, "OOMKilled", testutil.MakeRecord(run.UID, 0).OOM().Text()))
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("False/Queued"))
		w.executor = nil
		w.step(run)
		Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/OOMKilled"))
	})

	DescribeTable("is the end where weaker isolation is no answer",
		func(policy v1alpha1.FallbackPolicy, record func(*testutil.RecordBuilder) *testutil.RecordBuilder, verdict v1alpha1.Verdict) {
			run := w.submit(testutil.MakeRun(w.namespace, "hostile").Fallback(policy))
			w.step(run)
			w.report(w.pod(), w.kubelet().Terminated(1, "Error", record(testutil.MakeRecord(run.UID, 0)).Text()))
			w.step(run)
			Expect(w.condition(run, v1alpha1.ConditionFinished)).To(Equal("True/" + string(verdict)))
			Expect(executor.begun()).To(BeEmpty())
			Expect(strings.Join(w.announced(), "\n")).NotTo(ContainSubstring("FallingBack"))
		},
		Entry("a violation, also beyond a limit", v1alpha1.FallbackSandboxFailure, func(r *testutil.RecordBuilder) *testutil.RecordBuilder {
			return r.Denied("socket", 1).OOM().Verdict(v1alpha1.VerdictOOMKilled, "")
		}, v1alpha1.VerdictSecurityViolation),
		Entry("a rejection by the gate", v1alpha1.FallbackSandboxFailure, func(r *testutil.RecordBuilder) *testutil.RecordBuilder {
			return r.Gate("import", 1, 1, "os").Verdict(v1alpha1.VerdictASTRejected, "")
		}, v1alpha1.VerdictASTRejected),
		Entry("an error of its own", v1alpha1.FallbackSandboxFailure, func(r *testutil.RecordBuilder) *testutil.RecordBuilder {
			return r.Verdict(v1alpha1.VerdictStrategyError, "KeyError")
		}, v1alpha1.VerdictStrategyError),
		Entry("a malformed result", v1alpha1.FallbackSandboxFailure, func(r *testutil.RecordBuilder) *testutil.RecordBuilder {
			return r.Verdict(v1alpha1.VerdictResultInvalid, "no table")
		}, v1alpha1.VerdictResultInvalid),
		Entry("a limit where only the infrastructure's failures fall back", v1alpha1.FallbackInfrastructureFailure, func(r *testutil.RecordBuilder) *testutil.RecordBuilder {
			return r.Verdict(v1alpha1.VerdictDeadlineExceeded, "")
		}, v1alpha1.VerdictDeadlineExceeded),
		Entry("a limit under Never", v1alpha1.FallbackNever, func(r *testutil.RecordBuilder) *testutil.RecordBuilder {
			return r.Verdict(v1alpha1.VerdictDeadlineExceeded, "")
		}, v1alpha1.VerdictDeadlineExceeded),
	)
})

func labelled(metric *dto.Metric, name, value string) bool {
	for _, label := range metric.Label {
		if label.GetName() == name {
			return label.GetValue() == value
		}
	}
	return false
}
