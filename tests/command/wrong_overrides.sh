# A wrong value on the command line is a mistake of the command, not of the file; --json-diagnostics is one document.
. "$(dirname "$0")/common.sh"
test_files=$3
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
  "$test_files" leaves out > leaves || fail "$*: no JSON: $(cat out)"
  awk -v text="$text" '
    $1 ~ "^/" {
      split($1, place, "/")
      entry = place[2]
      entries[entry]
      has[entry, place[3]] = $0
    }
    END {
      for (entry in entries) {
        if (has[entry, "severity"] == "" || has[entry, "identifier"] == "" || has[entry, "message"] == "" || has[entry, "notes"] == "") exit 1
        if (has[entry, "severity"] !~ /"error"$/) continue
        ++errors
        if (text == "" || !index(has[entry, "message"], text)) exit 1
      }
      exit errors + 0 != (text != "")
    }' leaves || fail "$*: $(cat out)"
}
document 0 '' wine.net --check --quiet
document 1 'cannot be opened' nothing.net --check
document 1 'dens' broken.net --check
document 2 'has no const rat' wine.net --check rat=1
document 2 'did you mean --check' wine.net --chek
document 2 'no value' wine.net --check rate=abc
document 2 'one file' wine.net broken.net --check
