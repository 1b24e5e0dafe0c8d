# A run that is killed at random moments and resumed ends with the bytes of an unbroken one, with any number of
# threads; more epochs prolong it; what changed is said.
. "$(dirname "$0")/common.sh"
sed -e 's/^  batch .*/  batch 4\n  validate 20 steps/' -e 's/^  stop .*/  stop after 9 epochs without lower valid.loss/' "$root/examples/wine.net" > wine.net
mkdir data
cp "$root/examples/data/wine.csv" data/

without_seconds() {
  cut -d, -f1,2,4- "$1/history.csv"
}
same_run() {
  cmp "$1/last.safetensors" "$2/last.safetensors" || fail "$2: last.safetensors is not that of the unbroken run ($3)"
  cmp "$1/best.safetensors" "$2/best.safetensors" || fail "$2: best.safetensors is not that of the unbroken run ($3)"
  without_seconds "$1" > wanted
  without_seconds "$2" > found
  cmp wanted found || fail "$2: history.csv is not that of the unbroken run ($3)"
}
"$dlc" wine.net --train epochs=12 --out whole --quiet

# The moments come from a generator of our own: the same on every machine, though not the same place in the run.
seed=20
kills=0
runs=0
while [ $kills -lt 30 ]; do
  runs=$((runs + 1))
  run=run-$runs
  went_on=--out
  moments=
  while :; do
    seed=$(( (seed * 1103515245 + 12345) % 2147483648 ))
    milliseconds=$(( seed / 65536 % 300 + 20 ))
    moments="$moments $milliseconds"
    status=0
    if [ $kills -ge 30 ]; then milliseconds=60000; fi
    timeout -s KILL "$(printf '%d.%03d' $((milliseconds / 1000)) $((milliseconds % 1000)))" \
      "$dlc" wine.net --train epochs=12 $went_on $run --threads $((kills % 3 + 1)) --quiet 2> message || status=$?
    [ $status -eq 0 ] && break
    # A kill between the end of the run and that of the process.
    [ $status -eq 2 ] && grep -q 'this run is finished' message && break
    [ $status -eq 137 ] || fail "$run: status $status after kills at$moments ms: $(cat message)"
    kills=$((kills + 1))
    [ -e $run/run.json ] && went_on=--resume
  done
  same_run whole $run "killed after$moments ms"
done

# More epochs: the same as if they had been asked for at once. Not given again, all is as it was.
"$dlc" wine.net --train epochs=5 rate=0.1 --out short --quiet
status=0
"$dlc" wine.net --train --resume short 2> message || status=$?
[ $status -eq 2 ] || fail "a finished run: status $status"
grep -q 'short: this run is finished, after 5 epochs; .* such as epochs=10$' message || fail "a finished run: $(cat message)"
"$dlc" wine.net --train --resume short epochs=8 2> message || fail "prolonging: $(cat message)"
grep -q '^changed since: epochs: now 8, then 5$' message || fail "the prolonging is not told: $(cat message)"
"$dlc" wine.net --train epochs=8 rate=0.1 --out long --quiet
same_run long short prolonged

# None, and what changed.
status=0
"$dlc" wine.net --train --resume 2> message || status=$?
[ $status -eq 2 ] && grep -q 'there is no run of wine.net in runs/' message || fail "no run: $status $(cat message)"
"$dlc" wine.net --train epochs=2 --quiet
sed -i 's/"interrupted"\|"finished"/"running"/' runs/wine-001/run.json
sed -i 's/tanh/relu/' wine.net
echo >> data/wine.csv
"$dlc" --train --resume wine.net epochs=3 2> message || fail "the newest: $(cat message)"
for line in 'goes on in runs/wine-001, after step 64 in epoch 2 of 3' 'changed since: wine.net:17: now:      x |> dense(16) |> relu' \
  'changed since: ./data/wine.csv: now [0-9]* bytes, then'; do
  grep -q "$line" message || fail "not told: $line: $(cat message)"
done

# The seed is the run's own: another is refused, the same may be said.
status=0
"$dlc" wine.net --train --resume short epochs=9 --seed 7 2> message || status=$?
[ $status -eq 2 ] && grep -q 'short goes on with its own seed, 0: leave out --seed' message || fail "another seed: status $status, $(cat message)"
"$dlc" wine.net --train --resume short epochs=9 --seed 0 --quiet 2> message || fail "its own seed: $(cat message)"
