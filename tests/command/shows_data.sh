# --data: what is in the data, as a table on standard output; broken data are one line and status 1.
. "$(dirname "$0")/common.sh"
{
  echo 'length,width,kind'
  for i in 1 2 3 4 5 6 7 8; do echo "$i,0.5,long"; done
  for i in 11 12; do echo "$i,2,wide"; done
} > table.csv
cat > model.net << 'END'
data shapes {
  from  csv("table.csv")
  split train 5, valid 5 in order
  x:    [2]      = columns("length", "width")
  kind: class[2] = kind names ["long", "wide"]
}
net f(x[n]) { x |> dense(2) }
train {
  data shapes
  batch 5
  epochs 1
  minimize cross_entropy(f(x), kind) with sgd(0.1)
}
END
"$dlc" model.net --data > out 2> errors || { cat errors; fail "--data"; }
cat > wanted << 'END'
data shapes

part   examples
train         5
valid         5

fields (figures of the columns in train, before the field's expression)
field  type      reads   as     least  most  mean
x      [2]       length  f32        1     5     3
                 width   f32      0.5   0.5   0.5
kind   class[2]  kind    class      0     0

classes of kind
kind  train  valid
long      5      3
wide      0      2

the first records of train
record  columns(length, width) [2]  kind
     0  [1, 0.5]                    long
     1  [2, 0.5]                    long
     2  [3, 0.5]                    long
     3  [4, 0.5]                    long
     4  [5, 0.5]                    long
END
diff wanted out || fail "another table"
[ ! -s errors ] || fail "something on standard error"

# broken CONTENT WORDS: the file of data with these contents (printf's escapes) is refused in one line.
broken() {
  printf "$1" > table.csv
  for wish in --data --train; do
    status=0
    "$dlc" model.net $wish --quiet > out 2> errors || status=$?
    [ $status -eq 1 ] || { cat errors; fail "$wish ended with $status for: $1"; }
    [ "$(wc -l < errors)" -eq 1 ] || { cat errors; fail "not one line for: $1"; }
    grep -q -- "$2" errors || { cat errors; fail "not the words $2 for: $1"; }
  done
}
broken '' 'table.csv: the file is empty'
broken '<html>' 'table.csv: this is a web page'
broken 'length,width,kind\n1,2\n' 'table.csv:2:3: this row has 2 cells, but the header has 3'
broken 'length,width,kind\n1,2,"long\n' 'table.csv:2:5: this quote is not closed'
broken 'length,width,kind\n1,2,\377\n' 'table.csv:2:5: this byte is no UTF-8'
rm table.csv
for wish in --data --train; do
  status=0
  "$dlc" model.net $wish > out 2> errors || status=$?
  [ $status -eq 1 ] || fail "without data $wish ended with $status"
  grep -q 'table.csv: there is no such file; looked in' errors || { cat errors; fail "not where it looked"; }
done

# What is well known is said how to get, by --check and without any option; neither fails.
for wish in --check ''; do
  env -u DLC_DATA XDG_DATA_HOME="$folder" "$dlc" "$root/examples/cifar10.net" $wish > out 2> errors ||
    { cat errors; fail "$wish without data"; }
  grep -q "data_batch_1.bin: there is no such file; looked in .*scripts/get-cifar10 gets CIFAR-10" errors ||
    { cat errors; fail "not how to get CIFAR-10"; }
done

# How many classes float labels of a binary file have is known only when all is read: then the net may be too small for them.
printf '\000\000\010\002\000\000\000\003\000\000\000\002abcdef' > x.idx
printf '\000\000\015\001\000\000\000\003\000\000\000\000\077\200\000\000\100\000\000\000' > kind.idx
cat > floats.net <<'END'
data floats {
  train idx(x = "x.idx", kind = "kind.idx")
  x: [2] = x
  kind: class = kind
}
net n(x[k]) { x |> dense(2) }
train {
  data floats
  batch 2
  epochs 1
  minimize cross_entropy(n(x), kind) with sgd(0.1)
}
END
status=0
"$dlc" floats.net --train 2> message || status=$?
[ $status -eq 1 ] && grep -q 'there are 3 classes in the data, .* made for 2; write class\[3\]$' message || fail "float labels: status $status, $(cat message)"
[ ! -e runs ] || fail "float labels: a run was begun"
sed 's/kind: class/kind: class[3]/; s/dense(2)/dense(3)/' floats.net > right.net
"$dlc" right.net --train --quiet || fail "float labels, counted"
