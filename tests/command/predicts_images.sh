# --predict for PNG images: the same numbers as for the image among the data, once the data are gone.
. "$(dirname "$0")/common.sh"
test_files=$3
png() { # path, height, width, channels; the pixels are read
  mkdir -p "$(dirname "$1")"
  "$test_files" png "$@"
}
# 40 images of 6 x 7 pixels, dark and bright in turn, one a line of pixels.
make() {
  awk 'BEGIN {
    state = 5
    for (image = 0; image < 40; ++image) {
      for (pixel = 0; pixel < 42; ++pixel) {
        state = state * 16807 % 2147483647
        printf "%d ", state % 121 + 110 * (image % 2)
      }
      print ""
    }
  }' > pixels
  { echo 0 0 8 3  0 0 0 40  0 0 0 6  0 0 0 7; cat pixels; } | "$test_files" bytes images.idx
  { echo 0 0 8 1  0 0 0 40; awk '{ print (NR - 1) % 2 }' pixels; } | "$test_files" bytes labels.idx
  sed -n 1p pixels | png given/grey0.png 6 7 1
  sed -n 34p pixels | png given/grey33.png 6 7 1
  sed -n 34p pixels | awk '{ for (i = 1; i <= NF; ++i) print $i, 99 }' | png given/alpha.png 6 7 2
  yes 0 | head -n 56 | png given/large.png 8 7 1
  yes 0 | head -n 126 | png given/colour.png 6 7 3
  for i in 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19; do
    case $i in *[02468]) name=dark ;; *) name=bright ;; esac
    awk -v row="$i" 'function least(a, b) { return a < b ? a : b }
      NR == row + 1 { for (i = 1; i <= NF; ++i) print $i, least(255, $i + 9), least(255, $i + 20) }' pixels |
      png "photos/$name/$i.png" 6 7 3
  done
}
make
net() { # data lines
  cat << EOF
data d {
$1
}
net n(x[h, w, c]) { x |> conv2d(4, 3) |> relu |> flatten |> dense(2) }
train {
  data d
  batch 8
  epochs 5
  logits = n(image)
  minimize cross_entropy(logits, label) with adam(0.01)
  predict label = softmax(logits)
}
EOF
}
said() { # words of the message, a source
  words=$1
  shift
  status=0
  "$dlc" "$@" > out 2> message || status=$?
  [ $status -eq 1 ] || fail "$*: status $status: $(cat message)"
  grep -qF -- "$words" message || fail "$*: it says: $(cat message)"
  [ ! -s out ] || fail "$*: prints $(cat out)"
}
scores() {
  "$test_files" leaves "$1" | grep '^/0/[cp]' | sort
}
same_scores() { # of one example each
  scores "$1" > first
  scores "$2" > second
  cmp -s first second || fail "not the same scores: $(cat "$1" "$2")"
  [ "$(cut -d ' ' -f 1 first | tr '\n' ' ')" = '/0/class /0/probabilities/bright /0/probabilities/dark ' ] || fail "the scores: $(cat "$1")"
}
# Grey images of IDX files, which have no dimension for channels.
net '  train idx(image = "images.idx", label = "labels.idx")
  image: [6, 7, 1] = image / 255
  label: class = label names ["dark", "bright"]
  standardize image' > grey.net
"$dlc" grey.net --train 2> message || fail "the training: $(cat message)"
grep -q '^try:  .*dlc grey.net --predict photo.png  ' message || fail "--predict is not mentioned: $(cat message)"
"$dlc" grey.net --predict --index 33 --part train --json --quiet > wanted
rm images.idx labels.idx
"$dlc" grey.net --predict given/grey33.png --json --quiet > found || fail "a grey image"
same_scores wanted found
"$dlc" grey.net --predict given/alpha.png --json --quiet > found || fail "an image with transparency"
same_scores wanted found
"$dlc" --predict given/grey0.png given/grey33.png given/grey0.png grey.net > table 2> message || fail "three images: $(cat message)"
grep -q '^source  *label  *probability  next$' table && [ "$(wc -l < table)" -eq 4 ] && grep -q '^given/grey33.png  bright ' table || fail "$(cat table)"
grep -q '^weights of runs/grey-001/best.safetensors$' message || fail "which weights: $(cat message)"
said 'given/large.png: the image is 8 x 7 in grey, the net reads 6 x 7 in grey' grey.net --predict given/grey0.png given/large.png
said 'given/colour.png: the image is 6 x 7 in colour, the net reads 6 x 7 in grey' grey.net --predict given/colour.png
head -c 60 given/grey0.png > cut.png
said 'cut.png: cut off: the PNG image ends' grey.net --predict cut.png
echo 1,2 > table.csv
said 'table.csv: this is no PNG image' grey.net --predict table.csv
said 'nowhere.png: cannot be opened' grey.net --predict nowhere.png

# Where no class is predicted, the values lie as the field does.
make
cat > copy.net << 'EOF'
data d {
  train idx(image = "images.idx", label = "labels.idx")
  image: [6, 7, 1] = image / 255
}
net n(x[h, w, c]) { x |> flatten |> dense(42) |> reshape(h, w, c) }
train {
  data d
  batch 8
  epochs 2
  minimize mean((n(image) - image)^2) with adam
  predict image = n(image)
}
EOF
"$dlc" copy.net --train --quiet
"$dlc" copy.net --predict given/grey0.png given/grey33.png --json --quiet > found || fail "an image is predicted"
"$test_files" leaves found | cut -d ' ' -f 1 > places
awk 'BEGIN {
  for (image = 0; image < 2; ++image) {
    print "/" image "/source"
    for (y = 0; y < 6; ++y) for (x = 0; x < 7; ++x) print "/" image "/values/" y "/" x "/0"
  }
}' | cmp - places || fail "the shape of the values: $(cat found)"
rm images.idx labels.idx

# Colour, read from PNG files; then all brought to one size, as the data's reader is told to.
net '  train images("photos/*/*.png")
  image: [6, 7, 3] = image / 255
  label: class = label' > colour.net
"$dlc" colour.net --train --quiet
"$dlc" colour.net --predict --index 0 --json --quiet > wanted
net '  train images("photos/*/*.png", size = [5, 5])
  image: [5, 5, 3] = image / 255
  label: class = label' > small.net
"$dlc" small.net --train --quiet
"$dlc" small.net --predict --index 0 --json --quiet > wanted-small
mv photos/bright/01.png .
rm -r photos
"$dlc" colour.net --predict 01.png --json --quiet > found || fail "a colour image"
same_scores wanted found
"$dlc" small.net --predict 01.png --json --quiet > found || fail "an image of another size"
same_scores wanted-small found
said 'given/grey0.png: the image is 6 x 7 in grey, the net reads 6 x 7 in colour' colour.net --predict given/grey0.png
said 'given/grey0.png: the image is 5 x 5 in grey, the net reads 5 x 5 in colour' small.net --predict given/grey0.png
