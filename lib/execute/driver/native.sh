# charly driver, part 2: native acts. Functions of this shell, a few forks each; facts are looked up for many paths at once.

# looks ID PATH SIZE … : T_<id> type, P_<id> mode, O_<id> uid:gid, N_<id> links, Z_<id> size, I_<id> device:inode, S_<id> digest.
# A file is hashed only where its size is the wanted one (SIZE "-" = always): a digest that cannot match is not read.
looks() {
  _n=$# _ids= _hn=
  while [ "$_n" -gt 0 ]; do
    _id=$1 _p=$2 _z=$3
    shift 3
    _n=$((_n - 3))
    eval "S_$_id=- W_$_id=\$_z"
    if [ -L "$_p" ] || [ -e "$_p" ]; then
      _ids="$_ids $_id"
      set -- "$@" "$_p"
    else
      eval "T_$_id=absent P_$_id= O_$_id= N_$_id=0 Z_$_id=0 I_$_id="
    fi
  done
  [ $# -eq 0 ] && return 0
  _out=$(stat -c '%f %u %g %h %s %d:%i' -- "$@") || { look_one "$_ids" "$@"; return; }
  _IFS=$IFS IFS=$NL
  set -f
  for _l in $_out; do
    IFS=$_IFS
    _id=${_ids# } _id=${_id%% *} _ids=${_ids#" $_id"}
    _p=$1
    shift
    look_set "$_id" $_l
    eval "_t=\$T_$_id _w=\$W_$_id"
    eval "_z=\$Z_$_id"
    if [ "$_t" = file ] && [ -r "$_p" ] && { [ "$_w" = - ] || [ "$_w" = "$_z" ]; }; then
      _hn="$_hn $_id"
      set -- "$@" "$_p"
    fi
    IFS=$NL
  done
  IFS=$_IFS
  set +f
  [ -n "$_hn" ] || return 0
  _out=$(sha256sum -- "$@")
  IFS=$NL
  set -f
  for _l in $_out; do
    IFS=$_IFS
    _id=${_hn# } _id=${_id%% *} _hn=${_hn#" $_id"}
    _l=${_l#\\}
    eval "S_$_id=\${_l%% *}"
    IFS=$NL
  done
  IFS=$_IFS
  set +f
}
look_set() {
  _h=$2 _pm=$((0x$2 & 07777))
  case $((0x$_h & 0170000)) in
  $((0100000))) _t=file ;;
  $((0040000))) _t=dir ;;
  $((0120000))) _t=link ;;
  *) _t=other ;;
  esac
  eval "T_$1=$_t P_$1=$((_pm >> 9))$(((_pm >> 6) & 7))$(((_pm >> 3) & 7))$((_pm & 7)) O_$1=$3:$4 N_$1=$5 Z_$1=$6 I_$1=$7"
}
# A path vanished between test and stat: ask one by one.
look_one() {
  _li=$1
  shift
  for _id in $_li; do
    _p=$1
    shift
    if _l=$(stat -c '%f %u %g %h %s %d:%i' -- "$_p" 2>/dev/null); then
      look_set "$_id" $_l
      eval "_t=\$T_$_id"
      [ "$_t" = file ] && [ -r "$_p" ] && _l=$(sha256sum <"$_p") && eval "S_$_id=\${_l%% *}"
    else
      eval "T_$_id=absent P_$_id= O_$_id= N_$_id=0 Z_$_id=0 I_$_id="
    fi
  done
}

# Preserves what stands at PATH under prior/REF: the inode itself where the filesystem allows, else a copy. Sets PRIOR.
keep() {
  if ln -- "$1" "$STORE/prior/$2" 2>/dev/null || ln -P -- "$1" "$STORE/prior/$2" 2>/dev/null; then
    PRIOR=linked:$3:$2
  elif cp -a -- "$1" "$STORE/prior/$2"; then
    PRIOR=copied:$3:$2
    sync -d "$STORE/prior/$2" 2>/dev/null
  else
    rm -rf -- "$STORE/prior/$2"
    return 1
  fi
}
fail() { # n message code
  j E "$1" "${3:-1}" fail 0
  fr E "$1" "$2" "${3:-1}" fail 0
  HALT=${HALT:-failed}
  return 1
}
# What stands there could not be written down, so nothing is done: a full disk, an error of the disk.
unrecorded() {
  [ -n "$HALT" ] || fail "$1" "cannot record what is there now: the store cannot be written (disk full?)"
  return 1
}
ok() { RAN=$RAN$1, && j E "$1" 0 ok 0 && fr E "$1" "" 0 ok 0; }
same() { # already as wanted: nothing is captured, nothing done
  j E "$1" 0 same 0 && fr E "$1" "" 0 same 0
}

