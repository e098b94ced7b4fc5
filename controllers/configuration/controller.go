// Package configuration keeps the operator's configuration up to date: it follows one ConfigMap and takes every valid
// change over without a restart. A change that is not valid is refused with an Event, and the last good one stays.
package configuration

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/metrics"
)

// ConfigMapName is the ConfigMap in the manager's namespace that holds config.FileName.
const ConfigMapName = "stratbox-config"

// Store holds the configuration that is in force.
type Store struct {
	current atomic.Pointer[config.Config]
}

// NewStore returns a store that holds a configuration.
func NewStore(initial config.Config) *Store {
	store := &Store{}
	store.current.Store(&initial)
	return store
}

// Current returns the configuration that is in force. It must not be changed.
func (s *Store) Current() config.Config { return *s.current.Load() }

const (
	// again is how long to wait before an API server that did not answer is asked again.
	again = time.Second
	// answerTime bounds one question.
	answerTime = 10 * time.Second
)

// Read reads the configuration from the API server, however long that takes to answer: a manager that gave up would be
// started ever later by its kubelet. An installation without the ConfigMap has the defaults.
func Read(ctx context.Context, reader client.Reader, namespace string) (config.Config, error) {
	configMap, told := &corev1.ConfigMap{}, false
	err := wait.PollUntilContextCancel(ctx, again, true, func(ctx context.Context) (bool, error) {
		ctx, cancel := context.WithTimeout(ctx, answerTime)
		defer cancel()
		err := reader.Get(ctx, client.ObjectKey{Namespace: namespace, Name: ConfigMapName}, configMap)
		if err != nil && !apierrors.IsNotFound(err) && !told {
			told = true
			ctrl.LoggerFrom(ctx).Info("waiting for the API server to answer", "reason", err.Error())
		}
		return err == nil || apierrors.IsNotFound(err), nil
	})
	if err != nil {
		return config.Config{}, fmt.Errorf("read ConfigMap %s/%s: %w", namespace, ConfigMapName, err)
	}
	if configMap.UID == "" {
		return config.Default(), nil
	}
	return config.Decode([]byte(configMap.Data[config.FileName]))
}

// Reconciler follows the ConfigMap. All fields are required.
type Reconciler struct {
	Client  client.Client
	Clock   clock.PassiveClock
	Store   *Store
	Events  events.EventRecorder
	Metrics *metrics.Metrics
	// Changed is sent to after a change was taken over. It needs room for one: on a replica that does not lead
	// nobody receives.
	Changed chan<- event.GenericEvent
}

// CachedObjects says what the manager keeps in memory: this one ConfigMap.
func CachedObjects(namespace string) map[client.Object]cache.ByObject {
	return map[client.Object]cache.ByObject{
		&corev1.ConfigMap{}: {
			Namespaces: map[string]cache.Config{
				namespace: {FieldSelector: fields.OneTermEqualSelector("metadata.name", ConfigMapName)},
			},
		},
	}
}

// SetupWithManager starts the controller with a manager. It runs on every replica, so that one that
// becomes the leader is up to date.
func (r *Reconciler) SetupWithManager(manager ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(manager).
		Named("configuration").
		For(&corev1.ConfigMap{}).
		WithOptions(controller.Options{NeedLeaderElection: ptr.To(false)}).
		Complete(r)
}

// Reconcile takes a change over or refuses it. A ConfigMap that is deleted changes nothing: what was in force stays.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	configMap := &corev1.ConfigMap{}
	if err := r.Client.Get(ctx, request.NamespacedName, configMap); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	next, err := config.Decode([]byte(configMap.Data[config.FileName]))
	if err != nil {
		r.Metrics.ConfigRefused()
		r.Events.Eventf(configMap, nil, corev1.EventTypeWarning, "ConfigurationRefused", "Reload", "%s",
			contract.Truncate("the configuration in force stays: "+err.Error(), 1000))
		ctrl.LoggerFrom(ctx).Info("configuration refused, the one in force stays", "reason", err.Error())
		return ctrl.Result{}, nil
	}
	r.Store.current.Store(&next)
	r.Metrics.ConfigLoaded(r.Clock.Now())
	r.Events.Eventf(configMap, nil, corev1.EventTypeNormal, "ConfigurationApplied", "Reload",
		"resource version %s is in force", configMap.ResourceVersion)
	select {
	case r.Changed <- event.GenericEvent{Object: configMap}:
	default: // One notice is waiting already; whoever takes it reads the configuration then.
	}
	return ctrl.Result{}, nil
}
