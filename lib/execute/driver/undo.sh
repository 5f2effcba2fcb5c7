# charly driver, part 5: taking back. Each act compares what it finds with what we left; what was edited since is kept.
# FORCE=1 moves the edited thing to kept/ and restores. Results: undone gone kept:<why> failed:<code> released dropped.

un() {
  [ -z "$UQ" ] || un_flush
  j U "$1" "$2" && fr B "$1" "" && UN=$1
}
# n result message; what a file of the act could not be given back is why the whole act is not (UBAD, from un_touched)
undid() {
  case $2 in failed:*) ;; *) [ -z "$UBAD" ] || set -- "$1" failed:1 "$UBAD" ;; esac
  UBAD=
  j V "$1" "$2" && fr E "$1" "${3:-}" 0 "$2" 0
  RAN=$RAN$1,
}
# What is only to be removed waits for its neighbours, so that one rm or rmdir takes them all; done before anything else is taken
# back. Only programs that end with un_flush say UNQ=1.
UNQ= UQ= UK= UL=' ' UBAD=
# un_look N PATH …: one look for all these; none of them may change another's path.
un_look() {
  un_flush
  UL=' ' _un=$#
  while [ "$_un" -gt 0 ]; do
    UL="$UL$1 "
    set -- "$@" "u$1" "$2" -
    shift 2
    _un=$((_un - 2))
  done
  looks "$@"
}
un_wait() { # rm|rmdir n resource path
  [ "$UK" = "$1" ] || un_flush
  UK=$1 UQ="$UQ $2"
  eval "UR_$2=\$3 UP_$2=\$4"
}
un_flush() {
  [ -n "$UQ" ] || return 0
  _uq=$UQ UQ= _jb= _fb= _ur=
  for _n in $_uq; do
    eval "_r=\$UR_$_n"
    SEQ=$((SEQ + 1))
    _jb="$_jb$SEQ${TAB}U$TAB$_n$TAB$_r$TAB.$NL" _fb="$_fb$NL$M B $_n 0 $NL" _ur="$_ur \"\$UP_$_n\""
  done
  jw "$_jb" && frs "$_fb" || return 1
  case $UK in
  rm) eval "rm -f --$_ur" ;;
  *) eval "rmdir --$_ur" 2>/dev/null ;;
  esac
  _jb= _fb=
  for _n in $_uq; do
    eval "_p=\$UP_$_n"
    _ut=undone _um=
    if [ -e "$_p" ] || [ -L "$_p" ]; then
      case $UK in
      rm) _ut=failed:1 _um="cannot remove it" ;;
      *) dir_stays "$_p" ;;
      esac
    fi
    SEQ=$((SEQ + 1)) RAN=$RAN$_n,
    _jb="$_jb$SEQ${TAB}V$TAB$_n$TAB$_ut$TAB.$NL"
    _fb="$_fb$NL$M E $_n ${#_um} 0 $_ut 0$NL$_um"
  done
  jw "$_jb" && frs "$_fb"
}
# A directory that rmdir left: result and reason, in _ut and _um.
dir_stays() {
  if [ -n "$(ls -A -- "$1" 2>/dev/null)" ]; then
    _ut=released _um="not empty: what is in it is not ours"
  else
    _ut=failed:1 _um="cannot remove the directory"
  fi
}
# pour FROM TO: text, owner, mode and time into the file that is there. Cut in between, FROM.half says whose text that is.
pour() {
  : >"$1.half" && _pn=$(stat -c %a -- "$1") && _po=$(stat -c %u:%g -- "$1") && _pm=$((0$(stat -c %a -- "$2") & 0$_pn)) &&
    chmod -- "$(printf %o "$_pm")" "$2" && cat -- "$1" >"$2" &&
    { [ "$(stat -c %u:%g -- "$2")" = "$_po" ] || chown -- "$_po" "$2"; } && chmod -- "$_pn" "$2" || return 1
  touch -r "$1" -- "$2" 2>/dev/null
  tidy "$1.half"
}
# put_back REF PATH PRIOR: prior/REF returns, the inode itself; a copy where links are not possible. A copy of a file with other
# names (or of a mount point) is poured into it: what those names show returns as well.
put_back() {
  case ${3:-} in copied:*)
    if [ -f "$2" ] && [ ! -L "$2" ] && [ -f "$STORE/prior/$1" ] && [ ! -L "$STORE/prior/$1" ] && ! [ "$2" -ef "$STORE/prior/$1" ]; then
      # Not to know is not to be alone: whoever replaces a file with other names leaves those behind.
      _pl=$(stat -c %h -- "$2") || return 1
      if [ "$_pl" -gt 1 ] || mounted "$2"; then
        pour "$STORE/prior/$1" "$2"
        return
      fi
    fi ;;
  esac
  _pb=${2%/*}/.charly-$RUN-$UN
  rm -rf -- "$_pb"
  if ln -P -- "$STORE/prior/$1" "$_pb" 2>/dev/null || ln -- "$STORE/prior/$1" "$_pb" 2>/dev/null || cp -a -- "$STORE/prior/$1" "$_pb"; then
    # rename() of two names of one inode does nothing: then the original is already there.
    if [ "$_pb" -ef "$2" ] && [ ! -L "$2" ] && [ ! -L "$_pb" ]; then tidy "$_pb"; return 0; fi
    over "$_pb" "$2" || { rm -rf -- "$_pb"; return 1; }
  else
    return 1
  fi
}
aside() { mkdir -p "$STORE/kept/$RUN" && mv -- "$2" "$STORE/kept/$RUN/$1"; }
# un_path N RESOURCE PATH BASE KIND LEFT…: files and links. BASE absent | linked:what:ref | copied:what:ref | gone
# KIND file: LEFT = digests we may have left, blank separated (hex, or salted:hex); KIND link: LEFT = target.
un_path() {
  _on=$1 _op=$3 _ob=$4
  case $UL in
  *" $1 "*) eval "T_u=\$T_u$1 S_u=\$S_u$1" ;;
  *) looks u "$3" - ;;
  esac
  _is=other
  case $T_u in
  absent) _is=absent ;;
  file) [ "$5" = file ] && { case $6 in *salted:*) _g=$({ printf %s "$(cat "$STORE/salt")"; cat -- "$3"; } | sha256sum) && S_u=salted:${_g%% *} ;; esac
    case " $6 " in *" $S_u "*) _is=ours ;; *) _is=edited ;; esac; } ;;
  link) if [ "$5" = link ]; then
    if [ "$(readlink -- "$3" && echo .)" = "$6$NL." ]; then _is=ours; else _is=edited; fi; fi ;;
  esac
  if [ "$UNQ$_ob$_is$KEEPING" = 1absentours ]; then un_wait rm "$1" "$2" "$3"; return; fi
  un "$1" "$2" || return 1
  case $_ob in
  linked:* | copied:*)
    _ref=${_ob##*:}
    if [ "$_is" != absent ] && [ ! -L "$_op" ] && [ ! -L "$STORE/prior/$_ref" ] && { [ "$_op" -ef "$STORE/prior/$_ref" ] || same_copy "$_op" "$STORE/prior/$_ref"; }; then
      # An undo that was cut behind the text of a copy has its time still to set.
      [ "$_op" -ef "$STORE/prior/$_ref" ] || touch -r "$STORE/prior/$_ref" -- "$_op" 2>/dev/null
      undid "$_on" undone
      return
    fi
    if [ ! -e "$STORE/prior/$_ref" ] && [ ! -L "$STORE/prior/$_ref" ]; then undid "$_on" failed:1 "the preserved original is missing from the store"; return; fi
    # Half written in place, on the way in or back: that is nobody's edit.
    [ "$T_u" != file ] || [ ! -e "$STORE/prior/$_ref.half" ] || _is=ours ;;
  esac
  case $_is in
  edited | other)
    if [ -n "$FORCE" ] && [ "$_is" = edited ]; then
      aside "$_on" "$_op" || { undid "$_on" failed:1 "cannot move the edited file aside"; return; }
    elif [ "$_is" = edited ]; then undid "$_on" kept:edited "changed since charly wrote it"; return
    else undid "$_on" kept:replaced "something else is there now"; return; fi ;;
  absent) [ "$_ob" = absent ] && { undid "$_on" gone; return; } ;;
  esac
  [ "$_is" = absent ] || keep_un "$_on" "$2" "$_op" "$T_u" || { undid "$_on" failed:1 "cannot preserve what is there"; return; }
  case $_ob in
  absent) [ "$_is" = ours ] && { rm -f -- "$_op" || { undid "$_on" failed:1 "cannot remove it"; return; }; } ;;
  *) [ -d "${_op%/*}" ] || { undid "$_on" failed:1 "its directory is gone"; return; }
    put_back "$_ref" "$_op" "$_ob" || { undid "$_on" failed:1 "cannot put the original back"; return; } ;;
  esac
  undid "$_on" undone
}
# What a revert of an upgrade takes away is preserved first, so that a rollback can put it back.
keep_un() { # n resource path file|link
  [ -n "$KEEPING" ] || return 0
  keep "$3" "$RUN.$1" "$4" && j P "$1" "$2" "$PRIOR"
}
# back_path N RESOURCE PATH PRIOR: what this run found there returns, whatever it made of it
back_path() {
  un "$1" "$2" || return 1
  case $4 in
  absent) rm -f -- "$3" && undid "$1" undone && return ;;
  linked:* | copied:*) put_back "${4##*:}" "$3" "$4" && undid "$1" undone && return ;;
  esac
  undid "$1" failed:1 "cannot put it back"
}
back_dir() { # n resource path dir:mode:uid:gid
  un "$1" "$2" || return 1
  _b=${4#dir:}
  { [ -d "$3" ] || mkdir -- "$3"; } && chown -- "${_b#*:}" "$3" && chmod -- "${_b%%:*}" "$3" && undid "$1" undone ||
    undid "$1" failed:1 "cannot make the directory again"
}
# A copied original and what is there: the same bytes, mode and owner.
same_copy() {
  [ -f "$1" ] && [ -f "$2" ] && cmp -s -- "$1" "$2" && [ "$(stat -c '%a %u %g' -- "$1")" = "$(stat -c '%a %u %g' -- "$2")" ]
}
# surface N RESOURCE PATH LEFT SHA MODE OWNER: another claim's file comes back from content/
surface() {
  un "$1" "$2" || return 1
  # What was edited before we covered it is nowhere any more: the other claim is found to be drifted.
  [ -e "$STORE/content/$5" ] || { undid "$1" dropped "the other bundle's bytes are not kept: apply it again"; return; }
  looks u "$3" -
  case $T_u in
  absent) ;;
  file) case " $4 $5 " in *" $S_u "*) ;; *) if [ -z "$FORCE" ]; then undid "$1" kept:edited "changed since charly wrote it"; return; fi
      aside "$1" "$3" || { undid "$1" failed:1 "cannot move the edited file aside"; return; }
      T_u=absent ;; esac ;;
  *) undid "$1" kept:replaced "something else is there now"; return ;;
  esac
  [ -d "${3%/*}" ] || { undid "$1" failed:1 "its directory is gone"; return; }
  [ "$T_u" = absent ] || keep_un "$1" "$2" "$3" file || { undid "$1" failed:1 "cannot preserve what is there"; return; }
  _pb=${3%/*}/.charly-$RUN-$1
  tidy "$_pb"
  cp -- "$STORE/content/$5" "$_pb" && { [ "$7" = - ] || chown -- "$7" "$_pb"; } && chmod -- "$6" "$_pb" && over "$_pb" "$3" && undid "$1" undone ||
    { tidy "$_pb"; undid "$1" failed:1 "cannot put the other bundle's file back"; }
}
# surface_link N RESOURCE PATH LEFT TARGET: another claim's link comes back
surface_link() {
  un "$1" "$2" || return 1
  looks u "$3" -
  case $T_u in
  absent) ;;
  link) _r=$(readlink -- "$3" && echo .) _r=${_r%"$NL."}
    if [ "$_r" = "$5" ]; then undid "$1" undone; return; fi
    if [ "$_r" != "$4" ]; then
      [ -n "$FORCE" ] || { undid "$1" kept:edited "changed since charly wrote it"; return; }
      aside "$1" "$3" || { undid "$1" failed:1 "cannot move the edited link aside"; return; }
      T_u=absent
    fi ;;
  *) undid "$1" kept:replaced "something else is there now"; return ;;
  esac
  [ -d "${3%/*}" ] || { undid "$1" failed:1 "its directory is gone"; return; }
  [ "$T_u" = absent ] || keep_un "$1" "$2" "$3" link || { undid "$1" failed:1 "cannot preserve what is there"; return; }
  _pb=${3%/*}/.charly-$RUN-$1
  tidy "$_pb"
  ln -s -- "$5" "$_pb" && over "$_pb" "$3" && undid "$1" undone || { tidy "$_pb"; undid "$1" failed:1 "cannot put the other bundle's link back"; }
}
# surface_block N RESOURCE PATH BEGIN END BODY THEIRS: another claim's text comes back into the block
surface_block() {
  un "$1" "$2" || return 1
  _up=$(readlink -f -- "$3" 2>/dev/null && echo .) && _up=${_up%"$NL."}
  [ -f "$_up" ] && grep -qF -- "$4" "$_up" || { undid "$1" gone; return; }
  keep_un "$1" "$2" "$_up" file || { undid "$1" failed:1 "cannot preserve what is there"; return; }
  _ut=${_up%/*}/.charly-$RUN-$1
  tidy "$_ut"
  printf '%s' "${7:+$7$NL}" >"$_ut.n" && block_aside "$1" "$_up" "$_ut" "$4" "$5" "$6" "$7" &&
    cp -p -- "$_up" "$_ut" && block_text "$_up" "$4" "$5" "$_ut.n" >"$_ut" && tidy "$_ut.n" && mv -f -- "$_ut" "$_up" && undid "$1" undone "$_note" ||
    { tidy "$_ut" "$_ut.n"; undid "$1" failed:1 "the block has no end, or the file cannot be written"; }
}
# block_aside N FILE TEMPORARY BEGIN END BODY…: text of the block that is none of ours goes to kept/. Sets _note.
block_aside() {
  _note= _ba=$1 _bf=$2 _bt=$3 _bb=$4
  block_body "$_bf" "$4" "$5" >"$_bt.b" || { tidy "$_bt.b"; return 1; }
  shift 5
  # Not there any more, or not yet: a run can be cut after it preserved the file and before it wrote the block.
  if grep -qF -- "$_bb" "$_bf"; then
    for _w; do ! printf '%s' "${_w:+$_w$NL}" | cmp -s - "$_bt.b" || { tidy "$_bt.b"; return 0; }; done
    mkdir -p "$STORE/kept/$RUN" && mv -f -- "$_bt.b" "$STORE/kept/$RUN/$_ba" || { tidy "$_bt.b"; return 1; }
    _note="the block was edited; its old text is kept"
    return 0
  fi
  tidy "$_bt.b"
}
# un_dir N RESOURCE PATH BASE MODE: absent → rmdir when empty; dir:mode:uid:gid → as it was, if still as we left it
un_dir() {
  if [ "$UNQ$4$KEEPING" = 1absent ] && [ ! -L "$3" ] && [ -d "$3" ]; then un_wait rmdir "$1" "$2" "$3"; return; fi
  un "$1" "$2" || return 1
  if [ -L "$3" ] || [ ! -d "$3" ]; then undid "$1" gone; return; fi
  if [ -n "$KEEPING" ]; then
    looks u "$3" -
    j P "$1" "$2" "dir:$P_u:$O_u" || return 1
  fi
  case $4 in
  absent) if rmdir -- "$3" 2>/dev/null || [ ! -d "$3" ]; then undid "$1" undone; else dir_stays "$3" && undid "$1" "$_ut" "$_um"; fi ;;
  dir:*)
    _b=${4#dir:} _bm=${_b%%:*} _bo=${_b#*:}
    looks u "$3" -
    if [ "$P_u" != "$5" ] && [ -z "$FORCE" ]; then undid "$1" kept:edited "its mode was changed since"; return; fi
    { [ "$_bo" = - ] || chown -- "$_bo" "$3"; } && chmod -- "$_bm" "$3" && undid "$1" undone || undid "$1" failed:1 "cannot restore owner and mode" ;;
  *) undid "$1" dropped ;;
  esac
}
# un_block N RESOURCE PATH BEGIN END BODY BASE LAST(0|1) OLD-BEGIN OLD-END: strip; the last block out and the rest equal to BASE
# (but for old blocks ours took the place of): the inode returns
un_block() {
  un "$1" "$2" || return 1
  _un=$1 _up=$(readlink -f -- "$3" 2>/dev/null && echo .) && _up=${_up%"$NL."}
  if [ ! -f "$_up" ]; then undid "$1" gone; return; fi
  _ut=${_up%/*}/.charly-$RUN-$1
  tidy "$_ut"
  keep_un "$1" "$2" "$_up" file || { undid "$1" failed:1 "cannot preserve what is there"; return; }
  cp -p -- "$_up" "$_ut" && block_text "$_up" "$4" "$5" >"$_ut" || { tidy "$_ut"; undid "$1" failed:1 "the block has no end, or the file cannot be written"; return; }
  block_aside "$1" "$_up" "$_ut" "$4" "$5" "$6" || { tidy "$_ut"; undid "$1" failed:1 "the block cannot be read, or not be kept"; return; }
  if [ "$8" = 1 ]; then
    case $7 in
    absent) if [ -z "$(ends "$_ut")" ]; then rm -f -- "$_ut" "$_up" && undid "$1" undone "$_note" || undid "$1" failed:1 "cannot remove the file"; return; fi ;;
    linked:* | copied:*) if [ -z "$(ends "$_ut")" ] || same_text "$_ut" "$STORE/prior/${7##*:}" || same_but_old "$_ut" "$STORE/prior/${7##*:}" "$9" "${10}"; then
      tidy "$_ut"
      put_back "${7##*:}" "$_up" && undid "$1" undone "$_note" || undid "$1" failed:1 "cannot put the original back"
      return
    fi ;;
    esac
  fi
  mv -f -- "$_ut" "$_up" && undid "$1" undone "$_note" || { tidy "$_ut"; undid "$1" failed:1 "cannot write the file"; }
}
block_body() {
  CB=$2 CE=$3 awk 'function trim(s) { sub(/^[ \t]+/, "", s); sub(/[ \t\r]+$/, "", s); return s }
    BEGIN { b = trim(ENVIRON["CB"]); e = trim(ENVIRON["CE"]) }
    !i && trim($0) == b { i = 1; next } i && trim($0) == e { i = 0; next } i { print }' "$1"
}
# Equal but for what appending blocks adds: a final newline and blank lines before each.
same_text() {
  cmp -s -- "$1" "$2" && return 0
  ends "$1" >"$1.n" && ends "$2" >"$1.m" && cmp -s -- "$1.n" "$1.m"
  _st=$?
  tidy "$1.n" "$1.m"
  return $_st
}
same_but_old() {
  old_text "$2" "$3" "$4" >"$1.o" && same_text "$1" "$1.o"
  _st=$?
  tidy "$1.o"
  return $_st
}
ends() { awk '/^[ \t]*$/ { blank = blank $0 "\n"; next } { printf "%s", blank; blank = ""; print }' "$1"; }
# un_command N RESOURCE SHELL: body in $BODY; behind it un_files, which the program may define, gives files back
un_files() { :; }
un_command() {
  un "$1" "$2" || return 1
  opaque "$1" "$3" finish "${4:-600}"
  un_files
  if [ "$CODE" -eq 0 ]; then undid "$1" undone; else undid "$1" "failed:$CODE" "the undo command failed"; fi
}
# un_touched N PATH BASE: what a command wrote, back from its copy
un_touched() {
  un_flush
  UN=$1
  case $3 in
  absent) [ -d "$2" ] && [ ! -L "$2" ] || rm -f -- "$2" ;;
  copied:* | linked:*) put_back "${3##*:}" "$2" "$3" ;;
  esac || UBAD="cannot put $2 back"
}
# un_unit N RESOURCE MANAGER UNIT BASE "enabled,active"
un_unit() {
  un "$1" "$2" || return 1
  have systemctl || { undid "$1" gone "no systemctl"; return; }
  _e=${5%%,*} _a=${5#*,} _r=0 _li=
  case $_a in *,linger) _a=${_a%,linger} _li=1 ;; esac
  [ "$3" = user ] && [ -z "${XDG_RUNTIME_DIR:-}" ] && XDG_RUNTIME_DIR=/run/user/$UID_
  unit_state "$3" "$4"
  [ -z "$KEEPING" ] || j P "$1" "$2" "value:$UE,$UA" || return 1
  case $_e in
  enabled | enabled-runtime | static | alias | indirect | generated) ;;
  *) case $UE in enabled | enabled-runtime) sctl "$3" disable "$4" >/dev/null 2>&1 || _r=1 ;; esac ;;
  esac
  case $_a in
  active | activating | reloading) [ "$UA" = active ] || sctl "$3" start "$4" >/dev/null 2>&1 || _r=1 ;;
  *) case $UA in active | activating | failed) sctl "$3" stop "$4" >/dev/null 2>&1 || _r=1 ;; esac ;;
  esac
  case $_e in
  enabled) [ "$UE" = enabled ] || sctl "$3" enable "$4" >/dev/null 2>&1 || _r=1 ;;
  masked | masked-runtime) sctl "$3" mask "$4" >/dev/null 2>&1 || _r=1 ;;
  esac
  [ -z "$_li" ] || ! lingers || linger disable || _r=1
  if [ "$_r" -eq 0 ]; then undid "$1" undone; else undid "$1" failed:1 "systemctl refused"; fi
}
# The files of a running unit are back: it takes them up. FILES: items of which one must have been undone in this run.
unit_again() { # manager unit files
  ! have systemctl || ! ran_any "$3" || sctl "$1" try-restart "$2" >/dev/null 2>&1 || :
}
un_cap() { # n res path caps base
  un "$1" "$2" || return 1
  [ -f "$3" ] || { undid "$1" gone; return; }
  _c=$(getcap -- "$3" 2>/dev/null)
  case $_c in *' '*) _c=${_c##* } ;; *) _c= ;; esac
  if [ "$_c" != "$4" ] && [ "$_c" != "$5" ] && [ -z "$FORCE" ] && ! cap_is "$3" "$4"; then undid "$1" kept:edited "capabilities were changed since"; return; fi
  if [ -n "$5" ]; then setcap "$5" "$3"; elif [ -n "$_c" ]; then setcap -r "$3"; else :; fi >/dev/null 2>&1
  [ $? -eq 0 ] && undid "$1" undone || undid "$1" failed:1 "setcap refused"
}
un_sysctl() { # n res key value base-ref
  un "$1" "$2" || return 1
  _sp=/proc/sys/$(printf %s "$3" | tr . /)
  _c=$(cat "$_sp" | tr '\t' ' ')
  if [ "$_c" != "$4" ] && [ -z "$FORCE" ]; then undid "$1" kept:edited "the value was changed since"; return; fi
  { cat "$STORE/prior/$5" >"$_sp"; } 2>/dev/null && undid "$1" undone || undid "$1" failed:1 "the kernel refused the value"
}
un_account() { # n res kind name [home-ref]
  un "$1" "$2" || return 1
  if [ "$3" = group ]; then
    getent group "$4" >/dev/null || { undid "$1" gone; return; }
    _o=$(groupdel -- "$4" 2>&1) && undid "$1" undone || undid "$1" failed:1 "$_o"
    return
  fi
  getent passwd "$4" >/dev/null || { undid "$1" gone; return; }
  _o=$(userdel -- "$4" 2>&1) || { undid "$1" failed:1 "$_o"; return; }
  _hh=
  [ -n "${5:-}" ] && [ -f "$STORE/prior/$5" ] && IFS= read -r _hh <"$STORE/prior/$5"
  [ -n "$_hh" ] && [ -d "$_hh" ] && [ ! -L "$_hh" ] || { undid "$1" undone; return; }
  # What is still as /etc/skel gave it goes; a home that somebody used stays whole.
  if [ -d /etc/skel ] && same_tree /etc/skel "$_hh"; then
    rm -rf -- "$_hh" && undid "$1" undone || undid "$1" undone "the home directory $_hh is kept"
  else
    undid "$1" undone "the home directory $_hh is kept: it was used"
  fi
}
same_tree() { # two directories: the same names, links and bytes
  [ "$(cd "$1" && find . | sort)" = "$(cd "$2" && find . | sort)" ] || return 1
  (cd "$1" && find . ! -type d) | while IFS= read -r _sf; do
    if [ -L "$1/$_sf" ] || [ -L "$2/$_sf" ]; then [ "$(readlink -- "$1/$_sf")" = "$(readlink -- "$2/$_sf")" ]; else cmp -s -- "$1/$_sf" "$2/$_sf"; fi || exit 1
  done
}
# un_packages N RESOURCE FORMAT KEEPDATA SECONDS KEEPNAMES REF…: removes what the transactions REF made new (newest first), as
# far as nothing installed later needs it; those stay, marked automatic.
un_packages() {
  un "$1" "$2" || return 1
  _kn=$1 _kf=$3 _kd=$4 _ks=$5 _kx=$6
  shift 6
  _kall=$*
  : >"$RT/new"
  for _kr; do
    pkg_new "$_kf" "$STORE/prior/$_kr" >>"$RT/new" || { undid "$_kn" failed:1 "the record of the transaction is missing"; return; }
    _kb=$STORE/prior/$_kr
  done
  _del= _left= _stay= _edited=
  while IFS=$TAB read -r _pn _pv _pstate; do
    case ",$_kx," in *",$_pn,"*) _stay="$_stay $_pn"; continue ;; esac
    { pkg_there "$_kf" "$_pn" || pkg_rest "$_kf" "$_pn"; } && _del="$_del $_pn"
  done <"$RT/new"
  if [ -n "$_del" ]; then
    case $_kf in
    deb)
      # What else would go was installed later by someone who needs it: keep what it needs.
      _try=$_del
      while [ -n "$_try" ]; do
        _would=$(apt-get -s -o Debug::NoLocking=1 remove $_try 2>/dev/null | awk '$1 == "Remv" || $1 == "Purg" { print $2 }')
        _more=
        for _w in $_would; do case " $_del " in *" $_w "* | *" $_w:"*) ;; *) _more="$_more $_w" ;; esac; done
        [ -n "$_more" ] || break
        _drop=
        for _t in $_try; do
          _alone=$(apt-get -s -o Debug::NoLocking=1 remove "$_t" 2>/dev/null | awk '$1 == "Remv" || $1 == "Purg" { print $2 }')
          for _m in $_more; do case "
$_alone
" in *"
$_m
"*) _drop="$_drop $_t"; break ;; esac; done
        done
        [ -n "$_drop" ] || { _try= && break; }
        _next=
        for _t in $_try; do case " $_drop " in *" $_t "*) _left="$_left $_t" ;; *) _next="$_next $_t" ;; esac; done
        _try=$_next
      done
      _purge=
      _plain=
      _edited=
      # Cut in the middle by a kill: dpkg wants them back in place before it lets them go.
      _half=
      for _t in $_del; do
        case $(dpkg-query -W -f='${db:Status-Status} ${db:Status-Eflag}' "$_t" 2>/dev/null) in half-installed* | *reinstreq) _half="$_half $_t" ;; esac
      done
      for _t in $_try; do
        # A leftover configuration from before is not ours to purge, nor is one that somebody edited.
        _cf=
        [ -n "$FORCE" ] || _cf=$(edited_conf "$_t")
        _edited=$_edited$_cf
        if grep -q "^$_t	.*	rc\$" "$_kb" || [ "$_kd" = 1 ] || [ -n "$_cf" ]; then _plain="$_plain $_t"; else _purge="$_purge $_t"; fi
      done
      BODY="export DEBIAN_FRONTEND=noninteractive
o='-y -o DPkg::Lock::Timeout=300'
[ -z '$_half' ] || dpkg --force-remove-reinstreq --force-depends --purge $_half
dpkg --audit | grep -q . && dpkg --configure -a
set -e
[ -z '$_plain' ] || apt-get \$o remove $_plain
[ -z '$_purge' ] || apt-get \$o purge $_purge
[ -z '$_left' ] || apt-mark auto $_left" ;;
    rpm) BODY="dnf remove -y --$_del" ;;
    pac) BODY="pacman -R --noconfirm --$_del" ;;
    esac
    opaque "$_kn" sh finish "$_ks"
    if [ "$CODE" -ne 0 ]; then undid "$_kn" "failed:$CODE" "the package manager failed"; return; fi
  fi
  [ "$_kf" = deb ] && [ -z "$_left$_stay" ] && for _kr in $_kall; do pkg_return "$STORE/prior/$_kr"; done
  for _kr in $_kall; do pkg_marks "$_kf" "$STORE/prior/$_kr"; done
  # What stays is still ours as far as other claims ask for it: they inherit the record that charly brought it.
  if [ -n "$_stay$_left" ]; then
    _kp=$STORE/prior/$RUN.$_kn.left
    : >"$_kp" && for _t in $_stay $_left; do awk -F'\t' -v p="$_t" '$1 == p' "$RT/new"; done >"$_kp.after" && j N "$_kn" "$RUN.$_kn.left"
  fi
  [ -z "$_edited" ] || warn "$_kn" "configuration that was edited stays:$_edited"
  if [ -n "$_left" ]; then undid "$_kn" undone "kept, something installed later needs them:$_left"; else undid "$_kn" undone; fi
}
# Configuration that is left of a package nobody had before: an undo was cut between removing and purging.
pkg_rest() {
  [ "$1" = deb ] && [ "$_kd" != 1 ] && [ "$(dpkg-query -W -f='${db:Status-Status}' "$2" 2>/dev/null)" = config-files ] &&
    ! grep -q "^$2	.*	rc\$" "$_kb"
}
# Configuration files of a package that are not as it brought them.
edited_conf() {
  dpkg-query -W -f='${Conffiles}\n' "$1" 2>/dev/null | while read -r _cp _cs _; do
    [ -n "$_cs" ] && [ -f "$_cp" ] && [ "$_cs" != newconffile ] || continue
    _g=$(md5sum <"$_cp") && [ "${_g%% *}" != "$_cs" ] && printf ' %s' "$_cp"
  done
}
# Packages a transaction replaced come back, in their old version where the source still has it.
pkg_return() {
  [ -f "$1" ] && [ -f "$1.after" ] || return 0
  awk -F'\t' -v after="$1.after" 'BEGIN { while ((getline l < after) > 0) { split(l, f, "\t"); if (f[3] ~ /^.[^nc]/) has[f[1]] = 1 } }
    $3 ~ /^.i/ && !($1 in has) { print $1 "\t" $2 }' "$1" >"$RT/went"
  while IFS=$TAB read -r _pn _pv; do
    pkg_has deb "$_pn" && continue
    BODY="export DEBIAN_FRONTEND=noninteractive
set -- -y --no-remove -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold install
apt-get \"\$@\" $(q "$_pn=$_pv") || apt-get \"\$@\" $(q "$_pn")"
    opaque "$_kn" sh finish "$_ks"
    [ "$CODE" -eq 0 ] || { warn "$_kn" "$_pn, which was replaced, could not be installed again"; continue; }
    grep -qxF -- "$_pn" "$1.manual" 2>/dev/null || apt-mark auto "$_pn" >/dev/null 2>&1 3<&- 5>&- 6>&- 7>&-
  done <"$RT/went"
}
# What dpkg calls neither not-installed nor config-files is there, be it half configured.
pkg_there() {
  case $1 in
  deb) case $(dpkg-query -W -f='${db:Status-Status}' "$2" 2>/dev/null) in '' | not-installed | config-files) return 1 ;; esac ;;
  *) pkg_has "$1" "$2" ;;
  esac
}
pkg_new() { # format before-file: rows of packages, also half installed ones, that were not there before
  [ -f "$2" ] || return 1
  { [ -f "$2.after" ] && cat "$2.after" || pkg_list "$1"; } | awk -F'\t' -v before="$2" '
    BEGIN { while ((getline l < before) > 0) { split(l, f, "\t"); if (f[3] ~ /^.[^nc]/) had[f[1]] = 1 } }
    $3 ~ /^.[^nc]/ && !($1 in had)'
}
# Names that turned from automatic to manual by being asked for turn back, if nobody asked for them before.
pkg_marks() {
  [ "$1" = deb ] && [ -f "$2.manual" ] || return 0
  _mk=
  for _t in $(cat "$2.manual.after" 2>/dev/null); do
    grep -qxF -- "$_t" "$2.manual" && continue
    pkg_has deb "$_t" && awk -F'\t' -v p="$_t" '$1 == p && $3 ~ /^.i/ { f = 1 } END { exit !f }' "$2" && _mk="$_mk $_t"
  done
  [ -z "$_mk" ] || apt-mark auto $_mk >/dev/null 2>&1 3<&- 5>&- 6>&- 7>&-
}
# un_tree N RESOURCE REF…: members as we left them go, replaced ones come back; edited ones stay. Newest manifest first.
un_tree() {
  un "$1" "$2" || return 1
  _tn=$1 _keep=0 _n=0 _bad=0
  shift 2
  for _tr; do
    [ -f "$STORE/prior/$_tr" ] || { undid "$_tn" failed:1 "the manifest is missing from the store"; return; }
    tree_back "$STORE/prior/$_tr"
  done
  if [ "$_bad" = 1 ]; then undid "$_tn" failed:1 "some members could not be removed"
  elif [ "$_keep" -gt 0 ]; then undid "$_tn" kept:edited "$_keep members were changed since"
  else undid "$_tn" undone; fi
}
tree_back() {
  sed '1!G;h;$!d' "$1" >"$RT/rev"
  _tm=$1
  while IFS=$TAB read -r _row _dst; do
    set -- $_row
    case $1 in
    dir)
      if [ "$3" = absent ] && [ -d "$_dst" ] && [ ! -L "$_dst" ] && ! rmdir -- "$_dst" 2>/dev/null && [ -d "$_dst" ]; then
        dir_stays "$_dst"
        [ "$_ut" = released ] || _bad=1
      fi
      continue ;;
    file)
      if [ -f "$_dst" ] && [ ! -L "$_dst" ]; then
        _g=$(sha256sum <"$_dst")
        if [ "${_g%% *}" != "$2" ]; then
          [ "$3" != absent ] && [ "$_dst" -ef "$_tm.old/$3" ] && continue
          if [ -n "$FORCE" ]; then aside "$_tn.$((_n = _n + 1))" "$_dst"; else _keep=$((_keep + 1)); continue; fi
        fi
      elif [ -e "$_dst" ] || [ -L "$_dst" ]; then _keep=$((_keep + 1)); continue; fi ;;
    link) [ -L "$_dst" ] || { [ -e "$_dst" ] && _keep=$((_keep + 1)) && continue; } ;;
    esac
    if [ "$3" = absent ]; then rm -f -- "$_dst" || _bad=1
    else
      _tb=${_dst%/*}/.charly-$RUN-$_tn
      rm -rf -- "$_tb"
      { ln -P -- "$_tm.old/$3" "$_tb" 2>/dev/null || cp -a -- "$_tm.old/$3" "$_tb"; } && over "$_tb" "$_dst" || _bad=1
      # rename() of two names of one inode does nothing
      rm -rf -- "$_tb"
    fi
  done <"$RT/rev"
}
un_drop() { un "$1" "$2" && undid "$1" "${3:-dropped}" "${4:-}"; }
