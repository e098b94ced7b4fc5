package podspec

import (
	"path"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/contract"
)

// readable is the mode of the task's files: the runner reads them as an ordinary user, nobody writes them.
const readable = int32(0o444)

// taskVolume holds the task and the strategy's code. Inline code travels in an annotation, so that a run needs
// no object but its Pod.
func taskVolume(run *v1alpha1.StrategyRun) corev1.Volume {
	items := []corev1.DownwardAPIVolumeFile{annotationFile(contract.TaskFile, v1alpha1.AnnotationTask)}
	var sources []corev1.VolumeProjection
	if ref := run.Spec.Source.ConfigMapKeyRef; ref != nil {
		sources = append(sources, corev1.VolumeProjection{ConfigMap: &corev1.ConfigMapProjection{
			LocalObjectReference: corev1.LocalObjectReference{Name: ref.Name},
			Items:                []corev1.KeyToPath{{Key: ref.Key, Path: path.Base(contract.SourceFile), Mode: ptr.To(readable)}},
		}})
	} else {
		items = append(items, annotationFile(contract.SourceFile, v1alpha1.AnnotationSource))
	}
	sources = append([]corev1.VolumeProjection{{DownwardAPI: &corev1.DownwardAPIProjection{Items: items}}}, sources...)
	return corev1.Volume{
		Name: "task",
		VolumeSource: corev1.VolumeSource{
			Projected: &corev1.ProjectedVolumeSource{DefaultMode: ptr.To(readable), Sources: sources},
		},
	}
}

func annotationFile(file, annotation string) corev1.DownwardAPIVolumeFile {
	return corev1.DownwardAPIVolumeFile{
		Path:     path.Base(file),
		Mode:     ptr.To(readable),
		FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.annotations['" + annotation + "']"},
	}
}

func datasetVolume(dataset config.Dataset) corev1.Volume {
	volume := corev1.Volume{Name: "dataset"}
	switch {
	case dataset.PersistentVolumeClaim != nil:
		volume.PersistentVolumeClaim = &corev1.PersistentVolumeClaimVolumeSource{
			ClaimName: dataset.PersistentVolumeClaim.ClaimName,
			ReadOnly:  true,
		}
	case dataset.Image != nil:
		policy := dataset.Image.PullPolicy
		if policy == "" {
			policy = corev1.PullIfNotPresent
		}
		volume.Image = &corev1.ImageVolumeSource{Reference: dataset.Image.Reference, PullPolicy: policy}
	}
	return volume
}
