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
	settings := &corev1.ConfigMap{}
	Expect(cluster.Get(ctx, client.ObjectKey{Namespace: systemNamespace, Name: "stratbox-config"}, settings)).To(Succeed())
	before := settings.Data[configFile]
	settings.Data[configFile] = change(before)
	Expect(settings.Data[configFile]).NotTo(Equal(before), "the change changes nothing:\n"+before)
	Expect(cluster.Update(ctx, settings)).To(Succeed())
	Eventually(ctx, func(g Gomega) {
		var events eventsv1.EventList
		g.Expect(cluster.List(ctx, &events, client.InNamespace(systemNamespace))).To(Succeed())
		g.Expect(events.Items).To(ContainElement(And(
			HaveField("Reason", "ConfigurationApplied"),
			HaveField("Regarding.ResourceVersion", settings.ResourceVersion))))
	}).Should(Succeed())
	return before
}

// restoreConfiguration undoes at the end of the spec whatever it changed in learning_system.yaml.
func restoreConfiguration(ctx context.Context) {
	GinkgoHelper()
	read := func(ctx context.Context) string {
		settings := &corev1.ConfigMap{}
		Expect(cluster.Get(ctx, client.ObjectKey{Namespace: systemNamespace, Name: "stratbox-config"}, settings)).To(Succeed())
		return settings.Data[configFile]
	}
	before := read(ctx)
	DeferCleanup(func(ctx context.Context) {
		if read(ctx) != before {
			applyConfiguration(ctx, func(string) string { return before })
		}
	})
}
