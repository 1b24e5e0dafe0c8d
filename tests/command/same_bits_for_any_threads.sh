# What is learned does not depend on the number of threads, to the last bit.
. "$(dirname "$0")/common.sh"
for threads in 1 2 3 5; do
  "$dlc" "$root/examples/wine.net" --train epochs=3 --threads $threads --out wine-$threads --quiet
  "$dlc" "$root/examples/fashion.net" --train steps=25 --threads $threads --out fashion-$threads --quiet
  cmp wine-1/last.safetensors wine-$threads/last.safetensors || fail "wine with $threads threads"
  cmp fashion-1/last.safetensors fashion-$threads/last.safetensors || fail "fashion with $threads threads"
done
