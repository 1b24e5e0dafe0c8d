# --predict for PNG images: the same numbers as for the image among the data, once the data are gone.
. "$(dirname "$0")/common.sh"
cat > make.py << 'EOF'
import os, random, struct, zlib
random.seed(5)
def png(path, height, width, channels, pixels):
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + bytes(pixels[y * width * channels:(y + 1) * width * channels]) for y in range(height))
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
names = ["dark", "bright"]
images, labels = [], []
for i in range(40):
    label = i % 2
    images.append([random.randint(0, 120) + 110 * label for _ in range(6 * 7)])
    labels.append(label)
with open("images.idx", "wb") as file:
    file.write(struct.pack(">IIII", 0x803, 40, 6, 7) + b"".join(map(bytes, images)))
with open("labels.idx", "wb") as file:
    file.write(struct.pack(">II", 0x801, 40) + bytes(labels))
for i in (0, 33): png(f"given/grey{i}.png", 6, 7, 1, images[i])
png("given/alpha.png", 6, 7, 2, [byte for pixel in images[33] for byte in (pixel, 99)])
png("given/large.png", 8, 7, 1, [0] * 56)
png("given/colour.png", 6, 7, 3, [0] * 126)
for i in range(20):
    png(f"photos/{names[i % 2]}/{i:02}.png", 6, 7, 3, [min(255, p + q) for p in images[i] for q in (0, 9, 20)])
EOF
python3 make.py
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
same_scores() {
  python3 - "$@" << 'EOF' || fail "not the same scores: $(cat "$1" "$2")"
import json, sys
a, b = (json.load(open(name)) for name in sys.argv[1:3])
assert len(a) == len(b) > 0
for x, y in zip(a, b):
    assert x["class"] == y["class"] and x["probabilities"] == y["probabilities"], (x, y)
    assert list(x["probabilities"]) == ["dark", "bright"] or list(x["probabilities"]) == ["bright", "dark"]
EOF
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
python3 make.py
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
python3 - << 'EOF' || fail "the shape of the values: $(cat found)"
import json
for each in json.load(open("found")):
    assert list(each) == ["source", "values"] and len(each["values"]) == 6
    assert all(len(row) == 7 and all(len(pixel) == 1 for pixel in row) for row in each["values"])
EOF
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
