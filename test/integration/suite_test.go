// Package integration runs the controllers against a real API server and etcd, without a kubelet: the tests
// report what one would. Reconcilers are single-stepped under a clock that only the tests move.
package integration

import (
	"path/filepath"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/stratbox/stratbox/controllers"
)

var (
	scheme      *runtime.Scheme
	restConfig  *rest.Config
	environment *envtest.Environment
	// kube reads and writes at the API server, as a user or a kubelet would.
	kube client.WithWatch
)

func TestIntegration(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Integration")
}

var _ = BeforeSuite(func() {
	ctrllog.SetLogger(zap.New(zap.WriteTo(GinkgoWriter), zap.UseDevMode(true)))
	var err error
	scheme, err = controllers.NewScheme()
	Expect(err).NotTo(HaveOccurred())
	environment = &envtest.Environment{
		CRDDirectoryPaths: []string{
			filepath.Join("..", "..", "config", "crd", "stratbox.dev_strategyruns.yaml"),
			filepath.Join("..", "..", "config", "crd", "stratbox.dev_benchmarks.yaml"),
		},
		ErrorIfCRDPathMissing: true,
	}
	restConfig, err = environment.Start()
	Expect(err).NotTo(HaveOccurred(), `needs kube-apiserver and etcd: make node-build && eval "$(bin/localnode env)"`)
	DeferCleanup(environment.Stop)
	kube, err = client.NewWithWatch(restConfig, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
})
