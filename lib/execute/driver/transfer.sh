# charly driver, part 6b: whole files, in a shell of their own so that the one which acts stays free.

# put_open DIR NAME PATH: the next blob NAME goes into DIR; says how much of it an earlier, cut transfer has left there.
put_open() {
  BL=$1
  [ -d "$1" ] || { refuse "no directory $1"; return; }
  if [ -d "$3" ] && [ ! -L "$3" ]; then refuse "a directory is there"; return; fi
  # Somebody else's file, link or FIFO of that name is not gone on with, and not written through.
  if [ -e "$1/$2" ] || [ -L "$1/$2" ]; then
    if [ -L "$1/$2" ] || [ ! -f "$1/$2" ] || [ ! -O "$1/$2" ]; then
      rm -f -- "$1/$2" || { refuse "something of another user has the name $1/$2"; return; }
    fi
  fi
  [ -e "$1/$2" ] || (set -C && : >"$1/$2") 2>/dev/null || { refuse "cannot write in $1 (read-only, full or no permission)"; return; }
  fr V 0 "$(wc -c <"$1/$2" | tr -d ' ')" there
}
# put_close NAME SHA MODE OWNER PATH: the copy on this machine is what counts, so it is the one that is checked.
put_close() {
  [ "$HALT" = stage ] && { refuse "cannot write beside $5 (disk full?)"; return; }
  _pt=$BL/$1
  _ps=$(sha256sum <"$_pt") && [ "${_ps%% *}" = "$2" ] || { rm -f -- "$_pt"; refuse "other bytes arrived than were sent" digest; return; }
  [ "$4" = - ] || chown -- "$4" "$_pt" || { rm -f -- "$_pt"; refuse "cannot give the file to $4"; return; }
  chmod -- "$3" "$_pt" || { rm -f -- "$_pt"; refuse "cannot set mode $3"; return; }
  sync -d "$_pt" 2>/dev/null || dd if=/dev/null of="$_pt" conv=notrunc,fsync 2>/dev/null
  mv -fT -- "$_pt" "$5" 2>/dev/null || { [ ! -d "$5" ] && mv -f -- "$_pt" "$5"; } || { rm -f -- "$_pt"; refuse "cannot put the file in place"; return; }
  fr V 0 "" put
}
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
