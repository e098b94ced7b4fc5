#!/bin/bash
# Makes the base image localhost/stratbox-base:trixie, a minimal Debian trixie, in buildah's storage. Does nothing if it is there.
# usage: hack/images/base.sh        (root; prints the image's name)
set -euo pipefail

suite=trixie
cache=${STRATBOX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/stratbox}/images
# The recipe is part of the name: another recipe makes another base.
key=$(sha256sum "$0" | cut -c1-12)
image=localhost/stratbox-base:$suite
versioned=$image-$key
archive=$cache/base-$suite-$key.tar

[ "$(id -u)" -eq 0 ] || { echo "base.sh: making a root file system needs root" >&2; exit 1; }

mkdir -p "$cache"
exec 9>"$cache/base.lock"
flock 9

if ! buildah inspect --type image "$versioned" >/dev/null 2>&1; then
	if [ ! -f "$archive" ]; then
		echo "base.sh: making a minimal Debian $suite (half a minute)" >&2
		# The mirror this machine's own packages come from, if it is a Debian one; mmdebstrap's default otherwise.
		# shellcheck disable=SC2016 # apt expands it
		mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null | sort -u | head -n 1)
		mmdebstrap --quiet --mode=root --variant=minbase \
			--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
			"$suite" "$archive.partial.tar" ${mirror:+"$mirror"} >&2
		rm -f "$cache/base-"*-????????????.tar
		mv "$archive.partial.tar" "$archive"
	fi
	container=$(buildah from scratch)
	trap 'buildah rm "$container" >/dev/null' EXIT
	buildah add --quiet "$container" "$archive" / >/dev/null
	buildah config --cmd /bin/bash --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container" >/dev/null
	buildah commit --quiet "$container" "$versioned" >/dev/null
fi
buildah tag "$versioned" "$image"
echo "$image"
