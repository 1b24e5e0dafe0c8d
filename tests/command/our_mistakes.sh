# A mistake of our own ends with 70 and leaves a folder with all that is needed to find it.
. "$(dirname "$0")/common.sh"
breaks=$3
[ -e "$breaks" ] || fail "$breaks is not built: build the target breaks-on-purpose (it is part of all)"
echo 'net f(x[4]) { x }' > model.net

# reported KIND: breaks-on-purpose KIND ends as it should; its folder is then ./report.
reported() {
  rm -rf report
  status=0
  "$breaks" "$1" > out 2>&1 || status=$?
  [ $status -eq 70 ] || { cat out; fail "$1 ended with $status, not 70"; }
  grep -q 'dlc-bug-1/ holds' out || { cat out; fail "$1 does not say where the report is"; }
  mv dlc-bug-1 report
  cmp -s model.net report/model.net || fail "$1: the file is not in the report"
  grep -q '^command: breaks-on-purpose$' report/report.txt || fail "$1: the command is not in the report"
  grep -q '^versions: dlc [0-9.]*, LLVM [0-9.]*$' report/report.txt || fail "$1: the versions are not in the report"
}
# says TEXT: on standard error and in the report.
says() {
  grep -q "$1" out || { cat out; fail "standard error does not say $1"; }
  grep -q "$1" report/report.txt || { cat report/report.txt; fail "the report does not say $1"; }
}

reported assertion
says 'internal error in the pass share: .*breaks_on_purpose.cpp:[0-9]*: kind.empty() should hold in .*break_by'
[ "$(sed -n 3p report/graph.txt)" = 'output b' ] || { cat report/graph.txt; fail "the graph is not in the report"; }
"$dlc" --from=graph --emit=after:share < report/graph.txt > /dev/null 2>&1 || fail "the graph of the report cannot be read"
reported crash
says 'internal error in the pass share: it was stopped by SIGSEGV'
reported depth
says 'stopped by SIGSEGV'
[ -s report/graph.txt ] || fail "after a stack overflow there is no graph"
reported wild-graph
says 'stopped by SIGSEGV'
[ ! -e report/graph.txt ] || fail "a graph that cannot be printed was printed"
reported failure
says 'internal error in the pass [a-z_]*: b: it reads outside of x'
grep -q 'x\[i + 1\]' report/graph.txt || fail "the broken graph is not in the report"

# The next number that is free; and where no folder can be made it says so.
mkdir dlc-bug-1
"$breaks" assertion 2> out && fail "an assertion that fails must not end with 0"
[ -s dlc-bug-2/report.txt ] || fail "there is no dlc-bug-2"
mkdir closed
if [ "$(id -u)" -ne 0 ]; then
  chmod a-w closed
  (cd closed && "$breaks" assertion) 2> out && fail "an assertion that fails must not end with 0"
  grep -q 'no folder' out || fail "it is not said that there is no report"
fi

# dlc itself, stopped in the middle of its work.
"$dlc" "$root/examples/wine.net" --train --quiet epochs=1000000 --out run > out 2>&1 &
training=$!
tries=0
until [ -s run/history.csv ] || [ $tries -gt 300 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -ABRT $training
status=0
wait $training || status=$?
[ $status -eq 70 ] || { cat out; fail "dlc ended with $status, not 70"; }
grep -q 'internal error in the stage run: it was stopped by SIGABRT' out || { cat out; fail "dlc does not say what happened"; }
grep -q '^command: dlc .*--train --quiet' dlc-bug-3/report.txt || fail "the command is not in dlc-bug-3"
cmp -s "$root/examples/wine.net" dlc-bug-3/model.net || fail "the file is not in dlc-bug-3"
