// Package v1alpha1 is the vocabulary of Stratbox: the kinds people write and read,
// the conditions and verdicts a run can end with, and the labels on what it owns.
// It imports nothing else of this project.
//
// +kubebuilder:object:generate=true
// +groupName=stratbox.dev
// +groupGoName=Stratbox
package v1alpha1
