# "--" ends the options: what follows is the file, overrides and sources, however they begin. Options that mean nothing
# to what is wished are refused.
. "$(dirname "$0")/common.sh"
cp -r "$root/examples/data" "$root/examples/wine.net" .
cp wine.net ./-x.net
# good WORDS: the command does what it is to.
good() {
  "$dlc" "$@" > out 2> message || fail "$*: $(cat message)"
}
# refused WORDS OPTIONS: status 2 and a line with these words.
refused() {
  words=$1
  shift
  status=0
  "$dlc" "$@" > out 2> message || status=$?
  [ $status -eq 2 ] || fail "$*: status $status, $(cat out message)"
  grep -q -e "$words" message || fail "$*: not the words $words: $(cat message)"
}
good --summary -- -x.net
good --train --quiet --out run -- -x.net epochs=1 rate=0.1
grep -q '"rate"' run/run.json || fail "an override behind -- is not taken"
good --train -- -x.net epochs=1
grep -q 'dlc \./-x.net --evaluate' message || fail "what is proposed next cannot be typed: $(cat message)"
good wine.net --evaluate --weights run --
head -n 3 data/wine.csv > ./--strange.csv
good wine.net --predict --weights run -- --strange.csv
[ "$(wc -l < out)" -ge 3 ] || fail "not all are predicted: $(cat out)"
refused '^dlc: one file at a time: ./-x.net, or ./--check?$' -- -x.net --check
refused '^dlc: unknown option --jason' --jason -- --json-diagnostics
refused '^dlc: --seed needs a number: --seed=N$' wine.net --train --seed -- 3
refused '^dlc: unknown option -x.net' -x.net

for wish in --check --data --format --help --version; do
  refused '^dlc: --threads goes with --summary, --emit, --time, --time-passes, --train, --evaluate, --predict, --dry-run, --self-test$' \
    wine.net $wish --threads 3
done
for wish in --summary --format --emit=plan --time --help --version; do
  refused '^dlc: --quiet goes with --train, --evaluate, --predict, --dry-run, --check, --data$' wine.net $wish --quiet
done
good wine.net --check --quiet
good wine.net --evaluate --weights run
[ -s message ] || fail "--evaluate does not say which weights"
good wine.net --evaluate --weights run --quiet
[ ! -s message ] || fail "--evaluate --quiet says $(cat message)"
