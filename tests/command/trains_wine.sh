# Gradient descent on all data, on batches, on single examples.
. "$(dirname "$0")/common.sh"
for batch in all 16 1; do
  "$dlc" "$root/examples/wine.net" --train batch=$batch --out run-$batch --quiet
  at_least "$(best run-$batch valid.accuracy)" 0.9 "the accuracy with batch=$batch"
done
