package controllers

import (
	"fmt"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

const (
	leaseName = "stratbox-manager"
	// A manager that was killed leaves its lease behind; runs wait no longer than this for a successor in another Pod.
	leaseDuration = 8 * time.Second
	renewDeadline = 5 * time.Second
	retryPeriod   = time.Second
)

// leadership is the lease that says which manager acts, held in the name of the Pod: one that is started again in the same Pod
// has outlived the one before, and goes on at once. Nil outside of a Pod, where each process needs a name of its own.
func leadership(config *rest.Config, o Options) (resourcelock.Interface, error) {
	if o.PodName == "" || !o.LeaderElection {
		return nil, nil
	}
	lock, err := resourcelock.NewFromKubeconfig(resourcelock.LeasesResourceLock, o.Namespace, leaseName,
		resourcelock.ResourceLockConfig{Identity: o.PodName}, config, renewDeadline)
	if err != nil {
		return nil, fmt.Errorf("make the lease: %w", err)
	}
	return lock, nil
}
