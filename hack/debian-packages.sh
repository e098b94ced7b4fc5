#!/bin/sh
# Installs Debian packages, if any is missing: those that the local node and its images need, or the named ones.
# usage: hack/debian-packages.sh [PACKAGE...]
set -eu

# gcc, libc6-dev, pkg-config, libseccomp-dev: to build runc.   nftables: for kube-proxy.
# util-linux: mount, for the kubelet.   procps, python3: for tests.   mmdebstrap, buildah: to make images without a registry or a daemon.
packages="buildah ca-certificates gcc libc6-dev libseccomp-dev mmdebstrap nftables pkg-config procps python3 util-linux"
[ $# -eq 0 ] || packages="$*"

command -v dpkg-query >/dev/null || {
	echo "debian-packages: this is not a Debian system; install the equivalents of: $packages" >&2
	exit 1
}

missing=""
for package in $packages; do
	status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
	# pkg-config may be provided by another package.
	[ "$status" = installed ] || { [ "$package" = pkg-config ] && command -v pkg-config >/dev/null; } || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "debian-packages: run this as root, or install:$missing" >&2
	exit 1
fi

echo "debian-packages: installing$missing" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of names
if ! { apt-get update && apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "debian-packages: apt-get could not install$missing" >&2
	exit 1
fi
