package e2e

import (
	"context"
	"slices"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// register knows every Pod of a run that there has been since it was opened.
type register struct {
	mutex sync.Mutex
	// runs are those whose Pods came to be, in that order: one that had two is there twice.
	runs []string
	// busy are the Pods that have neither ended nor been deleted, most is the largest number of them at a time.
	busy   map[types.UID]bool
	seen   map[types.UID]bool
	most   int
	broken bool
}

// registerPods opens a register for the rest of the spec, or from BeforeAll of its container.
func registerPods(ctx context.Context) *register {
	GinkgoHelper()
	ofRuns := []client.ListOption{client.InNamespace(runsNamespace), client.MatchingLabels{v1alpha1.LabelManagedBy: v1alpha1.ManagedByValue}}
	// Nothing that there is already belongs in it.
	before := &corev1.PodList{}
	Expect(cluster.List(ctx, before, ofRuns...)).To(Succeed())
	watching, stop := context.WithCancel(context.Background())
	events, err := cluster.Watch(watching, &corev1.PodList{}, append(ofRuns, &client.ListOptions{
		Raw: &metav1.ListOptions{ResourceVersion: before.ResourceVersion},
	})...)
	Expect(err).NotTo(HaveOccurred())
	r := &register{busy: map[types.UID]bool{}, seen: map[types.UID]bool{}}
	for _, pod := range before.Items {
		r.seen[pod.UID] = true
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for event := range events.ResultChan() {
			r.note(event)
		}
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.broken = watching.Err() == nil
	}()
	DeferCleanup(func() {
		stop()
		<-ended
	})
	return r
}

func (r *register) note(event watch.Event) {
	pod, isPod := event.Object.(*corev1.Pod)
	if !isPod {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if !r.seen[pod.UID] {
		r.seen[pod.UID] = true
		r.runs = append(r.runs, pod.Labels[v1alpha1.LabelRun])
	}
	delete(r.busy, pod.UID)
	if event.Type != watch.Deleted && pod.DeletionTimestamp == nil && !hasEnded(pod) {
		r.busy[pod.UID] = true
	}
	r.most = max(r.most, len(r.busy))
}

func hasEnded(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.ContainerStatuses, func(status corev1.ContainerStatus) bool {
		return status.State.Terminated != nil
	})
}

// read returns the runs in the order of their Pods, and how many Pods were busy at a time at most.
func (r *register) read() (runs []string, most int) {
	GinkgoHelper()
	r.mutex.Lock()
	defer r.mutex.Unlock()
	Expect(r.broken).To(BeFalse(), "the watch ended early, and the register may lack Pods")
	return slices.Clone(r.runs), r.most
}

// podsOf counts the Pods that a run has had.
func (r *register) podsOf(run string) int {
	GinkgoHelper()
	runs, _ := r.read()
	return len(slices.DeleteFunc(runs, func(name string) bool { return name != run }))
}
