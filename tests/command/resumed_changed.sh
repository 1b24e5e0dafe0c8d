# A run goes on with other metrics: its history and its seconds stay, what is new or gone is said, and so is that an
# epoch is measured in part. Of a file that changed much the differences are told in little memory.
. "$(dirname "$0")/common.sh"
cp -r "$root/examples/data" .
sed '/^  stop/d' "$root/examples/wine.net" > wine.net
"$dlc" wine.net --train epochs=2 --out run --quiet
cp -r run other
cut -d, -f1-4 run/history.csv > wanted
seconds=$(awk -F, 'END { print $3 }' run/history.csv)

# A line more.
sed 's/^  metric   accuracy.*/&\n  metric   miss = 1 - number(accuracy(logits, kind))/' wine.net > more.net
"$dlc" more.net --train --resume run epochs=3 2> message || fail "a line more: $(cat message)"
grep -q '^changed since: columns of the history: new train.miss, valid.miss$' message || fail "new columns are not told: $(cat message)"
[ "$(wc -l < run/history.csv)" -eq 4 ] || fail "rows are lost: $(cat run/history.csv)"
cut -d, -f1-4 run/history.csv | head -n 3 | cmp - wanted || fail "rows are others"
awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i ~ /miss/) column[++n] = i }
  NR > 1 { for (k = 1; k <= n; ++k) if (($(column[k]) == "") != (NR < 4)) exit 1 } END { if (n != 2) exit 1 }' run/history.csv ||
  fail "gaps are not where they belong: $(cat run/history.csv)"
awk -F, -v before="$seconds" 'END { exit !($3 > before) }' run/history.csv || fail "the seconds begin again: $(cat run/history.csv)"

# Another name, of as many numbers.
sed -e '/^  keep/d' -e 's/^  metric   accuracy.*/  metric   right = accuracy(logits, kind)/' wine.net > less.net
"$dlc" less.net --train --resume other epochs=3 2> message || fail "another name: $(cat message)"
grep -q '^changed since: columns of the history: new train.right, valid.right; gone train.accuracy, valid.accuracy$' message ||
  fail "gone columns are not told: $(cat message)"
[ "$(wc -l < other/history.csv)" -eq 4 ] || fail "rows are lost: $(cat other/history.csv)"

# Another metric to keep by, and to stop by: what was best before was so by the one before.
"$dlc" wine.net --train epochs=2 --out watched --quiet
sed 's/^  keep .*/  keep     lowest valid.loss\n  stop     after 2 epochs without higher valid.loss/' wine.net > lowest.net
"$dlc" lowest.net --train --resume watched epochs=4 2> message || fail "another keep: $(cat message)"
grep -q '^changed since: what `keep` watches: the best value begins anew; what `stop` watches: its epochs count anew$' message || fail "another keep is not told: $(cat message)"
grep -q '^best valid.loss .* at epoch [34], kept' message || fail "another keep: $(cat message)"
"$dlc" lowest.net --train --resume watched epochs=5 2> message || fail "the same keep: $(cat message)"
grep -q 'begins anew' message && fail "the same keep begins anew: $(cat message)"

# Within an epoch: 10 steps of 16 examples are one epoch and a part of the second.
partly='^train.loss and the metrics of epoch 2 begin after step 10: '
for now in wine more less; do
  "$dlc" wine.net --train steps=10 --out "part-$now" --quiet
  "$dlc" $now.net --train --resume "part-$now" epochs=3 2> message || fail "within an epoch, $now: $(cat message)"
  [ $now = wine ] || grep -q "$partly" message || fail "it is not told that an epoch is measured in part, $now: $(cat message)"
done
"$dlc" wine.net --train epochs=3 --out whole --quiet
grep '^2,16,' whole/history.csv | cut -d, -f4 > wanted
grep '^2,16,' part-wine/history.csv | cut -d, -f4 | cmp - wanted || fail "with the same metrics an epoch is measured whole"
grep '^2,16,' part-less/history.csv | cut -d, -f4 | cmp -s - wanted && fail "sums of other metrics were taken"

[ -z "${SANITIZED-}" ] || exit 0
# A used file of 30,000 lines, of which one changes, and then all: a line each, in 2 GB.
i=0
awk 'BEGIN { for (i = 0; i < 30000; ++i) print "# line " i }' > many.net
echo 'fn twice(x[n]) { y[i] = 2 * x[i] }' >> many.net
sed -e '1i use "many.net"' -e 's/  x |> dense(16)/  x |> twice |> dense(16)/' wine.net > uses.net
"$dlc" uses.net --train epochs=1 --out used --quiet
# told WORDS: the resumed run tells so in a line.
told() {
  (ulimit -v 2000000 && "$dlc" uses.net --train --resume used epochs=$epochs 2> message) || fail "$1: $(cat message)"
  grep -q "^changed since: .*many.net:$1" message || fail "not told: $1: $(head message)"
  [ "$(grep -c '^changed since: .*many.net' message)" -eq "$2" ] || fail "not $2 lines: $(head message)"
}
sed -i 's/^# line 20000$/# another/' many.net
epochs=2 told '20001: now:    # another$' 2
sed -i 's/^# line/# row/' many.net
epochs=3 told ' from line 1 on 30000 lines now, 30000 then; too many to tell them$' 1
