# A net over draws: no data line, steps and batch. It trains, goes on where it was killed, and says what it cannot do.
. "$(dirname "$0")/common.sh"
cat > drawn.net <<'END'
net sum_of(x[k]) { x |> dense(8) |> tanh |> dense(1) }
train {
  steps 400
  batch 32
  validate 50 steps
  keep lowest train.error
  x[i < 3] = normal(0, 1)
  minimize (scalar(sum_of(x)) - sum(x))^2 with adam(0.01)
  metric error = abs(scalar(sum_of(x)) - sum(x))
}
END
without_seconds() { cut -d, -f1,2,4- "$1/history.csv"; }
same_run() {
  for file in last.safetensors best.safetensors; do cmp "$1/$file" "$2/$file" || fail "$2: $file is another"; done
  without_seconds "$1" > wanted
  without_seconds "$2" > found
  cmp wanted found || fail "$2: history.csv is another"
}
"$dlc" drawn.net --train --out whole 2> message || fail "$(cat message)"
without_seconds whole > history
[ "$(head -1 history)" = epoch,step,train.loss,train.error ] || fail "the columns: $(cat history)"
[ "$(cut -d, -f2 history | tr '\n' ' ')" = 'step 50 100 150 200 250 300 350 400 ' ] || fail "the steps: $(cat history)"
awk -F, 'NR == 2 { first = $4 } END { exit !($4 < first / 2) }' history || fail "nothing was learned: $(cat history)"
grep -q '^drawn.net  41 parameters  batch 32  seed 0  ' message || fail "the first line: $(cat message)"
grep -q '^step  50/400  train.loss ' message || fail "no line of a step: $(cat message)"
grep -q '^best train.error .* at step 400, kept in whole/best.safetensors$' message || fail "the best: $(cat message)"
grep -q '^try:  open whole/curve.svg$' message || fail "what next: $(cat message)"
grep -q '>step<' whole/curve.svg && grep -q 'kept: step 400' whole/curve.svg || fail "the curve is not over steps"
for threads in 1 2 3; do
  "$dlc" drawn.net --train --out threads-$threads --threads $threads --quiet
  same_run whole threads-$threads
done

# A step's draws are not those of the step before: with a rate of 0 the losses differ all the same.
sed 's/adam(0.01)/sgd(0)/; s/validate 50/validate 1/' drawn.net > still.net
"$dlc" still.net --train steps=20 --out still --quiet
[ "$(tail -n +2 still/history.csv | cut -d, -f4 | sort -u | wc -l)" -eq 20 ] || fail "draws repeat: $(cat still/history.csv)"

# Killed at any moment; more steps prolong it, and the batch may then be another.
kills=0
for milliseconds in 60 90 120 150 180 210 240 270; do
  went_on=--out
  [ -e killed/run.json ] && went_on=--resume
  status=0
  timeout -s KILL 0.$(printf %03d $milliseconds) "$dlc" drawn.net --train steps=4000 $went_on killed --quiet 2> message || status=$?
  [ $status -eq 0 ] && break
  [ $status -eq 137 ] || { grep -q 'is finished' message && break; } || fail "status $status: $(cat message)"
  kills=$((kills + 1))
done
[ $kills -gt 2 ] || fail "only $kills kills"
[ -e killed/run.json ] || "$dlc" drawn.net --train steps=4000 --out killed --quiet  # It never came as far as that.
"$dlc" drawn.net --train --resume killed --quiet 2> message || grep -q 'is finished' message || fail "it cannot go on: $(cat message)"
"$dlc" drawn.net --train steps=4000 --out unbroken --quiet
same_run unbroken killed
status=0
"$dlc" drawn.net --train --resume whole 2> message || status=$?
[ $status -eq 2 ] && grep -q 'whole: this run is finished, after 400 steps; .* such as steps=800$' message || fail "status $status: $(cat message)"
"$dlc" drawn.net --train --resume whole steps=500 batch=16 2> message || fail "prolonging: $(cat message)"
grep -q '^goes on in whole, after step 400 of 500$' message || fail "where it stands: $(cat message)"
[ "$(tail -1 whole/history.csv | cut -d, -f1,2)" = 1,500 ] || fail "prolonged: $(cat whole/history.csv)"

# What needs no data.
"$dlc" drawn.net --time > out 2> message && grep -q '^first step ' out || fail "--time: $(cat out message)"
"$dlc" drawn.net --dry-run > out 2> message || fail "--dry-run: $(cat message)"
grep -q '^400 steps take about ' out && ! grep -q '^data' out || fail "--dry-run: $(cat out)"
"$dlc" drawn.net --summary > out || fail "--summary"
sed 's/minimize /minimize 0 * log(0 * sum(x)) + /' drawn.net > bad.net
status=0
"$dlc" bad.net --train --out bad --quiet 2> message || status=$?
[ $status -eq 3 ] && grep -q '^bad.net:8:.* in step 1 the first value that was not finite was' message || fail "status $status: $(cat message)"

# What needs data says so.
refused() { # words, arguments
  words=$1
  shift
  status=0
  "$dlc" "$@" > out 2> message < /dev/null || status=$?
  [ $status -eq 1 ] && grep -q "^dlc: drawn.net reads no data$words" message || fail "$*: status $status: $(cat message)"
  [ "$(wc -l < message)" -eq 1 ] || fail "$*: more than a line: $(cat message)"
}
refused '$' drawn.net --data
for wish in --evaluate '--predict table.csv' '--predict --index 0'; do
  refused ': there are no examples to ' drawn.net $wish
  refused ': there are no examples to ' drawn.net $wish --weights whole
done
