#!/bin/bash
# sandbox.sh OUT [amd64|arm64]: builds the sandbox's helper, for another processor with that one's linker, and lists its crates.
# Runs in the Dockerfile's sandbox stage, in the crate's folder.
set -euo pipefail
out=$1
host=$(rustc -vV | sed -n 's/^host: //p')
case ${2:-} in
  amd64) target=x86_64-unknown-linux-gnu ;;
  arm64) target=aarch64-unknown-linux-gnu ;;
  "") target=$host ;;
  *) echo "sandbox: no helper for $2" >&2; exit 1 ;;
esac
if [ "$target" != "$host" ]; then
  gnu=${target%%-*}
  rustup target add "$target"
  apt-get update
  apt-get install --yes --no-install-recommends "gcc-${gnu/_/-}-linux-gnu" "libc6-dev-$2-cross"
  variable=${target//-/_}
  export "CARGO_TARGET_${variable^^}_LINKER=$gnu-linux-gnu-gcc"
fi
cargo build --release --locked --bins --target "$target"
mkdir -p "$out/bin"
cp "target/$target/release/box" "$out/bin/box"
cargo metadata --locked --format-version 1 --filter-platform "$target" >"$out/cargo.json"
