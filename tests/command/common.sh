# Sourced by the tests: a fresh folder as the working directory, and words for what must hold.
set -eu
dlc=$1
root=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# The largest value of a column of history.csv.
best() {
  awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) column = i; next }
    column && ($column > best || best == "") { best = $column } END { print best }' "$1/history.csv"
}

at_least() {
  awk -v found="$1" -v least="$2" 'BEGIN { exit !(found != "" && found >= least) }' || fail "$3 is $1, at least $2 was expected"
}
