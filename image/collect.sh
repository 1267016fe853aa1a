#!/bin/bash
# collect.sh OUT PROGRAM...: copies programs, the libraries that they load and their loader into OUT, which has Debian's shape with
# one /usr; beside them the copyright files and the package records that scanners look for. Writes the packages' names to
# OUT.packages. Runs in the Dockerfile's system stage; an unknown program ends it.
set -euo pipefail
out=$1
shift

# The links first: what is copied below them would make folders of the same name.
mkdir -p "$out"/usr/{bin,lib,lib64} "$out"/var/lib/dpkg/status.d
for folder in bin lib lib64; do ln -s "usr/$folder" "$out/$folder"; done

put() { # a file, with what its links lead to
  local from
  from=$(readlink -f "$1")
  [ -e "$out$1" ] || { mkdir -p "$out$(dirname "$1")" && cp --preserve=mode,timestamps "$from" "$out$1"; }
  # Debian's records know files below /usr, and below / what they knew before the two were one.
  dpkg-query --search "$from" "${from#/usr}" 2>/dev/null | sed -E '/^diversion by /d; s/(:[a-z0-9]+)?: .*//' >>"$out.found" || true
}

: >"$out.found"
for program in "$@"; do
  file=$(command -v "$program") || { echo "collect: $program is not there" >&2; exit 1; }
  put "$file"
  # A static program has no libraries: ldd fails, and nothing is missing.
  { ldd "$file" 2>/dev/null || true; } | { grep -o '/[^ ]*' || true; } | while read -r library; do put "$library"; done
done

sort -u "$out.found" >"$out.packages"
while read -r package; do
  mkdir -p "$out/usr/share/doc/$package"
  cp -L "/usr/share/doc/$package/copyright" "$out/usr/share/doc/$package/copyright"
  dpkg-query --status "$package" >"$out/var/lib/dpkg/status.d/$package"
done <"$out.packages"
