package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// removalTime is how long a verdict that was read may be held back by the deletion of its run.
const removalTime = 10 * time.Second

// submit creates the run, or finds the one that is the same. A creation whose answer was lost has made a run, which the
// next try finds.
func (e *Evaluator) submit(ctx context.Context, run *v1alpha1.StrategyRun) (*v1alpha1.StrategyRun, error) {
	var submitted *v1alpha1.StrategyRun
	err := e.persist(ctx, "submitting "+keyOf(run), func(*patience) error {
		created, err := e.runs.Create(ctx, run, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) {
			created, err = e.adopt(ctx, run)
		}
		submitted = created
		return err
	})
	return submitted, err
}

// adopt returns the run that has the name already, if it evaluates the same.
func (e *Evaluator) adopt(ctx context.Context, run *v1alpha1.StrategyRun) (*v1alpha1.StrategyRun, error) {
	existing, err := e.runs.Get(ctx, run.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err), err == nil && existing.DeletionTimestamp != nil:
		return nil, fmt.Errorf("a StrategyRun of this name is just being deleted")
	case err != nil:
		return nil, err
	}
	if fields := differences(run.Spec, existing.Spec); len(fields) > 0 {
		return nil, fmt.Errorf("%w and differs in %s", ErrNameTaken, strings.Join(fields, ", "))
	}
	return existing, nil
}

// differences names the fields in which two specs evaluate something else. What can be changed later does not count.
func differences(wanted, found v1alpha1.StrategyRunSpec) []string {
	wanted, found = immutable(wanted), immutable(found)
	var fields []string
	for _, field := range []struct {
		name string
		same bool
	}{
		{"spec.strategyID", wanted.StrategyID == found.StrategyID},
		{"spec.source", apiequality.Semantic.DeepEqual(wanted.Source, found.Source)},
		{"spec.mode", wanted.Mode == found.Mode},
		{"spec.dataset", wanted.Dataset == found.Dataset},
		{"spec.parameters", apiequality.Semantic.DeepEqual(wanted.Parameters, found.Parameters)},
		{"spec.limits", apiequality.Semantic.DeepEqual(wanted.Limits, found.Limits)},
		{"spec.fallback", wanted.Fallback == found.Fallback},
	} {
		if !field.same {
			fields = append(fields, field.name)
		}
	}
	return fields
}

// remove deletes a run whose verdict was read. Where that fails its TTL does it later, so it is no error.
func (e *Evaluator) remove(ctx context.Context, run *v1alpha1.StrategyRun) {
	ctx, cancel := context.WithTimeout(ctx, removalTime)
	defer cancel()
	var forbidden error
	err := e.persist(ctx, "deleting "+keyOf(run), func(*patience) error {
		err := e.runs.Delete(ctx, run.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: ptr.To(run.UID)}})
		switch {
		// Conflict: a run of another UID has the name by now.
		case apierrors.IsNotFound(err), apierrors.IsConflict(err):
			return nil
		case apierrors.IsForbidden(err):
			forbidden = err
			return nil
		}
		return err
	})
	if err := errors.Join(err, forbidden); err != nil {
		e.log.WarnContext(ctx, "a run that was read is left to its TTL", "run", run.Name, "error", err)
	}
}

func keyOf(run *v1alpha1.StrategyRun) string {
	return "StrategyRun " + run.Namespace + "/" + run.Name
}
