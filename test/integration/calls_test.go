package integration

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/controllers/strategyrun"
)

// calls watches what a manager asks of the API server, and can make any one of its calls fail.
type calls struct {
	mutex sync.Mutex
	// made lists the calls in order, as "verb kind" or "verb kind/subresource".
	made []string
	// fault decides what goes wrong with the call of a number, counted from 0. Nil: nothing ever does.
	fault func(number int, call string) fault
	// created counts the objects that came to be, by resource, whether or not the manager was told.
	created map[string]int
	// statuses are all that were written, in order.
	statuses []v1alpha1.StrategyRunStatus
	// stale is what the cache says of a run, if it is behind.
	stale *v1alpha1.StrategyRun
	// past is what the cache says of everything, if it is behind.
	past *past
}

// fault is what goes wrong with a call.
type fault int

const (
	// noFault: the call is made and answered.
	noFault fault = iota
	// notSent: the call never reaches the API server.
	notSent
	// answerLost: the call has its effect, and its answer is lost.
	answerLost
	// timedOut: the call has its effect, and the API server answers that it took too long.
	timedOut
	// conflict: somebody else wrote meanwhile.
	conflict
	// tooMany: the API server answers that it has too much to do.
	tooMany
	// failing: the API server answers that something is wrong inside it.
	failing
)

// answer is what the API server says where it does not do as it was asked, nil where it does not answer.
func (f fault) answer(call string) error {
	switch f {
	case timedOut:
		return apierrors.NewTimeoutError("request did not complete within the allotted timeout", 1)
	case conflict:
		return apierrors.NewConflict(schema.GroupResource{Resource: call}, "survivor", errors.New("the object has been modified"))
	case tooMany:
		return apierrors.NewTooManyRequests("too many requests", 1)
	case failing:
		return apierrors.NewInternalError(errors.New("etcdserver: leader changed"))
	default:
		return connectionError{call: call}
	}
}

type connectionError struct{ call string }

func (e connectionError) Error() string { return "connection lost during " + e.call }

func newCalls() *calls { return &calls{created: map[string]int{}} }

// writes lists the calls that changed something or tried to.
func (c *calls) writes() []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var writes []string
	for _, call := range c.made {
		if isWrite(call) {
			writes = append(writes, call)
		}
	}
	return writes
}

func isWrite(call string) bool {
	return !strings.HasPrefix(call, "get ") && !strings.HasPrefix(call, "list ")
}

func (c *calls) forget() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.made = nil
}

func (c *calls) make(call string, act func() error) error {
	c.mutex.Lock()
	number := len(c.made)
	c.made = append(c.made, call)
	fault := noFault
	if c.fault != nil {
		fault = c.fault(number, call)
	}
	c.mutex.Unlock()
	switch fault {
	case noFault:
		return act()
	case answerLost, timedOut:
		_ = act()
	}
	return fault.answer(call)
}

// cached is how a manager reads from its cache.
func (c *calls) cached() interceptor.Funcs {
	funcs := c.direct()
	read := funcs.Get
	funcs.Get = func(ctx context.Context, kube client.WithWatch, key client.ObjectKey, object client.Object, opts ...client.GetOption) error {
		if run, isRun := object.(*v1alpha1.StrategyRun); isRun && c.stale != nil {
			c.stale.DeepCopyInto(run)
			return nil
		}
		if c.past != nil {
			return c.past.Get(ctx, key, object, opts...)
		}
		if err := read(ctx, kube, key, object, opts...); err != nil {
			return err
		}
		return asCached(object)
	}
	list := funcs.List
	funcs.List = func(ctx context.Context, kube client.WithWatch, objects client.ObjectList, opts ...client.ListOption) error {
		if c.past != nil {
			return c.past.List(ctx, objects, opts...)
		}
		err := list(ctx, kube, objects, opts...)
		if runs, areRuns := objects.(*v1alpha1.StrategyRunList); areRuns && c.stale != nil {
			for i := range runs.Items {
				if runs.Items[i].UID == c.stale.UID {
					c.stale.DeepCopyInto(&runs.Items[i])
				}
			}
		}
		return err
	}
	return funcs
}

