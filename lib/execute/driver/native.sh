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
  for _p; do
    [ -d "$_p" ] || (umask 022 && mkdir -- "$_p") || return 1
  done
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
# cover PATH SHA: bytes another bundle's claim stands for, kept before we write over them
cover() { [ -e "$STORE/content/$2" ] || { cp -- "$1" "$STORE/content/$2.new" && mv -- "$STORE/content/$2.new" "$STORE/content/$2"; }; }
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
do_file() { # n path mode owner content   (=text or @blob)
  begin "$1" || { [ $? -eq 1 ]; return; }
  _tmp=${2%/*}/.charly-$RUN-$1
  rm -f -- "$_tmp"
  set -C
  case $5 in
  =*) printf %s "${5#=}" 2>/dev/null >"$_tmp" ;;
  *) cat -- "$BL/${5#@}" 2>/dev/null >"$_tmp" ;;
  esac || { set +C; rm -f -- "$_tmp"; fail "$1" "cannot write beside $2 (disk full, read-only or no permission)"; return; }
  set +C
  if [ "$4" != - ] && ! chown -- "$4" "$_tmp"; then rm -f -- "$_tmp"; fail "$1" "cannot give the file to $4"; return; fi
  chmod -- "$3" "$_tmp" || { rm -f -- "$_tmp"; fail "$1" "cannot set mode $3"; return; }
  if [ "$_d" = inplace ]; then
    warn "$1" "$2 has other links or is a mount point: written in place, not atomically"
    # What may be read of neither the old nor the new file may not be read of what is in between.
    eval "_m=\$P_$1"
    _m=$((0$_m & 0$3)) && chmod -- "0$((_m >> 9))$(((_m >> 6) & 7))$(((_m >> 3) & 7))$((_m & 7))" "$2" && cat -- "$_tmp" >"$2" && chmod -- "$3" "$2" && { [ "$4" = - ] || chown -- "$4" "$2"; } || { rm -f -- "$_tmp"; fail "$1" "cannot write $2 in place"; return; }
    rm -f -- "$_tmp"
  elif [ -d "$2" ] && [ ! -L "$2" ]; then
    rm -f -- "$_tmp"; fail "$1" "a directory is there"; return
  else
    over "$_tmp" "$2" || { rm -f -- "$_tmp"; fail "$1" "cannot put the file in place"; return; }
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
do_link() { # n path target
  begin "$1" || { [ $? -eq 1 ]; return; }
  _tmp=${2%/*}/.charly-$RUN-$1
  rm -f -- "$_tmp"
  if [ -d "$2" ] && [ ! -L "$2" ]; then fail "$1" "a directory is there"; return; fi
  ln -s -- "$3" "$_tmp" && over "$_tmp" "$2" ||
    { rm -f -- "$_tmp"; fail "$1" "cannot make the link"; return; }
  ok "$1"
}

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
