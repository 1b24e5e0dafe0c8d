# --from=loops reads what --emit=loops prints, and makes of it what was made before.
. "$(dirname "$0")/common.sh"
cp "$root/examples/wine.net" .
cp -r "$root/examples/data" .
for cpu in avx512 avx2 sse2; do
  "$dlc" wine.net --emit=loops --cpu=$cpu > loops 2> message || { grep -q 'this machine has' message && continue; fail "$(cat message)"; }
  for stage in loops llvm asm; do
    "$dlc" wine.net --emit=$stage --cpu=$cpu > wanted
    "$dlc" --from=loops --emit=$stage --cpu=$cpu < loops > found 2> message || fail "$stage: $(cat message)"
    [ -s wanted ] && cmp wanted found || fail "$stage of $cpu is another when it is made of the loops that were read"
  done
done
refused() {
  wanted=$1
  text=$2
  shift 2
  status=0
  "$dlc" "$@" > out 2> message || status=$?
  [ $status -eq "$wanted" ] && grep -q "^dlc: $text" message || fail "dlc $*: status $status, $(cat message)"
}
# It is said where.
second=$(grep -n '^kernel' loops | sed -n '2s/:.*//p')
sed "$((second + 1))s/f32/f33/" loops > broken
refused 1 "standard input: in the kernel of line $second, line 2 is not understood" --from=loops --emit=asm < broken
refused 1 'standard input: there is no kernel in it' --from=loops --emit=asm < /dev/null
sed 's/^\( *store [^ ]*@\)[0-9]*/\199/' loops > broken
refused 1 'standard input: ' --from=loops --emit=asm < broken
refused 2 '--from=loops gives loops, llvm or asm, not plan' --from=loops --emit=plan < loops
refused 2 '--from takes graph or loops, not lops: did you mean loops?' --from=lops --emit=asm < loops
