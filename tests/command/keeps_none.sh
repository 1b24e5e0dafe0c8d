# What is kept where the metric is never a number; --weights for a run that is not the newest of runs/.
. "$(dirname "$0")/common.sh"
cp "$root/examples/wine.net" .
cp -r "$root/examples/data" .
sed '/^  keep/d; /^  stop/d; s/^  metric .*confusion.*/&\n  metric bad = log(0 * loss - 1)\n  keep highest valid.bad/' wine.net > bad.net
"$dlc" bad.net --train epochs=3 2> message || fail "$(cat message)"
grep -q '^no valid.bad was a number: the last weights are kept$' message || fail "it does not say what is kept: $(cat message)"
"$dlc" bad.net --evaluate > out 2> message || fail "--evaluate: $(cat message)"
grep -q '^weights of runs/bad-001/best.safetensors$' message || fail "--evaluate: $(cat message)"

"$dlc" wine.net --train epochs=1 --out elsewhere 2> message || fail "$(cat message)"
grep -q '^try:.* --evaluate --weights elsewhere ' message || fail "the folder is not named: $(cat message)"
"$dlc" wine.net --train --resume elsewhere epochs=2 2> message || fail "$(cat message)"
grep -q '^try:.* --evaluate --weights elsewhere ' message || fail "the resumed folder is not named: $(cat message)"
"$dlc" wine.net --train epochs=1 2> message
grep -q '^try:.* --evaluate  ' message || fail "the newest run needs no name: $(cat message)"

# Epochs of microseconds: what was measured is not written anew after each of them.
start=$(date +%s)
sed '/^  stop/d' wine.net > long.net
"$dlc" long.net --train epochs=4000 batch=all --quiet --out long || fail "4000 epochs"
[ $(($(date +%s) - start)) -lt 40 ] || fail "4000 epochs took $(($(date +%s) - start)) s"
[ "$(wc -l < long/history.csv)" -eq 4001 ] || fail "the history has $(wc -l < long/history.csv) lines"
