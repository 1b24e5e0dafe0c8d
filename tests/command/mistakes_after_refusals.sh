# A mistake of ours is reported as one even if memory was refused, and that was dealt with, before; what falls over
# memory that is being refused is not one. A failure that nothing took care of is told without its name.
. "$(dirname "$0")/common.sh"
breaks=$3
[ -e "$breaks" ] || fail "$breaks is not built: build the target breaks-on-purpose (it is part of all)"
echo 'net f(x[4]) { x }' > model.net
# ends KIND STATUS WORDS: breaks-on-purpose KIND.
ends() {
  status=0
  "$breaks" "$1" > out 2>&1 || status=$?
  [ $status -eq "$2" ] || fail "$1 ended with $status, not $2: $(cat out)"
  grep -q "$3" out || fail "$1 does not say $3: $(cat out)"
}
ends refused-then-assertion 70 'internal error in the pass share: .*kind.empty() should hold'
[ -s dlc-bug-1/report.txt ] || fail "there is no report"
for kind in half-made refused; do
  ends $kind 1 '^dlc: there is not enough memory$'
  [ "$(wc -l < out)" -eq 1 ] || fail "$kind: more than a line: $(cat out)"
done
ends exception 70 '^dlc: internal error in the pass share: a failure within was not taken care of$'
grep -q 'map::\|out_of_range\|std::\|terminate' out && fail "an exception's name is told: $(cat out)"
[ -s dlc-bug-2/report.txt ] || fail "there is no second report"
[ ! -e dlc-bug-3 ] || fail "what was refused is reported as a mistake of ours"
