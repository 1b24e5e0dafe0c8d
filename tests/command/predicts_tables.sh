# --predict for CSV files and for examples of the data: from the weights alone, where the data are no longer there.
. "$(dirname "$0")/common.sh"
said() { # words of a message, what was asked, the status
  status=0
  shift_words=$1; wanted=$2
  shift 2
  "$dlc" "$@" > out 2> message || status=$?
  [ $status -eq "$wanted" ] || fail "$*: status $status, not $wanted: $(cat message)"
  grep -qF -- "$shift_words" message || fail "$*: it says: $(cat message)"
  [ ! -s out ] || fail "$*: prints $(cat out)"
}
python3 - << 'EOF'
import random
random.seed(3)
with open("rooms.csv", "w") as file:
    file.write("id,size,age,place,price\n")
    for i in range(250):
        size, age, place = random.randint(10, 90), random.random() * 40, random.choice(["sea", "hill", "town"])
        price = 3 * size - age + {"sea": 50, "hill": 20, "town": 0}[place]
        file.write(f"{i},{size},{'' if i % 10 == 3 else round(age, 3)},{place},{price:.2f}\n")
EOF
cat > rooms.net << 'EOF'
data rooms {
  from  csv("rooms.csv")
  split train 0.8, valid 0.2 in order
  figures: [2] = columns("size", "age") missing mean
  place: class = place
  price: number = price
  standardize figures
  standardize price
}
net worth(x[k], where[]) { concat(x, where |> embedding(3, 4)) |> dense(1) |> scalar }
train {
  data rooms
  batch 16
  epochs 20
  guess = worth(figures, place)
  minimize (guess - price)^2 with adam(0.03)
  predict price = guess
}
EOF
"$dlc" rooms.net --train --quiet || fail "the training"
"$dlc" rooms.net --train epochs=1 --out said 2>&1 | grep -q '^try:  .*dlc rooms.net --predict table.csv --weights said ' || fail "--predict is not mentioned"
"$dlc" rooms.net --predict --index 49 --json > index.json 2> message || fail "an example of the data: $(cat message)"
said 'valid has 50 examples, 0 to 49' 1 rooms.net --predict --index 50
said 'the data have no part test' 2 rooms.net --predict --index 0 --part test

mkdir elsewhere
mv rooms.csv elsewhere/
"$dlc" rooms.net --predict elsewhere/rooms.csv --json > all.json 2> message || fail "without the data: $(cat message)"
head -1 elsewhere/rooms.csv | cut -d, -f2-4 > some.csv
sed -n '5p;251p' elsewhere/rooms.csv | cut -d, -f2-4 >> some.csv
"$dlc" rooms.net --predict some.csv some.csv --json > some.json 2> message || fail "without the label: $(cat message)"
python3 - << 'EOF' || fail "not the same predictions"
import csv, json
all, some, index = (json.load(open(name + ".json")) for name in ("all", "some", "index"))
rows = list(csv.DictReader(open("elsewhere/rooms.csv")))
assert len(all) == 250 and [each["example"] for each in all] == list(range(250))
assert all[0]["source"] == "elsewhere/rooms.csv" and list(index[0]) == ["source", "example", "values"]
assert index[0]["source"] == "valid" and index[0]["example"] == 49 and len(some) == 4
close = lambda a, b: abs(a["values"][0] - b["values"][0]) < 1e-3 and len(a["values"]) == 1
assert close(all[249], index[0]) and close(all[3], some[0]) and close(all[249], some[1]) and close(some[3], some[1])
errors = [abs(each["values"][0] - float(row["price"])) for each, row in zip(all, rows)]
assert sum(errors) / 250 < 25, sum(errors) / 250
EOF
"$dlc" rooms.net --predict some.csv > table 2> message || fail "the table"
grep -q '^source  *price$' table && grep -q '^some.csv, example 1  [0-9]' table || fail "the table: $(cat table)"

