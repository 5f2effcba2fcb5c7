# charly driver, part 4: acts on text blocks, units, capabilities, kernel parameters, accounts, packages, downloads.

# block N RESOURCE HOST-RESOURCE PATH BEGIN END BODY MODE [OLD-BEGIN OLD-END …]
# The file is followed through links; its original inode is the base of HOST-RESOURCE (the file all blocks in it share).
block_act() {
  poll || return 1
  fr B "$1" ""
  _bn=$1 _br=$2 _bh=$3 _bp=$4 _bb=$5 _be=$6 _bt=$7 _bm=$8
  shift 8
  _bp=$(readlink -f -- "$_bp" 2>/dev/null && echo .) && _bp=${_bp%"$NL."} || { fail "$_bn" "cannot resolve the path"; return; }
  _new=${_bp%/*}/.charly-$RUN-$_bn
  tidy "$_new"
  if [ -d "$_bp" ]; then fail "$_bn" "a directory is there"; return; fi
  if [ -e "$_bp" ]; then
    [ -r "$_bp" ] || { fail "$_bn" "cannot read $_bp"; return; }
    PRIOR=
    cat -- "$_bp" >"$_new"
    while [ $# -gt 0 ]; do
      old_text "$_new" "$1" "$2" >"$_new.2" && mv -f -- "$_new.2" "$_new" ||
        { tidy "$_new.2"; warn "$_bn" "an old block ($1) begins in $_bp and does not end: it is left as it is"; }
      shift 2
    done
    { [ -z "$_bt" ] || printf '%s\n' "$_bt"; } >"$_new.b" && block_text "$_new" "$_bb" "$_be" "$_new.b" >"$_new.2" &&
      mv -f -- "$_new.2" "$_new"
    _bc=$?
    tidy "$_new.b"
    case $_bc in
    0) ;;
    3) tidy "$_new" "$_new.2"; fail "$_bn" "a block begins and does not end; mend the file by hand"; return ;;
    *) tidy "$_new" "$_new.2"; fail "$_bn" "cannot write beside $_bp"; return ;;
    esac
    if cmp -s -- "$_new" "$_bp"; then tidy "$_new"; same "$_bn"; return; fi
    cp -p -- "$_bp" "$_new.p" 2>/dev/null && cat -- "$_new" >"$_new.p" && mv -f -- "$_new.p" "$_new" ||
      { tidy "$_new" "$_new.p"; fail "$_bn" "cannot write beside $_bp"; return; }
    keep "$_bp" "$RUN.$_bn" file || { tidy "$_new"; fail "$_bn" "cannot preserve what is there"; return; }
    j P "$_bn" "$_bh" "$PRIOR" || { tidy "$_new"; return 1; }
  else
    { printf '%s\n' "$_bb"; [ -z "$_bt" ] || printf '%s\n' "$_bt"; printf '%s\n' "$_be"; } >"$_new" && chmod "$_bm" "$_new" ||
      { tidy "$_new"; fail "$_bn" "cannot write beside $_bp"; return; }
    j P "$_bn" "$_bh" absent || { tidy "$_new"; return 1; }
  fi
  j P "$_bn" "$_br" absent && j B "$_bn" && jsync || { tidy "$_new"; unrecorded "$_bn"; return; }
  mv -f -- "$_new" "$_bp" || { tidy "$_new"; fail "$_bn" "cannot put the file in place"; return; }
  ok "$_bn"
}

# systemctl of a manager; a user's manager needs its runtime directory.
sctl() {
  _sm=$1
  shift
  if [ "$_sm" = user ]; then
    XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$UID_} systemctl --user "$@" 3<&- 5>&- 6>&- 7>&- </dev/null
  else
    systemctl "$@" 3<&- 5>&- 6>&- 7>&- </dev/null
  fi
}
reload() { # manager: after unit files changed
  poll || return 1
  have systemctl || { warn 0 "systemctl is not there: unit files are written, nothing is reloaded"; return 0; }
  _o=$(sctl "$1" daemon-reload 2>&1) || warn 0 "systemctl daemon-reload failed: $_o"
}
# Whether the user's manager runs without a session of the user.
lingers() { [ "$(loginctl show-user "$USER_" -p Linger --value 2>/dev/null 3<&- 5>&- 6>&- 7>&-)" = yes ]; }
linger() { # enable|disable: a user may not everywhere do it for himself
  loginctl "$1-linger" "$USER_" >/dev/null 2>&1 3<&- 5>&- 6>&- 7>&- </dev/null ||
    sudo -n loginctl "$1-linger" "$USER_" >/dev/null 2>&1 3<&- 5>&- 6>&- 7>&- </dev/null
}
unit_state() { # manager unit → UE enabled-state UA active-state
  UE=$(sctl "$1" is-enabled "$2" 2>/dev/null) UA=$(sctl "$1" is-active "$2" 2>/dev/null)
  UE=${UE:-unknown} UA=${UA:-unknown}
}
# unit N RESOURCE MANAGER UNIT ENABLE(0|1) FILES: a running unit of which one of the acts FILES wrote a file is restarted.
unit_act() {
  poll || return 1
  fr B "$1" ""
  have systemctl || { fail "$1" "systemctl is not installed: this machine runs no systemd" 127; return; }
  [ "$3" = user ] && [ -z "${XDG_RUNTIME_DIR:-}" ] && XDG_RUNTIME_DIR=/run/user/$UID_
  unit_state "$3" "$4"
  case $UE:$UA in
  enabled:active | static:active | enabled-runtime:active)
    ran_any "$6" || { same "$1"; return; }
    j P "$1" "$2" "value:$UE,$UA" && j B "$1" && jsync || return 1
    if _o=$(sctl "$3" restart "$4" 2>&1); then ok "$1"; else fail "$1" "$_o"; fi
    return ;;
  esac
  [ "$5" = 1 ] || { same "$1"; return; }
  # The first unit of a user starts his manager for good; what was so before is known by the third field.
  _li=
  if [ "$3" = user ] && have loginctl && ! lingers; then _li=,linger; fi
  j P "$1" "$2" "value:$UE,$UA$_li" && j B "$1" && jsync || { unrecorded "$1"; return; }
  [ -z "$_li" ] || linger enable || warn "$1" "loginctl enable-linger was refused: the unit ends with the last session of $USER_"
  case $UE in masked | masked-runtime) sctl "$3" unmask "$4" >/dev/null 2>&1 ;; esac
  if _o=$(sctl "$3" enable "$4" 2>&1) && _o=$(sctl "$3" start "$4" 2>&1); then
    ok "$1"
  else
    fail "$1" "$_o"
  fi
}
# Whether a file has these capabilities: getcap tells them in an order of its own.
cap_is() { [ -n "$2" ] && setcap -q -v "$2" "$1" >/dev/null 2>&1; }
cap_act() { # n res path caps
  poll || return 1
  fr B "$1" ""
  have setcap && have getcap || { fail "$1" "setcap is not installed (package libcap2-bin or libcap)" 127; return; }
  [ -f "$3" ] || { fail "$1" "no such file"; return; }
  _c=$(getcap -- "$3" 2>/dev/null)
  case $_c in *' '*) _c=${_c##* } ;; *) _c= ;; esac
  if [ "$_c" = "$4" ] || cap_is "$3" "$4"; then same "$1"; return; fi
  j P "$1" "$2" "value:$_c" && j B "$1" && jsync || { unrecorded "$1"; return; }
  if [ -n "$4" ]; then _o=$(setcap "$4" "$3" 2>&1); else _o=$(setcap -r "$3" 2>&1); fi || { fail "$1" "$_o"; return; }
  ok "$1"
}
sysctl_act() { # n res key value
  poll || return 1
  fr B "$1" ""
  _sp=/proc/sys/$(printf %s "$3" | tr . /)
  [ -r "$_sp" ] || { fail "$1" "no such kernel parameter"; return; }
  _c=$(cat "$_sp" | tr '\t' ' ')
  if [ "$_c" = "$4" ]; then same "$1"; return; fi
  printf '%s\n' "$_c" >"$STORE/prior/$RUN.$1" && j P "$1" "$2" "listed:$RUN.$1" && j B "$1" && jsync || { unrecorded "$1"; return; }
  { printf '%s\n' "$4" >"$_sp"; } 2>/dev/null || { fail "$1" "the kernel refused the value"; return; }
  ok "$1"
}
# account N RESOURCE user|group NAME UID GID HOME SHELL GROUPS   ("-" = not said)
account_act() {
  poll || return 1
  fr B "$1" ""
  _an=$1 _ar=$2 _ak=$3 _am=$4
  if [ "$_ak" = group ]; then
    if _g=$(getent group "$_am"); then
      _g=${_g#*:*:} _g=${_g%%:*}
      if [ "$6" = - ] || [ "$6" = "$_g" ]; then same "$_an"; return; fi
      fail "$_an" "group $_am exists with gid $_g"; return
    fi
    j P "$_an" "$_ar" absent && j B "$_an" && jsync || { unrecorded "$_an"; return; }
    set -- ${6#-}
    _o=$(groupadd ${1:+-g "$1"} -- "$_am" 2>&1) && ok "$_an" || fail "$_an" "$_o"
    return
  fi
  if _g=$(getent passwd "$_am"); then
    _IFS=$IFS IFS=:
    set -f
    set -- "$5" "$6" "$7" "$8" "$9" $_g
    IFS=$_IFS
    set +f
    if { [ "$1" = - ] || [ "$1" = "$8" ]; } && { [ "$3" = - ] || [ "$3" = "${11}" ]; } && { [ "$4" = - ] || [ "$4" = "${12}" ]; }; then
      same "$_an"
    else
      fail "$_an" "user $_am exists with other fields: $_g"
    fi
    return
  fi
  j P "$_an" "$_ar" absent && j B "$_an" && jsync || { unrecorded "$_an"; return; }
  _u=${5#-} _gg=${6#-} _h=${7#-} _s=${8#-} _gs=${9#-}
  # A home that useradd makes is ours to take away again; one that is there already is not.
  _hh=${_h:-$(useradd -D 2>/dev/null | sed -n 's/^HOME=//p')/$_am}
  [ -e "$_hh" ] || { printf '%s\n' "$_hh" >"$STORE/prior/$RUN.$_an.home" && j N "$_an" "$RUN.$_an.home"; } || { unrecorded "$_an"; return; }
  _o=$(useradd -m ${_u:+-u "$_u"} ${_gg:+-g "$_gg"} ${_h:+-d "$_h"} ${_s:+-s "$_s"} ${_gs:+-G "$_gs"} -- "$_am" 2>&1) && ok "$_an" || fail "$_an" "$_o"
}

# Packages. The list before and after is kept, so that what is new is known, not guessed.
pkg_list() { # format
  case $1 in
  deb) dpkg-query -W -f='${binary:Package}\t${Version}\t${db:Status-Abbrev}\n' 2>/dev/null | sed 's/ *$//' ;;
  rpm) rpm -qa --qf '%{NAME}\t%{VERSION}-%{RELEASE}\tii\n' ;;
  pac) pacman -Q | sed 's/ /\t/;s/$/\tii/' ;;
  esac | sort
}
pkg_manual() { case $1 in deb) apt-mark showmanual ;; pac) pacman -Qqe ;; rpm) : ;; esac | sort; }
pkg_has() { # format name: installed, by exact name
  case $1 in
  deb) [ "$(dpkg-query -W -f='${db:Status-Status}' "$2" 2>/dev/null)" = installed ] ;;
  rpm) rpm -q --quiet "$2" ;;
  pac) [ "$(pacman -Qq "$2" 2>/dev/null)" = "$2" ] ;;
  esac
}
# The body that installs the quoted words $_miss on Debian. A held list is waited for: apt itself waits for the other locks only.
# With names to replace, a simulation must show no other removal than theirs.
deb_body() {
  _minus=
  for _k in $_krep; do pkg_has deb "$_k" && _minus="$_minus $(q "$_k-")"; done
  printf %s "export DEBIAN_FRONTEND=noninteractive
dpkg --audit | grep -q . && dpkg --configure -a
held() { i=\$(stat -c %i /var/lib/apt/lists/lock 2>/dev/null) && grep -q \":\$i \" /proc/locks; }
refresh() {
  n=0
  while :; do
    while held && [ \$n -lt 300 ]; do [ \$n -gt 0 ] || echo 'waiting for the lock of the package lists'; n=\$((n + 1)); sleep 1; done
    apt-get -o DPkg::Lock::Timeout=300 update && return
    c=\$?
    held && [ \$n -lt 300 ] || return \$c
  done
}
[ $_kref = 0 ] || refresh || exit
"
  if [ -z "$_minus" ]; then printf %s "set -- --no-remove $_ko --$_miss"; else printf %s "set -- $_ko --$_miss$_minus
for w in \$(apt-get -s -o Debug::NoLocking=1 install -y \"\$@\" | awk '\$1 == \"Remv\" || \$1 == \"Purg\" { print \$2 }'); do
  case ' $_krep ' in *\" \$w \"*) ;; *) echo \"would remove \$w, which the plan does not name\" >&2; exit 1 ;; esac
done"; fi
  # apt takes a package that a killed dpkg left half there for installed.
  printf %s "
half=\$(dpkg-query -W -f='\${Package} \${db:Status-Eflag}\\n' | awk '\$2 == \"reinstreq\" { print \$1 }')
[ -z \"\$half\" ] || apt-get install -y --reinstall -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold \$half || exit
exec apt-get install -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \"\$@\""
}
# packages N RESOURCE FORMAT REFRESH(0|1) SECONDS OPTIONS REPLACES NAME …   (OPTIONS, REPLACES: quoted words)
packages_act() {
  poll || return 1
  fr B "$1" ""
  _kn=$1 _kr=$2 _kf=$3 _kref=$4 _ks=$5 _ko=$6 _krep=$7
  shift 7
  case $_kf in deb) _kt=apt-get ;; rpm) _kt=dnf ;; *) _kt=pacman ;; esac
  have $_kt || { fail "$_kn" "$_kt is not installed on the target" 127; return; }
  _miss=
  for _k; do pkg_has "$_kf" "$_k" || _miss="$_miss $(q "$_k")"; done
  if [ -z "$_miss" ]; then same "$_kn"; return; fi
  _kp=$STORE/prior/$RUN.$_kn
  pkg_list "$_kf" >"$_kp" && pkg_manual "$_kf" >"$_kp.manual" && j P "$_kn" "$_kr" "listed:$RUN.$_kn" && j B "$_kn" && jsync || { unrecorded "$_kn"; return; }
  # Package lists are refreshed once a run, and again after the repositories changed (REFRESHED is emptied then).
  [ -n "${REFRESHED:-}" ] && _kref=0
  REFRESHED=1
  case $_kf in
  deb) BODY=$(deb_body) ;;
  rpm) BODY="dnf install -y $_ko --$_miss" ;;
  pac) BODY="
$([ -z "$_krep" ] || printf 'for p in %s; do [ "$(pacman -Qq "$p" 2>/dev/null)" = "$p" ] && pacman -Rdd --noconfirm "$p"; done\n' "$_krep")
pacman -S$([ "$_kref" = 0 ] || echo y) --noconfirm --needed $_ko --$_miss" ;;
  esac
  opaque "$_kn" sh finish "$_ks"
  pkg_list "$_kf" >"$_kp.after"
  pkg_manual "$_kf" >"$_kp.manual.after"
  j N "$_kn" "$RUN.$_kn.after"
  RAN=$RAN$_kn,
  ended "$_kn"
}
# A word as the shell reads it back.
q() { printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }

# download N RESOURCE URL TO EXTRACT STRIP SHA256 MODE SECONDS FROM INCLUDE…   (FROM: "" = fetch here, else a blob's name)
# A plain file is put like any file; an archive is unpacked into the stage, then moved member by member, each one recorded.
download_act() {
  poll || return 1
  fr B "$1" ""
  _dn=$1 _dr=$2 _du=$3 _dt=$4 _dx=$5 _ds=$6 _dh=$7 _dm=$8 _dw=$9
  shift 9
  _df=$1
  shift
  _dd=$BL/d$_dn
  rm -rf -- "$_dd"
  mkdir "$_dd" || { fail "$_dn" "cannot make a stage"; return; }
  if [ -n "$_df" ]; then
    mv -- "$BL/$_df" "$_dd/get"
  else
    _dq=$(q "$_du")
    if have curl; then
      BODY="exec curl -fL --retry 3 --connect-timeout 20 -sS -o $(q "$_dd/get") -- $_dq"
    elif have wget; then
      BODY="exec wget -q -t 3 -T 60 -O $(q "$_dd/get") -- $_dq"
    else
      fail "$_dn" "neither curl nor wget is installed on the target" 127; return
    fi
    opaque "$_dn" sh kill "$_dw" || { rm -rf -- "$_dd"; j B "$_dn"; ended "$_dn"; return; }
  fi
  _dg=$(sha256sum <"$_dd/get") _dg=${_dg%% *}
  if [ -n "$_dh" ] && [ "$_dg" != "$_dh" ]; then
    rm -rf -- "$_dd"
    fail "$_dn" "the download has another digest: wanted $_dh, got $_dg"; return
  fi
  case $_dx in
  none)
    looks "$_dn" "$_dt" -
    pre_file "$_dn" "$_dr" "$_dt" "$_dg" "$_dm" -
    printf '%s %s\n' "$_dg" "$_dm" >"$STORE/prior/$RUN.$_dn.got" && j N "$_dn" "$RUN.$_dn.got" && jsync || { unrecorded "$_dn"; return; }
    mv -- "$_dd/get" "$BL/g$_dn"
    rm -rf -- "$_dd"
    do_file "$_dn" "$_dt" "$_dm" - "@g$_dn"
    return ;;
  sh)
    j P "$_dn" "$_dr" absent && j B "$_dn" && jsync || { unrecorded "$_dn"; return; }
    BODY="$DENV
exec sh $(q "$_dd/get")"
    opaque "$_dn" sh kill "$_dw"
    rm -rf -- "$_dd"
    RAN=$RAN$_dn,
    ended "$_dn"
    return ;;
  esac
  mkdir "$_dd/x" || { fail "$_dn" "cannot make a stage"; return; }
  case $_dx in
  tar.gz) have gzip || { fail "$_dn" "gzip is not installed on the target" 127; return; } ;;
  tar.xz) have xz || { fail "$_dn" "xz is not installed on the target (package xz-utils or xz)" 127; return; } ;;
  tar.zst) have zstd || { fail "$_dn" "zstd is not installed on the target (package zstd)" 127; return; } ;;
  zip) have unzip || { fail "$_dn" "unzip is not installed on the target (package unzip)" 127; return; } ;;
  esac
  BODY="cd $(q "$_dd/x") || exit
f=$(q "$_dd/get")"
  case $_dx in
  tar.gz) BODY="$BODY; gzip -dc <\"\$f\" | tar -xf - --no-same-owner" ;;
  tar.xz) BODY="$BODY; xz -dc <\"\$f\" | tar -xf - --no-same-owner" ;;
  tar.zst) BODY="$BODY; zstd -dcq <\"\$f\" | tar -xf - --no-same-owner" ;;
  zip) BODY="$BODY; unzip -q \"\$f\"" ;;
  esac
  opaque "$_dn" sh kill "$_dw" || { rm -rf -- "$_dd"; j B "$_dn"; ended "$_dn"; return; }
  tree_put "$_dn" "$_dr" "$_dd/x" "$_dt" "$_ds" "$@"
  _de=$?
  rm -rf -- "$_dd"
  return $_de
}
# tree_put N RESOURCE FROM TO STRIP INCLUDE…: moves what was unpacked into place. The manifest (mode, digest or link, path)
# and every replaced entry are on disk before the first move. A name with a line break or a tab, a device or a pipe is refused.
tree_put() {
  _tn=$1 _tr=$2 _tf=$3 _tt=$4 _ts=$5
  shift 5
  _tm=$STORE/prior/$RUN.$_tn.tree
  # BusyBox's tar follows .. in the target of a hard link: what has a name elsewhere is no member, and not ours to change.
  (cd "$_tf" && find . -type d ! -perm -700 -exec chmod u+rwx {} \; && find . -type f -exec stat -c '%h %d:%i' {} + |
    awk '$1 > 1 { n[$2]++; h[$2] = $1 } END { for (i in n) if (n[i] != h[i]) exit 1 }') ||
    { fail "$_tn" "the archive holds a hard link to a file outside of it"; return; }
  (cd "$_tf" && chmod -R u+rwX . && find . -mindepth 1 -print | sort) >"$_tm.all" || { fail "$_tn" "cannot read what was unpacked"; return; }
  _c1=$(wc -l <"$_tm.all") _c2=$(cd "$_tf" && find . -mindepth 1 -exec printf x \; | wc -c)
  [ "$((_c1))" -eq "$((_c2))" ] || { rm -f "$_tm.all"; fail "$_tn" "the archive holds a name with a line break"; return; }
  # Names are the last field of a line, and first of two in the map.
  ! grep -q "$TAB" "$_tm.all" || { rm -f "$_tm.all"; fail "$_tn" "the archive holds a name with a tab"; return; }
  # Reading a pipe or a device would never end.
  _odd=$(cd "$_tf" && find . ! -type f ! -type d ! -type l -print) _odd=${_odd%%"$NL"*}
  [ -z "$_odd" ] || { rm -f "$_tm.all"; fail "$_tn" "the archive holds ${_odd#./}, which is no file, directory or link"; return; }
  TS=$_ts awk 'BEGIN { s = ENVIRON["TS"]; for (i = 1; i < ARGC; i++) { inc[i] = ARGV[i]; n++ } ARGC = 1 }
    { p = substr($0, 3); q = p; for (i = 0; i < s; i++) { if (!sub(/^[^\/]*\/?/, "", q)) q = ""; if (q == "") break }
      if (q == "" || q == p && s > 0) next
      if (n) { hit = 0; for (i in inc) if (p == inc[i] || q == inc[i] || index(p, inc[i] "/") == 1 || index(q, inc[i] "/") == 1 || index(inc[i], q "/") == 1) hit = 1; if (!hit) next }
      print p "\t" q }' "$@" <"$_tm.all" >"$_tm.map" || { fail "$_tn" "cannot plan the members"; return; }
  rm -f "$_tm.all"
  [ -s "$_tm.map" ] || { rm -f "$_tm.map"; fail "$_tn" "the archive has nothing left after stripping and choosing members"; return; }
  # Records: what is there now, then the new manifest.
  : >"$_tm" && mkdir -p "$_tm.old" || { fail "$_tn" "cannot write the manifest"; return; }
  _tk=0 _bad=
  while IFS=$TAB read -r _p _q; do
    _src=$_tf/$_p _dst=$_tt/$_q
    if [ -L "$_src" ]; then _row="link - absent"
    elif [ -d "$_src" ]; then _row="dir - absent"
    else _g=$(sha256sum <"$_src") && _row="file ${_g%% *} absent"; fi
    if [ -d "$_dst" ] && [ ! -L "$_dst" ]; then
      case $_row in dir*) _row="dir - there" ;; *) _bad=$_dst; break ;; esac
    elif [ -e "$_dst" ] || [ -L "$_dst" ]; then
      case $_row in dir*) _bad=$_dst; break ;; esac
      _tk=$((_tk + 1))
      ln -P -- "$_dst" "$_tm.old/$_tk" 2>/dev/null || cp -a -- "$_dst" "$_tm.old/$_tk" || { _bad=$_dst; break; }
      _row="${_row% *} $_tk"
    fi
    printf '%s\t%s\n' "$_row" "$_dst" >>"$_tm" || { _bad=$_dst; break; }
  done <"$_tm.map"
  if [ -n "$_bad" ]; then rm -rf -- "$_tm" "$_tm.old" "$_tm.map"; fail "$_tn" "cannot unpack over $_bad"; return; fi
  j P "$_tn" "$_tr" "listed:$RUN.$_tn.tree" && j N "$_tn" "$RUN.$_tn.tree" && j B "$_tn" && jsync || { unrecorded "$_tn"; return; }
  while IFS=$TAB read -r _p _q; do
    _src=$_tf/$_p _dst=$_tt/$_q
    if [ -d "$_src" ] && [ ! -L "$_src" ]; then
      [ -d "$_dst" ] || { mkdir -- "$_dst" && _m=$(stat -c %a -- "$_src") && chmod -- "$_m" "$_dst"; } || { _bad=$_dst; break; }
    else
      mv -f -- "$_src" "${_dst%/*}/.charly-$RUN-$_tn" && over "${_dst%/*}/.charly-$RUN-$_tn" "$_dst" || { _bad=$_dst; break; }
    fi
  done <"$_tm.map"
  rm -f "$_tm.map"
  if [ -n "$_bad" ]; then fail "$_tn" "cannot put $_bad in place"; return; fi
  ok "$_tn"
}
reboot_act() { # n
  poll || return 1
  fr B "$1" ""
  j B "$1" && jsync || { unrecorded "$1"; return; }
  (sleep 1; systemctl reboot || reboot) >/dev/null 2>&1 3<&- 5>&- 6>&- 7>&- &
  HALT=reboot
}
