# charly driver, part 3: opaque acts. Each runs in a process session of its own, its output framed by a relay; a warden
# ends it on time-outs, silence of the operator and death of this shell; a listener hears S (stop) and K (kill).

# Process ids of session $1, from /proc alone.
session() {
  _ss=$1 SESS=
  for _sd in /proc/[0-9]*; do
    _st=
    { read -r _st <"$_sd/stat"; } 2>/dev/null || continue
    set -- ${_st##*) }
    [ "$4" = "$_ss" ] && [ "$1" != Z ] && SESS="$SESS ${_sd#/proc/}"
  done
  [ -n "$SESS" ]
}
end_session() { # sid: TERM, up to 10 s, KILL
  session "$1" || return 0
  kill -TERM $SESS 2>/dev/null
  _es=0
  while [ "$_es" -lt 100 ] && session "$1"; do
    sleep 0.1 2>/dev/null || sleep 1
    _es=$((_es + 1))
  done
  session "$1" && kill -KILL $SESS 2>/dev/null
  return 0
}

# The warden outlives us: it holds the lock until the running act has ended by its policy.
warden() {
  # One that was killed has a successor before the next act begins.
  [ -n "$WPID" ] && warden_alive && return 0
  scratch || return 1
  echo 0 >"$RT/beat"
  : >"$RT/step"
  : >"$RT/stop"
  echo 0 >"$RT/busy"
  echo 0 >"$RT/want"
  (
    trap : PIPE HUP INT
    exec 3<&- 6>&- 0</dev/null 1>/dev/null 2>&1
    _quiet=0 _last= _tick=0 _sig=
    # Each look is a process of its own, on every host of a fleet: two a second, and no more.
    while sleep 0.5 2>/dev/null 5>&- 7>&- || sleep 1 5>&- 7>&-; do
      _tick=$((_tick + 1))
      read -r _ _ _ _pp _ </proc/self/stat
      _n= _sid= _pol= _dead=
      { read -r _n _sid _pol _dead <"$RT/step"; } 2>/dev/null
      if [ "$_pp" != $$ ]; then
        exec 5>&-
        [ -n "$_sid" ] && case $_pol in
        kill) end_session "$_sid" ;;
        *) while session "$_sid" && uptime_s && [ "$UP" -lt "$_dead" ]; do sleep 1; done; end_session "$_sid" ;;
        esac
        rm -rf "$RT"
        exit 0
      fi
      { read -r _b <"$RT/beat"; } 2>/dev/null
      if [ "$_b" = "$_last" ]; then _quiet=$((_quiet + 1)); else _quiet=0 _last=$_b; fi
      _recv=
      { read -r _recv <"$RT/receiving"; } 2>/dev/null
      if [ -n "$_recv" ] && [ $((_tick % 10)) -eq 0 ]; then
        _sz=$(wc -c <"$_recv" 2>/dev/null)
        [ "$_sz" = "${_osz:-}" ] || _quiet=0
        _osz=$_sz
      fi
      [ "$_quiet" -ge $((${SILENCE:-45} * 2)) ] && [ ! -s "$RT/stop" ] && echo silence >"$RT/stop"
      _why=
      { read -r _why <"$RT/stop"; } 2>/dev/null
      if [ -n "$_sid" ]; then
        uptime_s
        if [ "$UP" -ge "$_dead" ]; then
          echo timeout >"$RT/why"
          end_session "$_sid"
        elif [ -n "$_why" ] && [ "$_why" != stop ] && [ "$_pol" = kill ]; then
          echo cut >"$RT/why"
          end_session "$_sid"
        fi
        # The act has ended but something of it still holds its output: let the relay go.
        if [ -s "$RT/over" ] && [ -p "$RT/o" ]; then
          echo 1 >"$RT/seen"
          [ "$_sig" = "$_n" ] && { echo "$_n" >"$RT/straggler"; printf '\n' 1<>"$RT/o"; }
          _sig=$_n
        fi
        if [ $((_tick % 20)) -eq 0 ]; then
          echo 1 >"$RT/want"
          read -r _bz <"$RT/busy"
          [ "$_bz" = 0 ] && printf '\n%s T %s 0 \n' "$M" "$_n" >&5
          echo 0 >"$RT/want"
        fi
      elif [ "$_why" = silence ]; then
        kill -TERM $$ 2>/dev/null
        sleep 2
        kill -KILL $$ 2>/dev/null
      fi
    done
  ) &
  WPID=$!
}
warden_alive() {
  _st=
  { read -r _st <"/proc/$WPID/stat"; } 2>/dev/null
  case ${_st##*) } in '' | [ZX]*) return 1 ;; esac
}
warden_end() {
  [ -z "$WPID" ] || { kill -KILL "$WPID" && wait "$WPID"; } 2>/dev/null
  WPID=
}
beat() { BEAT=$(((${BEAT:-0} + 1) % 1000000)) && [ -n "$WPID" ] && echo "$BEAT" >"$RT/beat"; }
poll() {
  [ -n "$HALT" ] && return 1
  [ -n "$WPID" ] && [ -s "$RT/stop" ] && read -r HALT <"$RT/stop" && return 1
  return 0
}
# What the operator asked to stop for has stopped; the way back is not to.
calm() { { [ -n "$RT" ] && read -r _why <"$RT/stop" && [ "$_why" = stop ] && : >"$RT/stop"; } 2>/dev/null || :; }
listen() {
  (
    trap : PIPE HUP INT
    # What keeps the channel open after the driver's death keeps the operator waiting.
    exec 5>&- 6>&- 7>&- 1>/dev/null 2>&1
    while read -r _l <&3; do
      case $_l in
      .) BEAT=$(((BEAT + 1) % 1000000)); echo "$BEAT" >"$RT/beat" ;;
      S) [ -s "$RT/stop" ] || echo stop >"$RT/stop" ;;
      K) echo kill >"$RT/stop" ;;
      esac
    done
    echo channel >"$RT/stop"
  ) &
  EARS=$!
}
# A child so young that it still has our trap loses a TERM: we would wait for it for ever.
deaf() { kill -KILL "$EARS" 2>/dev/null; wait "$EARS" 2>/dev/null; beat; }

