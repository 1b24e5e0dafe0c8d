# Fields that no step reads: their figures are measured all the same, and the classes that are predicted are known.
. "$(dirname "$0")/common.sh"
test_files=$3
mkdir data
cp "$root/examples/data/wine.csv" data/
cat > unused.net <<'END'
data wine {
  from csv("data/wine.csv", names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "cultivar"])
  split train 0.7, valid 0.3
  x: [6] = columns("a" .. "f")
  u: [3] = columns("g" .. "i")
  kind: class = cultivar
  standardize u
}
net n(x[k]) { x |> dense(3) }
train {
  data wine
  batch 16
  epochs 2
  logits = n(x)
  minimize cross_entropy(logits, kind) with sgd(0.001)
  predict kind = softmax(logits)
}
END
"$dlc" unused.net --train --out run --quiet 2> message || fail "--train: $(cat message)"
"$dlc" unused.net --dry-run --quiet > out 2> message || fail "--dry-run: $(cat message)"
"$dlc" unused.net --time > out 2> message || fail "--time: $(cat message)"
"$dlc" unused.net --evaluate --weights run > out 2> message || fail "--evaluate: $(cat message)"
grep -q '^kind\|^1 ' out || fail "no table of classes: $(cat out)"
"$dlc" unused.net --predict --index 3 --weights run > out 2> message || fail "--predict --index: $(cat message)"
echo 'a,b,c,d,e,f' > new.csv
echo '14.2,1.7,2.4,15.6,127,2.8' >> new.csv
"$dlc" unused.net --predict new.csv --weights run > out 2> message || fail "--predict: $(cat message)"
# A text that reads the field later finds its figures.
sed -i 's/minimize cross_entropy(logits, kind)/minimize cross_entropy(logits, kind) + mean(u)^2/' unused.net
"$dlc" unused.net --train --resume run epochs=3 --quiet 2> message || fail "--resume: $(cat message)"
for name in data.u.mean data.u.deviation; do
  "$test_files" values run/last.safetensors $name > figures
  awk '$1 != 0 { ++count } END { exit !(count == 3 && NR == 3) }' figures || fail "the figures of u were not measured: $name is $(cat figures)"
done

# No step reads the class that is predicted.
sed -i 's/minimize .*/minimize mean((x - mean(x)) * logits[0])^2 with sgd(0)/' unused.net
"$dlc" unused.net --train --out other --quiet 2> message || fail "predicted alone: $(cat message)"
"$dlc" unused.net --evaluate --weights other > out 2> message || fail "--evaluate of what is predicted alone: $(cat message)"
"$dlc" unused.net --predict new.csv --weights other > out 2> message || fail "--predict of what is predicted alone: $(cat message)"