# Missing parents: recorded first (parents_rec N PATH ENCODED …, shallowest first), made after the records are safe.
parents_rec() {
  _pn=$1
  shift
  while [ $# -gt 0 ]; do
    [ -d "$1" ] || j I "$_pn" "$2" || return 1
    shift 2
  done
}
parents_mk() {
  [ -z "$HALT" ] || return 1
  _pl= _pi=0
  for _p; do
    _pi=$((_pi + 1))
    [ -d "$_p" ] || _pl="$_pl \"\${$_pi}\""
  done
  [ -z "$_pl" ] || (umask 022 && eval "mkdir --$_pl")
}

# Phase one of a group: is it so already; if not, preserve. pre N RESOURCE KIND PATH …; sets D_<n> = same|go|blocked reason
pre_file() { # n res path sha mode owner
  OWN=0
  eval "_t=\$T_$1 _m=\$P_$1 _o=\$O_$1 _s=\$S_$1 _l=\$N_$1"
  case $_t in
  absent) PRIOR=absent ;;
  file)
    [ "$6" = - ] && _wo=$_o || _wo=$6
    if [ "$_s" = "$4" ] && [ "$_m" = "$5" ] && [ "$_o" = "$_wo" ]; then eval "D_$1=same"; return; fi
    [ "$_l" -gt 1 ] && own_links "$3" && _l=$((_l - OWN))
    if [ "$_l" -gt 1 ] || mounted "$3"; then
      # What is written through the open file is written into our preserved links of it as well: they become copies first.
      [ "$OWN" -eq 0 ] || unshare_links "$3" || { eval "D_$1='cannot preserve what is there'"; return; }
      eval "D_$1=inplace"
      cp -a -- "$3" "$STORE/prior/$RUN.$1" && PRIOR=copied:file:$RUN.$1 || { eval "D_$1='cannot preserve what is there'"; return; }
      j P "$1" "$2" "$PRIOR"
      return
    fi
    keep "$3" "$RUN.$1" file || { eval "D_$1='cannot preserve what is there'"; return; } ;;
  link) keep "$3" "$RUN.$1" link || { eval "D_$1='cannot preserve the link that is there'"; return; } ;;
  dir) eval "D_$1='a directory is there'"; return ;;
  *) eval "D_$1='something that is neither file nor link is there'"; return ;;
  esac
  j P "$1" "$2" "$PRIOR" && eval "D_$1=go"
}
# cover PATH SHA: bytes another bundle's claim stands for, kept before we write over them. What was edited since is not they.
cover() {
  [ -f "$1" ] && [ ! -e "$STORE/content/$2" ] && cp -- "$1" "$STORE/content/$2.new" || return 0
  _cv=$(sha256sum <"$STORE/content/$2.new")
  if [ "${_cv%% *}" = "$2" ]; then mv -- "$STORE/content/$2.new" "$STORE/content/$2"; else rm -f -- "$STORE/content/$2.new"; fi
}
# own_links PATH: how many names of its inode are ours, left by a run that was cut between preserving and writing. Sets OWN.
own_links() {
  OWN=0
  for _ol in "$STORE"/prior/*; do
    [ "$_ol" -ef "$1" ] && [ ! -L "$_ol" ] && OWN=$((OWN + 1))
  done
  return 0
}
unshare_links() {
  for _ol in "$STORE"/prior/*; do
    [ "$_ol" -ef "$1" ] && [ ! -L "$_ol" ] || continue
    cp -a -- "$_ol" "$_ol.new" && mv -f -- "$_ol.new" "$_ol" || return 1
  done
}
mounted() {
  while read -r _ _ _ _ _mp _; do [ "$_mp" = "$1" ] && return 0; done </proc/self/mountinfo
  return 1
}
pre_dir() { # n res path mode owner
  eval "_t=\$T_$1 _m=\$P_$1 _o=\$O_$1"
  case $_t in
  absent) PRIOR=absent ;;
  dir)
    [ "$5" = - ] && _wo=$_o || _wo=$5
    if [ "$_m" = "$4" ] && [ "$_o" = "$_wo" ]; then eval "D_$1=same"; return; fi
    PRIOR=dir:$_m:$_o ;;
  link) if [ -d "$3" ]; then eval "D_$1=same"; return; else eval "D_$1='a dangling link is there'"; return; fi ;;
  *) eval "D_$1='something that is no directory is there'"; return ;;
  esac
  j P "$1" "$2" "$PRIOR" && eval "D_$1=go"
}
pre_link() { # n res path target
  eval "_t=\$T_$1"
  case $_t in
  absent) PRIOR=absent ;;
  link)
    _r=$(readlink -- "$3" && echo .)
    if [ "$_r" = "$4$NL." ]; then eval "D_$1=same"; return; fi
    keep "$3" "$RUN.$1" link || { eval "D_$1='cannot preserve the link that is there'"; return; } ;;
  file) keep "$3" "$RUN.$1" file || { eval "D_$1='cannot preserve what is there'"; return; } ;;
  *) eval "D_$1='a directory is there'"; return ;;
  esac
  j P "$1" "$2" "$PRIOR" && eval "D_$1=go"
}
# over FROM TO: renames FROM to TO, never into it: a link to a directory is replaced like any other file.
over() {
  if [ -L "$2" ] && [ -d "$2" ]; then
    mv -fT -- "$1" "$2" 2>/dev/null || { rm -f -- "$2" && mv -f -- "$1" "$2"; }
  elif [ -L "$1" ] && [ "$1" -ef "$2" ]; then
    # mv takes a link and what it leads to for one file.
    rm -f -- "$2" && mv -f -- "$1" "$2"
  elif [ -d "$2" ]; then
    return 1
  else
    mv -f -- "$1" "$2"
  fi
}
# Phase two: act. Returns 0 to go on with the next act.
begin() { # n : shared head of do_*; 1 = nothing to do (already reported)
  [ -z "$HALT" ] && poll || return 2
  eval "_d=\$D_$1"
  case $_d in
  same) same "$1"; return 1 ;;
  go | inplace) j B "$1" || return 2 ;;
  *) fail "$1" "$_d"; return 2 ;;
  esac
}
# Files go into place in rows. `put N PATH MODE OWNER CONTENT [FIRST]` writes the bytes (=text or @blob) beside their place, in the
# order of the plan; `placed` gives the whole row its owners and modes and moves it, so that a row costs a handful of forks and not
# three a file. Neighbours in one directory share FIRST, the number of the first of them: they are written under their own names
# into a directory of ours there, and one mv brings them all. Before it each has its B, after it its E: cut between, all are unknown.
QL= QD=' ' QS= QT= QM=' ' QO= QOL=- QSTOP=
do_file() { put "$1" "$2" "$3" "$4" "$5" && placed; }
put() {
  put_at "$1" "$2" "${6:-}" || return 0
  set -C
  case $5 in
  =*) printf %s "${5#=}" 2>/dev/null >"$_tmp" ;;
  *) cat -- "$BL/${5#@}" 2>/dev/null >"$_tmp" ;;
  esac || { set +C; put_fail "$1" "cannot write beside $2 (disk full, read-only or no permission)"; return 0; }
  set +C
  eval "QM_$1=\$3 QO_$1=\$4"
  case $QM in *" $3 "*) ;; *) QM="$QM$3 "; eval "QM$3=" ;; esac
  eval "QM$3=\"\${QM$3} \\\"\\\$QT_$1\\\"\""
  case $4 in
  -) ;;
  "$QOL") QO="$QO \"\$QT_$1\"" ;;
  *) QO="$QO${QO:+ && }chown -- \"\$QO_$1\" \"\$QT_$1\"" QOL=$4 ;;
  esac
}
# put_link N PATH TARGET [FIRST]: a link in such a row
put_link() {
  put_at "$1" "$2" "${4:-}" || return 0
  eval "QM_$1= QO_$1=-"
  ln -s -- "$3" "$_tmp" 2>/dev/null || put_fail "$1" "cannot make the link"
}
# Queues an act; 0 = it is to be written, to $_tmp. Nothing is written behind one that will fail.
put_at() { # n path first
  QL="$QL $1"
  eval "_d=\$D_$1 QP_$1=\$2 QF_$1=\$3 QX_$1= QT_$1="
  [ -z "$HALT$QSTOP" ] || return 1
  case $_d in
  go) ;;
  inplace) eval "QF_$1="; set -- "$1" "$2" "" ;;
  same) return 1 ;;
  *) QSTOP=1; return 1 ;;
  esac
  if [ -n "$3" ]; then
    _tmp=${2%/*}/.charly-$RUN-$3.d
    case $QD in
    *" $3 "*) ;;
    *)
      QD="$QD$3 "
      mkdir -- "$_tmp" 2>/dev/null || { put_fail "$1" "cannot write beside $2 (disk full, read-only or no permission)"; return 1; }
      eval "QS_$3=\$_tmp"
      QS="$QS \"\$QS_$3\"" ;;
    esac
    _tmp=$_tmp/${2##*/}
  else
    _tmp=${2%/*}/.charly-$RUN-$1
    [ ! -e "$_tmp" ] && [ ! -L "$_tmp" ] || tidy "$_tmp"
  fi
  eval "QT_$1=\$_tmp"
  QT="$QT \"\$QT_$1\""
}
put_fail() { eval "QX_$1=\$2"; QSTOP=1; }
placed() {
  QONE= QN= QG=
  if [ -z "$HALT" ]; then
    # What was refused for all of them is asked once more for each, to know whose fault it is.
    [ -z "$QO" ] || eval "$QO" 2>/dev/null || QONE=1
    for _m in $QM; do
      eval "_x=\$QM$_m"
      eval "chmod -- $_m$_x" 2>/dev/null || QONE=1
    done
  fi
  for _q in $QL; do
    [ -z "$HALT" ] || break
    eval "_d=\$D_$_q _x=\$QX_$_q _f=\$QF_$_q"
    if [ "$_d" = same ]; then
      same "$_q"
    elif [ "$_d" = go ] && [ -n "$_f" ] && [ -z "$_x$QONE" ]; then
      [ "$_f" = "$QG" ] || place_row
      QG=$_f QN="$QN $_q"
    else
      place_row
      place_one "$_q"
    fi
  done
  place_row
  if [ -n "$HALT" ]; then
    [ -z "$QT$QS" ] || eval "rm -rf --$QT$QS"
  elif [ -n "$QS" ]; then
    eval "rmdir --$QS 2>/dev/null" || eval "rm -rf --$QS"
  fi
  QL= QD=' ' QS= QT= QM=' ' QO= QOL=- QSTOP=
  [ -z "$HALT" ]
}
# Those waiting in $QN, all of one directory, with one mv.
place_row() {
  [ -n "$QN" ] || return 0
  _row=$QN QN= _mv= _jb=
  [ -z "$HALT" ] && poll || return 1
  for _n in $_row; do
    _mv="$_mv \"\$QT_$_n\"" SEQ=$((SEQ + 1))
    _jb="$_jb$SEQ${TAB}B$TAB$_n$TAB.$NL"
  done
  jw "$_jb" || return 1
  eval "_dir=\${QP_$_n%/*}/"
  if eval "mv -f --$_mv \"\$_dir\""; then all_ok "$_row"; return; fi
  _done=
  for _n in $_row; do
    eval "_t=\$QT_$_n _p=\$QP_$_n"
    if [ ! -e "$_t" ] && [ ! -L "$_t" ]; then _done="$_done $_n"; fi
  done
  all_ok "$_done"
  for _n in $_row; do
    case "$_done " in *" $_n "*) continue ;; esac
    eval "_p=\$QP_$_n"
    if [ -d "$_p" ] && [ ! -L "$_p" ]; then fail "$_n" "a directory is there"; else fail "$_n" "cannot put the file in place"; fi
  done
  return 1
}
all_ok() { # numbers
  _jb= _fb=
  for _n in $1; do
    SEQ=$((SEQ + 1))
    _jb="$_jb$SEQ${TAB}E$TAB$_n${TAB}0${TAB}ok${TAB}0$TAB.$NL"
    _fb="$_fb$NL$M E $_n 0 0 ok 0$NL"
    RAN=$RAN$_n,
  done
  [ -z "$_jb" ] || { jw "$_jb" && frs "$_fb"; }
}
place_one() { # n
  begin "$1" || { [ $? -eq 1 ]; return; }
  eval "_p=\$QP_$1 _tmp=\$QT_$1 _x=\$QX_$1 _pm=\$QM_$1 _po=\$QO_$1"
  if [ -n "$_x" ]; then fail "$1" "$_x"; return; fi
  if [ -n "$QONE" ] && [ -n "$_pm" ]; then
    if [ "$_po" != - ] && ! chown -- "$_po" "$_tmp"; then fail "$1" "cannot give the file to $_po"; return; fi
    chmod -- "$_pm" "$_tmp" || { fail "$1" "cannot set mode $_pm"; return; }
  fi
  if [ "$_d" = inplace ]; then
    warn "$1" "$_p has other links or is a mount point: written in place, not atomically"
    # What may be read of neither the old nor the new file may not be read of what is in between.
    eval "_m=\$P_$1"
    _m=$((0$_m & 0$_pm)) && : >"$STORE/prior/$RUN.$1.half" && chmod -- "0$((_m >> 9))$(((_m >> 6) & 7))$(((_m >> 3) & 7))$((_m & 7))" "$_p" && cat -- "$_tmp" >"$_p" && chmod -- "$_pm" "$_p" && { [ "$_po" = - ] || chown -- "$_po" "$_p"; } || { fail "$1" "cannot write $_p in place"; return; }
    tidy "$_tmp" "$STORE/prior/$RUN.$1.half"
  elif [ -d "$_p" ] && [ ! -L "$_p" ]; then
    fail "$1" "a directory is there"; return
  else
    over "$_tmp" "$_p" || { fail "$1" "cannot put it in place"; return; }
  fi
  ok "$1"
}
do_dir() { # n path mode owner
  begin "$1" || { [ $? -eq 1 ]; return; }
  [ -d "$2" ] || mkdir -- "$2" || { fail "$1" "cannot make the directory"; return; }
  chmod -- "$3" "$2" || { fail "$1" "cannot set mode $3"; return; }
  [ "$4" = - ] || chown -- "$4" "$2" || { fail "$1" "cannot give the directory to $4"; return; }
  ok "$1"
}
do_link() { put_link "$1" "$2" "$3" && placed; } # n path target

# The text of file $1 without blocks of an older generation: marker lines begin with the words $2 and $3. 3 = unterminated.
old_text() {
  CB=$2 CE=$3 awk '
    function is(s, m) { sub(/^[ \t]+/, "", s); sub(/[ \t\r]+$/, "", s); return s == m || index(s, m " ") == 1 }
    !in_block && is($0, ENVIRON["CB"]) { in_block = 1; next }
    in_block { if (is($0, ENVIRON["CE"])) in_block = 0; next }
    { print }
    END { if (in_block) exit 3 }' "$1"
}
# The text of file $1 without the block $2..$3 (whole trimmed lines), or with the lines of file $4 in its place (a body may be
# larger than any argument or variable). 3 = unterminated block.
# A block that goes takes the blank line along that was put in front of it, where another one follows or the file ends.
block_text() {
  CB=$2 CE=$3 CF=${4-} awk '
    function trim(s) { sub(/^[ \t]+/, "", s); sub(/[ \t\r]+$/, "", s); return s }
    function put(l) { if (!goes && !done) { print ENVIRON["CB"]; while ((getline l < ENVIRON["CF"]) > 0) print l; print ENVIRON["CE"]; done = 1 } }
    function flush() { if (held) print ""; held = 0 }
    BEGIN { b = trim(ENVIRON["CB"]); e = trim(ENVIRON["CE"]); goes = ENVIRON["CF"] == "" }
    !in_block && trim($0) == b { in_block = 1; gap = goes && held; if (!goes) flush(); put(); next }
    in_block { if (trim($0) == e) in_block = 0; next }
    $0 == "" { any = 1; last = ""; if (gap) gap = 0; else { flush(); held = 1 } next }
    { any = 1; last = $0; gap = 0; flush(); print }
    END {
      if (in_block) exit 3
      if (!gap) flush()
      if (!goes && !done) { if (any && last != "") print ""; put() }
    }' "$1"
}
