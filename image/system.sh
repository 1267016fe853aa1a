#!/bin/bash
# system.sh OUT: the part of the image that comes from Debian, and the Node that runs the server; what a root needs besides
# (accounts, certificates, folders). Runs in the Dockerfile's system stage.
set -euo pipefail
out=$1
here=$(dirname "$0")

text_tools=(jq gawk grep sed head tail sort uniq wc cut tr nl tac rev column paste date base64 cat)
bash "$here/collect.sh" "$out" tini node git /usr/lib/git-core/git-remote-http curl "${text_tools[@]}"

cd "$out"
ln -s gawk usr/bin/awk
# git starts itself and one helper from here; its other programs are shell scripts, or not for us.
ln -s ../../bin/git usr/lib/git-core/git
ln -s git-remote-http usr/lib/git-core/git-remote-https
mkdir -p usr/share/git-core/templates

mkdir -p etc/ssl/certs home/nonroot var/lib/ai-sre/workspace
mkdir -m 1777 tmp
cp -L /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/
cp -L /etc/os-release etc/os-release
echo 'hosts: files dns' >etc/nsswitch.conf
printf '%s\n' 'root:x:0:0:root:/:/nonexistent' 'nonroot:x:65532:65532:nonroot:/home/nonroot:/nonexistent' >etc/passwd
printf '%s\n' 'root:x:0:' 'nonroot:x:65532:' >etc/group
# A volume takes over the owner of the folder that it is mounted on.
chown -R 65532:65532 home/nonroot var/lib/ai-sre
# What libraries the loader finds without asking the file system for each.
ldconfig -r "$out"
rm -rf "$out/var/cache/ldconfig"

if [ -e bin/sh ] || [ -e bin/bash ] || [ -n "$(find . -perm /6000)" ]; then
  echo "system: a shell, or a file that runs as somebody else" >&2
  exit 1
fi
