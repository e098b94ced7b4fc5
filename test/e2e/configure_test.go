package e2e

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	installerNamespace = "stratbox-node"
	configFile         = "learning_system.yaml"
)

// configure changes learning_system.yaml for the rest of the spec (or, from BeforeAll, of its container).
func configure(ctx context.Context, change func(string) string) {
	GinkgoHelper()
	before := applyConfiguration(ctx, change)
	DeferCleanup(func(ctx context.Context) { applyConfiguration(ctx, func(string) string { return before }) })
}

// applyConfiguration changes learning_system.yaml, waits until the manager says that it obeys, and returns the old text.
func applyConfiguration(ctx context.Context, change func(string) string) string {
	GinkgoHelper()
	configMap := settings(ctx)
	before := configMap.Data[configFile]
	configMap.Data[configFile] = change(before)
	Expect(configMap.Data[configFile]).NotTo(Equal(before), "the change changes nothing:\n"+before)
	Expect(cluster.Update(ctx, configMap)).To(Succeed())
	Eventually(ctx, func(g Gomega) {
		var events eventsv1.EventList
		g.Expect(cluster.List(ctx, &events, client.InNamespace(systemNamespace))).To(Succeed())
		g.Expect(events.Items).To(ContainElement(And(
			HaveField("Reason", "ConfigurationApplied"),
			HaveField("Regarding.ResourceVersion", configMap.ResourceVersion))))
	}).Should(Succeed())
	return before
}

// restoreConfiguration undoes at the end of the spec whatever it changed in learning_system.yaml.
func restoreConfiguration(ctx context.Context) {
	GinkgoHelper()
	before := configurationText(ctx)
	DeferCleanup(func(ctx context.Context) {
		if configurationText(ctx) != before {
			applyConfiguration(ctx, func(string) string { return before })
		}
	})
}

// configurationText is learning_system.yaml as it stands.
func configurationText(ctx context.Context) string {
	GinkgoHelper()
	return settings(ctx).Data[configFile]
}

// settings is the ConfigMap of the configuration.
func settings(ctx context.Context) *corev1.ConfigMap {
	GinkgoHelper()
	configMap := &corev1.ConfigMap{}
	Expect(cluster.Get(ctx, client.ObjectKey{Namespace: systemNamespace, Name: "stratbox-config"}, configMap)).To(Succeed())
	return configMap
}
