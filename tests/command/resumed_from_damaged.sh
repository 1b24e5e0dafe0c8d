# --resume where last.safetensors says that the run stands where no run can come to, or is of another run: one clear line.
. "$(dirname "$0")/common.sh"
test_files=$3
cat > small.net << 'END'
data d {
  train csv("small.csv")
  x: number = a
  y: number = b
}
net line(x) { x |> reshape(1) |> dense(1) |> scalar }
train {
  data d
  batch 10
  epochs 3
  minimize (line(x) - y)^2 with adam(0.03)
  keep lowest train.loss
  stop after 9 epochs without lower train.loss
}
END
awk 'BEGIN { print "a,b"; for (i = 0; i < 40; ++i) print i / 40 "," 0.5 + i / 80 }' > small.csv
"$dlc" small.net --train --seed 7 --out run --quiet || fail "the training"
cp run/last.safetensors whole.safetensors
tell() { # words of the message, key, value
  if [ "$3" = none ]; then
    "$test_files" metadata whole.safetensors run/last.safetensors "$2"
  else
    "$test_files" metadata whole.safetensors run/last.safetensors "$2" "$3"
  fi
  status=0
  "$dlc" small.net --train epochs=4 --resume run --quiet > out 2> message || status=$?
  [ $status -eq 1 ] || fail "$2 = $3: status $status, not 1: $(cat message)"
  grep -qF -- "run/last.safetensors: $1" message || fail "$2 = $3: it says: $(cat message), not: $1"
  [ "$(grep -c . message)" -eq 1 ] || fail "$2 = $3: more than one line: $(cat message)"
}
damaged() { # key, value, what it can be
  if [ "$2" = none ]; then
    tell "where the run stands cannot be read: the file is damaged ($1 is missing)" "$1" none
  else
    tell "where the run stands cannot be read: the file is damaged ($1 is $2${3:+, it can be $3})" "$1" "$2"
  fi
}
for name in step epoch next_example measured best_epoch stop_epoch; do
  damaged $name none
  for value in '' x 1.5 9223372036854775808 '1 '; do damaged $name "$value"; done
done
damaged step 9223372036854775807 '0 to 1099511627776'
damaged step -1 '0 to 1099511627776'
damaged epoch 9223372036854775807 '1 to 12'
damaged epoch 13 '1 to 12'
damaged epoch 0 '1 to 12'
damaged next_example -1 '0 to 4611686018427387904'
damaged next_example 9223372036854775807 '0 to 4611686018427387904'
damaged measured -5 '0 to 12'
damaged measured 13 '0 to 12'
damaged best nan
damaged best ''
damaged stop_best -nan
damaged best_epoch -7 '1 to 3'
damaged best_epoch 4 '1 to 3'
damaged stop_epoch 0 '1 to 3'
damaged best_step -1 '0 to 12'
damaged best_step 13 '0 to 12'
for sums in nan '-1 2 ' '1.5 2 ' '1e300 2 ' 'inf 2 ' '40 x '; do damaged sums "$sums"; done
tell 'this file is of a run with the seed 8, not 7: it is not this run'"'"'s' seed 8
tell 'this file does not say where the run stands' seed none

cp whole.safetensors run/last.safetensors
"$dlc" small.net --train epochs=4 --resume run --quiet > out 2> message || fail "with nothing damaged: $(cat message)"
tail -1 run/history.csv | grep -q '^4,16,' || fail "with nothing damaged: $(cat run/history.csv)"
