# Ctrl-C ends a run with its weights saved.
. "$(dirname "$0")/common.sh"
grep -v '^  stop' "$root/examples/wine.net" > wine.net
cp -r "$root/examples/data" .
"$dlc" wine.net --train epochs=1000000 batch=1 --out run --quiet &
child=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
  [ -s run/last.safetensors ] && break
  sleep 0.3
done
rm -f run/last.safetensors
kill -INT $child
status=0
wait $child || status=$?
[ $status -eq 130 ] || fail "the status is $status, not 130"
[ -s run/last.safetensors ] || fail "nothing was saved"
grep -q interrupted run/run.json || fail "run.json does not tell how it ended"
