# A training to which memory is refused anywhere: it goes on all the same, or ends in one line; no file is harmed.
. "$(dirname "$0")/failing.sh"
unbroken memory
n=1
round=0
ended=0
while [ "$n" -le "$calls" ]; do
  round=$((round + 1))
  case $((round % 2)) in
    0) trouble=once:memory:12 ;;
    1) trouble=onwards:memory:12 ;;
  esac
  when="$trouble at asking $n of $calls"
  failing "$trouble:$n" "run-$n"
  if [ $status -ne 0 ]; then
    ended=$((ended + 1))
    [ $status -eq 1 ] || fail "$when: status $status, $(cat message)"
    grep -q '^dlc: .*memory' message || fail "$when: $(cat message)"
    [ "$(wc -l < message)" -eq 1 ] || fail "$when: more than a line: $(cat message)"
  fi
  [ ! -e dlc-bug-1 ] || fail "$when: taken for a mistake of ours: $(cat dlc-bug-1/report.txt)"
  whole "run-$n" "$when"
  goes_on "run-$n" "$when"
  n=$((n + calls / 12))
done
[ $ended -gt 6 ] || fail "only $ended trainings of $round were ended"
