# 0 done, 1 the file is wrong, 2 the command is wrong, 3 the loss was not finite.
. "$(dirname "$0")/common.sh"
expect() {
  wanted=$1
  shift
  status=0
  "$dlc" "$@" > out 2>&1 < /dev/null || status=$?
  [ $status -eq "$wanted" ] || { cat out; fail "dlc $* ended with $status, not $wanted"; }
  [ -s out ] || fail "dlc $* said nothing"
}
expect 0 --help
expect 0 --version
expect 0 --help-std dense
expect 2
expect 2 --help-std densely
expect 2 --chek "$root/examples/wine.net"
expect 2 "$root/examples/wine.net" --train epoch=3
expect 2 "$root/examples/wine.net" --emit=lops
expect 2 "$root/examples/wine.net" --emit=loops --passes=-shar
expect 2 "$root/examples/wine.net" --train --threads many
expect 1 nothing.net
echo 'net f(x[n] { x }' > broken.net
expect 1 broken.net --check
expect 3 "$root/examples/wine.net" --train rate=1e30 --out run --quiet
