# `use` brings in the declarations of other files, which lie in the run's folder; `start from` and `over`.
. "$(dirname "$0")/common.sh"
test_files=$3
mkdir parts data
cp "$root/examples/data/wine.csv" data/
sed -n '/^data /,/^}/p' "$root/examples/wine.net" > wine_data.net
grep -q standardize wine_data.net || fail "the example's data block is not as expected"
name=$(sed -n 's/^data \([a-z]*\) .*/\1/p' wine_data.net)
cat > parts/model.net << 'END'
use "../sizes.net"
net mlp(x[k]) { x |> dense(hidden) |> relu |> dense(3) as head }
train { batch 1; epochs 1; minimize 1 with sgd }
END
echo 'const hidden = 8' > sizes.net
write() { # file, line, over
  { echo 'use "wine_data.net"'; echo 'use "parts/model.net"'; echo 'use "sizes.net"'
    printf 'train {\n  data %s\n  batch 16\n  epochs 2\n  logits = mlp(x)\n  minimize cross_entropy(logits, kind) %s with adam\n' "$name" "$3"
    printf '  metric accuracy(logits, kind)\n  metric both = accuracy * exp(-loss)\n  %s\n}\n' "$2"; } > "$1"
}
write first.net "" ""
"$dlc" first.net --train --out first --quiet
for file in model.net model-2.net wine_data.net sizes.net; do test -f first/$file || fail "no $file in the run's folder"; done
grep -q 'use "model-2.net"' first/model.net || fail "the copy uses the original"
(cd first && cp -r ../data . && "$dlc" model.net --check) || fail "the run's texts do not stand by themselves"
head -1 first/history.csv | grep -q train.both || fail "no metric of metrics in the history"

# What changed since is told of these files as of the file itself; as they are, nothing is told.
"$dlc" first.net --train --resume first epochs=3 2> message || fail "going on: $(cat message)"
[ "$(grep '^changed since' message)" = 'changed since: epochs: now 3, then as the file says' ] || fail "told without a reason: $(cat message)"
cp parts/model.net kept.net
sed -i 's/relu/tanh/' parts/model.net
sed -i '1i # sizes' sizes.net
"$dlc" first.net --train --resume first epochs=4 2> message || fail "going on with other files: $(cat message)"
for line in 'parts/model.net:2: now:    net mlp(x\[k\]) { x |> dense(hidden) |> tanh |>' 'parts/model.net: then:     net mlp(x\[k\]) { x |> dense(hidden) |> relu |>' \
  'sizes.net:1: now:    # sizes'; do
  grep -q "^changed since: $line" message || fail "not told: $line: $(cat message)"
done
[ "$(grep -c '^changed since' message)" -eq 4 ] || fail "more is told: $(cat message)"
mv kept.net parts/model.net
sed -i 1d sizes.net

write second.net 'start from "first/best.safetensors"' "over mlp.head"
"$dlc" second.net --train --out second 2> second.txt
grep -q "taken: mlp.dense_1.w, mlp.dense_1.b, mlp.head.w, mlp.head.b" second.txt || fail "not all was taken: $(cat second.txt)"
for name in mlp.dense_1.w mlp.dense_1.b mlp.head.w; do
  for run in first second; do
    "$test_files" values $run/best.safetensors $name > $run.$name
    [ -s $run.$name ] || fail "$run has no $name"
  done
done
for name in mlp.dense_1.w mlp.dense_1.b; do cmp first.$name second.$name || fail "what over does not name was changed"; done
if cmp -s first.mlp.head.w second.mlp.head.w; then fail "what over names was not changed"; fi

"$dlc" second.net --train hidden=9 --out third 2> third.txt
grep -q "of another shape: mlp.dense_1.w (.* there, .* here), mlp.dense_1.b" third.txt || fail "shapes: $(cat third.txt)"
grep -q "taken: mlp.head.b" third.txt || fail "the bias of the head fits: $(cat third.txt)"
sed -i 's/mlp/other/' parts/model.net
sed -i 's/mlp/other/' second.net
status=0
"$dlc" second.net --train --out fourth 2> fourth.txt || status=$?
test $status = 1 || fail "status $status where nothing is in common"
grep -q "nothing in it has the name and shape" fourth.txt || fail "$(cat fourth.txt)"

echo 'use "nowhere.net"' >> sizes.net
status=0
"$dlc" first.net --check 2> missing.txt || status=$?
test $status = 1 || fail "status $status of a missing file"
grep -q "sizes.net:2:5: error: .nowhere.net. cannot be opened" missing.txt || fail "$(cat missing.txt)"
