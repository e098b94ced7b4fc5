package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	// GroupVersion names this version of the API.
	GroupVersion = schema.GroupVersion{Group: "stratbox.dev", Version: "v1alpha1"}

	// SchemeGroupVersion is GroupVersion under the name that generated clients know it by.
	SchemeGroupVersion = GroupVersion

	// SchemeBuilder collects the functions that add these kinds to a scheme.
	SchemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme adds these kinds to a scheme.
	AddToScheme = SchemeBuilder.AddToScheme
)

// Resource qualifies the name of a resource with this group, for generated listers.
func Resource(resource string) schema.GroupResource {
	return GroupVersion.WithResource(resource).GroupResource()
}

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion, &StrategyRun{}, &StrategyRunList{}, &Benchmark{}, &BenchmarkList{})
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
