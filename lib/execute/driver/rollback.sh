# charly driver, part 8: putting back what this run found. Sent with a rollback, and part of the guard's program. The text was
# written before the first act, so each piece asks the journal what became of its act.

# gj N RESOURCE: GB it began; GE how it ended, as undo commands are told; GP what it found there; GU taking back began; GV how
# taking back ended.
gj() {
  eval "$(GN=$1 GR=$2 awk -F'\t' '
    $NF != "." || $3 != ENVIRON["GN"] { next }
    $2 == "B" { b = 1 }
    $2 == "P" && $4 == ENVIRON["GR"] && p == "" { p = $5 }
    $2 == "E" { e = $5 == "ok" || $5 == "same" ? "done" : "failed"; if ($5 == "skip") b = "" }
    $2 == "U" { u = 1; v = "" }
    $2 == "V" { v = $4 }
    END { gsub(/\047/, "", p); gsub(/\047/, "", v); printf "GB=%s GE=%s GP=\047%s\047 GU=%s GV=\047%s\047\n", b, e, p, u, v }' "$RD/journal")"
}
# It was taken back already: by a rollback that was cut.
gover() { case $GV in undone | gone | released | dropped) return 0 ;; *) return 1 ;; esac; }
# found N RESOURCE: 0 = this act preserved something, or found nothing there; GP says what.
found() { gj "$1" "$2" && ! gover && [ -n "$GP" ]; }
# began N RESOURCE: 0 = this act began.
began() { gj "$1" "$2" && ! gover && [ -n "$GB" ]; }
# settled N RESOURCE: nothing to put back; the claim alone returns to what it was.
settled() { gj "$1" "$2" && ! gover && [ -n "$GB$GE" ] && un_drop "$1" "$2" dropped ''; }
# made RESOURCE N: 0 = a parent directory this run made and did not take back yet.
made() {
  gj "$2" "$1"
  ! gover && GR=$1 awk -F'\t' '$NF == "." && $2 == "I" && $4 == ENVIRON["GR"] { f = 1 } END { exit !f }' "$RD/journal"
}
# taken N BACK RESOURCE: 0 = a revert of this run took something away that has to come back; GP says what.
taken() {
  gj "$2" "$3"
  gover && return 1
  gj "$1" "$3"
  [ -n "$GU" ] || return 1
  case $GV in failed* | kept*) return 1 ;; esac
  [ -n "$GP" ] && return 0
  # Nothing was taken: the claim alone comes back.
  un_drop "$2" "$3" dropped ''
  return 1
}
# lost N BACK RESOURCE WORDS: the same where there is no way back
lost() {
  gj "$2" "$3"
  gover && return 0
  gj "$1" "$3"
  case $GV in
  dropped | gone) un_drop "$2" "$3" dropped '' ;;
  undone | released) warn "$1" "$4" ;;
  esac
}