// asCached takes from a run what the manager's cache does not keep.
func asCached(object client.Object) error {
	run, isRun := object.(*v1alpha1.StrategyRun)
	if !isRun {
		return nil
	}
	for kind, how := range strategyrun.CachedObjects() {
		if _, ofRuns := kind.(*v1alpha1.StrategyRun); ofRuns {
			if _, err := how.Transform(run); err != nil {
				return err
			}
		}
	}
	return nil
}

// direct is how a manager reads from the API server and writes.
func (c *calls) direct() interceptor.Funcs {
	return interceptor.Funcs{
		Get: func(ctx context.Context, kube client.WithWatch, key client.ObjectKey, object client.Object, opts ...client.GetOption) error {
			return c.make("get "+resourceOf(kube, object), func() error { return kube.Get(ctx, key, object, opts...) })
		},
		List: func(ctx context.Context, kube client.WithWatch, list client.ObjectList, opts ...client.ListOption) error {
			return c.make("list "+resourceOf(kube, list), func() error { return kube.List(ctx, list, opts...) })
		},
		Create: func(ctx context.Context, kube client.WithWatch, object client.Object, opts ...client.CreateOption) error {
			return c.make("create "+resourceOf(kube, object), func() error {
				err := kube.Create(ctx, object, opts...)
				if err == nil {
					c.mutex.Lock()
					c.created[resourceOf(kube, object)]++
					c.mutex.Unlock()
				}
				return err
			})
		},
		Delete: func(ctx context.Context, kube client.WithWatch, object client.Object, opts ...client.DeleteOption) error {
			return c.make("delete "+resourceOf(kube, object), func() error { return kube.Delete(ctx, object, opts...) })
		},
		Update: func(ctx context.Context, kube client.WithWatch, object client.Object, opts ...client.UpdateOption) error {
			return c.make("update "+resourceOf(kube, object), func() error { return kube.Update(ctx, object, opts...) })
		},
		Patch: func(ctx context.Context, kube client.WithWatch, object client.Object, patch client.Patch, opts ...client.PatchOption) error {
			return c.make("patch "+resourceOf(kube, object), func() error { return kube.Patch(ctx, object, patch, opts...) })
		},
		SubResourcePatch: func(ctx context.Context, kube client.Client, sub string, object client.Object, patch client.Patch, opts ...client.SubResourcePatchOption) error {
			return c.make("patch "+resourceOf(kube, object)+"/"+sub, func() error {
				err := kube.SubResource(sub).Patch(ctx, object, patch, opts...)
				if run, isRun := object.(*v1alpha1.StrategyRun); isRun && err == nil {
					c.mutex.Lock()
					c.statuses = append(c.statuses, *run.Status.DeepCopy())
					c.mutex.Unlock()
				}
				return err
			})
		},
		SubResourceUpdate: func(ctx context.Context, kube client.Client, sub string, object client.Object, opts ...client.SubResourceUpdateOption) error {
			return c.make("update "+resourceOf(kube, object)+"/"+sub, func() error {
				return kube.SubResource(sub).Update(ctx, object, opts...)
			})
		},
	}
}

// resourceOf names an object as a role does.
func resourceOf(kube client.Client, object any) string {
	var kind schema.GroupVersionKind
	switch object := object.(type) {
	case client.Object:
		kind, _ = apiutil.GVKForObject(object, kube.Scheme())
	case client.ObjectList:
		kind, _ = apiutil.GVKForObject(object, kube.Scheme())
		kind.Kind = kind.Kind[:len(kind.Kind)-len("List")]
	}
	mapping, err := kube.RESTMapper().RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return fmt.Sprintf("unknown %T", object)
	}
	return mapping.Resource.Resource
}
