# scripts/get-cifar10 on a small archive made here: whole, damaged in each way, and twice.
. "$(dirname "$0")/common.sh"
name=cifar-10-batches-bin
script=$root/scripts/get-cifar10

# Two records of each file; the sums are ours.
mkdir "$name"
for file in data_batch_1 data_batch_2 test_batch; do
  head -c 6146 /dev/zero > "$name/$file.bin"
  printf '%s' $file | dd of="$name/$file.bin" bs=1 seek=100 conv=notrunc 2> /dev/null
done
printf 'airplane\nautomobile\n\n' > "$name/batches.meta.txt"
echo hello > "$name/readme.html"
tar -czf whole.tar.gz "$name"
(cd "$name" && sha256sum data_batch_*.bin test_batch.bin) > files.sums
echo '-  batches.meta.txt' >> files.sums

# sums ARCHIVE: of the files above, and of this archive.
sums() {
  { md5sum < "$1" | sed 's/-/an archive/'; cat files.sums; } > sums
}

# refused ARCHIVE WORDS: status 1, one line with these words, and nothing left behind.
refused() {
  status=0
  "$script" --from "$1" --to "$folder/data" --sums sums > out 2> errors || status=$?
  [ $status -eq 1 ] || fail "$1 ended with $status"
  [ ! -s out ] || fail "$1: something on standard output"
  [ "$(wc -l < errors)" -eq 1 ] || { cat errors; fail "$1: not one line"; }
  grep -q -- "$2" errors || { cat errors; fail "$1: not the words $2"; }
  [ -z "$(ls -A data 2> /dev/null)" ] || { ls -A data; fail "$1: something was left behind"; }
}

sums whole.tar.gz
size=$(wc -c < whole.tar.gz)
for length in 0 1 10 $((size / 2)) $((size - 1)); do
  head -c "$length" whole.tar.gz > cut.tar.gz
  refused cut.tar.gz "cut off, damaged or another file"
done
cp whole.tar.gz changed.tar.gz
printf '\125' | dd of=changed.tar.gz bs=1 seek=$((size / 2)) conv=notrunc 2> /dev/null
refused changed.tar.gz "its MD5 sum is"
refused nothing.tar.gz "there is no such file"

# Archives whose own sum is right, but not what is in them.
head -c $((size / 2)) whole.tar.gz > half.tar.gz
sums half.tar.gz
refused half.tar.gz "no sound .tar.gz archive"
echo '<!DOCTYPE html>' > page.tar.gz
sums page.tar.gz
refused page.tar.gz "no sound .tar.gz archive"
tar -czf lacking.tar.gz --exclude=data_batch_2.bin "$name"
sums lacking.tar.gz
refused lacking.tar.gz "has no $name/data_batch_2.bin"
mkdir other
cp -r "$name" other
printf x | dd of="other/$name/test_batch.bin" bs=1 seek=5000 conv=notrunc 2> /dev/null
tar -czf other.tar.gz -C other "$name"
sums other.tar.gz
refused other.tar.gz "test_batch.bin has another SHA-256 sum"
cp "$name/test_batch.bin" "other/$name"
: > "other/$name/batches.meta.txt"
tar -czf empty.tar.gz -C other "$name"
sums empty.tar.gz
refused empty.tar.gz "batches.meta.txt is empty"
rm "other/$name/test_batch.bin"
ln -s "$folder/$name/test_batch.bin" "other/$name/test_batch.bin"
tar -czf link.tar.gz -C other "$name"
sums link.tar.gz
refused link.tar.gz "test_batch.bin is missing"
touch victim
tar -czf outside.tar.gz -P --transform 's|^victim|../../victim-outside|' "$name" victim
sums outside.tar.gz
tar -tzf outside.tar.gz 2> /dev/null | grep -q '^\.\./' || fail "the test's own archive is not hostile"
refused outside.tar.gz "names outside of its folder"
tar -czf absolute.tar.gz -P --transform "s|^victim|$folder/victim-absolute|" "$name" victim
sums absolute.tar.gz
refused absolute.tar.gz "names outside of its folder"
for gone in victim-outside victim-absolute; do
  [ -z "$(find "$folder" -name $gone)" ] || fail "$gone was written"
done

# The whole one: by a path, then again, then by a URL, where a .net file's search finds it.
sums whole.tar.gz
"$script" --from whole.tar.gz --to data --sums sums 2> errors || { cat errors; fail "the whole archive"; }
grep -q "4 files are in data/$name, their sums are right" errors || { cat errors; fail "not what it did"; }
[ "$(ls -A data)" = "$name" ] || fail "more than the folder is in data"
[ "$(ls data/$name | wc -l)" -eq 4 ] || fail "not the four files"
cmp "data/$name/data_batch_1.bin" "$name/data_batch_1.bin"
"$script" --from nothing --to data --sums sums 2> errors || fail "what is there already is enough"
grep -q "is there already, and its sums are right" errors || { cat errors; fail "not that it is there"; }
: > "data/$name/data_batch_1.bin"
status=0
"$script" --from whole.tar.gz --to data --sums sums 2> errors || status=$?
[ $status -eq 1 ] || fail "a damaged folder was taken for a sound one"
grep -q "data_batch_1.bin has another SHA-256 sum" errors || { cat errors; fail "not why"; }
if command -v curl > /dev/null; then
  XDG_DATA_HOME=$folder/share "$script" --from "file://$folder/whole.tar.gz" --sums sums 2> errors ||
    { cat errors; fail "by a URL"; }
  [ -f "share/dlc/$name/test_batch.bin" ] || fail "not where data are looked for"
fi
status=0
"$script" --form whole.tar.gz 2> errors || status=$?
[ $status -eq 2 ] || fail "an unknown option ended with $status"
