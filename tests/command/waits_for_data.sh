# Where putting batches together takes more than a fifth of the time, it is said once; elsewhere nothing is said.
. "$(dirname "$0")/common.sh"
test_files=$3
# 300 examples of 100,000 bytes.
seq 0 249 | "$test_files" bytes row
yes row | head -n 400 | xargs cat > example
echo 0 0 8 3  0 0 1 44  0 0 0 250  0 0 1 144 | "$test_files" bytes long.idx
yes example | head -n 300 | xargs cat >> long.idx
cat > waits.net << END
data long {
  train idx(image = "long.idx")
  x: [250, 400] = image / 255
}
net line(a[k]) { a |> dense(1) }
train {
  data long
  batch 50
  epochs 40
  first[i < 1] = x[0, i]
  minimize (scalar(line(first)) - x[1, 1])^2 with sgd(0.001)
}
END
"$dlc" waits.net --train --out long 2> message || fail "$(cat message)"
[ "$(grep -c '^note: ' message)" -eq 1 ] || fail "not once: $(cat message)"
grep -q '^note: [2-9][0-9] % of the time goes into putting batches together: for each step 50 rows of 100 kB are copied, and the step itself takes little$' message ||
  fail "$(grep '^note: ' message)"
"$dlc" waits.net --train --out again --quiet 2> message && [ ! -s message ] || fail "with --quiet: $(cat message)"

# Where steps have something to do.
for name in wine fashion; do
  "$dlc" "$root/examples/$name.net" --train steps=200 --out $name 2> message || fail "$(cat message)"
  if grep -q '^note: ' message; then fail "$name: $(grep '^note: ' message)"; fi
done
