package benchmark

import (
	"context"
	"fmt"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// pairPlan says what one pair is. It is a function of the benchmark's status and the pair's number alone.
type pairPlan struct {
	index        int32
	strategy     v1alpha1.ResolvedStrategy
	sandboxFirst bool
	baselineMode v1alpha1.Mode
	// sandbox and baseline are the names of the halves.
	sandbox, baseline string
}

// warmUpOrder is added to the number of a warm-up pair before its order is drawn, so that it says nothing of a measured one.
const warmUpOrder = 1 << 16

func planOf(bench *v1alpha1.Benchmark, index int32) pairPlan {
	return planned(bench, index, index, fmt.Sprintf("%s-p%04d", bench.Name, index))
}

func warmUpPlanOf(bench *v1alpha1.Benchmark, index int32) pairPlan {
	return planned(bench, index, index+warmUpOrder, fmt.Sprintf("%s-w%d", bench.Name, index))
}

func planned(bench *v1alpha1.Benchmark, index, order int32, name string) pairPlan {
	strategies := bench.Status.Strategies
	return pairPlan{
		index:        index,
		strategy:     strategies[int(index)%len(strategies)],
		sandboxFirst: overhead.Order(ptr.Deref(bench.Status.Seed, 0), order),
		baselineMode: bench.Spec.Baseline.Mode,
		sandbox:      name + "-sandbox",
		baseline:     name + "-baseline",
	}
}

// inOrder are the names and modes of the halves as they are executed.
func (p pairPlan) inOrder() [2]order {
	sandbox := order{name: p.sandbox, mode: v1alpha1.ModeSandbox}
	baseline := order{name: p.baseline, mode: p.baselineMode}
	if p.sandboxFirst {
		return [2]order{sandbox, baseline}
	}
	return [2]order{baseline, sandbox}
}

// warmUp executes the pairs that nobody measures, one after the other. They bring the image and the dataset to the
// node and the executor's processes into being; what becomes of them does not count, unless it shows that no pair ever will.
func (r *Reconciler) warmUp(ctx context.Context, s *scope) (bool, error) {
	if s.completed() > 0 {
		return false, nil
	}
	for index := range ptr.Deref(s.bench.Spec.Warmup, 0) {
		seen, done, err := r.executePair(ctx, s, warmUpPlanOf(s.bench, index))
		if seen == nil || err != nil {
			return done, err
		}
	}
	return false, nil
}

// measure executes the next pair, and when it is over counts it and says what all of them tell so far.
func (r *Reconciler) measure(ctx context.Context, s *scope) (bool, error) {
	plan := planOf(s.bench, s.completed())
	if s.completed() < ptr.Deref(s.bench.Status.Progress.PlannedPairs, 0) {
		seen, done, err := r.executePair(ctx, s, plan)
		if seen == nil || err != nil {
			return done, err
		}
		return true, r.count(ctx, s, pairOf(plan, seen[plan.sandbox], seen[plan.baseline]))
	}
	return true, r.recount(ctx, s)
}

// executePair brings a pair as far as it can go now. It returns both halves by name when the pair is over, and nil before.
func (r *Reconciler) executePair(ctx context.Context, s *scope, plan pairPlan) (map[string]sighting, bool, error) {
	orders := plan.inOrder()
	seen, err := r.lookAtBoth(ctx, s, orders)
	if err != nil || seen == nil {
		return nil, true, err
	}
	for position, o := range orders {
		half := seen[o.name]
		switch half.standing {
		case running:
			s.onTheWay(v1alpha1.ReasonMeasuring, half.note)
			return nil, true, nil
		case absent:
			if position == 0 && s.pause() {
				return nil, true, nil
			}
			s.onTheWay(v1alpha1.ReasonMeasuring, "")
			return nil, true, r.submitHalf(ctx, s, plan, o)
		}
		if refused := s.hopeless(plan, half); refused != nil {
			s.finish(refused.reason, refused.message)
			return nil, true, nil
		}
	}
	return seen, false, nil
}

// lookAtBoth returns nil if the benchmark has ended because one of the names is somebody else's.
func (r *Reconciler) lookAtBoth(ctx context.Context, s *scope, orders [2]order) (map[string]sighting, error) {
	seen := map[string]sighting{}
	for _, o := range orders {
		half, refused, err := r.look(ctx, s, o.name)
		if err != nil {
			return nil, err
		}
		if refused != nil {
			s.finish(refused.reason, refused.message)
			return nil, nil
		}
		seen[o.name] = half
	}
	first, second := seen[orders[0].name], seen[orders[1].name]
	if first.standing == absent && second.standing != absent {
		// The second is never created before the first has ended.
		first.standing = deleted
		seen[first.name] = first
	}
	return seen, nil
}

func (r *Reconciler) submitHalf(ctx context.Context, s *scope, plan pairPlan, o order) error {
	code, refused, err := r.unchanged(ctx, s, plan.strategy)
	if err != nil {
		return err
	}
	if refused == nil {
		o.code, o.limits, o.parameters = code, s.bench.Spec.Limits, s.bench.Spec.Parameters
		if refused, err = r.submit(ctx, s, o); err != nil {
			return err
		}
	}
	if refused != nil {
		s.finish(refused.reason, refused.message)
	}
	return nil
}

// hopeless says why no pair will ever count after what became of a half, nil if one may: code that the gate refuses is
// refused every time, and so is a run of this benchmark that was not even accepted before any pair was completed.
func (s *scope) hopeless(plan pairPlan, half sighting) *refusal {
	if half.run == nil {
		return nil
	}
	switch verdictOf(half.run) {
	case v1alpha1.VerdictASTRejected:
		return &refusal{reason: v1alpha1.ReasonStrategyRejected, message: rejection(plan.strategy.Name, half.run)}
	case v1alpha1.VerdictNotAccepted:
		accepted := apimeta.FindStatusCondition(half.run.Status.Conditions, v1alpha1.ConditionAccepted)
		if s.completed() == 0 && accepted != nil {
			return &refusal{reason: accepted.Reason, message: fmt.Sprintf("run %s cannot be executed: %s", half.name, accepted.Message)}
		}
	}
	return nil
}

// rejection says what the gate found in which strategy.
func rejection(strategy string, run *v1alpha1.StrategyRun) string {
	if gate := run.Status.Gate; gate != nil {
		return fmt.Sprintf("the gate rejects strategy %q: rule %s, line %d: %s", strategy, gate.Rule, ptr.Deref(gate.Line, 0), gate.Message)
	}
	return fmt.Sprintf("the gate rejects strategy %q: %s", strategy, messageOf(run))
}
