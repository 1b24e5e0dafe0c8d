# Code that an earlier run kept is counted; a place that cannot even be looked at is no place to write in.
. "$(dirname "$0")/common.sh"
cp -r "$root/examples/data" "$root/examples/wine.net" .
XDG_CACHE_HOME=$folder/cache
export XDG_CACHE_HOME
"$dlc" wine.net --train epochs=1 2> message || fail "$(cat message)"
grep -q '^compiled [0-9]* kernels in [0-9.]* s  arena' message || fail "nothing was kept yet: $(cat message)"
"$dlc" wine.net --train epochs=1 2> message || fail "$(cat message)"
kernels=$(sed -n 's/^compiled \([0-9]*\) kernels .*/\1/p' message)
grep -q "^compiled $kernels kernels in [0-9.]* s ($kernels from cache)  arena" message || fail "all were kept: $(cat message)"
"$dlc" wine.net --train epochs=1 batch=15 2> message || fail "$(cat message)"
some=$(sed -n 's/^compiled .* (\([0-9]*\) from cache).*/\1/p' message)
[ -z "$some" ] || [ "$some" -lt "$kernels" ] || fail "a step of another size was never made: $(cat message)"

# A link to itself stands for a folder that is closed to us: to root, which may run the tests, none is.
rm -r runs
ln -s loop loop
ln -s loop/inner runs
for wish in --train --dry-run; do
  status=0
  "$dlc" wine.net $wish epochs=1 > out 2> message || status=$?
  [ $status -eq 1 ] || fail "$wish in a place that cannot be: status $status, $(cat out message)"
done
grep -q '^dlc: runs: nothing can be written there: ' message || fail "--dry-run says $(cat message)"
status=0
"$dlc" wine.net --dry-run --out loop/run > out 2> message || status=$?
[ $status -eq 1 ] && grep -q ': nothing can be written there: ' message || fail "--dry-run --out: $status, $(cat message)"
