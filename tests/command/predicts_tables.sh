# --predict for CSV files and for examples of the data: from the weights alone, where the data are no longer there.
. "$(dirname "$0")/common.sh"
test_files=$3
said() { # words of a message, what was asked, the status
  status=0
  shift_words=$1; wanted=$2
  shift 2
  "$dlc" "$@" > out 2> message || status=$?
  [ $status -eq "$wanted" ] || fail "$*: status $status, not $wanted: $(cat message)"
  grep -qF -- "$shift_words" message || fail "$*: it says: $(cat message)"
  [ ! -s out ] || fail "$*: prints $(cat out)"
}
awk '
  function random(count) { state = state * 16807 % 2147483647; return state % count }
  BEGIN {
    state = 3
    split("sea hill town", places)
    split("50 20 0", worth)
    print "id,size,age,place,price"
    for (i = 0; i < 250; ++i) {
      size = 10 + random(81)
      age = random(40000) / 1000
      place = 1 + random(3)
      printf "%d,%d,%s,%s,%.2f\n", i, size, i % 10 == 3 ? "" : age, places[place], 3 * size - age + worth[place]
    }
  }' > rooms.csv
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
# leaves_of NAME: the leaves of NAME.json as NAME.places and, where each example has one value, NAME.values.
leaves_of() {
  "$test_files" leaves "$1.json" > leaves
  cut -d ' ' -f 1 leaves > "$1.places"
  sed -n 's|^/[0-9]*/values/0 ||p' leaves > "$1.values"
}
leaves_of some
[ "$(grep -c values some.places)" -eq 4 ] && [ "$(wc -l < some.values)" -eq 4 ] || fail "four examples: $(cat some.json)"
leaves_of index
[ "$(tr '\n' ' ' < index.places)" = '/0/source /0/example /0/values/0 ' ] || fail "an example of the data: $(cat index.json)"
grep -q '^/0/source "valid"$' leaves && grep -q '^/0/example 49$' leaves || fail "which example: $(cat index.json)"
leaves_of all
[ "$(grep -c values all.places)" -eq 250 ] && [ "$(wc -l < all.values)" -eq 250 ] || fail "250 examples: $(cat all.json)"
grep -q '^/0/source "elsewhere/rooms.csv"$' leaves || fail "the source: $(cat all.json)"
seq 0 249 | sed 's|.*|/&/example &|' > wanted
grep '/example ' leaves | cmp - wanted || fail "the examples: $(cat all.json)"
close() { # a file of values and a line of it, another
  awk -v a="$(sed -n "$2p" "$1")" -v b="$(sed -n "$4p" "$3")" 'BEGIN { exit !(a != "" && b != "" && a - b < 1e-3 && b - a < 1e-3) }' ||
    fail "line $2 of $1 is not line $4 of $3: $(cat "$1" "$3")"
}
close all.values 250 index.values 1
close all.values 4 some.values 1
close all.values 250 some.values 2
close some.values 4 some.values 2
sed 1d elsewhere/rooms.csv | cut -d, -f5 | paste -d ' ' - all.values |
  awk '{ error += $1 < $2 ? $2 - $1 : $1 - $2 } END { exit !(NR == 250 && error / NR < 25) }' || fail "far from the prices"
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
"$test_files" metadata said/best.safetensors old.safetensors data
"$test_files" metadata said/best.safetensors damaged.safetensors data '{'
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
"$test_files" leaves plain.json > leaves
[ "$(grep -c '/class ' leaves)" -eq 3 ] || fail "three examples: $(cat plain.json)"
for i in 0 1 2; do
  awk -v class="$((i + 1))" -v place="/$i/" '
    index($1, place) != 1 { next }
    $1 ~ "/class$" { is_said = $2 == "\"" class "\"" }
    $1 ~ "/probabilities/" {
      names = names substr($1, length(place "probabilities/") + 1)
      sum += $2
      if ($2 + 0 > best) { best = $2 + 0; name = substr($1, length(place "probabilities/") + 1) }
    }
    END { exit !(is_said && names == "123" && name == class && sum > 0.99999 && sum < 1.00001) }' leaves ||
    fail "example $i: $(cat plain.json)"
done
