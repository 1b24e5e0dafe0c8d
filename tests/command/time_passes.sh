# --time-passes: a row for each pass that ran, in the order of the pipeline; what changed nothing says so.
. "$(dirname "$0")/common.sh"
cp "$root/examples/wine.net" .
cp -r "$root/examples/data" .
"$dlc" wine.net --time-passes > table 2> message || fail "$(cat message)"
[ ! -s message ] || fail "standard error says $(cat message)"
sed -n 's/^PASS([ ]*\([a-z_]*\),.*/\1/p' "$root/compiler/passes/pipeline.def" > wanted
awk '$1 != "pass" && $1 != "sum" { print $1 }' table > found
cmp wanted found || fail "the passes are not those of the pipeline: $(cat table)"
awk 'NR > 1 && $2 !~ /^[0-9]+\.[0-9][0-9][0-9]$/ { exit 1 }' table || fail "no milliseconds: $(cat table)"
head -1 table | grep -q '^ *pass  *ms *$' || fail "the head: $(cat table)"
awk '$1 == "sum" { sum = $2; next } NR > 1 { all += $2 } END { exit !(sum != "" && sum - all < 0.02 && all - sum < 0.02) }' table || fail "the sum: $(cat table)"
# (unchanged) stands where --emit=after: says it too.
for pass in $(sort wanted | uniq -u); do
  said=no
  "$dlc" wine.net --emit=after:$pass 2>&1 > /dev/null | grep -q '^(unchanged)$' && said=yes
  told=no
  grep -q "^ *$pass .*(unchanged)" table && told=yes
  [ $said = $told ] || fail "$pass: unchanged? $said by --emit, $told by --time-passes"
done
"$dlc" wine.net --time-passes --passes=-share > table || fail "with --passes"
grep -q '^ *share ' table && fail "share was left out: $(cat table)"
exit 0