# Frames the output of act $1, which comes on 8, until its end. BusyBox dd prints no count, so wc counts. What outlives the act
# and holds its output open gets a reader that throws away and holds neither channel nor lock.
relay() {
  trap : PIPE HUP INT
  while dd bs=65536 count=1 of="$RT/c" <&8 2>/dev/null && [ -s "$RT/c" ]; do
    echo 1 >"$RT/busy"
    _rw=0
    while read -r _x <"$RT/want" && [ "$_x" = 1 ] && [ "$_rw" -lt 40 ]; do
      _rw=$((_rw + 1))
      sleep 0.05 2>/dev/null || sleep 1
    done
    _rl=$(wc -c <"$RT/c")
    printf '\n%s %s %s %s m\n' "$M" "$2" "$1" "$((_rl))" >&5 && cat "$RT/c" >&5 || { cat <&8 >/dev/null 2>&1; break; }
    echo 0 >"$RT/busy"
    _rs=
    { read -r _rs <"$RT/straggler"; } 2>/dev/null
    if [ "$_rs" = "$1" ]; then
      (trap : PIPE HUP INT; exec 5>&-; exec cat <&8 >/dev/null 2>&1) &
      break
    fi
  done
  echo 0 >"$RT/busy"
}

# opaque N SHELL POLICY SECONDS: runs the body in $BODY (already begun in the journal). Sets CODE and STATE.
opaque() {
  CODE=126 STATE=fail
  warden || return 1
  # What can be emptied is not removed: that takes a process. The FIFO is used again unless the warden saw an act go and its output
  # stay open: then something may still hold it, or the warden be about to write.
  if [ -s "$RT/seen" ] || [ ! -p "$RT/o" ]; then rm -f "$RT/o" "$RT/seen" && mkfifo "$RT/o" || return 1; fi
  : >"$RT/why" && : >"$RT/straggler" && printf '%s' "$BODY" >"$RT/b$1" || return 1
  : >"$RT/over"
  # Both ends are open before anybody begins: an act never waits for a relay that is dead, its output breaks instead.
  exec 8<>"$RT/o" && exec 4>"$RT/o" && exec 8<"$RT/o" || return 1
  (
    cd "$CWD" 2>/dev/null || cd /
    umask 022
    exec env -i HOME="$HOME" USER="$USER_" LOGNAME="$USER_" SHELL="$LOGIN_SHELL" LANG=C.UTF-8 PATH="$XPATH" \
      ${XDG_RUNTIME_DIR:+XDG_RUNTIME_DIR="$XDG_RUNTIME_DIR"} CHARLY_STEP="$1" CHARLY_STEP_STATE="${STEP_STATE:-}" \
      setsid "$2" "$RT/b$1"
  ) </dev/null >&4 2>&1 3<&- 4>&- 5>&- 6>&- 7>&- 8<&- &
  _op=$!
  uptime_s
  started "$_op"
  [ -n "$RD" ] && printf '%s %s %s %s\n' "$1" "$_op" "$STARTED" "$3" >"$RD/cur"
  printf '%s %s %s %s\n' "$1" "$_op" "$3" $((UP + $4)) >"$RT/step"
  (
    exec 3<&- 4>&- 6>&- 7>&-
    relay "$1" "${5:-O}"
  ) &
  _rp=$!
  exec 4>&- 8<&-
  while :; do
    wait "$_op"
    CODE=$?
    kill -0 "$_op" 2>/dev/null || break
  done
  echo "$1" >"$RT/over"
  while :; do
    wait "$_rp"
    _rs=$?
    kill -0 "$_rp" 2>/dev/null || break
  done
  # A relay that was killed may have left half a frame behind: what follows would be taken for the rest of it.
  case $_rs in 0 | 127 | 129 | 130 | 141) ;; *) [ "$_rs" -lt 128 ] || HALT=${HALT:-channel} ;; esac
  echo 0 >"$RT/busy"
  : >"$RT/step"
  [ -n "$RD" ] && : >"$RD/cur"
  : >"$RT/over" && : >"$RT/b$1" && : >"$RT/c"
  STATE=ok
  [ "$CODE" -eq 0 ] || STATE=fail
  if [ -s "$RT/why" ]; then
    read -r STATE <"$RT/why"
    [ "$CODE" -eq 0 ] && [ "$STATE" = cut ] && STATE=ok
  fi
  # All of /proc is read only where the act's process group says that it has somebody left.
  if kill -0 "-$_op" 2>/dev/null && session "$_op"; then
    warn "$1" "processes of the step are still running:$SESS"
  fi
  [ "$STATE" = ok ]
}
# A quiet question: exit status of BODY, its output thrown away. Time-boxed like any act.
ask() { # N SHELL SECONDS
  _save=$BODY
  BODY="exec >/dev/null 2>&1
$BODY"
  opaque "$1" "$2" kill "$3" O
  BODY=$_save
  return $CODE
}

