# --dry-run goes through a training and leaves nothing.
. "$(dirname "$0")/common.sh"
mkdir here
cd here
cp "$root/examples/wine.net" .
cp -r "$root/examples/data" .
find . | sort > ../before
"$dlc" wine.net --dry-run > ../out 2> ../message || fail "the dry run: $(cat ../message)"
find . | sort > ../after
cmp ../before ../after || fail "it leaves something: $(diff ../before ../after)"
cd ..
cp -r here/* .
rm -r here
for line in '^data  *125 train + 53 valid ' '^compile  *[0-9]* kernels ' '^train  *[0-9]* steps, loss [0-9.]* in the first ' \
  '^validate  *1 batch of 32 ' '^write  *a run can be written to runs/$' '^an epoch takes about .*, 60 epochs at most ' '^memory: arena .* the whole process '; do
  grep -q "$line" out || fail "no $line: $(cat out)"
done
grep -q '^try:  dlc wine.net --train$' message || fail "what next: $(cat message)"
"$dlc" wine.net --dry-run steps=10 batch=all --out there --quiet > out 2> message || fail "$(cat message)"
[ ! -s message ] && [ ! -e there ] && grep -q '^write .*to there$' out && grep -q '10 steps at most' out || fail "$(cat out message)"

refused() { # words, status, arguments
  words=$1; wanted=$2
  shift 2
  status=0
  "$dlc" "$@" > out 2> message || status=$?
  [ $status -eq "$wanted" ] && grep -qF -- "$words" message || fail "$*: status $status: $(cat message)"
}
touch file
refused 'file: nothing can be written there' 1 wine.net --dry-run --out file
refused '/proc: nothing can be written there' 1 wine.net --dry-run --out /proc/run
"$dlc" wine.net --train epochs=1 --out run --quiet
refused 'run: this folder holds a run' 2 wine.net --dry-run --out run
refused '--resume goes with --train' 2 wine.net --dry-run --resume run
sed 's/minimize /minimize 0 * log(0 * sum[i] x[i]) + /' wine.net > bad.net
refused 'the loss of the first step is not finite' 3 bad.net --dry-run
rm -r data
refused 'data/wine.csv: there is no such file' 1 wine.net --dry-run
