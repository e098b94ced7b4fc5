package strategyrun

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// standing is where the runs of the cluster are with regard to the limit of runs under way.
type standing struct {
	waiting []contender
	// running counts the runs under way by namespace.
	running map[string]int
	total   int
}

// contender is a run that waits for its turn.
type contender struct {
	key     types.NamespacedName
	uid     types.UID
	created time.Time
}

// standingOf sorts runs into those that wait and those under way. A run is under way when an attempt of it is, when a
// Pod of it may run that its status does not tell of yet, or when it was given its turn in admitted.
func standingOf(runs []v1alpha1.StrategyRun, pods []corev1.Pod, admitted map[types.UID]bool) standing {
	withPod := map[types.UID]bool{}
	for i := range pods {
		owner := metav1.GetControllerOfNoCopy(&pods[i])
		if owner != nil && pods[i].DeletionTimestamp == nil {
			withPod[owner.UID] = true
		}
	}
	result := standing{running: map[string]int{}}
	for i := range runs {
		run := &runs[i]
		switch {
		case finished(run) || run.DeletionTimestamp != nil:
		case openAttempt(run) != nil || withPod[run.UID] || admitted[run.UID]:
			result.running[run.Namespace]++
			result.total++
		case ptr.Deref(run.Spec.Suspend, false) || ptr.Deref(run.Spec.Cancel, false):
		default:
			result.waiting = append(result.waiting, contender{
				key:     types.NamespacedName{Namespace: run.Namespace, Name: run.Name},
				uid:     run.UID,
				created: run.CreationTimestamp.Time,
			})
		}
	}
	return result
}

// next lists the runs whose turn it is when at most limit may be under way: each free place goes to the namespace with the
// fewest runs under way, within it to the run that was created first. Ties go to the older run, then by name.
func (s standing) next(limit int) []contender {
	lines := map[string][]contender{}
	for _, run := range s.waiting {
		lines[run.key.Namespace] = append(lines[run.key.Namespace], run)
	}
	for _, line := range lines {
		slices.SortFunc(line, byAge)
	}
	running := map[string]int{}
	for namespace, count := range s.running {
		running[namespace] = count
	}
	var chosen []contender
	for free := limit - s.total; free > 0 && len(lines) > 0; free-- {
		namespace := leastServed(lines, running)
		chosen = append(chosen, lines[namespace][0])
		running[namespace]++
		if lines[namespace] = lines[namespace][1:]; len(lines[namespace]) == 0 {
			delete(lines, namespace)
		}
	}
	return chosen
}

func leastServed(lines map[string][]contender, running map[string]int) string {
	best := ""
	for namespace, line := range lines {
		if best == "" || cmp.Or(cmp.Compare(running[namespace], running[best]), byAge(line[0], lines[best][0])) < 0 {
			best = namespace
		}
	}
	return best
}

func byAge(a, b contender) int {
	return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.key.Namespace, b.key.Namespace), cmp.Compare(a.key.Name, b.key.Name))
}

// turns remembers which runs were given their turn and are not seen running yet, so that two of them never get the same
// place. It is rebuilt from nothing after a restart: what it forgets then, Pods and statuses tell. Its zero value is ready.
type turns struct {
	mutex    sync.Mutex
	admitted map[types.UID]bool
	// announced holds ended runs that were told about and whose Pods are not known to be deleted yet.
	announced map[types.UID]bool
}

// take gives a run its turn if there is a place for it. A run that has its turn already keeps it.
func (t *turns) take(uid types.UID, runs []v1alpha1.StrategyRun, pods []corev1.Pod, limit int) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.admitted[uid] {
		return true
	}
	t.forgetAllBut(runs)
	chosen := standingOf(runs, pods, t.admitted).next(limit)
	if !slices.ContainsFunc(chosen, func(c contender) bool { return c.uid == uid }) {
		return false
	}
	t.admit(uid)
	return true
}

// line returns the runs whose turn it is now.
func (t *turns) line(runs []v1alpha1.StrategyRun, pods []corev1.Pod, limit int) []contender {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return standingOf(runs, pods, t.admitted).next(limit)
}

// settle forgets a run's turn once its status tells that it is under way or has ended.
func (t *turns) settle(run *v1alpha1.StrategyRun) {
	if openAttempt(run) != nil || finished(run) {
		t.release(run.UID)
	}
}

// release gives a run's turn back.
func (t *turns) release(uid types.UID) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.admitted, uid)
}

func (t *turns) admit(uid types.UID) {
	if t.admitted == nil {
		t.admitted = map[types.UID]bool{}
	}
	t.admitted[uid] = true
}

// forgetAllBut drops what is remembered of runs that exist no more, and the turns of those that ended.
func (t *turns) forgetAllBut(runs []v1alpha1.StrategyRun) {
	if len(t.admitted)+len(t.announced) == 0 {
		return
	}
	ended := make(map[types.UID]bool, len(runs))
	for i := range runs {
		ended[runs[i].UID] = finished(&runs[i])
	}
	maps.DeleteFunc(t.admitted, func(uid types.UID, _ bool) bool {
		over, exists := ended[uid]
		return over || !exists
	})
	maps.DeleteFunc(t.announced, func(uid types.UID, _ bool) bool {
		_, exists := ended[uid]
		return !exists
	})
}

// announceOnce reports whether an ended run is still to be told about, and remembers that it was.
func (t *turns) announceOnce(uid types.UID) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.announced[uid] {
		return false
	}
	if t.announced == nil {
		t.announced = map[types.UID]bool{}
	}
	t.announced[uid] = true
	return true
}

// forgetAnnounced drops what announceOnce remembers of a run, once its Pods cannot remind of it any more.
func (t *turns) forgetAnnounced(uid types.UID) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.announced, uid)
}
