# --self-test needs no file and says a line for each net and each set of instructions.
. "$(dirname "$0")/common.sh"
mkdir here
cd here
HOME=/nowhere XDG_CACHE_HOME= "$dlc" --self-test > ../out 2> ../message || fail "status $?: $(cat ../out ../message)"
[ -z "$(ls -A)" ] || fail "it leaves $(ls -A)"
cd ..
[ ! -s message ] || fail "it says $(cat message)"
for net in 'dense layers' 'a convolution' 'an embedding'; do grep -q "^sse2  *$net  *ok, " out || fail "no $net: $(cat out)"; done
[ $(($(wc -l < out) % 3)) -eq 0 ] && ! grep -vq '  ok, at most [0-9.e-]* off$' out || fail "$(cat out)"
status=0
"$dlc" some.net --self-test 2> message || status=$?
[ $status -eq 2 ] && grep -q -- '--self-test reads no file: leave out some.net' message || fail "with a file: $status $(cat message)"
