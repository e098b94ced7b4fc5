package integration

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	evaluation "github.com/stratbox/stratbox/client"
	"github.com/stratbox/stratbox/client/clientset"
	"github.com/stratbox/stratbox/internal/testutil"
)

// weather decides what happens to a request, given its verb and how many of that verb were made before it.
// It makes the request itself, or does not.
type weather func(call *http.Request, verb string, earlier int, next http.RoundTripper) (*http.Response, error)

// loopOf is an evaluator whose requests go through a weather.
func loopOf(w *world, change func(*evaluation.Options), through weather) (*evaluation.Evaluator, *requests) {
	GinkgoHelper()
	seen := &requests{}
	var mutex sync.Mutex
	counts := map[string]int{}
	config := rest.CopyConfig(restConfig)
	config.QPS = -1
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(call *http.Request) (*http.Response, error) {
			parsed, isResource := parse(call)
			if !isResource || through == nil {
				return next.RoundTrip(call)
			}
			mutex.Lock()
			earlier := counts[parsed.verb]
			counts[parsed.verb]++
			mutex.Unlock()
			return through(call, parsed.verb, earlier, next)
		})
	})
	config.Wrap(seen.wrap)
	clients, err := clientset.NewForConfig(config)
	Expect(err).NotTo(HaveOccurred())
	options := evaluation.Options{
		Namespace: w.namespace,
		Spec:      v1alpha1.StrategyRunSpec{Dataset: "tw-daily"},
		Logger:    slog.New(slog.NewTextHandler(GinkgoWriter, nil)),
	}
	if change != nil {
		change(&options)
	}
	return evaluation.New(clients, options), seen
}

func (r *requests) count(verb string) int {
	return len(r.matching(func(made request) bool { return made.verb == verb }))
}

// cut ends a watch: after its first event, or in the middle of it.
type cut struct {
	io.ReadCloser
	middle, over bool
}

func (c *cut) Read(buffer []byte) (int, error) {
	if c.over {
		return 0, io.ErrUnexpectedEOF
	}
	count, err := c.ReadCloser.Read(buffer)
	c.over = c.middle || bytes.ContainsRune(buffer[:count], '\n')
	return count, err
}

// cutting is the weather in which no watch lives long.
func cutting(middle bool) weather {
	return func(call *http.Request, verb string, _ int, next http.RoundTripper) (*http.Response, error) {
		answer, err := next.RoundTrip(call)
		if err == nil && verb == "watch" {
			answer.Body = &cut{ReadCloser: answer.Body, middle: middle}
		}
		return answer, err
	}
}

// manager ends every run of a namespace in two steps, as the controllers would: the stages of a run are conditions.
func manager(w *world, end func(*v1alpha1.StrategyRun) v1alpha1.Verdict) {
	GinkgoHelper()
	runs, err := kube.Watch(w.ctx, &v1alpha1.StrategyRunList{}, client.InNamespace(w.namespace))
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(runs.Stop)
	go func() {
		defer GinkgoRecover()
		for event := range runs.ResultChan() {
			run, isRun := event.Object.(*v1alpha1.StrategyRun)
			if !isRun || event.Type == watch.Deleted || len(run.Status.Conditions) == 2 {
				continue
			}
			stage(w.ctx, run, end(run))
		}
	}()
}

// stage takes a run one step on: first to Running, then to its verdict.
func stage(ctx context.Context, run *v1alpha1.StrategyRun, verdict v1alpha1.Verdict) {
	next := run.DeepCopy()
	finished := metav1.Condition{
		Type: v1alpha1.ConditionFinished, Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonRunning, LastTransitionTime: metav1.Now(),
	}
	next.Status.ExecutedMode = v1alpha1.ModeSandbox
	if len(run.Status.Conditions) > 0 {
		finished.Status, finished.Reason = metav1.ConditionTrue, string(verdict)
		succeeded := finished
		succeeded.Type, succeeded.Message = v1alpha1.ConditionSucceeded, "the end of "+run.Spec.StrategyID
		next.Status.Conditions = []metav1.Condition{finished, succeeded}
		next.Status.Result = &v1alpha1.Result{
			Metrics: map[string]string{"daily_sharpe": "1.31"}, Timings: &v1alpha1.Timings{ExecutionMillis: ptr.To[int64](21)},
		}
	} else {
		next.Status.Conditions = []metav1.Condition{finished}
	}
	err := kube.Status().Patch(ctx, next, client.MergeFrom(run))
	if ctx.Err() == nil {
		Expect(client.IgnoreNotFound(err)).To(Succeed())
	}
}

func completed(*v1alpha1.StrategyRun) v1alpha1.Verdict { return v1alpha1.VerdictCompleted }

