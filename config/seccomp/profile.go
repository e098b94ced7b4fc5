// Package seccompprofile holds wall 1, the Localhost seccomp profile of a run's Pod, and says where it lies on a node:
// the installer writes it there, and Pods name it.
package seccompprofile

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"slices"
)

//go:embed strategy.json
var strategy []byte

// Folder is the folder below the kubelet's seccomp folder that the profiles of Stratbox lie in.
const Folder = "stratbox"

// Bytes returns the profile.
func Bytes() []byte { return slices.Clone(strategy) }

// Digest returns "sha256:" and the hex digest of the profile.
func Digest() string {
	sum := sha256.Sum256(strategy)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// FileName returns the profile's file name. It carries the digest, so that the profiles of two releases can lie side by side
// while one replaces the other.
func FileName() string { return "strategy-" + Digest()[len("sha256:"):][:12] + ".json" }

// LocalhostProfile returns what a Pod's seccompProfile.localhostProfile says: the path below the kubelet's seccomp folder.
func LocalhostProfile() string { return Folder + "/" + FileName() }
