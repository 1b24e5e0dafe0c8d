# What a run says to do next can be done as it is said: with --out, and with the text in the run's folder.
. "$(dirname "$0")/common.sh"
test_files=$3
mkdir -p models elsewhere
cp "$root/examples/wine.net" models/
cp -r "$root/examples/data" models/
"$dlc" models/wine.net --train epochs=1 --out 'my run' > out 2>&1 || fail "$(cat out)"
grep -q "^try:  dlc models/wine.net --evaluate --weights 'my run' " out || fail "how to go on: $(cat out)"
cat > wanted << 'END'
/command/0 "dlc"
/command/1 "models/wine.net"
/command/2 "--train"
/command/3 "epochs=1"
/command/4 "--out"
/command/5 "my run"
END
"$test_files" leaves 'my run/run.json' | grep '^/command' | cmp - wanted || fail "run.json does not keep the words of the command"
# Without --out the newest run is found, and --weights need not be said.
"$dlc" models/wine.net --train epochs=1 > out 2>&1
grep -q '^try:  dlc models/wine.net --evaluate  ' out || fail "how to go on: $(cat out)"
# The run's own text finds the data of the file it is a copy of, from anywhere.
"$dlc" 'my run/model.net' --check 2> message || fail "model.net: $(cat message)"
grep -q note message && fail "model.net does not find the data: $(cat message)"
(cd elsewhere && "$dlc" '../my run/model.net' --evaluate --weights '../my run' > ../table 2> ../message) || fail "model.net: $(cat message)"
"$dlc" models/wine.net --evaluate --weights 'my run' 2> message > wanted
cmp wanted table || fail "model.net is evaluated on other data"

# A resumed run has its weights: what it started from need not be there any more.
"$dlc" models/wine.net --train epochs=1 --out first --quiet
sed 's/^  epochs .*/  epochs 1\n  start from "..\/first\/best.safetensors"/' models/wine.net > models/second.net
"$dlc" models/second.net --train --out second --quiet 2> message || fail "start from: $(cat message)"
rm -r first
"$dlc" models/second.net --train --resume second epochs=2 > message 2>&1 || fail "resumed: $(cat message)"
grep -q 'start from' message && fail "a resumed run starts from other weights: $(cat message)"
exit 0
