// Package e2e proves on a real kubelet what no unit test can: what the kernel denies, what the kubelet reports,
// and that nothing is lost or left over.
//
// It expects a cluster with the operator installed (make install-local) and runs as root on the node's own machine,
// because it looks at the node's processes, mounts and files.
package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

const (
	runsNamespace   = "stratbox-runs"
	systemNamespace = "stratbox-system"
	dataset         = "tw-daily"
)

var (
	cluster   client.WithWatch
	clientset *kubernetes.Clientset
)

func TestEndToEnd(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(2 * time.Minute)
	// A context alone would let a wait last as long as the suite.
	EnforceDefaultTimeoutsWhenUsingContexts()
	SetDefaultEventuallyPollingInterval(200 * time.Millisecond)
	RunSpecs(t, "Stratbox on a real node")
}

var _ = BeforeSuite(func(ctx SpecContext) {
	ctrllog.SetLogger(zap.New(zap.WriteTo(GinkgoWriter)))
	beAlone(ctx)
	Expect(os.Geteuid()).To(BeZero(), "these tests look at the node's processes and files: run them as root on the node's machine")
	scheme := clientgoscheme.Scheme
	Expect(v1alpha1.AddToScheme(scheme)).To(Succeed())
	config, err := ctrl.GetConfig()
	Expect(err).NotTo(HaveOccurred(), "set KUBECONFIG to the cluster that `make install-local` set up")
	cluster, err = client.NewWithWatch(config, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
	clientset, err = kubernetes.NewForConfig(config)
	Expect(err).NotTo(HaveOccurred())
	removeAllRuns(ctx)
})

var _ = AfterSuite(func(ctx SpecContext) {
	if cluster != nil {
		removeAllRuns(ctx)
	}
})

// clusterLock is the lock of hack/alone.
const clusterLock = "/run/lock/stratbox-cluster.lock"

// beAlone waits until no other suite, demo or installation changes the cluster under these tests, and keeps them out until the
// end of this process, however it ends.
func beAlone(ctx context.Context) {
	GinkgoHelper()
	if os.Getenv("STRATBOX_ALONE") != "" {
		return
	}
	Expect(os.MkdirAll(filepath.Dir(clusterLock), 0o1777)).To(Succeed())
	lock, err := os.OpenFile(clusterLock, os.O_CREATE|os.O_RDWR, 0o600)
	Expect(err).NotTo(HaveOccurred())
	alone := func() error { return unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB) }
	if alone() != nil {
		fmt.Println("waiting until another test, demo or installation on this machine has ended: it holds " + clusterLock)
	}
	Eventually(ctx, alone).WithTimeout(time.Hour).Should(Succeed())
	DeferCleanup(lock.Close)
}

// removeAllRuns deletes every run and waits until their Pods are gone.
func removeAllRuns(ctx context.Context) {
	GinkgoHelper()
	Expect(cluster.DeleteAllOf(ctx, &v1alpha1.StrategyRun{}, client.InNamespace(runsNamespace))).To(Succeed())
	Eventually(ctx, func(g Gomega) {
		g.Expect(runPods(ctx)).To(BeEmpty())
	}).Should(Succeed())
}

// runPods lists the Pods of runs.
func runPods(ctx context.Context) []corev1.Pod {
	GinkgoHelper()
	var pods corev1.PodList
	Expect(cluster.List(ctx, &pods, client.InNamespace(runsNamespace),
		client.MatchingLabels{v1alpha1.LabelManagedBy: v1alpha1.ManagedByValue})).To(Succeed())
	return pods.Items
}
