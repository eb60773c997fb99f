#!/bin/sh
# Build step: fetches the pinned AWS service models and compiles them into one file.
#   build.sh <compiler> <out folder>
# Where npm is missing or cannot fetch, the models of Debian's python3-botocore are taken instead (they are of 2022), and said so.
# SETPOINT_AWS_MODELS_FROM=botocore takes them at once.
set -eu
compiler=$1
out=$2
here=$(dirname "$0")
version=$(sed -n 's/.*"aws-sdk": *"\([^"]*\)".*/\1/p' "$here/package.json")
mkdir -p "$out"
exec 9> "$out/lock"
flock 9

fetched() { [ -n "$version" ] && [ "$(sed -n 's/^ *"version": "\([^"]*\)".*/\1/p' "$out/npm/node_modules/aws-sdk/package.json" 2>/dev/null)" = "$version" ]; }
fetch() {
  command -v npm > /dev/null || return 1
  mkdir -p "$out/npm"
  cp "$here/package.json" "$here/package-lock.json" "$out/npm/"
  (cd "$out/npm" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) > "$out/npm.log" 2>&1 && fetched
}

if [ "${SETPOINT_AWS_MODELS_FROM:-npm}" = npm ] && { fetched || fetch; }; then
  exec "$compiler" "$out/npm/node_modules/aws-sdk/apis" "aws-sdk $version" "$out/aws-models.bin"
fi
botocore=$(/usr/bin/python3 -c 'import botocore; print(botocore.__path__[0] + "/data", botocore.__version__)')
echo "AWS models: npm did not give aws-sdk $version (see $out/npm.log); using botocore ${botocore#* }, whose models are of 2022" >&2
exec "$compiler" "${botocore% *}" "botocore ${botocore#* } (Debian, models of 2022)" "$out/aws-models.bin"
