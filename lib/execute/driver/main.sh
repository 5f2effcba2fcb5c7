# charly driver, part 7: messages. D blob, P program, . heartbeat, S stop, K kill, Q leave.
trap 'cleanup; exit 143' TERM
cleanup() {
  if [ -n "$RD" ]; then
    if [ -s "$RD/journal" ]; then jend "${HALT:-left}"; else rm -rf "$RD" "$BL"; fi
  fi
  # The warden holds the lock as well: it goes first.
  [ -n "$WPID" ] && kill "$WPID" 2>/dev/null && wait "$WPID" 2>/dev/null
  [ -n "$RT" ] && rm -rf "$RT"
  unlock
}
hello
store_at "$LV"
while read -r _m _a _b _c <&3; do
  beat
  case $_m in
  D)
    # Bytes are signs of life, too: the warden watches the blob grow instead of the heartbeat.
    [ -n "$WPID" ] && echo "$BL/$_a" >"$RT/receiving"
    if dd bs=65536 iflag=fullblock,count_bytes count="$_b" <&3 >"$BL/$_a" 2>/dev/null && [ "$(wc -c <"$BL/$_a")" -eq "$_b" ]; then :; else
      HALT=${HALT:-stage}
    fi
    [ -n "$WPID" ] && : >"$RT/receiving" ;;
  P)
    _prog=$(dd bs=65536 iflag=fullblock,count_bytes count="$_b" <&3 2>/dev/null; echo .)
    [ "${#_prog}" -eq $((_b + 1)) ] || break
    SEQ=$_c
    case $HALT in channel) break ;; stage) ;; *) HALT= ;; esac
    eval "${_prog%.}"
    fr Z 0 "" "$_a" "${HALT:-done}" "$SEQ" ;;
  Q) break ;;
  esac
  [ "$HALT" = channel ] && break
done
cleanup
exit 0
