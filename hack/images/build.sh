#!/bin/bash
# Builds the project's images and loads them into the cluster. What has not changed is neither built nor loaded again.
# usage: hack/images/build.sh [manager|profile-installer|runner]...      (default: all; run `make build` before)
# CLUSTER=node (default): with buildah, for the local node; needs root. CLUSTER=kind: with Docker, for the kind cluster "stratbox".
# Leaves one word in bin/images.digest that changes with any of the images it was asked for.
set -euo pipefail
cd "$(dirname "$0")/../.."

registry=stratbox.dev
localnode=bin/localnode
cache=${STRATBOX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/stratbox}/images
# No user namespaces and no daemon are needed this way.
export BUILDAH_ISOLATION=chroot

say() { echo "images: $*" >&2; }
die() { say "$*"; exit 1; }

# dockerfile_of IMAGE and stage_of IMAGE say what an image is built from.
dockerfile_of() {
	case $1 in
	manager | profile-installer) echo Dockerfile ;;
	runner) echo runner/Dockerfile ;;
	*) die "there is no image $1: name manager, profile-installer or runner" ;;
	esac
}
stage_of() { case $1 in manager | profile-installer) echo "$1" ;; esac; }

# sources_of DOCKERFILE STAGE lists what the stage, or any stage when none is named, copies from this folder.
sources_of() {
	awk -v want="$2" '
		toupper($1) == "FROM" { stage = tolower($3) == "as" ? $4 : "" }
		toupper($1) == "COPY" && (want == "" || stage == want) {
			copied = 0
			for (i = 2; i < NF; i++) {
				if ($i ~ /^--from=/) { copied = 0; next }
				if ($i !~ /^--/) print $i
			}
		}' "$1"
}

# key_of IMAGE DOCKERFILE STAGE is the hash of all that goes into the image.
key_of() {
	local sources source
	sources=$(sources_of "$2" "$3")
	[ -n "$sources" ] || die "$2 copies nothing into $1"
	for source in $sources; do
		[ -e "$source" ] || die "$source is missing, which $2 copies into the image: run \`make build\`"
	done
	{
		echo "$3 ${base_id:-}"
		# shellcheck disable=SC2086 # a list of paths
		find hack/images/build.sh "$2" .dockerignore $sources -type f ! -path '*/__pycache__/*' ! -path 'runner/tests/*' -print0 | sort -z | xargs -0 sha256sum
	} | sha256sum | cut -c1-16
}

node_digest() { "$localnode" exec -- ctr images ls "name==$1" 2>/dev/null | awk 'NR == 2 { print $3 }'; }

build_for_node() {
	local image=$1 dockerfile stage name archive began=$SECONDS
	dockerfile=$(dockerfile_of "$image")
	stage=$(stage_of "$image")
	[ -f "$dockerfile" ] || die "$dockerfile is missing"
	base_id=""
	local arguments=()
	if grep -q '^ARG BASE_IMAGE' "$dockerfile"; then
		local base
		base=$(hack/images/base.sh)
		base_id=$(buildah inspect --type image --format '{{.FromImageID}}' "$base")
		arguments+=(--build-arg "BASE_IMAGE=$base")
	fi
	key=$(key_of "$image" "$dockerfile" "$stage")
	name=$registry/$image:dev
	archive=$cache/$image-$key.tar

	if [ ! -f "$archive" ]; then
		# --layers keeps every step, so that a change of code does not install Debian packages again.
		if ! buildah build --layers --pull-never ${stage:+--target "$stage"} "${arguments[@]}" \
			--tag "$name" --file "$dockerfile" . >"$cache/$image.log" 2>&1; then
			tail -n 30 "$cache/$image.log" >&2
			die "$name could not be built; the whole log is $cache/$image.log"
		fi
		rm -f "$cache/$image-"*.tar "$archive.partial"
		# The archive goes nowhere but into the node next door: compress quickly rather than well.
		buildah push --quiet --format oci --compression-format zstd --compression-level 1 "$name" "oci-archive:$archive.partial" >/dev/null
		mv "$archive.partial" "$archive"
		say "built $name in $((SECONDS - began)) s"
	fi
	if [ -z "$node_is_up" ]; then
		return
	fi
	# An image in the node is named after the archive's index, so their digests tell whether it is this one.
	if [ "$(node_digest "$name")" != "sha256:$(tar -xOf "$archive" index.json | sha256sum | cut -d' ' -f1)" ]; then
		local problem
		problem=$("$localnode" load "$archive" "$name" 2>&1) || die "the local node did not take $name: $problem"
		say "loaded $name"
	fi
}

# Docker and kind know by themselves what has changed.
build_for_kind() {
	local image=$1 dockerfile stage name=$registry/$1:dev
	dockerfile=$(dockerfile_of "$image")
	stage=$(stage_of "$image")
	docker build --quiet ${stage:+--target "$stage"} --tag "$name" --file "$dockerfile" . >/dev/null
	kind load docker-image --name stratbox "$name"
	key=$(docker image inspect --format '{{.Id}}' "$name")
}

prepare_for_node() {
	[ "$(id -u)" -eq 0 ] || die "building images without a daemon needs root"
	mkdir -p "$cache"
	exec 8>"$cache/build.lock"
	flock 8
	if [ -x "$localnode" ] && "$localnode" exec -- ctr version >/dev/null 2>&1; then
		node_is_up=yes
	else
		say "the local node is not up: images are built but not loaded (make node-up)"
	fi
}

keys=""
node_is_up=""
case ${CLUSTER:-node} in
node) prepare_for_node ;;
kind) ;;
*) die "CLUSTER is $CLUSTER; it can be node or kind" ;;
esac
[ $# -gt 0 ] || set -- manager profile-installer runner
for image; do
	"build_for_${CLUSTER:-node}" "$image"
	keys+=" $image=$key"
done
# One word that changes when any image does, for those who roll out what was built.
echo "$keys" | sha256sum | cut -c1-16 >bin/images.digest
