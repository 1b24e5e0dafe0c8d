# The self-test of a step that is wrong: the net that has it is told, the others are right, and the status says so.
. "$(dirname "$0")/common.sh"
breaks=$3
[ -e "$breaks" ] || fail "$breaks is not built: build the target breaks-on-purpose (it is part of all)"
for kind in wrong-step step-without-numbers; do
  status=0
  "$breaks" $kind > out 2> message || status=$?
  [ $status -eq 1 ] || fail "$kind ended with $status, not 1: $(cat out message)"
  grep -q '^dlc: what is compiled on this machine is wrong; do not trust what it trains$' message || fail "$kind: $(cat message)"
  grep -q '^sse2  *dense layers  .* has .* where .* is right$' out || fail "$kind is not told: $(cat out)"
  grep '  ok, ' out | grep -c 'sse2  *a' | grep -q '^2$' || fail "$kind: the others are not right: $(cat out)"
done
grep -q ' has nan where ' out || fail "$(cat out)"