said 'rooms.csv: there is no such file' 1 rooms.net --predict --index 0
echo 'size,place
3,sea' > bad.csv
said 'bad.csv: there is no column age, which the net reads; there are size, place' 1 rooms.net --predict some.csv bad.csv
printf 'age,size,place\n1,2,sea\n1,large,sea\n' > bad.csv
said 'bad.csv:3:3: "large" is no number, and the column size is of numbers' 1 rooms.net --predict bad.csv
printf 'age,size,place\n1,2,sea\n1,2,moon\n' > bad.csv
said 'bad.csv: "place": "moon" in example 1 of bad.csv is none of the class names' 1 rooms.net --predict bad.csv
printf 'age,size,place\n1,2\n' > bad.csv
said 'bad.csv:2:3: this row has 2 cells, but the header has 3' 1 rooms.net --predict bad.csv
said 'nowhere.csv: cannot be opened' 1 rooms.net --predict nowhere.csv
said 'bad.csv' 1 rooms.net --predict some.csv --weights bad.csv
said 'other.net: cannot be opened' 1 other.net --predict some.csv --weights said
sed 's/embedding(3, 4)/embedding(3, 5)/' rooms.net > other.net
said 'no run in runs/ has weights of other' 1 other.net --predict some.csv
said 'these weights are of another net: worth.embedding_1.table is [3, 4] in it, [3, 5] in other.net' 1 other.net --predict some.csv --weights said
sed '/predict price/d' rooms.net > other.net
said 'does not say what is predicted' 1 other.net --predict some.csv --weights said
said '--predict for what?' 2 rooms.net --predict
said '--index is an example of the data: leave it out, or some.csv' 2 rooms.net --predict some.csv --index 0
said '--part says of which part --index is' 2 rooms.net --predict some.csv --part train
said '--part takes train, valid or test, not all' 2 rooms.net --predict --index 0 --part all
said '--index takes a whole number' 2 rooms.net --predict --index -1

# Weights that do not say how the data were read, as earlier versions wrote them.
python3 - << 'EOF'
import json, struct
whole = open("said/best.safetensors", "rb").read()
size, = struct.unpack("<Q", whole[:8])
head = json.loads(whole[8:8 + size])
del head["__metadata__"]["data"]
text = json.dumps(head).encode()
text += b" " * (-len(text) % 8)
open("old.safetensors", "wb").write(struct.pack("<Q", len(text)) + text + whole[8 + size:])
head["__metadata__"]["data"] = "{"
text = json.dumps(head).encode()
text += b" " * (-len(text) % 8)
open("damaged.safetensors", "wb").write(struct.pack("<Q", len(text)) + text + whole[8 + size:])
EOF
said 'old.safetensors: these weights are of an earlier version' 1 rooms.net --predict some.csv --weights old.safetensors
said 'damaged.safetensors: what this file says of its data cannot be read' 1 rooms.net --predict some.csv --weights damaged.safetensors
cp elsewhere/rooms.csv .
"$dlc" rooms.net --predict some.csv --weights old.safetensors > old 2> message || fail "old weights with the data: $(cat message)"
"$dlc" rooms.net --predict some.csv --weights said > new 2> message
cmp old new || fail "old weights with the data predict something else"

# Classes with the names that the columns' reader is told, with and without a header in the new file.
sed 's/dense(16)/dense(8)/' "$root/examples/wine.net" > wine.net
cp -r "$root/examples/data" .
"$dlc" wine.net --train epochs=30 --quiet
rm -r data
sed -n '1p;100p;170p' "$root/examples/data/wine.csv" > plain.csv
{ echo alcohol,malic_acid,ash,alcalinity,magnesium,phenols,flavanoids,nonflavanoids,proanthocyanins,color,hue,od280,proline; cut -d, -f1-13 plain.csv; } > headed.csv
"$dlc" wine.net --predict plain.csv --json --quiet > plain.json || fail "without a header"
"$dlc" --predict headed.csv --json --quiet wine.net > headed.json || fail "with a header"
sed 's/headed.csv/plain.csv/' headed.json | cmp - plain.json || fail "with and without a header: $(cat plain.json headed.json)"
python3 - << 'EOF' || fail "the classes: $(cat plain.json)"
import json
all = json.load(open("plain.json"))
assert [each["class"] for each in all] == ["1", "2", "3"]
for each in all:
    scores = each["probabilities"]
    assert list(scores) == ["1", "2", "3"] and abs(sum(scores.values()) - 1) < 1e-5 and max(scores, key=scores.get) == each["class"]
EOF
