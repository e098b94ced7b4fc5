package benchmark

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/overhead"
)

// maxNodes is the API's bound on the names of nodes.
const maxNodes = 253

// characterise writes into the status what was measured on: in full from the first pair that counts, the nodes from all of
// them. It never fails: what cannot be told is left out.
func (r *Reconciler) characterise(ctx context.Context, s *scope, pairs []overhead.Pair) {
	last := pairs[len(pairs)-1]
	if last.Excluded != nil {
		return
	}
	if s.bench.Status.Environment == nil {
		environment := r.environment(ctx, s, last.Sandbox)
		s.bench.Status.Environment = &environment
	}
	s.bench.Status.Environment.Node = nodesOf(pairs)
}

// environment tells where and with what a sandboxed half was executed.
func (r *Reconciler) environment(ctx context.Context, s *scope, half overhead.Half) v1alpha1.BenchmarkEnvironment {
	environment := v1alpha1.BenchmarkEnvironment{Operator: contract.Truncate(r.Version, 64), Dataset: half.Dataset}
	run := &v1alpha1.StrategyRun{}
	if err := r.Client.Get(ctx, s.inNamespace(half.Run), run); err == nil && run.Status.Environment != nil {
		fromRun(&environment, run.Status.Environment)
	}
	node := &corev1.Node{}
	if err := r.APIReader.Get(ctx, client.ObjectKey{Name: half.Node}, node); err != nil {
		ctrl.LoggerFrom(ctx).Info("the environment of the benchmark lacks its node", "node", half.Node, "reason", err.Error())
		return environment
	}
	fromNode(&environment, node)
	return environment
}

func fromRun(environment *v1alpha1.BenchmarkEnvironment, of *v1alpha1.Environment) {
	environment.Image, environment.Profile, environment.Policy = of.Image, of.Profile, of.Policy
	environment.Dataset = of.Dataset
	environment.CPUModel, environment.CgroupVersion, environment.Speculation = of.CPUModel, of.CgroupVersion, of.Speculation
}

func fromNode(environment *v1alpha1.BenchmarkEnvironment, node *corev1.Node) {
	info := node.Status.NodeInfo
	environment.Kernel = contract.Truncate(info.KernelVersion, 128)
	environment.Architecture = contract.Truncate(info.Architecture, 32)
	environment.ContainerRuntime = contract.Truncate(info.ContainerRuntimeVersion, 128)
	environment.Kubelet = contract.Truncate(info.KubeletVersion, 64)
	if cpus, found := node.Status.Capacity[corev1.ResourceCPU]; found {
		environment.CPUs = cpus.String()
	}
}

// nodesOf are the nodes of all sandboxed halves that count.
func nodesOf(pairs []overhead.Pair) string {
	var nodes []string
	for _, pair := range pairs {
		if node := pair.Sandbox.Node; pair.Excluded == nil && node != "" && !slices.Contains(nodes, node) {
			nodes = append(nodes, node)
		}
	}
	return contract.Truncate(strings.Join(nodes, ","), maxNodes)
}
