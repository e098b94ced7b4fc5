// Package executor answers where the AST-only executor is and how the manager and it know each other. An installation has
// an executor if it has its Service. The manager makes the Secret with the executor's certificate and token, renews it in
// time, and replaces it when asked to; attempts under way notice nothing.
package executor

import (
	"context"
	"fmt"
	"net"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/source"
)

const (
	// Name of the Service and of the Secret, in the manager's namespace.
	Name = "stratbox-executor"
	// AnnotationRotate on the Secret, with any value, asks for a new certificate and token. It is taken off when done.
	AnnotationRotate = "stratbox.dev/rotate"
)

// Reconciler follows the executor's Service and Secret. All fields but Address are required.
type Reconciler struct {
	Client client.Client
	Clock  clock.PassiveClock
	Events events.EventRecorder
	Link   *Link
	// Namespace is the manager's own.
	Namespace string
	// Address is where the executor is, as host:port. Empty: where its Service says.
	Address string
}

// CachedObjects says what the manager keeps in memory: this one Secret and this one Service.
func CachedObjects(namespace string) map[client.Object]cache.ByObject {
	own := map[string]cache.Config{namespace: {FieldSelector: fields.OneTermEqualSelector("metadata.name", Name)}}
	return map[client.Object]cache.ByObject{
		&corev1.Secret{}:  {Namespaces: own},
		&corev1.Service{}: {Namespaces: own},
	}
}

// SetupWithManager starts the controller with a manager. It begins without waiting for an event, since the
// Secret may have to be made first.
func (r *Reconciler) SetupWithManager(manager ctrl.Manager) error {
	begin := make(chan event.GenericEvent, 1)
	begin <- event.GenericEvent{Object: &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: r.Namespace, Name: Name}}}
	return ctrl.NewControllerManagedBy(manager).
		Named("executor").
		For(&corev1.Secret{}).
		Watches(&corev1.Service{}, &handler.EnqueueRequestForObject{}).
		WatchesRawSource(source.Channel(begin, &handler.EnqueueRequestForObject{})).
		Complete(r)
}

// Reconcile makes what is missing and takes over what has changed. Service and Secret have the same name.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	address, err := r.address(ctx)
	if err != nil {
		return ctrl.Result{}, err
	}
	if address == "" {
		r.Link.set(nil)
		return ctrl.Result{}, nil
	}
	secret := &corev1.Secret{}
	if err := r.Client.Get(ctx, request.NamespacedName, secret); apierrors.IsNotFound(err) {
		return ctrl.Result{}, r.create(ctx)
	} else if err != nil {
		return ctrl.Result{}, fmt.Errorf("read Secret %s: %w", Name, err)
	}
	known, err := read(secret.Data)
	if _, asked := secret.Annotations[AnnotationRotate]; asked || err != nil || !r.Clock.Now().Before(known.renewAt) {
		return ctrl.Result{}, r.rotate(ctx, secret, err)
	}
	if now := r.Link.Connection(); now == nil || now.address != address || now.secretVersion != secret.ResourceVersion {
		connection, err := connect(address, secret.ResourceVersion, known)
		if err != nil {
			return ctrl.Result{}, err
		}
		r.Link.set(connection)
	}
	return ctrl.Result{RequeueAfter: known.renewAt.Sub(r.Clock.Now())}, nil
}

// address is where the executor is, empty if this installation has none.
func (r *Reconciler) address(ctx context.Context) (string, error) {
	if r.Address != "" {
		return r.Address, nil
	}
	service := &corev1.Service{}
	err := r.Client.Get(ctx, client.ObjectKey{Namespace: r.Namespace, Name: Name}, service)
	if err != nil || service.Spec.ClusterIP == "" || service.Spec.ClusterIP == corev1.ClusterIPNone || len(service.Spec.Ports) == 0 {
		return "", client.IgnoreNotFound(err)
	}
	return net.JoinHostPort(service.Spec.ClusterIP, strconv.Itoa(int(service.Spec.Ports[0].Port))), nil
}

func (r *Reconciler) create(ctx context.Context) error {
	data, err := issue(r.Clock.Now(), nil)
	if err != nil {
		return err
	}
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: r.Namespace, Name: Name},
		Type:       corev1.SecretTypeOpaque,
		Data:       data,
	}
	// One that exists already is about to be seen.
	if err := r.Client.Create(ctx, secret); err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create Secret %s: %w", Name, err)
	}
	return nil
}

// rotate replaces what the Secret holds; unusable says what is wrong with it, if that is why.
func (r *Reconciler) rotate(ctx context.Context, secret *corev1.Secret, unusable error) error {
	data, err := issue(r.Clock.Now(), secret.Data)
	if err != nil {
		return err
	}
	next := secret.DeepCopy()
	next.Data = data
	delete(next.Annotations, AnnotationRotate)
	if err := r.Client.Update(ctx, next); apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return nil // whoever changed it brings it back
	} else if err != nil {
		return fmt.Errorf("replace Secret %s: %w", Name, err)
	}
	if unusable != nil {
		r.Events.Eventf(next, nil, corev1.EventTypeWarning, "CredentialsReplaced", "Rotate", "the Secret could not be used: %s", unusable)
		return nil
	}
	r.Events.Eventf(next, nil, corev1.EventTypeNormal, "CredentialsRotated", "Rotate", "the executor has a new certificate and token")
	return nil
}
