# Sourced by the tests of what fails within a training: a library is loaded before dlc's own, whose calls can fail.
. "$(dirname "$0")/common.sh"
preload=$3
[ -e "$preload" ] || fail "$preload is not built: build the target failing-calls (it is part of all)"
cp "$root/examples/wine.net" .
mkdir data
cp "$root/examples/data/wine.csv" data/

unbroken() {
  # What is compiled is kept: each run that is counted or broken finds it, and makes the same calls.
  "$dlc" wine.net --train epochs=3 --out kept --threads 1 --quiet > out 2>&1 || fail "the training: $(cat out)"
  failing "once:$1:0:0" unbroken
  [ $status -eq 0 ] || fail "nothing was to fail: $(cat message)"
  cut -d, -f1,2,4- unbroken/history.csv > history
  calls=$(cat count)
  [ "$calls" -gt 100 ] || fail "only $calls calls"
}
# failing TROUBLE:CALLS:ERROR:N FOLDER: a training in FOLDER; its status is $status, what it says stands in message.
failing() {
  status=0
  LD_PRELOAD=$preload DLC_FAILING=$1 DLC_FAILING_FOLDER=$2 DLC_FAILING_COUNT=count \
    "$dlc" wine.net --train epochs=3 --out "$2" --threads 1 --quiet > out 2> message || status=$?
}
# whole FOLDER WHEN: its weights can be used, and no other file is cut off either.
whole() {
  for weights in "$1/last.safetensors" "$1/best.safetensors"; do
    [ ! -e "$weights" ] || "$dlc" wine.net --evaluate --weights "$weights" > out 2>&1 || fail "$2: $weights: $(cat out)"
  done
  [ ! -e "$1/history.csv" ] || [ "$(tail -c 1 "$1/history.csv" | wc -l)" -eq 1 ] || fail "$2: history.csv is cut off"
  [ ! -e "$1/curve.svg" ] || tail -n 1 "$1/curve.svg" | grep -q '</svg>$' || fail "$2: curve.svg is cut off"
}
# goes_on FOLDER WHEN: to the end of the unbroken run, and leaves nothing half written.
goes_on() {
  if [ -e "$1/run.json" ]; then went_on=--resume; else rm -rf "$1"; went_on=--out; fi
  status=0
  "$dlc" wine.net --train epochs=3 $went_on "$1" --threads 1 --quiet > out 2>&1 || status=$?
  [ $status -eq 0 ] || { [ $status -eq 2 ] && grep -q 'this run is finished' out; } || fail "$2: goes not on: $(cat out)"
  for file in last.safetensors best.safetensors; do cmp "unbroken/$file" "$1/$file" || fail "$2: $file is another"; done
  cut -d, -f1,2,4- "$1/history.csv" | cmp -s - history || fail "$2: history.csv is another"
  [ -z "$(find "$1" -name '*.part')" ] || fail "$2: left over: $(ls "$1")"
}
