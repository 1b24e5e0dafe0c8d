# --from=graph: what is no graph is one clear line, whatever stage is asked for.
. "$(dirname "$0")/common.sh"
refused() { # words, stage; the text is in ./text
  for stage in graph backward after:share plan loops llvm asm; do
    status=0
    "$dlc" --from=graph --emit=$stage < text > out 2> message || status=$?
    [ $status -eq 1 ] && grep -q "^dlc: standard input$1" message || fail "$stage: status $status, $(cat out message)"
    [ "$(wc -l < message)" -eq 1 ] && [ ! -s out ] || fail "$stage: more than a line: $(cat out message)"
  done
}
: > text
refused ': there is no graph in it$'
printf '\n\n  \n# a remark\n' > text
refused ': there is no graph in it$'
echo 'no graph' > text
refused ':1: '
printf '\000\001\377\n' > text
refused ':1: '
printf 'x = input [4]\ny[i < 4] = x[i + 1]\noutput y\n' > text
refused ': y: it reads outside of x'
printf 'x = input [4]\ny[i < 4] = z[i]\noutput y\n' > text
refused ':2: '
printf 'x = input [4]\ny[i < 4] = x[i]' > text
status=0
"$dlc" --from=graph --emit=graph < text > out 2> message || status=$?
[ $status -eq 0 ] && [ "$(wc -l < out)" -eq 2 ] || fail "the last line may lack its end: status $status, $(cat out message)"

# A stage that graph text cannot give.
for text in /dev/null text; do
  status=0
  "$dlc" --from=graph --emit=ast < $text > out 2> message || status=$?
  [ $status -eq 2 ] && grep -q '^dlc: --from=graph gives graph, .*, not ast$' message || fail "ast: status $status, $(cat out message)"
done
