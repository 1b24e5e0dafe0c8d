# A training that is no longer finite names the step, the value and its line; what was saved stays; status 3.
. "$(dirname "$0")/common.sh"
mkdir data
cp "$root/examples/data/wine.csv" data/
grep -v '^  stop' "$root/examples/wine.net" > wine.net

expect() {  # NAME PATTERN ARGUMENTS…: of NAME.net
  name=$1
  pattern=$2
  shift 2
  status=0
  "$dlc" "$name.net" --train --out "$name" "$@" --quiet 2> message || status=$?
  [ $status -eq 3 ] || fail "$name: the status is $status, not 3: $(cat message)"
  grep -q "$pattern" message || fail "$name: $(cat message)"
  grep -q '"end": "not finite"' "$name/run.json" || fail "$name: run.json does not tell how it ended"
}

line=$(grep -n 'tanh' wine.net | cut -d: -f1)
sed 's/|> tanh |>/|> log |>/' wine.net > logarithm.net
expect logarithm "^logarithm.net:$line:[0-9]*: in step 1 the first value that was not finite was .*, nan at" epochs=2
sed 's/minimize cross_entropy(logits, kind)/minimize cross_entropy(logits, kind) + 1 \/ (step - 1)/' wine.net > division.net
line=$(grep -n 'minimize' wine.net | cut -d: -f1)
expect division "^division.net:$line:[0-9]*: in step 1 the first value that was not finite was .*, inf" epochs=2
cp wine.net overflow.net
expect overflow "^overflow.net:[0-9]*:[0-9]*: in step [12] the first value that was not finite was" epochs=2 rate=1e38

# After a good epoch: the files of that epoch stay, and the run goes on with other numbers.
sed 's/minimize cross_entropy(logits, kind)/minimize cross_entropy(logits, kind) + 0 * sqrt(bound - step)/; s/^const rate /const bound = 10\nconst rate /' wine.net > later.net
line=$(grep -n 'minimize' later.net | cut -d: -f1)
expect later "^later.net:$line:[0-9]*: in step 11 the first value that was not finite was" epochs=3
[ "$(wc -l < later/history.csv)" -eq 2 ] || fail "the history of the good epoch"
"$dlc" later.net --train --resume later bound=1000 --quiet || fail "it cannot go on"
[ "$(wc -l < later/history.csv)" -eq 4 ] || fail "the history of all epochs"