var broken = &url.Error{Op: "Get", URL: "https://203.0.113.1", Err: errors.New("connection refused")}

func answered(call *http.Request, code int, reason string) *http.Response {
	body := fmt.Sprintf(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":%q,"message":"as the test says","code":%d}`, reason, code)
	return &http.Response{
		StatusCode: code, Request: call, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)),
	}
}

var _ = Describe("The client of a loop", func() {
	var w *world
	strategy := evaluation.Strategy{ID: "gen1/momentum", Source: testutil.Code, Name: "momentum"}

	BeforeEach(func() { w = newWorld() })

	DescribeTable("reads the verdict of a run that is executed once, whatever the weather",
		// Watches are counted where the weather decides how many there must be; a run that has ended is read without one.
		func(through weather, watches int) {
			manager(w, completed)
			evaluator, seen := loopOf(w, nil, through)
			outcome, err := evaluator.Evaluate(w.ctx, strategy)
			Expect(err).NotTo(HaveOccurred())
			Expect(outcome).To(Equal(evaluation.Outcome{
				Strategy: "gen1/momentum", Run: "momentum", Class: evaluation.Scored, Verdict: v1alpha1.VerdictCompleted,
				Reason: "the end of gen1/momentum", Mode: v1alpha1.ModeSandbox, Metrics: map[string]float64{"daily_sharpe": 1.31},
				Timings: v1alpha1.Timings{ExecutionMillis: ptr.To[int64](21)},
			}))
			Expect(seen.count("watch")).To(BeNumerically(">=", watches))
		},
		Entry("fair", nil, 1),
		Entry("every watch is cut off after its first event", cutting(false), 1),
		Entry("every watch is cut off in the middle of its first event", cutting(true), 2),
		Entry("the API server has forgotten where the watch was", weather(
			func(call *http.Request, verb string, earlier int, next http.RoundTripper) (*http.Response, error) {
				if verb == "watch" && earlier == 0 {
					query := call.URL.Query()
					query.Set("resourceVersion", "1")
					call.URL.RawQuery = query.Encode()
				}
				return next.RoundTrip(call)
			}), 1),
		Entry("the watch is gone", weather(
			func(call *http.Request, verb string, earlier int, next http.RoundTripper) (*http.Response, error) {
				if verb == "watch" && earlier == 0 {
					return answered(call, http.StatusGone, string(metav1.StatusReasonExpired)), nil
				}
				return next.RoundTrip(call)
			}), 1),
		Entry("the API server is away, then refuses everybody, then is back", weather(
			func(call *http.Request, _ string, earlier int, next http.RoundTripper) (*http.Response, error) {
				switch earlier {
				case 0:
					return nil, broken
				case 1:
					return answered(call, http.StatusForbidden, string(metav1.StatusReasonForbidden)), nil
				default:
					return next.RoundTrip(call)
				}
			}), 3),
		Entry("the answer to the creation is lost", weather(
			func(call *http.Request, verb string, earlier int, next http.RoundTripper) (*http.Response, error) {
				answer, err := next.RoundTrip(call)
				if err == nil && verb == "create" && earlier == 0 {
					_ = answer.Body.Close()
					return nil, broken
				}
				return answer, err
			}), 0),
	)

	It("finds the run of an earlier process, with what the API server made of its spec", func() {
		manager(w, completed)
		evaluator, seen := loopOf(w, func(o *evaluation.Options) {
			o.Spec.Limits = v1alpha1.Limits{Memory: ptr.To(resource.MustParse("2048Mi"))}
		}, nil)
		first, err := evaluator.Evaluate(w.ctx, strategy)
		Expect(err).NotTo(HaveOccurred())
		Expect(evaluator.Evaluate(w.ctx, strategy)).To(Equal(first))
		Expect(seen.count("create")).To(Equal(2))
		runs := &v1alpha1.StrategyRunList{}
		Expect(kube.List(w.ctx, runs, client.InNamespace(w.namespace))).To(Succeed())
		Expect(runs.Items).To(HaveLen(1))
	})

	It("does not take another strategy's run for its own", func() {
		w.submit(testutil.MakeRun(w.namespace, strategy.Name).StrategyID("gen0/other"))
		evaluator, _ := loopOf(w, nil, nil)
		_, err := evaluator.Evaluate(w.ctx, strategy)
		Expect(err).To(MatchError(evaluation.ErrNameTaken))
		Expect(err).To(MatchError(HaveSuffix("differs in spec.strategyID")))
	})

	It("gives the API server's sentence about a strategy that cannot be a run", func() {
		evaluator, _ := loopOf(w, nil, nil)
		tooLong := strategy
		tooLong.Source = strings.Repeat("x", 131073)
		outcome, err := evaluator.Evaluate(w.ctx, tooLong)
		Expect(apierrors.IsInvalid(err)).To(BeTrue(), "%v", err)
		Expect(outcome.Class).To(Equal(evaluation.Skip))
		Expect(outcome.Reason).To(ContainSubstring("spec.source.inline"))
	})

	It("says at once that there is no such namespace", func() {
		evaluator, _ := loopOf(w, func(o *evaluation.Options) { o.Namespace = "nowhere" }, nil)
		outcome, err := evaluator.Evaluate(w.ctx, strategy)
		Expect(apierrors.IsNotFound(err)).To(BeTrue(), "%v", err)
		Expect(outcome.Class).To(Equal(evaluation.InfrastructureError))
	})

	It("goes on when its run is deleted under way", func() {
		evaluator, _ := loopOf(w, nil, func(call *http.Request, verb string, _ int, next http.RoundTripper) (*http.Response, error) {
			if verb == "watch" {
				Expect(kube.DeleteAllOf(w.ctx, &v1alpha1.StrategyRun{}, client.InNamespace(w.namespace))).To(Succeed())
			}
			return next.RoundTrip(call)
		})
		outcome, err := evaluator.Evaluate(w.ctx, strategy)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.Class).To(Equal(evaluation.InfrastructureError))
		Expect(outcome.Reason).To(ContainSubstring("deleted before it had a verdict"))
	})

	It("leaves the run to be waited for again when its context ends", func() {
		ctx, cancel := context.WithCancel(w.ctx)
		impatient, _ := loopOf(w, nil, func(call *http.Request, verb string, _ int, next http.RoundTripper) (*http.Response, error) {
			if verb == "watch" {
				cancel()
			}
			return next.RoundTrip(call)
		})
		_, err := impatient.Evaluate(ctx, strategy)
		Expect(err).To(MatchError(context.Canceled))
		run := &v1alpha1.StrategyRun{}
		Expect(kube.Get(w.ctx, client.ObjectKey{Namespace: w.namespace, Name: strategy.Name}, run)).To(Succeed())
		manager(w, completed)
		// The stand-in watches from now on, so it is shown the run by a change.
		stage(w.ctx, run, v1alpha1.VerdictCompleted)
		patient, _ := loopOf(w, nil, nil)
		outcome, err := patient.Evaluate(w.ctx, strategy)
		Expect(err).NotTo(HaveOccurred())
		Expect(outcome.Class).To(Equal(evaluation.Scored))
	})

	It("accounts for every strategy of many, each executed once and deleted when read, while a third of all requests fail", func() {
		verdicts := []v1alpha1.Verdict{v1alpha1.VerdictCompleted, v1alpha1.VerdictOOMKilled, v1alpha1.VerdictPodLost, v1alpha1.VerdictSecurityViolation}
		var mutex sync.Mutex
		executed := map[string]int{}
		manager(w, func(run *v1alpha1.StrategyRun) v1alpha1.Verdict {
			if len(run.Status.Conditions) > 0 {
				mutex.Lock()
				executed[run.Spec.StrategyID]++
				mutex.Unlock()
			}
			return verdicts[len(run.Spec.Source.Inline)%len(verdicts)]
		})
		evaluator, _ := loopOf(w, func(o *evaluation.Options) { o.DeleteAfter = true },
			func(call *http.Request, _ string, earlier int, next http.RoundTripper) (*http.Response, error) {
				if earlier%3 == 0 {
					return nil, broken
				}
				return next.RoundTrip(call)
			})
		var strategies []evaluation.Strategy
		for i := range 20 {
			strategies = append(strategies, evaluation.Strategy{ID: fmt.Sprintf("s%02d", i), Source: "#" + strings.Repeat("x", i)})
		}
		classes := map[evaluation.Class]int{}
		var indices []int
		Expect(evaluator.EvaluateAll(w.ctx, slices.Values(strategies), 5, func(outcome evaluation.Outcome) {
			classes[outcome.Class]++
			indices = append(indices, outcome.Index)
			Expect(outcome.Strategy).To(Equal(strategies[outcome.Index].ID))
		})).To(Succeed())
		slices.Sort(indices)
		Expect(slices.Compact(indices)).To(HaveLen(20))
		Expect(classes).To(Equal(map[evaluation.Class]int{evaluation.Scored: 5, evaluation.Skip: 10, evaluation.InfrastructureError: 5}))
		Expect(executed).To(HaveLen(20))
		for id, times := range executed {
			Expect(times).To(Equal(1), id)
		}
		left := &v1alpha1.StrategyRunList{}
		Expect(kube.List(w.ctx, left, client.InNamespace(w.namespace))).To(Succeed())
		Expect(left.Items).To(BeEmpty())
	})
})