# guard N CREATES SHELL: 0 = go on; 1 = satisfied. UNLESS holds the text or nothing.
guard() {
  if [ -n "$2" ] && { [ -e "$2" ] || [ -L "$2" ]; }; then return 1; fi
  [ -n "$UNLESS" ] || return 0
  _sb=$BODY BODY=$UNLESS
  ask "$1" "$3" 60
  _gs=$?
  BODY=$_sb
  [ "$_gs" -ne 0 ]
}
skip() { j E "$1" 0 skip 0; fr E "$1" "$2" 0 skip 0; }
# The common tail of opaque acts.
ended() { # n
  j E "$1" "$CODE" "$STATE" 0
  fr E "$1" "" "$CODE" "$STATE" 0
  [ "$STATE" = ok ] && return 0
  # What was ended from outside has not failed: the run says why it was ended.
  [ "$STATE" = cut ] && poll
  HALT=${HALT:-failed}
  return 1
}
# command N POLICY SECONDS SHELL RUN? CREATES: RUN is `always`, or a list of acts of which one must have run in this run.
command_act() {
  poll || return 1
  fr B "$1" ""
  if [ "$5" != always ] && ! ran_any "$5"; then same "$1"; return; fi
  if ! have "$4"; then fail "$1" "$4 is not installed on the target" 127; return; fi
  if [ -n "$6$UNLESS" ] && ! guard "$1" "$6" "$4"; then j B "$1" && skip "$1" "guard satisfied"; return; fi
  eval "$TOUCH" || { fail "$1" "cannot preserve what the command touches"; return; }
  j B "$1" && jsync || { unrecorded "$1"; return; }
  opaque "$1" "$4" "$2" "$3"
  RAN=$RAN$1,
  ended "$1"
}
# touch_rec N RESOURCE PATH: what a command says it will write, preserved by copy: it may write through the open file.
touch_rec() {
  if [ -d "$3" ] && [ ! -L "$3" ]; then warn "$1" "$3 is a directory: not captured"; return 0; fi
  if [ ! -e "$3" ] && [ ! -L "$3" ]; then j P "$1" "$2" absent; return; fi
  _tw=file
  [ -L "$3" ] && _tw=link
  _tr=$RUN.$1.$(printf %s "$3" | sha256sum | cut -c1-16)
  cp -a -- "$3" "$STORE/prior/$_tr" && j P "$1" "$2" "copied:$_tw:$_tr"
}
ran_any() {
  for _r in $1; do case $RAN in *,$_r,*) return 0 ;; esac; done
  return 1
}
