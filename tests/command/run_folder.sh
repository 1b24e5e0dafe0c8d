# A run leaves all its files, in folders that count up, and never writes over another.
. "$(dirname "$0")/common.sh"
mkdir data
cp "$root/examples/wine.net" .
cp "$root/examples/data/wine.csv" data/
"$dlc" wine.net --train epochs=2 --quiet
"$dlc" wine.net --train epochs=2 rate=0.1 --quiet
for file in model.net run.json history.csv history.json curve.svg best.safetensors last.safetensors; do
  [ -s runs/wine-001/$file ] || fail "$file is not in runs/wine-001"
  [ -s runs/wine-002/$file ] || fail "$file is not in runs/wine-002"
done
[ "$(wc -l < runs/wine-001/history.csv)" -eq 3 ] || fail "history.csv has not a head and two rows"
head -1 runs/wine-001/history.csv | grep -q '^epoch,step,seconds,train.loss,.*valid.loss,valid.accuracy' || fail "the head of history.csv"
grep -q 'rate=0.1' runs/wine-002/model.net || fail "model.net does not tell the overrides"
status=0
"$dlc" wine.net --train epochs=2 --out runs/wine-001 --quiet 2> message || status=$?
[ $status -eq 2 ] || fail "a run was written over: status $status"
"$dlc" wine.net --evaluate 2> message > table || fail "evaluation of the newest run"
grep -q wine-002 message || fail "the newest run was not taken"
"$dlc" runs/wine-001/model.net --check 2> /dev/null || fail "model.net cannot be read back"
