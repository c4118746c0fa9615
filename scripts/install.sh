# Sourced by bin/start and bin/test: installs what the lock file lists and puts the project's own Node
# first on the PATH. Run from the checkout.

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

command -v node >/dev/null || fail "Node is missing: install Node 24."
command -v npm >/dev/null || fail "npm is missing: install it with Node."
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] ||
  fail "Node $(node -v) is too old: install Node 24."

install_stamp=node_modules/.cache/portal-install.sum
wanted=$(cat package.json package-lock.json .npmrc | cksum)

if [ "$(cat "$install_stamp" 2>/dev/null)" != "$wanted" ]; then
  printf 'Installing packages\n'
  log=$(mktemp)
  # No package runs a script on install. Those that package.json names run afterwards.
  allowed=$(node -e '
    const { allowScripts = {} } = JSON.parse(require("node:fs").readFileSync("package.json", "utf8"));
    const names = Object.keys(allowScripts).filter((name) => allowScripts[name]);
    process.stdout.write(names.join("\n"));')
  {
    npm ci --no-progress &&
      for name in $allowed; do
        [ ! -d "node_modules/$name" ] || npm rebuild --ignore-scripts=false "$name" || exit 1
      done
  } >"$log" 2>&1 || {
    cat "$log" >&2
    rm -f "$log"
    fail "The packages could not be installed."
  }
  rm -f "$log"
  mkdir -p node_modules/.cache
  printf '%s\n' "$wanted" >"$install_stamp"
fi

PATH="$PWD/node_modules/.bin:$PATH"
export PATH NEXT_TELEMETRY_DISABLED=1
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 24 ] ||
  fail "No package contains Node 24 for this platform: install Node 24."
