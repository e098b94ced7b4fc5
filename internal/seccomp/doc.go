// Package seccomp is wall 2: which system calls a sealed strategy may make, and who hears of the others.
//
// policy.yaml lists the calls that computing needs; every other call, of every architecture the kernel serves, is denied
// with EPERM and reported to the runner through a user-notification listener. The package turns the policy into a BPF
// program for the strategy's process to load (Policy.Assemble), answers the listener (Listener.Serve), counts what was
// denied (Recorder) and proves that a process is sealed (VerifySealed, Prove).
//
// The listener never answers "continue": a denied call is never executed, so there is nothing to win by changing its
// arguments while it is looked at.
//
// It needs Linux 5.9: TSYNC_ESRCH came with 5.7, the hang-up of a listener whose last process is gone with 5.9.
package seccomp

//go:generate go run ./generate
