# --predict where the file was edited since the training, or the weights say something impossible: one clear line, no
# guess and no crash.
. "$(dirname "$0")/common.sh"
said() { # words of the message, what was asked
  words=$1
  shift
  status=0
  "$dlc" "$@" > out 2> message || status=$?
  [ $status -eq 1 ] || fail "$*: status $status, not 1: $(cat message)"
  grep -qF -- "$words" message || fail "$*: it says: $(cat message), not: $words"
  [ ! -s out ] || fail "$*: prints $(cat out)"
  [ "$(grep -c . message)" -eq 1 ] || fail "$*: more than one line: $(cat message)"
}
# A safetensors file with another header: eight bytes with its length, it, the data. In the commands ' is the \" of
# what is JSON within JSON.
edited() { # FROM INTO COMMANDS-OF-SED
  length=$(od -An -tu8 -N8 "$1" | tr -d ' ')
  commands=$(printf '%s' "$3" | sed "s/'/"'\\\\"/g')
  tail -c +9 "$1" | head -c "$length" > header.old
  sed "$commands" header.old > header
  ! cmp -s header header.old || fail "nothing is edited by $3"
  while [ $(($(wc -c < header) % 8)) -ne 0 ]; do printf ' ' >> header; done
  {
    rest=$(wc -c < header)
    for byte in 1 2 3 4 5 6 7 8; do
      printf "\\$(printf %o $((rest % 256)))"
      rest=$((rest / 256))
    done
    cat header
    tail -c +$((9 + length)) "$1"
  } > "$2"
}
awk 'BEGIN {
  print "id,size,age,place,side"
  split("sea hill town", places, " ")
  split("a b", sides, " ")
  for (i = 0; i < 100; ++i) print i "," 10 + i * 37 % 80 "," i * 17 % 40 "," places[1 + i % 3] "," sides[1 + i % 2]
}' > rooms.csv
net() { # of the figures, of the place
  cat << END
data rooms {
  from  csv("rooms.csv")
  split train 0.8, valid 0.2 in order
  figures: [2] = columns($1)
  place: class = $2
  side: class = side
}
net which(x[k], where[]) { concat(x / 100, where |> embedding(3, 4)) |> dense(2) }
train {
  data rooms
  batch 16
  epochs 1
  logits = which(figures, place)
  minimize cross_entropy(logits, side) with adam(0.03)
  predict side = softmax(logits)
}
END
}
net '"size", "age"' place > rooms.net
"$dlc" rooms.net --train --out run --quiet || fail "the training"
best=run/best.safetensors
edited $best same.safetensors "s/\"dlc\":/\"DLC\":/"
"$dlc" rooms.net --predict rooms.csv --weights $best --quiet > wanted || fail "without an edit"
"$dlc" rooms.net --predict rooms.csv --weights same.safetensors --quiet > found || fail "after an edit that says nothing"
cmp wanted found || fail "after an edit that says nothing: other predictions"

# The file was edited.
net '"size", "age") missing mean #' place | sed 's/#)//' > mean.net
said 'mean.net:4:18: these weights do not say the mean of column size, which `missing mean` takes: train again' mean.net --predict rooms.csv --weights $best --quiet
net '"size", "age"' 'age' | sed 's/class = age/class[3] = age/' > other.net
said 'other.net:5:21: these weights do not say how the classes of age are numbered: train again' other.net --predict rooms.csv --weights $best --quiet
net '"size", "age"' 'place names ["sea", "hill"]' > other.net
said 'other.net:5:18: these weights were trained with 3 classes of place, the file has 2: train again' other.net --predict rooms.csv --weights $best --quiet
net '"size", "id"' place > other.net
said 'other.net:4:18: these weights do not say how column id was read: train again' other.net --predict rooms.csv --weights $best --quiet

