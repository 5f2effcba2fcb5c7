# charly driver, part 7: messages. D blob (name, bytes, how many are there already), P program (number,
# bytes, records so far, bytes unpacked where it is packed), . heartbeat, S stop, K kill, Q leave.
trap 'cleanup; exit 143' TERM
cleanup() {
  if [ -n "$RD" ]; then
    # A guarded run has its watcher's files there, journal or not.
    if [ -s "$RD/journal" ]; then jend "${HALT:-left}"; elif [ ! -d "$RD/guard" ]; then rm -rf "$RD" "$BL"; fi
  fi
  # The warden holds the lock as well: it goes first.
  [ -n "$WPID" ] && kill -KILL "$WPID" 2>/dev/null && wait "$WPID" 2>/dev/null
  [ -n "$RT" ] && rm -rf "$RT"
  unlock
}
hello
store_at "$LV"
STAGE=
# Programs run in this very shell: the names of a message are none that an act uses.
while read -r MSG MSG_A MSG_B MSG_C MSG_D <&3; do
  beat
  case $MSG in
  D)
    # Bytes are signs of life, too: the warden watches the blob grow instead of the heartbeat.
    _bf=${BL:-/dev/null}/$MSG_A
    [ -n "$WPID" ] && echo "$_bf" >"$RT/receiving"
    # What cannot be written (full disk) is read to its end all the same: else the next message would be read out of a file.
    dd bs=65536 iflag=fullblock,count_bytes count="$MSG_B" <&3 2>/dev/null 7>&- | {
      if [ -n "$MSG_C" ]; then cat >>"$_bf"; else cat >"$_bf"; fi 2>/dev/null || cat >/dev/null
    } 3<&- 5>&- 7>&-
    [ "$(wc -c <"$_bf" 2>/dev/null || echo x)" -eq $((${MSG_C:-0} + MSG_B)) ] 2>/dev/null || STAGE=stage
    [ -n "$WPID" ] && : >"$RT/receiving" ;;
  P)
    if [ -n "$MSG_D" ]; then
      _prog=$(dd bs=65536 iflag=fullblock,count_bytes count="$MSG_B" <&3 2>/dev/null | gzip -dc 2>/dev/null; echo .)
    else
      _prog=$(dd bs=65536 iflag=fullblock,count_bytes count="$MSG_B" <&3 2>/dev/null; echo .)
    fi
    [ "${#_prog}" -eq $((${MSG_D:-$MSG_B} + 1)) ] || break
    SEQ=$MSG_C
    [ "$HALT" = channel ] && break
    HALT=$STAGE STAGE=
    eval "${_prog%.}"
    fr Z 0 "" "$MSG_A" "${HALT:-done}" "$SEQ" ;;
  Q) break ;;
  esac
  [ "$HALT" = channel ] && break
done
cleanup
exit 0
