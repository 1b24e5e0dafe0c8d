# A run that was stopped in its first epoch has no best weights yet: those it saved last are taken, and it is said.
. "$(dirname "$0")/common.sh"
cp "$root/examples/wine.net" .
cp -r "$root/examples/data" .
"$dlc" wine.net --train epochs=1 --quiet
"$dlc" wine.net --evaluate > whole 2> message || fail "evaluation: $(cat message)"
grep -q 'weights of runs/wine-001/best.safetensors' message || fail "$(cat message)"
rm runs/wine-001/best.safetensors
sed -i 's/"finished"/"interrupted"/' runs/wine-001/run.json
for weights in '' '--weights runs/wine-001'; do
  "$dlc" wine.net --evaluate $weights > last 2> message || fail "without best.safetensors: $(cat message)"
  cmp whole last || fail "the weights of the only epoch are not those of last.safetensors"
  grep -q 'weights of runs/wine-001/last.safetensors: no epoch of this run is finished, so there is no best.safetensors' message ||
    fail "it is not said: $(cat message)"
  grep -q '^try:  dlc wine.net --train --resume runs/wine-001$' message || fail "how to go on is not said: $(cat message)"
done
rm runs/wine-001/last.safetensors
status=0
"$dlc" wine.net --evaluate --weights runs/wine-001 2> message || status=$?
[ $status -eq 1 ] && grep -q 'best.safetensors' message || fail "no weights at all: $status $(cat message)"
"$dlc" wine.net --evaluate 2> message && fail "no weights at all"
grep -q 'no run in runs/ has weights of wine' message || fail "no weights at all: $(cat message)"
