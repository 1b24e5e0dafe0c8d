# A training whose disk fails, or which is killed, at any call: what it leaves can be read, and what goes on ends with
# the bytes of an unbroken run.
. "$(dirname "$0")/failing.sh"
unbroken write
n=1
round=0
while [ "$n" -le "$calls" ]; do
  round=$((round + 1))
  case $((round % 3)) in
    0) trouble=once:write:28 line='the disk is full' wanted=1 ;;
    1) trouble=onwards:write:5 line='the disk reports an error' wanted=1 ;;
    2) trouble=killed:write:0 line='' wanted=137 ;;
  esac
  when="$trouble at call $n of $calls"
  failing "$trouble:$n" "run-$n"
  [ $status -eq $wanted ] || fail "$when: status $status, $(cat message)"
  [ $status -eq 137 ] || grep -q "^dlc: run-$n.*: $line\$" message || fail "$when: $(cat message)"
  [ $wanted -eq 137 ] || [ "$(wc -l < message)" -eq 1 ] || fail "$when: more than a line: $(cat message)"
  whole "run-$n" "$when"
  goes_on "run-$n" "$when"
  n=$((n + calls / 15))
done

# A disk that takes only a part at a time is not full.
failing shortened:write:0:1 parts
[ $status -eq 0 ] || fail "short writes: $(cat message)"
[ "$(cat count)" -gt $((2 * calls)) ] || fail "short writes: $(cat count) calls, $calls without them"
cmp unbroken/last.safetensors parts/last.safetensors || fail "short writes: other weights"
