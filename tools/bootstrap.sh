# Sourced by ./run and ./test: brings a fresh Debian 12 to where Setpoint builds. Installs only what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

BUILD_PACKAGES=(g++ cmake ninja-build pkg-config ccache lld git ca-certificates libboost1.81-dev libcurl4-openssl-dev libsimdjson-dev
  nlohmann-json3-dev libyaml-cpp-dev libre2-dev libpcre2-dev libcli11-dev libfmt-dev libexpected-dev
  libsqlite3-dev libssl-dev libseccomp-dev zlib1g-dev libgtest-dev libgmock-dev npm nodejs python3)
RUNTIME_PACKAGES=(python3-boto3 bubblewrap)
TEST_PACKAGES=(awscli python3-yaml)

say() {
  if [ -t 2 ]; then printf '\033[1m==\033[0m %s\n' "$*" >&2; else printf '== %s\n' "$*" >&2; fi
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    echo "setpoint: packages are missing ($*); run as root or install sudo" >&2
    exit 2
  fi
}

# npm and node may come from elsewhere than Debian: a command that is there is not installed again.
missing_packages() {
  local package
  for package in "$@"; do
    case "$package" in
      npm) command -v npm >/dev/null && continue ;;
      nodejs) command -v node >/dev/null && continue ;;
    esac
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || echo "$package"
  done
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "installing from Debian: ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# build PRESET TARGET...
build() {
  local preset=$1 log
  shift
  if [ ! -f "build/$preset/build.ninja" ]; then
    say "configuring build/$preset"
    log=$(mktemp)
    cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; exit 2; }
    rm -f "$log"
  fi
  say "building $preset: $*"
  NINJA_STATUS='[%f/%t] ' ninja --quiet -C "build/$preset" "$@" >&2
}
