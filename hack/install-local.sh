#!/usr/bin/env bash
# usage: hack/install-local.sh
# Brings up a cluster on this machine with the operator installed and the dataset tw-daily mounted. May be run again at any time.
# CLUSTER=node (default): a real node built from Go modules, no Docker. CLUSTER=kind: a kind cluster, needs a Docker engine.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${STRATBOX_ALONE:-}" ] || exec hack/alone hack/install-local.sh "$@"

days=${DATASET_DAYS:-5000}
stocks=${DATASET_STOCKS:-2000}
datasets=/var/lib/stratbox/datasets
step=hack/step

dataset() {
  local folder=$datasets/tw-daily want
  # Another generator makes another market.
  want="$days days x $stocks stocks, seed 1, generator $(cat internal/dataset/*.go | sha256sum | cut -c1-12)"
  if [ "$(cat "$folder.origin" 2>/dev/null)" = "$want" ] && bin/kubectl-stratbox dataset inspect "$folder" >/dev/null 2>&1; then
    echo "is there already"
    return
  fi
  mkdir -p "$datasets"
  rm -rf "$folder" "$folder.origin" "$folder.new"
  bin/kubectl-stratbox dataset generate "$folder.new" --days "$days" --stocks "$stocks" --seed 1
  mv "$folder.new" "$folder"
  echo "$want" >"$folder.origin"
}

install_operator() {
  kubectl apply -k config/local
  # A new image under the same name reaches a Pod only when the Pod is made anew.
  local digest
  digest=$(cat bin/images.digest)
  local deployment
  for deployment in stratbox-manager stratbox-executor; do
    kubectl -n stratbox-system patch deployment "$deployment" -p \
      "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"stratbox.dev/images\":\"$digest\"}}}}}"
  done
  kubectl -n stratbox-node patch daemonset stratbox-profile-installer -p \
    "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"stratbox.dev/images\":\"$digest\"}}}}}"
  kubectl -n stratbox-node rollout status daemonset stratbox-profile-installer --timeout 120s
  for deployment in stratbox-manager stratbox-executor; do
    kubectl -n stratbox-system rollout status deployment "$deployment" --timeout 120s
  done
  kubectl wait --for condition=Established crd/strategyruns.stratbox.dev crd/benchmarks.stratbox.dev --timeout 60s
}
export -f dataset install_operator
export days stocks datasets

case ${CLUSTER:-node} in
node)
  if [ "$(id -u)" -ne 0 ]; then
    echo "The local node needs root: it makes namespaces, mounts and cgroups." >&2
    exit 1
  fi
  $step "Debian packages" hack/debian-packages.sh
  $step "Local node: programs (the first time some ten minutes)" make --no-print-directory node-build
  $step "Local node: start" make --no-print-directory node-up
  eval "$(bin/localnode env)"
  ;;
kind)
  hack/kind-up.sh
  ;;
*)
  echo "CLUSTER is ${CLUSTER}; it can be node or kind." >&2
  exit 1
  ;;
esac
$step "Stratbox: programs" make --no-print-directory build
$step "Stratbox: images (the first time some minutes)" make --no-print-directory images
$step "Dataset tw-daily: $days days x $stocks stocks" bash -c dataset
$step "Stratbox: install" bash -c install_operator
