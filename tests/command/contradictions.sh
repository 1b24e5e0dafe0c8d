# What does not belong together, or would be ignored, is said: nothing on the command line is passed over.
. "$(dirname "$0")/common.sh"
cp "$root/examples/wine.net" .
cp -r "$root/examples/data" .
refused() {
  text=$1
  shift
  status=0
  "$dlc" "$@" > out 2> message < /dev/null || status=$?
  [ $status -eq 2 ] || fail "dlc $* ended with $status, not 2: $(cat message)"
  grep -q -e "^dlc: $text" message || fail "dlc $*: $(cat message)"
  [ "$(wc -l < message)" -eq 1 ] && [ ! -s out ] || fail "dlc $*: more than a line: $(cat out message)"
}
refused '--check or --train: one at a time$' wine.net --check --train
refused '--summary or --emit: one at a time$' wine.net --emit=plan --summary
refused '--train takes no value, not 3$' wine.net --train=3
refused '--check takes no value, not no$' wine.net --check=no
refused '--write goes with --format$' wine.net --write
refused '--write goes with --format$' wine.net --check --write
refused '--out goes with --train, --dry-run, --plot$' wine.net --out there
refused '--weights goes with --evaluate' wine.net --train --weights there
refused '--resume goes with --train$' wine.net --resume
refused '--seed goes with --train' wine.net --check --seed 3
refused '--passes goes with ' wine.net --check --passes=-share
refused '--cpu goes with ' wine.net --check --cpu=avx2
refused '--from goes with --emit$' --from=graph
refused '--from reads standard input: leave out wine.net$' wine.net --from=graph --emit=plan
refused 'rate is set twice: rate=1 and rate=2$' wine.net --check rate=1 rate=2
refused '--seed is given twice$' wine.net --train --seed 1 --seed 2
refused '--emit is given twice$' wine.net --emit=plan --emit=graph
refused 'NAME=VALUE does not go with --format: rate=1$' wine.net --format rate=1
refused 'NAME=VALUE does not go with --from: rate=1$' --from=graph --emit=plan rate=1
refused 'there is no pass foo; there are simplify, [a-z_, ]*inline_definitions, ' wine.net --train --passes=-foo
refused 'there is no pass shar: did you mean share? There are ' wine.net --train --passes=-shar
refused 'there is no pass foo; there are ' wine.net --emit=after:foo
refused 'there is no stage foo; there are ast, graph, backward, after:PASS, plan, loops, llvm, asm$' wine.net --emit=foo
refused 'there is no stage lops: did you mean loops? There are ast, ' wine.net --emit=lops
refused 'there is no stage foo; there are ' --from=graph --emit=foo
refused '--from=graph gives graph, backward, after:PASS, plan, loops, llvm, asm, not ast$' --from=graph --emit=ast
refused '--evaluate takes train, valid or test, not vaild: did you mean valid?$' wine.net --evaluate vaild
refused '--evaluate takes train, valid or test, not vaild: did you mean valid?$' --evaluate vaild wine.net
refused '--evaluate takes train, valid or test, not foo$' wine.net --evaluate=foo
refused '--part takes train, valid or test, not tset: did you mean test?$' wine.net --predict --index 1 --part tset
refused '--seed needs a number: --seed=N$' wine.net --train --seed
refused '--seed needs a number: --seed=N$' wine.net --train --seed=
refused '--emit needs a value: --emit=STAGE$' wine.net --emit
refused '--emit needs a value: --emit=STAGE$' --from=graph --emit=
refused '--weights needs a value: --weights=RUN|FILE$' wine.net --evaluate --weights
refused '--cpu needs a value: one of avx512 avx2 sse2; ' wine.net --train --cpu
refused '--passes needs a value: --passes=-NAME,-NAME…$' wine.net --train --passes
refused '--cpu foo: this machine has' wine.net --summary --cpu=foo
refused '--help-std reads no file: leave out wine.net$' wine.net --help-std dense
refused '--self-test reads no file: leave out wine.net$' wine.net --self-test
refused '--threads takes a number from 1 to 1024$' --self-test --threads 0
refused 'NAME=VALUE does not go with --self-test: rate=1$' --self-test rate=1
refused '--json goes with --predict$' wine.net --evaluate --json
refused '--index goes with --predict$' wine.net --evaluate --index 1
refused '--evaluate or --predict: one at a time$' wine.net --evaluate --predict new.csv
[ ! -e runs ] && [ ! -e there ] || fail "a run was begun"
# What belongs together goes on.
"$dlc" wine.net --format --write || fail "--format --write"
"$dlc" --train wine.net epochs=1 --out there --seed 2 --passes=-share --cpu=sse2 --quiet || fail "--train with all that goes with it"
"$dlc" wine.net --evaluate --weights there --threads 1 > /dev/null 2>&1 || fail "--evaluate --weights"
