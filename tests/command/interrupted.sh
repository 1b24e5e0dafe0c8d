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
# So does SIGTERM, with its own status; and no second process may train in the folder meanwhile.
"$dlc" wine.net --train --resume run --quiet &
child=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  grep -q '"end": "running"' run/run.json && break
  sleep 0.2
done
sleep 0.3
other=0
"$dlc" wine.net --train --resume run --quiet 2> message || other=$?
[ $other -eq 1 ] && grep -q 'another process trains in this folder now' message || fail "a second process: status $other, $(cat message)"
kill -TERM $child
status=0
wait $child || status=$?
[ $status -eq 143 ] || fail "the status is $status, not 143"

# While the data are still being read there is nothing to save, and it says so.
awk 'BEGIN { print "a,b,c"; for (i = 0; i < 600000; ++i) print i % 7 "," i % 11 "," i % 3 }' > big.csv
cat > big.net <<'END'
data big {
  train csv("big.csv", names = ["a", "b", "c"])
  x: [2] = columns("a", "b")
  kind: class[3] = c
}
net n(x[k]) { x |> dense(3) }
train {
  data big
  batch 8
  epochs 1000000
  minimize cross_entropy(n(x), kind) with sgd(0.1)
}
END
sed -i 1d big.csv
"$dlc" big.net --train --out early 2> message &
child=$!
tries=0
until ls -l /proc/$child/fd 2> /dev/null | grep -q big.csv || [ $tries -gt 500 ]; do tries=$((tries + 1)); sleep 0.01; done
kill -TERM $child
status=0
wait $child || status=$?
[ $status -eq 143 ] || fail "early: status $status, $(cat message)"
if grep -q '^stopped before the first step: nothing was trained$' message; then
  [ ! -e early ] || fail "early: a folder is left"
else  # The machine was busy, and the signal late.
  grep -q '^stopped at step' message || fail "early: it ended in silence: $(cat message)"
fi
