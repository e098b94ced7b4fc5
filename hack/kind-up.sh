#!/usr/bin/env bash
# usage: hack/kind-up.sh
# Makes the kind cluster "stratbox" unless it is there, and points kubectl at it. Needs a Docker engine, kind and kubectl.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! docker info >/dev/null 2>&1; then
  echo "CLUSTER=kind needs a Docker engine, and none answers here; leave CLUSTER out to use a real node without Docker." >&2
  exit 1
fi
for program in kind kubectl; do
  if ! command -v "$program" >/dev/null; then
    echo "CLUSTER=kind needs $program on the PATH." >&2
    exit 1
  fi
done
mkdir -p /var/lib/stratbox/datasets
kind get clusters | grep -qx stratbox || kind create cluster --config hack/kind.yaml --wait 120s
kubectl config use-context kind-stratbox
