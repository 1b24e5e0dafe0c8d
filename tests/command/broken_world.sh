# Output that cannot be written is said; a closed pipe, a limit on files and a lost terminal are no crashes.
. "$(dirname "$0")/common.sh"
cp "$root/examples/wine.net" .
cp -r "$root/examples/data" .

expect() {
  wanted=$1
  shift
  status=0
  "$@" 2> message || status=$?
  [ $status -eq "$wanted" ] || fail "$* ended with $status, not $wanted: $(cat message)"
}
for words in '--help' '--version' '--help-std dense' 'wine.net --summary' 'wine.net --emit=loops' 'wine.net --format' 'wine.net --data'; do
  expect 1 "$dlc" $words > /dev/full
  grep -q '^dlc: standard output cannot be written: No space left on device$' message || fail "$words: $(cat message)"
  expect 1 "$dlc" $words >&-
  grep -q '^dlc: standard output cannot be written: Bad file descriptor$' message || fail "$words: $(cat message)"
done
# Who reads no further has what he wants.
{ status=0; "$dlc" wine.net --emit=loops 2> message || status=$?; echo $status > status; } | head -c 1 > /dev/null
[ "$(cat status)" -eq 0 ] && [ ! -s message ] || fail "a closed pipe: status $(cat status), $(cat message)"

# Files that may not grow: a failure of the world, in one line.
(ulimit -f 0; "$dlc" wine.net --train epochs=1 --out small --quiet 2>&1 || echo "status $?") | cat > message
grep -q 'status 1' message && grep -q 'the file would be larger than allowed here' message || fail "a limit on files: $(cat message)"

# A terminal that goes away ends a training as SIGTERM does, unless nohup was there first.
grep -v '^  stop' wine.net > long.net
"$dlc" long.net --train epochs=1000000 batch=1 --out hung --quiet &
child=$!
tries=0
until [ -s hung/last.safetensors ] || [ $tries -gt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
rm -f hung/last.safetensors
kill -HUP $child
status=0
wait $child || status=$?
[ $status -eq 129 ] || fail "SIGHUP: the status is $status, not 129"
[ -s hung/last.safetensors ] || fail "SIGHUP: nothing was saved"
(trap '' HUP; exec "$dlc" long.net --train epochs=1000000 batch=1 --out nohup --quiet) &
child=$!
tries=0
until [ -s nohup/last.safetensors ] || [ $tries -gt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -HUP $child
sleep 0.3
kill -TERM $child
status=0
wait $child || status=$?
[ $status -eq 143 ] || fail "SIGHUP under nohup: the status is $status, not 143"

[ -z "${SANITIZED-}" ] || exit 0
# Too little memory is no mistake of ours, wherever it ends.
for megabytes in 64 68 72 76 80 84 88 92 96 100; do
  (ulimit -v ${megabytes}000; "$dlc" wine.net --train epochs=1 --threads 1 --quiet) > out 2> message && continue
  status=$?
  [ $status -eq 127 ] && continue  # The loader had too little already.
  [ $status -eq 1 ] || fail "with $megabytes MB: status $status, $(cat message)"
done
[ ! -e dlc-bug-1 ] || fail "too little memory was taken for a mistake of ours: $(cat dlc-bug-1/report.txt)"
