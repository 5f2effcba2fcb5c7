# charly guard: the watcher on the target, a process of its own. `watch DIR` waits and decides; `part DIR K SEQ RAN` runs one
# piece of the way back at its level, under that level's lock, into the same journal.
G=$2
. "$G/env"
export PATH HOME
M=guard MT=guard SILENCE=100000000
exec 0</dev/null 3</dev/null 5>/dev/null

# A lease is kept while every shell of the run lives and one of them has heard the operator.
lease() { # sets WHY when it is lost
  _now= _dead=
  while read -r _p _s _rt; do
    started "$_p" && [ "$STARTED" = "$_s" ] || _dead=1
    _b= _recv=
    { read -r _b <"$_rt/beat" && read -r _recv <"$_rt/receiving"; } 2>/dev/null
    [ -z "$_recv" ] || _b="$_b $(wc -c <"$_recv" 2>/dev/null)"
    _now="$_now $_b"
  done <"$G/shells"
  [ "$_now" = "$_last" ] || _last=$_now _seen=$UP
  if [ -n "$_dead" ]; then
    # It may have left in peace since the phase was read.
    read -r _again _ <"$G/phase" && [ "$_again" = applying ] && WHY=lost
  elif [ "$UP" -ge $((_seen + LEASE)) ]; then
    WHY=silence
  fi
}
watch() {
  read -r GUARD_S LEASE <"$G/times"
  read -r _boot </proc/sys/kernel/random/boot_id
  started $$
  printf '%s %s %s\n' $$ "$STARTED" "$_boot" >"$G/armed.new" && mv -f -- "$G/armed.new" "$G/armed" || exit 1
  uptime_s
  _last= _seen=$UP
  while [ -d "$G" ]; do
    if [ -L "$G/decision" ]; then
      case $(readlink -- "$G/decision") in rollback:*) [ -s "$G/outcome" ] || roll ;; esac
      exit 0
    fi
    WHY= _ph=
    { read -r _ph _at <"$G/phase"; } 2>/dev/null
    uptime_s
    case $_ph in
    applying) lease ;;
    waiting) [ "$UP" -lt $((_at + GUARD_S)) ] || WHY=unconfirmed ;;
    asked) WHY=asked ;;
    esac
    if [ -n "$WHY" ] && ln -sn -- "rollback:$WHY" "$G/decision" 2>/dev/null; then roll; exit 0; fi
    sleep 0.3 2>/dev/null || sleep 1
  done
}
# Piece after piece; one that fails does not keep the others from running.
roll() {
  _seq=0 _ran=, _bad=0
  while read -r _k _lv <&4; do
    _o=$(piece "$_k" "$_lv" </dev/null 4<&-)
    case $_o in
    done\ *) set -- $_o && _seq=$2 _ran=$3 && _bad=$((_bad + $4)) ;;
    *) _bad=$((_bad + 1)) ;;
    esac
  done 4<"$G/order"
  if [ "$_bad" -eq 0 ]; then echo rolled-back; else echo "incomplete $_bad"; fi >"$G/outcome.new"
  mv -f -- "$G/outcome.new" "$G/outcome"
  sync "$G/outcome" "$G" 2>/dev/null
}
# piece K LEVEL: the user's run as the user, who alone may be able to write his store.
piece() {
  if [ "$2" = "$LV" ]; then sh "$G/program" part "$G" "$1" "$_seq" "$_ran"; return; fi
  read -r _uu _ug _un _ud <"$G/user" || return 1
  set -- sh "$_ud/program" part "$_ud" "$1" "$_seq" "$_ran"
  if [ "$_uu" = 0 ]; then
    "$@"
  elif have setpriv && setpriv --reuid "$_uu" --regid "$_ug" --init-groups true 2>/dev/null; then
    setpriv --reuid "$_uu" --regid "$_ug" --init-groups "$@"
  elif have runuser; then
    runuser -u "$_un" -- "$@"
  else
    su -s /bin/sh "$_un" -c 'exec "$0" "$@"' -- "$@"
  fi
}
# The driver of this run still holds the lock: it is asked to end, its act by its policy, and ended when nothing runs any more.
nudge() {
  _p= _s= _rt=
  { read -r _p _s _rt <"$G/shell"; } 2>/dev/null
  [ -n "$_p" ] && started "$_p" && [ "$STARTED" = "$_s" ] || return 0
  [ ! -d "$_rt" ] || echo kill >"$_rt/stop"
  _n= _op= _os=
  { read -r _n _op _os _ <"$RD/cur"; } 2>/dev/null
  [ -n "$_op" ] && started "$_op" && [ "$STARTED" = "$_os" ] && return 0
  [ "$1" -lt 2 ] || kill -KILL "$_p" 2>/dev/null
}
# The pipe to who started us is closed for whatever the piece starts: a daemon would hold it open for ever.
part() { # k seq ran
  rm -f -- "$G/report"
  sh "$G/program" work "$G" "$1" "$2" "$3" 9>&-
  cat "$G/report" >&9
}
work() { # k seq ran
  RD=$STORE/runs/$RUN BL=$STORE/stage/$RUN
  # This level has not begun: it has nothing to put back, and no journal to say so in.
  [ -s "$RD/journal" ] || { echo "done $2 $3 0" >"$G/report"; exit 0; }
  _try=0
  until lock 2 guard; do
    nudge "$_try"
    _try=$((_try + 1))
  done
  SEQ=$(awk -F'\t' '$NF == "." && $1 ~ /^[0-9]+$/ && $1 + 0 > s { s = $1 + 0 } END { print s + 0 }' "$RD/journal")
  [ "$SEQ" -ge "$2" ] || SEQ=$2
  mkdir -p "$BL"
  run_open || exit 1
  # What was kept free for the end of a run on a full disk is needed now.
  rm -f -- "$RD/reserve"
  scratch || exit 1
  _from=$SEQ RAN=$3 HALT= KEEPING= FORCE=1
  if [ "$1" = end ]; then j Z rolled-back; else . "$G/seg.$1"; fi
  jsync
  seal
  _bad=$(awk -F'\t' -v from="$_from" '$NF == "." && $1 + 0 > from && $2 == "V" && $4 ~ /^(failed|kept):/ { n++ } END { print n + 0 }' "$RD/journal")
  [ -z "$HALT" ] || _bad=$((_bad + 1))
  unlock
  rm -rf -- "$RT"
  echo "done $SEQ $RAN $_bad" >"$G/report"
}
case $1 in
watch) watch ;;
part) part "$3" "$4" "$5" ;;
work) work "$3" "$4" "$5" ;;
esac
