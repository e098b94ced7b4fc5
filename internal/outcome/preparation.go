package outcome

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stratbox/stratbox/internal/contract"
)

// Preparation is what a node does for a Pod before its container runs, and how far it got. While it is under way the kubelet
// reports ContainerCreating and no reason; what it meets with it tells in Events alone, which are not read here.
type Preparation struct {
	// Volumes are the Pod's, each with the object it comes from; Images are what it may have to pull.
	Volumes, Images []string
	// Sandbox says whether the volumes are mounted and the network is there: True, False, or nothing.
	Sandbox corev1.ConditionStatus
}

func preparationOf(pod *corev1.Pod) Preparation {
	var p Preparation
	for _, volume := range pod.Spec.Volumes {
		text := volume.Name
		switch {
		case volume.PersistentVolumeClaim != nil:
			text += fmt.Sprintf(" of PersistentVolumeClaim %s", volume.PersistentVolumeClaim.ClaimName)
		case volume.Projected != nil:
			for _, source := range volume.Projected.Sources {
				if source.ConfigMap != nil {
					text += fmt.Sprintf(" of ConfigMap %s", source.ConfigMap.Name)
				}
			}
		case volume.Image != nil:
			p.Images = append(p.Images, volume.Image.Reference)
			continue
		}
		p.Volumes = append(p.Volumes, text)
	}
	for _, container := range pod.Spec.Containers {
		p.Images = append(p.Images, container.Image)
	}
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReadyToStartContainers {
			p.Sandbox = condition.Status
		}
	}
	return p
}

// maxPreparation bounds the list of what a policy of the cluster may have added to the Pod.
const maxPreparation = 200

// explainPreparing says what a node may be stuck with, and where it tells.
func explainPreparing(f Facts) string {
	var steps []string
	list := func(parts []string) string {
		return contract.Truncate(contract.Clean(strings.Join(slices.Compact(parts), "; ")), maxPreparation)
	}
	if f.Preparation.Sandbox != corev1.ConditionTrue {
		steps = append(steps, fmt.Sprintf("mounting its volumes (%s) or setting up its network", list(f.Preparation.Volumes)))
	}
	if f.Preparation.Sandbox != corev1.ConditionFalse {
		steps = append(steps, fmt.Sprintf("pulling its image (%s)", list(f.Preparation.Images)))
	}
	return fmt.Sprintf("node %s is still %s (%s); see why with: kubectl -n %s get events --field-selector involvedObject.name=%s",
		unknown(f.Node), strings.Join(steps, " or "), f.Waiting.Reason, f.Namespace, f.Name)
}
