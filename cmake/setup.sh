# Sourced by examples/run and tests/run: brings a Debian 12 to the point where the tree configures, and builds parts of it.
# Asks dpkg first and touches the network only when a package is missing, so that a second run does nothing.
# Needs root or sudo only to install. The caller has set `root` to the project's folder.

build_packages="cmake ninja-build make g++ ccache pkg-config ca-certificates
  antlr4 default-jre-headless libantlr4-runtime-dev libarchive-dev libcli11-dev libfmt-dev libgtest-dev
  libsepol-dev libssl-dev nlohmann-json3-dev python3 selinux-policy-default uuid-dev"
test_packages="checkpolicy clang clang-format clang-tidy fish graphviz iproute2 iptables kmod libclang-rt-14-dev man-db mandoc
  netbase nftables policycoreutils python3-jsonschema qemu-system-x86 secilc selinux-policy-mls setools util-linux zsh"
# Node.js from elsewhere brings its own npm, and Debian's doesn't install beside it.
command -v npm >/dev/null || test_packages="$test_packages nodejs npm"

say() { printf '\n==> %s\n' "$*" >&2; }

# Runs a command as root, by sudo where that is needed.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "error: installing packages needs root or sudo: apt-get install ${missing[*]}" >&2
    return 3
  fi
}

# install_missing PACKAGE…
install_missing() {
  local package
  missing=()
  for package in "$@"; do
    # "installed" alone: a package whose configuration files remain is not there.
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q || return 3
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" || return 3
}

# build_preset PRESET [TARGET…]: configures the preset and builds the targets, or everything. Ninja rebuilds only what changed.
build_preset() {
  local preset=$1 folder=$root/build
  shift
  [ "$preset" = release ] || folder=$root/build/$preset
  local targets=()
  [ $# -eq 0 ] || targets=(--target "$@")
  say "building ${*:-everything} (preset $preset)"
  mkdir -p "$folder"
  # A checkout that was moved or copied brings a cache that names the old place.
  if [ -f "$folder/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
    rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles"
  fi
  if ! (cd "$root" && cmake --preset "$preset") >"$folder/configure.log" 2>&1; then
    cat "$folder/configure.log" >&2
    return 1
  fi
  cmake --build "$folder" --parallel "$(nproc)" "${targets[@]}" >&2
}

# newest_policy STORE: the newest binary policy of an SELinux store.
newest_policy() {
  find "/etc/selinux/$1/policy" -name 'policy.[0-9]*' 2>/dev/null | sort -V | tail -n 1 | grep .
}
