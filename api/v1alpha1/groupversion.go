// Package v1alpha1 is the vocabulary of Stratbox: the kinds people write and read,
// the conditions and verdicts a run can end with, and the labels on what it owns.
// It imports nothing else of this project.
//
// +kubebuilder:object:generate=true
// +groupName=stratbox.dev
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	// GroupVersion names this version of the API.
	GroupVersion = schema.GroupVersion{Group: "stratbox.dev", Version: "v1alpha1"}

	// SchemeBuilder collects the functions that add these kinds to a scheme.
	SchemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme adds these kinds to a scheme.
	AddToScheme = SchemeBuilder.AddToScheme
)

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion, &StrategyRun{}, &StrategyRunList{})
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
