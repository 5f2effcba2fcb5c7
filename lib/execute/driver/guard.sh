# charly driver, part 9: the guard, seen from the operator's shell. Sent with the programs that need it.

GUARD=$STORE/runs/$RUN/guard
# What a rollback needs of this level is put beside the journal: the blobs guard.*, and who we are.
guard_put() {
  rm -rf -- "$GUARD"
  mkdir -p "$GUARD" && guard_take || return 1
  scratch && started $$ || return 1
  {
    for _f in LV RUN HOME USER_ UID_ GID_ LOGIN_SHELL XPATH CWD PATH GO STORE LOCK; do
      eval "_v=\${$_f}"
      printf '%s=%s\n' "$_f" "$(q "$_v")"
    done
    [ -z "${XDG_RUNTIME_DIR:-}" ] || printf 'export XDG_RUNTIME_DIR=%s\n' "$(q "$XDG_RUNTIME_DIR")"
  } >"$GUARD/env" && printf '%s %s %s\n' $$ "$STARTED" "$RT" >"$GUARD/shell" || return 1
  sync "$GUARD"/* "$GUARD" 2>/dev/null
  fr G 0 "$GUARD" put $$ "$STARTED" "$UID_" "$GID_" "$USER_" "$RT"
}
guard_take() {
  for _f in "$BL"/guard.*; do mv -f -- "$_f" "$GUARD/${_f##*/guard.}" || return 1; done
}
# guard_arm: the shells stand in a blob. Acts may begin when the watcher has said that it is there.
guard_arm() {
  guard_take && guard_phase applying || { fr X 0 "cannot write the guard at $GUARD" store; return 1; }
  sync "$GUARD"/* "$GUARD" 2>/dev/null
  guard_launch
}
guard_phase() { uptime_s && printf '%s %s\n' "$1" "$UP" >"$GUARD/phase.new" && mv -f -- "$GUARD/phase.new" "$GUARD/phase"; }
# Starts the watcher where it outlives this connection and holds nothing of it.
guard_launch() {
  rm -f -- "$GUARD/armed"
  guard_unit || guard_session
  _gw=0
  while [ ! -s "$GUARD/armed" ]; do
    _gw=$((_gw + 1))
    [ "$_gw" -le 100 ] || { fr X 0 "the watcher did not start" guard; return 1; }
    sleep 0.1 2>/dev/null || sleep 1
  done
  fr G 0 "$(cat "$GUARD/armed")" armed
}
# systemd keeps it apart from our session. A user's manager does so only where the user lingers.
guard_unit() {
  have systemd-run || return 1
  _gu=
  if [ "$LV" = user ]; then
    have loginctl && lingers || return 1
    _gu=--user
  fi
  systemd-run $_gu --collect --quiet --unit="charly-guard-$RUN-$$" sh "$GUARD/program" watch "$GUARD" \
    </dev/null >/dev/null 2>&1 3<&- 5>&- 6>&- 7>&-
}
guard_session() {
  (
    cd /
    exec setsid sh "$GUARD/program" watch "$GUARD"
  ) </dev/null >/dev/null 2>&1 3<&- 5>&- 6>&- 7>&- &
}
# guard_decide WHAT: one link, made by whoever comes first; its text is the decision.
guard_decide() {
  if ln -sn -- "$1" "$GUARD/decision" 2>/dev/null; then fr G 0 "" won; else guard_here; fi
}
# How it stands, also where somebody has settled it and the run is folded. No run, no store: nothing.
guard_here() {
  for _gd in "$GUARD" "$STORE/done/$RUN/guard"; do
    if [ -d "$_gd" ]; then guard_show guard "$_gd"; return; fi
  done
  fr C guard ""
}
# guard_await SECONDS: until it is settled, the watcher is gone, or the time is over
guard_await() {
  _gw=0
  while [ "$_gw" -lt "$1" ] && [ -d "$GUARD" ] && [ ! -s "$GUARD/outcome" ] && guard_alive "$GUARD"; do
    sleep 1
    _gw=$((_gw + 1))
  done
  guard_here
}
# guard_ask: the watcher shall put everything back now; one that is not there any more is started for it.
guard_ask() {
  [ -d "$GUARD" ] || { guard_here; return; }
  guard_phase asked && { guard_alive "$GUARD" || guard_launch; }
}
