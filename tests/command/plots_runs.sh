# --plot: the curves of runs in one picture, to a file or to standard output; nothing is written over.
. "$(dirname "$0")/common.sh"
cp "$root/examples/wine.net" .
cp -r "$root/examples/data" .
"$dlc" wine.net --train epochs=4 --quiet --seed 1
"$dlc" wine.net --train epochs=6 batch=1 --quiet --seed 1
lines() { grep -o "class=\"line $1\"" "$2" | wc -l; }

"$dlc" --plot runs/wine-001 runs/wine-002/ > both.svg 2> message || fail "$(cat message)"
[ ! -s message ] || fail "it says $(cat message)"
[ "$(lines run-0 both.svg)" -eq 4 ] && [ "$(lines run-1 both.svg)" -eq 4 ] || fail "the lines of two runs: $(grep -c line both.svg)"
grep -q '>wine-001 epochs=4</text>' both.svg && grep -q '>wine-002 epochs=6 batch=1</text>' both.svg || fail "the runs are not named"
grep -q 'ring run-0' both.svg && grep -q 'ring run-1' both.svg || fail "the kept epochs are not marked"
grep -q '>2 runs</text>' both.svg || fail "no title"
"$dlc" wine.net --plot --out all.svg 2> message || fail "$(cat message)"
[ "$(cat message)" = 'all.svg: the curves of 2 runs' ] || fail "$(cat message)"
sed 's/>wine.net</>2 runs</g' all.svg | cmp - both.svg || fail "all runs of a file are other ones"
"$dlc" --out one.svg --plot -- runs/wine-002 2> message && [ "$(lines run-0 one.svg)" -eq 4 ] || fail "one run: $(cat message)"

refused() { # status words arguments
  wanted=$1
  words=$2
  shift 2
  status=0
  "$dlc" "$@" > out 2> message || status=$?
  [ $status -eq "$wanted" ] && grep -q "$words" message || fail "$*: status $status: $(cat message)"
  [ "$(wc -l < message)" -eq 1 ] && [ ! -s out ] || fail "$*: more than a line: $(cat message out)"
}
cp all.svg before
refused 2 '^dlc: all.svg is there already: name another file, or write over it with > all.svg$' wine.net --plot --out all.svg
cmp before all.svg || fail "it was written over"
refused 2 'plot of what? Runs, such as' --plot
refused 2 'leave out wine.net' wine.net --plot runs/wine-001
refused 2 'NAME=VALUE does not go with --plot' --plot runs/wine-001 epochs=3
refused 1 'nowhere/run.json: cannot be opened' --plot runs/wine-001 nowhere
refused 1 'there are no runs of other.net in runs/' other.net --plot
refused 1 'not-there/x.svg' --plot runs/wine-001 --out not-there/x.svg
echo '{' > runs/wine-001/history.json
refused 1 '^dlc: runs/wine-001/history.json: ' --plot runs/wine-001
