# A wrong value on the command line is a mistake of the command, not of the file; --json-diagnostics is one document.
. "$(dirname "$0")/common.sh"
cp "$root/examples/wine.net" .
cp -r "$root/examples/data" .

expect() {
  wanted=$1
  shift
  status=0
  "$dlc" "$@" > out 2> message || status=$?
  [ $status -eq "$wanted" ] || { cat out message; fail "dlc $* ended with $status, not $wanted"; }
}
for value in rate=abc rate= batch=0 epochs=0 'rate="a"' epochs=1.5 'rate=[1,' batch=some; do
  for wish in --check --summary --train --time; do
    expect 2 wine.net $wish "$value"
    grep -q 'error' message || fail "$value: $(cat message)"
  done
done
[ ! -e runs ] || fail "a run was begun"
expect 2 wine.net --check 'rate="a"'
grep -q '^dlc: wine.net is right as it stands, not with rate="a"$' message || fail "it is not said whose mistake it is: $(cat message)"
expect 0 wine.net --check batch=all rate=2e-1
sed 's/dense(3)/dens(3)/' wine.net > broken.net
expect 1 broken.net --check rate=0.1

# One JSON document, with what is wrong outside of the language too.
document() {
  wanted=$1
  text=$2
  shift 2
  expect "$wanted" "$@" --json-diagnostics
  [ ! -s message ] || fail "$*: standard error says $(cat message)"
  python3 - "$text" << 'END' || fail "$*: $(cat out)"
import json, sys
found = json.load(open("out"))
assert all({"severity", "identifier", "message", "notes"} <= set(each) for each in found), found
messages = [each["message"] for each in found if each["severity"] == "error"]
assert (messages == []) if sys.argv[1] == "" else len(messages) == 1 and sys.argv[1] in messages[0], messages
END
}
document 0 '' wine.net --check --quiet
document 1 'cannot be opened' nothing.net --check
document 1 'dens' broken.net --check
document 2 'has no const rat' wine.net --check rat=1
document 2 'did you mean --check' wine.net --chek
document 2 'no value' wine.net --check rate=abc
document 2 'one file' wine.net broken.net --check