# The weights say something else of their data: of each row the words, then the edit.
tell() {
  edited $best damaged.safetensors "$2"
  said "damaged.safetensors: what this file says of its data cannot be read: it is damaged ($1)" rooms.net --predict rooms.csv --weights damaged.safetensors --quiet
}
tell 'the columns' "s/'columns':\[[^]]*\]/'columns':7/"
tell 'the columns' "s/'columns':\['id'/'columns':[3/"
tell 'column age, which is not among the columns' "s/'columns':\[[^]]*\]/'columns':[]/"
tell 'column age, which is not among the columns' "s/,'age','place','side'\]/,'place','side']/"
tell 'the columns' "s/'facts':/'fakts':/"
tell 'the element of column age' "s/'age':{'element':'i32'/'age':{'element':'f99'/"
tell 'the element of column age' "s/'age':{'element':'i32'/'age':{'element':32/"
tell 'whether it is text, of column age' "s/'age':{'element':'i32','text':false/'age':{'element':'i32','text':0/"
tell 'the empty cells of column age' "s/'distinct':\[\],'empty':false},'place'/'distinct':[],'empty':null},'place'/"
tell 'the values of column age' "s/'distinct':\[\],'empty':false},'place'/'distinct':[1],'empty':false},'place'/"
for shape in -5 0 2.5 true 9223372036854775808 4611686018427387904,4611686018427387904 100000,100000 '[1]' "'1'"; do
  tell 'the shape of column age' "s/'text':false,'shape':\[\]/'text':false,'shape':[$shape]/"
done
tell 'the shape of column place' "s/'text':true,'shape':\[\]/'text':true,'shape':[2]/"
tell 'the classes' "s/'classes':{.*},'means'/'classes':null,'means'/"
for count in -1 0 3.0 2147483648 18446744073709551615 true; do
  tell 'the number of classes of place' "s/'count':3/'count':$count/"
done
tell 'the names of the classes of place' "s/'count':3/'count':4/"
tell 'the names of the classes of place' "s/'count':3,'names':\['hill',/'count':3,'names':[/"
tell 'the values of the classes of place' "s/'town'\],'values':\[\]/'town'],'values':[1,2]/"
tell 'the values of the classes of place' "s/'town'\],'values':\[\]/'town'],'values':[1,3,2]/"
tell 'the texts of the classes of place' "s/'town'\],'values':\[\]/'town'],'values':[1,2,3]/"
extra=$(awk 'BEGIN { for (i = 0; i < 1000; ++i) printf "'"'"'%d'"'"',", i }')
tell 'the texts of the classes of place' "s/'texts':\['hill'/'texts':[$extra'hill'/"
tell 'the means' "s/'means':{}/'means':[1]/"
tell 'the mean of column age' "s/'means':{}/'means':{'age':'old'}/"
tell 'the mean of column years' "s/'means':{}/'means':{'years':1}/"
edited $best damaged.safetensors "s/'classes':{.*},'means'/'classes':{},'means'/"
said 'rooms.net:5:18: these weights do not say how the classes of place are numbered: train again' rooms.net --predict rooms.csv --weights damaged.safetensors --quiet
edited $best damaged.safetensors 's/"data":"[^,]*/"data":"[]/; s/"data":"\[\].*}}",/"data":"[]",/'
said 'damaged.safetensors: what this file says of its data cannot be read: it is damaged' rooms.net --predict rooms.csv --weights damaged.safetensors --quiet

# Weights that are no numbers.
length=$(od -An -tu8 -N8 $best | tr -d ' ')
{
  head -c $((8 + length)) $best
  head -c $(($(wc -c < $best) - 8 - length)) /dev/zero | tr '\0' '\377'
} > nan.safetensors
for as in '' --json; do
  said 'nan.safetensors: these weights give no numbers: of rooms.csv, example 0 comes nan, for the weights themselves are not finite; train again' \
    rooms.net --predict rooms.csv --weights nan.safetensors --quiet $as
done
awk 'NR == 3 { $0 = "1,3e38,2,sea,a" } 1' rooms.csv > huge.csv
sed 's/softmax(logits)/softmax(logits * 1e38)/' rooms.net > other.net
said 'best.safetensors: these weights give no numbers: of huge.csv, example 1 comes nan' other.net --predict huge.csv --weights $best --quiet
grep -q 'themselves' message && fail "it says of finite weights: $(cat message)"
"$dlc" rooms.net --evaluate --weights nan.safetensors > out 2> message || fail "--evaluate with weights that are no numbers: $(cat message)"
grep -q '^loss  *nan$' out || fail "--evaluate with weights that are no numbers: $(cat out)"
