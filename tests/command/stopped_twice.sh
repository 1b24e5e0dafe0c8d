# A second Ctrl-C stops at once, within a step that takes long; what was saved before stays.
. "$(dirname "$0")/common.sh"
cp -r "$root/examples/data" .
# until_there CONDITION: waits for it, at most a minute.
until_there() {
  tries=0
  while ! eval "$1" && [ $tries -lt 1200 ]; do
    tries=$((tries + 1))
    sleep 0.05
  done
  eval "$1" || fail "waited in vain for: $1"
}
# A step takes in proportion to $terms. Right after one was saved the next one has begun; signals that wait for their
# delivery are the mask ShdPnd, and two of one kind would become one.
stop_twice() {
  sed -e 's/^  batch .*/  batch all\n  validate 1 steps/' -e '/^  stop/d' -e 's/  x |> dense(16)/  x |> slow |> dense(16)/' "$root/examples/wine.net" > wine.net
  echo "fn slow(x[n]) { y[i] = x[i] + 1e-9 * sum[a < $terms] sin(x[i] + a) }" >> wine.net
  rm -rf run
  "$dlc" wine.net --train epochs=1000 --out run --quiet --threads 1 2> message &
  child=$!
  until_there '[ -s run/last.safetensors ]'
  kill -INT $child
  until_there "! grep -q '^ShdPnd:.*[1-9a-f]' /proc/$child/status 2> /dev/null"
  kill -INT $child 2> /dev/null || true
  status=0
  wait $child || status=$?
}
# On a busy machine the step may end between the two, and the run as after one: then a longer one is tried.
for terms in 200000 1000000 5000000; do
  stop_twice
  [ $status -eq 130 ] || fail "the status is $status, not 130"
  if grep -q '"end": "running"' run/run.json; then break; fi
done
grep -q '"end": "running"' run/run.json || fail "it took the time to say how it ended"
"$dlc" wine.net --evaluate --weights run > out 2> message || fail "what was saved cannot be read: $(cat message)"
