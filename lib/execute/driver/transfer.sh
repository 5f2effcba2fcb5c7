# charly driver, part 6b: whole files, in a shell of their own so that the one which acts stays free.

# put_open DIR NAME PATH: the next bytes NAME go into DIR; says how much of them an earlier, cut transfer has left there:
# so many from the beginning, or these parts.
put_open() {
  BL=$1 PD=
  [ -d "$1" ] || { refuse "no directory $1"; return; }
  if [ -d "$3" ] && [ ! -L "$3" ]; then refuse "a directory is there"; return; fi
  put_mine "$1/$2" && put_mine "$1/$2.p" || return
  [ -e "$1/$2" ] || (set -C && : >"$1/$2") 2>/dev/null || { refuse "cannot write in $1 (read-only, full or no permission)"; return; }
  _pm=
  [ ! -e "$1/$2.p" ] || _pm=$(cat "$1/$2.p")
  fr V 0 "$(wc -c <"$1/$2" | tr -d ' ')$NL$_pm" there
}
# Somebody else's file, link or FIFO of that name is not gone on with, and not written through.
put_mine() {
  [ -e "$1" ] || [ -L "$1" ] || return 0
  [ ! -L "$1" ] && [ -f "$1" ] && [ -O "$1" ] && return 0
  rm -f -- "$1" || { refuse "something of another user has the name $1"; return 1; }
}
# put_parts DIR NAME SHA?: writes parts of NAME where they belong, as the operator sends them. Lines: `w BLOCK BYTES`, the bytes,
# a line `.`; `h BLOCK BYTES` when a part is to be hashed, from first to last; `e`. A part is noted once it is whole. With SHA
# this is the shell that hashes, while other parts are still on their way.
put_parts() {
  _pf=$1/$2
  if [ -n "$3" ]; then
    scratch && mkfifo "$RT/h" && : >"$RT/hs" || { refuse "no place for a FIFO"; return; }
    sha256_of >"$RT/hs" <"$RT/h" 3<&- 5>&- &
    _hp=$!
    exec 9>"$RT/h" 8<"$RT/hs"
    # Both ends are open: nothing is left to whoever kills this shell.
    rm -rf "$RT"
    RT=
  fi
  _pe=
  while read -r _pc _pb _pn <&3; do
    case $_pc in
    w)
      dd bs=262144 iflag=fullblock,count_bytes count="$_pn" seek="$_pb" conv=notrunc,fsync of="$_pf" <&3 2>/dev/null 8<&- 9>&- || {
        # One that was killed says nothing about the disk.
        [ $? -lt 128 ] || break
        refuse "cannot write in $1 (disk full?)" stage
        # Nobody knows how much of the part was read: what comes is read until the operator hangs up.
        cat <&3 >/dev/null
        HALT=channel
        return 1
      }
      # dd takes the end of the connection for the end of a part; this line does not come then.
      { read -r _pc <&3 && [ "$_pc" = . ] && echo "$_pb $_pn" >>"$_pf.p"; } || break
      fr V "$_pb" "" part ;;
    h) dd if="$_pf" bs=262144 iflag=fullblock,count_bytes count="$_pn" skip="$_pb" 2>/dev/null >&9 ;;
    e) _pe=1; break ;;
    esac
  done
  if [ -n "$3" ]; then
    exec 9>&-
    wait "$_hp"
    read -r PD <&8 || PD=
    exec 8<&-
  fi
  [ -n "$_pe" ] || { HALT=channel; return 1; }
}
# openssl uses what the processor has for it, and is four times as fast as coreutils.
sha256_of() {
  if have openssl && [ "$(printf a | openssl dgst -sha256 -r 2>/dev/null | cut -c1-16)" = ca978112ca1bbdca ]; then
    openssl dgst -sha256 -r
  else
    sha256sum
  fi | cut -c1-64
}
# put_close NAME SHA MODE OWNER PATH SIZE?: the copy on this machine is what counts, so it is the one that is checked; one that
# came in parts, of SIZE bytes, has been hashed already.
put_close() {
  [ "$HALT" = stage ] && { refuse "cannot write beside $5 (disk full?)"; return; }
  _pt=$BL/$1
  if [ -n "${6:-}" ]; then
    [ -n "$PD" ] || { refuse "the program that hashes was ended"; return; }
    [ "$(wc -c <"$_pt")" -eq "$6" ] || PD=-
  else
    PD=$(sha256_of <"$_pt")
  fi
  [ "$PD" = "$2" ] || { put_drop; refuse "other bytes arrived than were sent" digest; return; }
  [ "$4" = - ] || chown -- "$4" "$_pt" || { put_drop; refuse "cannot give the file to $4"; return; }
  chmod -- "$3" "$_pt" || { put_drop; refuse "cannot set mode $3"; return; }
  sync -d "$_pt" 2>/dev/null || dd if=/dev/null of="$_pt" conv=notrunc,fsync 2>/dev/null
  mv -fT -- "$_pt" "$5" 2>/dev/null || { [ ! -d "$5" ] && mv -f -- "$_pt" "$5"; } || { put_drop; refuse "cannot put the file in place"; return; }
  rm -f -- "$_pt.p"
  fr V 0 "" put
}
put_drop() { rm -f -- "$_pt" "$_pt.p"; }
# get_file PATH: a MiB a frame, through scratch, because a file that shrinks meanwhile must not leave a frame short.
get_file() {
  [ -e "$1" ] || { refuse "no such file"; return; }
  [ -f "$1" ] || { refuse "that is no regular file"; return; }
  [ -r "$1" ] || { refuse "no permission to read it"; return; }
  scratch || return 1
  while dd bs=65536 iflag=fullblock,count_bytes count=1048576 of="$RT/g" <&8 2>/dev/null && [ -s "$RT/g" ]; do
    _gl=$(wc -c <"$RT/g")
    printf '\n%s C get %s\n' "$M" "$((_gl))" >&5 && cat "$RT/g" >&5 || { HALT=channel; return 1; }
  done 8<"$1"
  rm -f "$RT/g"
  fr V 0 "" got
}
refuse() { fr X 0 "$1" "${2:-refused}"; HALT=failed; return 1; }
