# Fields that no step reads: their figures are measured all the same, and the classes that are predicted are known.
. "$(dirname "$0")/common.sh"
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
python3 - << 'END' || fail "the figures of u were not measured"
import json, struct
with open("run/last.safetensors", "rb") as file:
    head = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    data = file.read()
for name in ("data.u.mean", "data.u.deviation"):
    values = struct.unpack("<3f", data[slice(*head[name]["data_offsets"])])
    assert all(value != 0 for value in values), (name, values)
END

# No step reads the class that is predicted.
sed -i 's/minimize .*/minimize mean((x - mean(x)) * logits[0])^2 with sgd(0)/' unused.net
"$dlc" unused.net --train --out other --quiet 2> message || fail "predicted alone: $(cat message)"
"$dlc" unused.net --evaluate --weights other > out 2> message || fail "--evaluate of what is predicted alone: $(cat message)"
"$dlc" unused.net --predict new.csv --weights other > out 2> message || fail "--predict of what is predicted alone: $(cat message)"
