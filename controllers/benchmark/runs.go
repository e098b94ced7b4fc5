package benchmark

import (
	"context"
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

const (
	// keepRunSeconds is how long a finished run is kept for people to look at. What the benchmark needs of it is read at once.
	keepRunSeconds = 3600
	// goneBy is how long a Pod may take to go after the verdict before the benchmark goes on without knowing its end.
	goneBy = time.Minute
	// askAgain is how long the cache has to show a run that exists already.
	askAgain = time.Second
)

// standing is how far a run of the benchmark has got.
type standing int

const (
	// absent: nobody has created it.
	absent standing = iota
	// ahead of its end, or its Pod is not gone yet.
	running
	// ended, and so has its Pod.
	ended
	// deleted by somebody, although it was needed.
	deleted
)

// sighting is what can be seen of a run now.
type sighting struct {
	name     string
	standing standing
	// run is nil unless it exists and is the benchmark's own.
	run *v1alpha1.StrategyRun
	// note explains a wait that is out of the ordinary.
	note string
	// end is the milliseconds from the verdict until the Pod was gone; nil if nobody saw that.
	end *int64
}

// look says how far a run has got. A run of its name that is not the benchmark's own is a refusal, unless it is about to go
// with an earlier benchmark.
func (r *Reconciler) look(ctx context.Context, s *scope, name string) (sighting, *refusal, error) {
	seen := sighting{name: name}
	run := &v1alpha1.StrategyRun{}
	err := r.Client.Get(ctx, s.inNamespace(name), run)
	if apierrors.IsNotFound(err) {
		if !s.witness.submitted[name] {
			return seen, nil, nil
		}
		// Only the API server can say that a run is gone; a cache can only say that it has not seen it.
		err = r.APIReader.Get(ctx, s.inNamespace(name), run)
		if apierrors.IsNotFound(err) {
			seen.standing = deleted
			return seen, nil, nil
		}
	}
	if err != nil {
		return seen, nil, fmt.Errorf("read run %s: %w", name, err)
	}
	seen.standing = running
	if !controlledBy(run, s.bench.UID) {
		if ofBenchmarkNamed(run, s.bench.Name) {
			// The garbage collector deletes the runs of a benchmark that is gone, and the event of that brings this one back.
			seen.note = fmt.Sprintf("waits until run %s of an earlier benchmark of this name is gone", name)
			return seen, nil, nil
		}
		return seen, &refusal{
			reason:  v1alpha1.ReasonNameTaken,
			message: fmt.Sprintf("there is a StrategyRun %s that is not this benchmark's; give the benchmark another name", name),
		}, nil
	}
	seen.run = run
	s.witness.submitted[name] = true
	if !runFinished(run) {
		s.witness.underway[run.Name] = true
		return seen, nil, nil
	}
	return seen, nil, r.watchEnd(ctx, s, &seen)
}

// watchEnd waits until the Pod of a run that has its verdict is gone, but not for ever: a node that is silent keeps its
// Pods, and disturbs nobody.
func (r *Reconciler) watchEnd(ctx context.Context, s *scope, seen *sighting) error {
	run := seen.run
	if end, over := s.witness.ends[run.Name]; over {
		seen.standing, seen.end = ended, end
		return nil
	}
	pod, err := r.lastPod(ctx, run)
	if err != nil {
		return err
	}
	verdict := verdictAt(run)
	if pod != nil && s.now.Before(verdict.Add(goneBy)) {
		s.witness.underway[run.Name] = true
		s.wakeAt(verdict.Add(goneBy))
		return nil
	}
	seen.standing = ended
	if pod == nil && hadPod(run) && s.witness.underway[run.Name] {
		seen.end = ptr.To(max(s.now.Sub(verdict).Milliseconds(), 0))
	}
	s.witness.ends[run.Name] = seen.end
	return nil
}

// lastPod returns the Pod of a run's last attempt, nil if there is none any more.
func (r *Reconciler) lastPod(ctx context.Context, run *v1alpha1.StrategyRun) (*corev1.Pod, error) {
	if !hadPod(run) {
		return nil, nil
	}
	last := run.Status.Attempts[len(run.Status.Attempts)-1]
	pod := &corev1.Pod{}
	err := r.Client.Get(ctx, client.ObjectKey{Namespace: run.Namespace, Name: last.Pod}, pod)
	switch {
	case apierrors.IsNotFound(err), err == nil && pod.UID != types.UID(last.PodUID):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read Pod %s: %w", last.Pod, err)
	default:
		return pod, nil
	}
}

func hadPod(run *v1alpha1.StrategyRun) bool {
	n := len(run.Status.Attempts)
	return n > 0 && run.Status.Attempts[n-1].Pod != ""
}

// order is what a run is to do.
type order struct {
	name   string
	mode   v1alpha1.Mode
	code   string
	limits v1alpha1.Limits
	// parameters are the benchmark's own for its strategies; the functional suite has none.
	parameters map[string]string
}

// submit creates a run. One that exists already was created by a manager that did not hear of it; look tells whose it is.
// A benchmark that is not what it was when it was read creates nothing: an event is under way that brings it back.
func (r *Reconciler) submit(ctx context.Context, s *scope, o order) (*refusal, error) {
	live := &v1alpha1.Benchmark{}
	err := r.APIReader.Get(ctx, client.ObjectKeyFromObject(s.bench), live)
	if err != nil && !apierrors.IsNotFound(err) {
		return nil, fmt.Errorf("read benchmark before a run: %w", err)
	}
	if err != nil || live.UID != s.bench.UID || live.ResourceVersion != s.original.ResourceVersion {
		return nil, nil
	}
	err = r.Client.Create(ctx, build(s.bench, o, r.Clock.Now()))
	switch {
	case err == nil:
		s.witness.submitted[o.name], s.witness.underway[o.name] = true, true
		return nil, nil
	case apierrors.IsAlreadyExists(err):
		s.witness.submitted[o.name] = true
		// No event comes of one that is not this benchmark's.
		s.wakeAt(s.now.Add(askAgain))
		return nil, nil
	case apierrors.IsForbidden(err), apierrors.IsInvalid(err), apierrors.IsBadRequest(err), apierrors.IsRequestEntityTooLargeError(err):
		return &refusal{reason: v1alpha1.ReasonRunRefused, message: err.Error()}, nil
	default:
		return nil, fmt.Errorf("create run %s: %w", o.name, err)
	}
}

func build(bench *v1alpha1.Benchmark, o order, now time.Time) *v1alpha1.StrategyRun {
	return &v1alpha1.StrategyRun{
		ObjectMeta: metav1.ObjectMeta{
			Namespace:       bench.Namespace,
			Name:            o.name,
			OwnerReferences: []metav1.OwnerReference{ownerOf(bench)},
			Labels:          map[string]string{v1alpha1.LabelBenchmark: bench.Name},
			Annotations: map[string]string{
				v1alpha1.AnnotationSubmittedAt: now.UTC().Format(time.RFC3339Nano),
				v1alpha1.AnnotationCodeDigest:  digestOf(o.code),
			},
		},
		Spec: v1alpha1.StrategyRunSpec{
			Source:     v1alpha1.StrategySource{Inline: o.code},
			Mode:       o.mode,
			Dataset:    bench.Spec.Dataset,
			Parameters: o.parameters,
			Limits:     o.limits,
			// What falls back is not what was to be measured.
			Fallback:                v1alpha1.Fallback{Policy: v1alpha1.FallbackNever},
			TTLSecondsAfterFinished: ptr.To(int32(keepRunSeconds)),
		},
	}
}

// ownerOf makes the benchmark the controller of an object. It does not block the benchmark's deletion, for which the
// manager would need more rights.
func ownerOf(bench *v1alpha1.Benchmark) metav1.OwnerReference {
	return metav1.OwnerReference{
		APIVersion: v1alpha1.GroupVersion.String(), Kind: benchmarkKind, Name: bench.Name, UID: bench.UID, Controller: ptr.To(true),
	}
}

const benchmarkKind = "Benchmark"

func controlledBy(object metav1.Object, bench types.UID) bool {
	owner := metav1.GetControllerOfNoCopy(object)
	return owner != nil && owner.UID == bench
}

// ofBenchmarkNamed reports whether a Benchmark of this name, perhaps one that exists no more, controls an object.
func ofBenchmarkNamed(object metav1.Object, name string) bool {
	owner := metav1.GetControllerOfNoCopy(object)
	return owner != nil && owner.Kind == benchmarkKind && owner.Name == name && owner.APIVersion == v1alpha1.GroupVersion.String()
}

func runFinished(run *v1alpha1.StrategyRun) bool {
	return apimeta.IsStatusConditionTrue(run.Status.Conditions, v1alpha1.ConditionFinished)
}

// observedEnd is how long a run's Pod took to go, as this manager or one before it has seen.
func (s sighting) observedEnd() *int64 {
	if s.end != nil || s.run == nil {
		return s.end
	}
	if millis, err := strconv.ParseInt(s.run.Annotations[v1alpha1.AnnotationEndMillis], 10, 64); err == nil {
		return &millis
	}
	return nil
}
