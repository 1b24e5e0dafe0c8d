# A layer of the library, copied into a user's file under another name, becomes the same machine code.
. "$(dirname "$0")/common.sh"
cp "$root/examples/fashion.net" library.net
sed 's/conv2d(/mine(/g' library.net > own.net
awk '/^layer conv2d\(/ { on = 1 } on { print } on && /^}/ { exit }' "$root/dsl/std/layers.net" |
  sed 's/layer conv2d(/layer mine(/' >> own.net
"$dlc" library.net --emit=asm > library.asm
"$dlc" own.net --emit=asm | sed 's/mine/conv2d/g' > own.asm
[ "$(wc -l < library.asm)" -gt 1000 ] || fail "there is no machine code"
cmp library.asm own.asm || fail "another name makes other code"
