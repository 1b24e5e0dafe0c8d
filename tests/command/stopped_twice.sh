# A second Ctrl-C stops at once, within a step that takes long; what was saved before stays.
. "$(dirname "$0")/common.sh"
cp -r "$root/examples/data" .
sed -e 's/^  batch .*/  batch all\n  validate 1 steps/' -e '/^  stop/d' -e 's/dense(16) |> tanh/dense(3000) |> tanh |> dense(3000) |> tanh/' "$root/examples/wine.net" > wine.net
"$dlc" wine.net --train epochs=1000 --out run --quiet --threads 1 2> message &
child=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
  [ -s run/last.safetensors ] && break
  sleep 0.3
done
[ -s run/last.safetensors ] || fail "no step was done"
kill -INT $child
sleep 0.02
kill -INT $child
status=0
wait $child || status=$?
[ $status -eq 130 ] || fail "the status is $status, not 130"
grep -q '"end": "running"' run/run.json || fail "it took the time to say how it ended"
"$dlc" wine.net --evaluate --weights run > out 2> message || fail "what was saved cannot be read: $(cat message)"
