package integration

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
	"github.com/onsi/gomega/gexec"
	corev1 "k8s.io/api/core/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/controllers/executor"
	"github.com/stratbox/stratbox/internal/dataset"
	"github.com/stratbox/stratbox/internal/testutil"
)

// mount writes what the executor mounts of its Secret.
func mount(folder string, secret *corev1.Secret) {
	GinkgoHelper()
	for _, key := range []string{"tls.crt", "tls.key", "token"} {
		Expect(os.WriteFile(filepath.Join(folder, key), secret.Data[key], 0o600)).To(Succeed())
	}
}

// This executor is the program that users run, with the Python of the runner's image.
var _ = Describe("The executor's own program", Ordered, func() {
	var (
		w      *world
		link   *executor.Link
		reach  *executor.Reconciler
		folder string
		server *gexec.Session
	)
	repository, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		panic(err)
	}
	key := func() client.ObjectKey { return client.ObjectKey{Namespace: w.namespace, Name: executor.Name} }
	reconcile := func() {
		GinkgoHelper()
		_, err := reach.Reconcile(w.ctx, ctrl.Request{NamespacedName: key()})
		Expect(err).NotTo(HaveOccurred())
	}
	credentials := func() *corev1.Secret {
		GinkgoHelper()
		secret := &corev1.Secret{}
		Expect(kube.Get(w.ctx, key(), secret)).To(Succeed())
		return secret
	}
	start := func() string {
		GinkgoHelper()
		inside := "/src/" + strings.TrimPrefix(folder, repository+"/")
		server, err = gexec.Start(exec.Command(filepath.Join(repository, "hack", "python", "run"), inside+"/ast-executor",
			"-listen=127.0.0.1:0", "-health=127.0.0.1:0", "-harness=/src/runner", "-data="+inside+"/data",
			"-tls-certificate="+inside+"/tls.crt", "-tls-key="+inside+"/tls.key", "-token="+inside+"/token"), GinkgoWriter, GinkgoWriter)
		Expect(err).NotTo(HaveOccurred())
		Eventually(server.Err).WithTimeout(time.Minute).Should(gbytes.Say(`"msg":"ready"`))
		return "127.0.0.1:" + regexp.MustCompile(`"Port":(\d+)`).FindStringSubmatch(string(server.Err.Contents()))[1]
	}
	reachable := func(address string) {
		GinkgoHelper()
		reach.Address = address
		reconcile()
		w.executor = link.Connection()
	}
	scored := func(name string) *v1alpha1.StrategyRun {
		GinkgoHelper()
		run := w.submit(testutil.MakeRun(w.namespace, name).Mode(v1alpha1.ModeASTOnly))
		w.carryOn(run, "True/Completed")
		return w.read(run)
	}

	BeforeAll(func(ctx context.Context) {
		w = newWorld()
		Expect(os.MkdirAll(filepath.Join(repository, ".artifacts"), 0o755)).To(Succeed())
		folder, err = os.MkdirTemp(filepath.Join(repository, ".artifacts"), "executor-")
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(os.RemoveAll, folder)
		build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(folder, "ast-executor"), "./cmd/ast-executor")
		build.Dir, build.Env = repository, append(os.Environ(), "CGO_ENABLED=0")
		output, err := build.CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(output))
		_, err = dataset.Generate(ctx, filepath.Join(folder, "data", "tw-daily"), dataset.Synthetic{Name: "tw-daily", Days: 800, Stocks: 20, Seed: 1})
		Expect(err).NotTo(HaveOccurred())

		By("having the manager make the Secret")
		link = &executor.Link{}
		reach = &executor.Reconciler{
			Client: kube, Clock: w.clock, Events: w.events, Link: link, Namespace: w.namespace, Address: "127.0.0.1:1",
		}
		reconcile()
		mount(folder, credentials())
		output, err = exec.CommandContext(ctx, filepath.Join(repository, "hack", "python", "rootfs")).CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(output))
		DeferCleanup(func() {
			if server != nil {
				server.Kill().Wait(time.Minute)
			}
		})
		reachable(start())
	})

	It("scores a strategy", func() {
		run := scored("scored")
		Expect(run.Status.Result.Metrics).To(HaveKey("daily_sharpe"))
		Expect(w.pods()).To(BeEmpty())
	})

	It("refuses what the gate refuses", func() {
		run := testutil.MakeRun(w.namespace, "rejected").Mode(v1alpha1.ModeASTOnly).Obj()
		run.Spec.Source.Inline = "import os\n"
		Expect(kube.Create(w.ctx, run)).To(Succeed())
		w.carryOn(run, "True/ASTRejected")
		Expect(w.read(run).Status.Gate).NotTo(BeNil())
	})

	It("goes on while it has the token before, and with the new one", func() {
		before := credentials()
		asked := before.DeepCopy()
		asked.Annotations = map[string]string{executor.AnnotationRotate: "yes"}
		Expect(kube.Patch(w.ctx, asked, client.MergeFrom(before))).To(Succeed())
		reconcile() // makes new ones
		reconcile() // takes them over
		w.executor = link.Connection()
		scored("before-the-kubelet")
		mount(folder, credentials())
		scored("after-the-kubelet")
	})

	It("is killed while it has an attempt, which its successor executes as another", func() {
		run := testutil.MakeRun(w.namespace, "killed").Mode(v1alpha1.ModeASTOnly).Deadline(3).Obj()
		run.Spec.Source.Inline = "def strategy(data):\n    while True:\n        pass\n"
		Expect(kube.Create(w.ctx, run)).To(Succeed())
		Eventually(func() string {
			w.step(run)
			return w.condition(run, v1alpha1.ConditionFinished)
		}).WithTimeout(10 * time.Second).Should(Equal("False/Running"))
		w.step(run)
		server.Kill().Wait(time.Minute)
		reachable(start())
		w.carryOn(run, "True/DeadlineExceeded")
		Expect(w.verdicts(run)).To(Equal([]v1alpha1.Verdict{v1alpha1.VerdictRunnerFailed, v1alpha1.VerdictDeadlineExceeded}))
	})
})
