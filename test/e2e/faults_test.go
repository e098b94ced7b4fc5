package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	seccompprofile "github.com/stratbox/stratbox/config/seccomp"
)

var _ = Describe("A fault", Ordered, ContinueOnFailure, func() {
	It("of the manager, killed -9 mid-run, loses nothing", func(ctx SpecContext) {
		replaceAfterwards("stratbox-manager")
		run := submit(ctx, busyFor(6))
		pod := executing(ctx, run)
		before := managerPods(ctx)[0].Status.ContainerStatuses[0].RestartCount
		killProcesses("/manager")
		ended := finished(ctx, run)
		expectVerdict(ended, v1alpha1.VerdictCompleted)
		Expect(ended.Status.Attempts).To(ConsistOf(HaveField("PodUID", string(pod.UID))))
		podGone(ctx, run, 10*time.Second)
		Expect(managerPods(ctx)[0].Status.ContainerStatuses[0].RestartCount).To(BeNumerically(">", before))
	})

	It("of the person who deletes a running StrategyRun ends its Pod within five seconds, and nothing is left on the node", func(ctx SpecContext) {
		run := submit(ctx, endlessLoop)
		pod := executing(ctx, run)
		Expect(tracesOf(string(pod.UID))).NotTo(BeEmpty())
		Expect(cluster.Delete(ctx, run.DeepCopy())).To(Succeed())
		podGone(ctx, run, 5*time.Second)
		Eventually(func() []string { return tracesOf(string(pod.UID)) }).Should(BeEmpty())
	})

	It("of a node without the seccomp profile is named, and the installer mends it", func(ctx SpecContext) {
		file := profileFile()
		Eventually(file).Should(BeARegularFile())

		By("putting a changed or removed profile back")
		original, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		Expect(os.WriteFile(file, []byte(`{"defaultAction":"SCMP_ACT_ALLOW"}`), 0o644)).To(Succeed())
		Eventually(func() string { text, _ := os.ReadFile(file); return string(text) }).Should(Equal(string(original)))
		Expect(os.Remove(file)).To(Succeed())
		Eventually(file).Should(BeARegularFile())

		By("running without an installer and without the file")
		removeProfile(ctx)
		run := execute(ctx, functionStyle)
		expectVerdict(run, v1alpha1.VerdictSeccompProfileMissing)
		podGone(ctx, run, 10*time.Second)
	})
})

// profileFile is where the node has the profile. Those of earlier releases stay beside it.
func profileFile() string {
	return filepath.Join(kubeletFolder(), "seccomp", seccompprofile.LocalhostProfile())
}

// removeProfile takes the profile and its installer off the node. What it returns puts them back; so does the spec's end.
func removeProfile(ctx context.Context) (restore func(context.Context)) {
	GinkgoHelper()
	schedule := func(ctx context.Context, selector string) {
		daemonSet := &appsv1.DaemonSet{}
		key := client.ObjectKey{Namespace: installerNamespace, Name: "stratbox-profile-installer"}
		Expect(cluster.Get(ctx, key, daemonSet)).To(Succeed())
		patch := `{"spec":{"template":{"spec":{"nodeSelector":{"stratbox.dev/nowhere":` + selector + `}}}}}`
		Expect(cluster.Patch(ctx, daemonSet, client.RawPatch(types.MergePatchType, []byte(patch)))).To(Succeed())
	}
	restore = func(ctx context.Context) {
		schedule(ctx, "null")
		Eventually(ctx, profileFile).Should(BeARegularFile())
	}
	DeferCleanup(restore)
	schedule(ctx, `"true"`)
	Eventually(ctx, func() ([]string, error) { return processes("/profile-installer") }).Should(BeEmpty())
	Expect(os.Remove(profileFile())).To(Succeed())
	return restore
}

// processes are the ids of the processes on this machine that run the given program.
func processes(program string) ([]string, error) {
	output, err := exec.Command("pgrep", "-f", "^"+program+"( |$)").Output()
	if exit, failed := err.(*exec.ExitError); failed && exit.ExitCode() == 1 { //nolint:errorlint // exec returns it unwrapped
		return nil, nil
	}
	return strings.Fields(string(output)), err
}

// killProcesses kills -9 every process that runs the given program.
func killProcesses(program string) {
	GinkgoHelper()
	ids, err := processes(program)
	Expect(err).NotTo(HaveOccurred())
	Expect(ids).NotTo(BeEmpty(), "nothing runs "+program)
	for _, text := range ids {
		id, err := strconv.Atoi(text)
		Expect(err).NotTo(HaveOccurred())
		Expect(syscall.Kill(id, syscall.SIGKILL)).To(Succeed())
	}
}
