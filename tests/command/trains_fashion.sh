# One epoch of the convolutional network on all of Fashion-MNIST.
. "$(dirname "$0")/common.sh"
"$dlc" "$root/examples/fashion.net" --train epochs=1 --out run --quiet
at_least "$(best run valid.accuracy)" 0.83 "the accuracy after one epoch"
"$dlc" "$root/examples/fashion.net" --evaluate --weights run > evaluated
grep -q "ankle boot" evaluated || fail "the evaluation names no classes"
