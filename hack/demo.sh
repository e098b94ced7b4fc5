#!/usr/bin/env bash
# usage: hack/demo.sh
# Sets up a cluster with the operator (see install-local.sh), runs the samples, and prints how they ended.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${STRATBOX_ALONE:-}" ] || exec hack/alone hack/demo.sh "$@"
started=$SECONDS
hack/install-local.sh
if [ "${CLUSTER:-node}" = node ]; then
  eval "$(bin/localnode env)"
fi
runs="kubectl -n stratbox-runs"

# The samples that are runs. Benchmarks are not part of the demo: one of them takes many minutes and sets the switch.
samples=$(grep -l '^kind: StrategyRun$' config/samples/*.yaml | paste -sd, -)

clear_samples() { $runs delete --ignore-not-found -f "$samples" -f config/samples/hostile/; }

wait_for_samples() { $runs wait --for condition=Finished --timeout 180s --recursive=false -f "$1"; }

# set_gate_mode changes learning_system.yaml as anybody would, and waits until the manager says that it obeys.
set_gate_mode() {
  local document version
  document=$(kubectl -n stratbox-system get configmap stratbox-config -o json |
    sed -E "s/(gate:[^m]*mode: )(Enforce|Report)/\1$1/")
  version=$(kubectl -n stratbox-system replace -o jsonpath='{.metadata.resourceVersion}' -f - <<<"$document")
  for _ in $(seq 100); do
    if kubectl -n stratbox-system get events.events.k8s.io -o jsonpath='{range .items[*]}{.regarding.resourceVersion} {.reason}{"\n"}{end}' |
      grep -qx "$version ConfigurationApplied"; then
      return
    fi
    sleep 0.2
  done
  echo "the manager did not apply gate.mode $1" >&2
  return 1
}
export runs samples
export -f clear_samples wait_for_samples set_gate_mode

hack/step "Samples: remove earlier ones" bash -c clear_samples
$runs apply -f "$samples" >/dev/null
hack/step "Samples: run" bash -c 'wait_for_samples "$samples"'
hack/step "Hostile sample: switch the gate to Report, so that the walls stand alone" bash -c 'set_gate_mode Report'
trap 'bash -c "set_gate_mode Enforce" || true' EXIT
$runs apply -f config/samples/hostile/ >/dev/null
hack/step "Hostile sample: run" bash -c 'wait_for_samples config/samples/hostile/'
trap - EXIT
hack/step "Hostile sample: switch the gate back to Enforce" bash -c 'set_gate_mode Enforce'

echo
echo "\$ $runs get strategyruns"
$runs get strategyruns
echo
echo "Why each of the others ended:"
$runs get strategyruns -o jsonpath='{range .items[*]}{.metadata.name}{"\t"}{.status.conditions[?(@.type=="Succeeded")].status}{"\t"}{.status.conditions[?(@.type=="Succeeded")].message}{"\n"}{end}' |
  awk -F '\t' '$2 == "False" { printf "  %-14s %s\n", $1, $3 }'
echo
echo "An evolution loop over the client package (examples/loop), five iterations:"
mkdir -p .artifacts
go run ./examples/loop -iterations 5 -journal .artifacts/loop.jsonl
echo
printf 'Done in %d s. Look closer: %s get sr breakout -o yaml\n' "$((SECONDS - started))" "$runs"
if [ "${CLUSTER:-node}" = node ]; then
  echo 'Use the cluster from your shell: eval "$(bin/localnode env)"; end it: make node-down'
fi
