package e2e

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
)

// localnode runs a command of the local node and returns what it printed.
func localnode(arguments ...string) string {
	GinkgoHelper()
	output, err := exec.Command("../../bin/localnode", arguments...).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), "localnode %s: %s", strings.Join(arguments, " "), output)
	return string(output)
}

// processesOf are the processes on this machine that belong to a Pod and run the program, by the path it was started with.
func processesOf(pod *corev1.Pod, program string) []int {
	GinkgoHelper()
	groups, err := filepath.Glob("/proc/[0-9]*/cgroup")
	Expect(err).NotTo(HaveOccurred())
	var found []int
	for _, file := range groups {
		folder := filepath.Dir(file)
		group, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(group, []byte(pod.UID)) {
			continue
		}
		if arguments, err := os.ReadFile(filepath.Join(folder, "cmdline")); err == nil && bytes.HasPrefix(arguments, []byte(program+"\x00")) {
			id, err := strconv.Atoi(filepath.Base(folder))
			Expect(err).NotTo(HaveOccurred())
			found = append(found, id)
		}
	}
	return found
}

// runnerOf is the process id of a Pod's runner.
func runnerOf(pod *corev1.Pod) int {
	GinkgoHelper()
	var runners []int
	Eventually(func() []int { runners = processesOf(pod, "/runner"); return runners }).Should(HaveLen(1))
	return runners[0]
}

// strategyOf is the process id of a Pod's strategy.
func strategyOf(pod *corev1.Pod) int {
	GinkgoHelper()
	var strategies []int
	Eventually(func() []int { strategies = processesOf(pod, "/usr/bin/python3"); return strategies }).Should(HaveLen(1))
	return strategies[0]
}

func send(pid int, signal syscall.Signal) {
	GinkgoHelper()
	Expect(syscall.Kill(pid, signal)).To(Succeed())
}

// ended reports whether a process is gone, or dead and not buried yet.
func ended(pid int) bool {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return true
	}
	// The state follows the name, which is in parentheses and may hold any character.
	state := strings.TrimSpace(string(text[bytes.LastIndexByte(text, ')')+1:]))
	return strings.HasPrefix(state, "Z") || strings.HasPrefix(state, "X")
}

// memoryCgroup is the folder of a process's memory cgroup.
func memoryCgroup(pid int) string {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cgroup"))
	Expect(err).NotTo(HaveOccurred())
	unified := ""
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if slices.Contains(strings.Split(parts[1], ","), "memory") {
			return filepath.Join("/sys/fs/cgroup/memory", parts[2])
		}
		if parts[1] == "" {
			unified = filepath.Join("/sys/fs/cgroup", parts[2])
		}
	}
	Expect(unified).NotTo(BeEmpty())
	return unified
}

// exhaustMemory uses up the memory of a stopped runner's container until the kernel has killed the runner, too.
func exhaustMemory(runner int) {
	GinkgoHelper()
	Expect(os.WriteFile(filepath.Join("/proc", strconv.Itoa(runner), "oom_score_adj"), []byte("1000"), 0)).To(Succeed())
	hog := exec.Command("sh", "-c", `echo $$ >"$0/cgroup.procs" && exec tail /dev/zero`, memoryCgroup(runner))
	Expect(hog.Start()).To(Succeed())
	defer func() {
		_ = hog.Process.Kill()
		_ = hog.Wait()
	}()
	Eventually(func() bool { return ended(runner) }).Should(BeTrue())
}

// fillDisk writes to the writable layer of a process's container, where the kubelet looks for what a container wrote.
func fillDisk(pid int, bytes int) {
	GinkgoHelper()
	mounts, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "mountinfo"))
	Expect(err).NotTo(HaveOccurred())
	for option := range strings.FieldsFuncSeq(string(mounts), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		if folder, isUpper := strings.CutPrefix(option, "upperdir="); isUpper {
			Expect(os.WriteFile(filepath.Join(folder, "big"), make([]byte, bytes), 0o600)).To(Succeed())
			return
		}
	}
	Fail("the container has no writable layer")
}

// kubeletFolder is where the kubelet of this machine keeps its Pods.
func kubeletFolder() string {
	GinkgoHelper()
	root := os.Getenv("STRATBOX_SECCOMP_ROOT")
	Expect(root).NotTo(BeEmpty(), "set STRATBOX_SECCOMP_ROOT to the kubelet's seccomp folder")
	return filepath.Dir(root)
}

// tracesOf are the folders, mounts, cgroups and processes on this machine that belong to any of the Pods.
func tracesOf(uids ...string) []string {
	GinkgoHelper()
	var traces []string
	belongs := func(text string) bool {
		return slices.ContainsFunc(uids, func(uid string) bool { return strings.Contains(text, uid) })
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	Expect(err).NotTo(HaveOccurred())
	for line := range strings.Lines(string(mounts)) {
		if belongs(line) {
			traces = append(traces, "mount "+line)
		}
	}
	for _, uid := range uids {
		if folder := filepath.Join(kubeletFolder(), "pods", uid); exists(folder) {
			traces = append(traces, folder)
		}
	}
	groups, err := filepath.Glob("/proc/[0-9]*/cgroup")
	Expect(err).NotTo(HaveOccurred())
	for _, file := range groups {
		if text, err := os.ReadFile(file); err == nil && belongs(string(text)) {
			traces = append(traces, "process "+file)
		}
	}
	// A cgroup may vanish while it is being walked.
	_ = filepath.WalkDir("/sys/fs/cgroup", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && strings.Contains(entry.Name(), "pod") && belongs(entry.Name()) {
			traces = append(traces, path)
		}
		return nil
	})
	return traces
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
