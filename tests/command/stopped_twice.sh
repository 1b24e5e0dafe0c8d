# A second Ctrl-C stops at once, within a step that takes long; what was saved before stays.
. "$(dirname "$0")/common.sh"
cp -r "$root/examples/data" .
sed -e 's/^  batch .*/  batch all\n  validate 1 steps/' -e '/^  stop/d' -e 's/  x |> dense(16)/  x |> slow |> dense(16)/' "$root/examples/wine.net" > wine.net
echo 'fn slow(x[n]) { y[i] = x[i] + 1e-9 * sum[a < 200000] sin(x[i] + a) }' >> wine.net
"$dlc" wine.net --train epochs=1000 --out run --quiet --threads 1 2> message &
child=$!
# Right after a step was saved the next one has begun.
tries=0
while [ ! -s run/last.safetensors ] && [ $tries -lt 600 ]; do
  tries=$((tries + 1))
  sleep 0.05
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
