// Command recordpods makes a real kubelet report every end an attempt can have and writes each Pod down as it was when
// its end could first be told. The outcome tests are about these files, so that what they say of a kubelet is true.
//
// usage: go run ./hack/recordpods [--only NAME] FOLDER
//
// It needs a cluster with the operator installed (make install-local) and takes about two minutes. Each scenario is a Pod as the
// manager would create it, changed in one respect, that a suspended StrategyRun owns, so that no manager acts on it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/api/v1alpha1"
	seccompprofile "github.com/stratbox/stratbox/config/seccomp"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/outcome"
	"github.com/stratbox/stratbox/internal/podspec"
)

const (
	namespace = "stratbox-runs"

	// patience bounds one scenario; an eviction for disk takes half a minute.
	patience = 2 * time.Minute
)

// recording is a Pod and the moment it looked so.
type recording struct {
	Now metav1.Time `json:"now"`
	Pod *corev1.Pod `json:"pod"`
}

func main() {
	only := flag.String("only", "", "record this scenario alone")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: recordpods [--only NAME] FOLDER")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := recordAll(ctx, *only, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func recordAll(ctx context.Context, only, folder string) error {
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return err
	}
	restConfig, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the cluster: %w", err)
	}
	kube, err := client.NewWithWatch(restConfig, client.Options{Scheme: scheme})
	if err != nil {
		return fmt.Errorf("connect to the cluster: %w", err)
	}
	var failed error
	for _, scenario := range scenarios {
		if only != "" && only != scenario.name {
			continue
		}
		verdict, err := record(ctx, kube, scenario, folder)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", scenario.name, err))
			continue
		}
		fmt.Printf("%-28s %s\n", scenario.name, verdict)
	}
	return failed
}

// record lets one scenario happen and writes its Pod down.
func record(ctx context.Context, kube client.WithWatch, s scenario, folder string) (v1alpha1.Verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	run := s.run()
	if err := kube.Create(ctx, run); err != nil {
		return "", fmt.Errorf("create run: %w", err)
	}
	defer func() {
		_ = kube.Delete(context.WithoutCancel(ctx), run, client.PropagationPolicy(metav1.DeletePropagationBackground))
	}()
	pod, err := s.pod(run)
	if err != nil {
		return "", err
	}
	events, err := kube.Watch(ctx, &corev1.PodList{}, client.InNamespace(namespace), client.MatchingFields{"metadata.name": pod.Name})
	if err != nil {
		return "", fmt.Errorf("watch Pod: %w", err)
	}
	defer events.Stop()
	if err := kube.Create(ctx, pod); err != nil {
		return "", fmt.Errorf("create Pod: %w", err)
	}
	acted := s.act == nil
	// The start deadline is the one end that no report brings about.
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("no end within %s; the Pod's status is %+v", patience, pod.Status)
		case event, open := <-events.ResultChan():
			if !open {
				return "", errors.New("the watch ended")
			}
			if reported, isPod := event.Object.(*corev1.Pod); isPod {
				pod = reported
			}
		case <-tick.C:
		}
		if !acted && running(pod) {
			acted = true
			if err := s.act(ctx, kube, pod); err != nil {
				return "", fmt.Errorf("act: %w", err)
			}
		}
		if verdict, err := write(run, pod, filepath.Join(folder, s.name+".yaml")); verdict != "" || err != nil {
			return verdict, err
		}
	}
}

func running(pod *corev1.Pod) bool {
	return len(pod.Status.ContainerStatuses) > 0 && pod.Status.ContainerStatuses[0].State.Running != nil
}

// write records a Pod if its end can be told from it.
func write(run *v1alpha1.StrategyRun, pod *corev1.Pod, file string) (v1alpha1.Verdict, error) {
	now := time.Now()
	finding := outcome.Classify(outcome.Observe(pod, outcome.Attempt{RunUID: run.UID, PodUID: pod.UID}, now))
	if finding.Verdict == "" {
		return "", nil
	}
	recorded := pod.DeepCopy()
	recorded.ManagedFields = nil
	text, err := yaml.Marshal(recording{Now: metav1.NewTime(now), Pod: recorded})
	if err != nil {
		return "", fmt.Errorf("write Pod: %w", err)
	}
	return finding.Verdict, os.WriteFile(file, text, 0o644)
}

// run is the StrategyRun that owns the scenario's Pod.
func (s scenario) run() *v1alpha1.StrategyRun {
	code := s.code
	if code == "" {
		code = "def strategy(data):\n    return data.get('price:收盤價') > 100\n"
	}
	return &v1alpha1.StrategyRun{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "recorded-" + s.name},
		Spec: v1alpha1.StrategyRunSpec{
			StrategyID: "recorded/" + s.name,
			Dataset:    "tw-daily",
			Source:     v1alpha1.StrategySource{Inline: code},
			Limits:     s.limits,
			Suspend:    ptr.To(true),
		},
	}
}

// pod is the scenario's Pod: not of the name that the manager would look for.
func (s scenario) pod(run *v1alpha1.StrategyRun) (*corev1.Pod, error) {
	settings := podspec.Settings{Config: config.Default(), SeccompProfile: seccompprofile.LocalhostProfile()}
	settings.Config.Datasets = map[string]config.Dataset{"tw-daily": {PersistentVolumeClaim: &config.ClaimSource{ClaimName: "tw-daily"}}}
	if s.settings != nil {
		s.settings(&settings)
	}
	pod, err := podspec.Build(run, 0, settings, time.Now())
	if err != nil {
		return nil, fmt.Errorf("build Pod: %w", err)
	}
	pod.Name = run.Name + "-pod"
	if s.change != nil {
		s.change(pod)
	}
	return pod, nil
}
