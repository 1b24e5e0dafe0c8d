# --help-std: docs/library.md is what it prints; a name's own text; a name that is not there.
. "$(dirname "$0")/common.sh"
"$dlc" --help-std > library.md || fail "--help-std"
cmp library.md "$root/docs/library.md" || fail "docs/library.md is old: build/dlc --help-std > docs/library.md"
"$dlc" --help-std conv2d | grep -q '^layer conv2d(x\[height, width, c\], filters: int' || fail "--help-std conv2d"
grep -c '^layer\|^fn\|^optimizer' "$root"/dsl/std/*.net | awk -F: '{ n += $2 } END { print n }' > declared
grep -c '^- `' library.md > listed
cmp declared listed || fail "$(cat declared) declarations, $(cat listed) in the list"
"$dlc" --help-std conv2 2> errors && fail "a name that is not there"
grep -q 'the library has no conv2: did you mean conv2d?' errors || { cat errors; fail "the message"; }

# Names of other languages, and functions of the language itself.
for name in Linear:'write `dense(units)`' randn:'write `normal(mean, deviation)`' softmaxx:'did you mean softmax?' reshap:'did you mean reshape?'; do
  status=0
  "$dlc" --help-std "${name%%:*}" > out 2> errors || status=$?
  [ $status -eq 2 ] && grep -qF "dlc: the library has no ${name%%:*}: ${name#*:}" errors || { cat errors; fail "--help-std ${name%%:*}: status $status"; }
done
"$dlc" --help-std exp > out 2> errors || { cat errors; fail "--help-std exp"; }
grep -q '^exp is a function of the language itself' out || { cat out; fail "--help-std exp"; }
