# charly driver, part 1: frames, hello, stores, journal.
# Runs in any POSIX sh (dash, bash, BusyBox ash). Descriptors: 3 operator to us, 5 us to operator, 6 journal, 7 lock.
# Variables of the session: M mark, LV level (user|root), RUN run id, STORE engine root, RD run directory, RT scratch.
export LC_ALL=C
trap : PIPE HUP INT
umask 077
# The channel is for frames alone: what a program prints unasked must not fall between them.
exec >&2
TAB='	'
NL='
'
GO= SEQ=0 JPRE= HALT= RT= RD= LOCKED= WPID= RAN=,

# A frame: type, act number, payload, arguments. One printf, so that a frame of the warden never falls into it.
fr() {
  _ft=$1 _fn=$2 _fp=$3
  shift 3
  printf '\n%s %s %s %s %s\n%s' "$M" "$_ft" "$_fn" "${#_fp}" "$*" "$_fp" >&5 || HALT=${HALT:-channel}
}
# Frames that are whole already.
frs() { printf %s "$1" >&5 || HALT=${HALT:-channel}; }
# A text file as one frame; absent files give none. JSON and journals hold no NUL, so a variable holds them whole.
show() {
  [ -f "$2" ] || return 0
  # A file that cannot be read is not the same as none: taken for none, the next commit would write over it.
  _sv=$(cat "$2" && echo .) || { [ ! -f "$2" ] || fr C "$1" "$2" unreadable; return 0; }
  fr C "$1" "${_sv%.}" "$3"
}
warn() { fr W "${1:-0}" "$2"; }
# Temporary files of ours beside something of the user's. They are on no record: what failed for once is tried once more.
tidy() { rm -f -- "$@" 2>/dev/null || rm -f -- "$@" 2>/dev/null || warn 0 "a temporary file could not be removed: $1"; }

# Start time of a process, the second half of its identity: ids are used again, pairs are not.
started() {
  _st=
  { read -r _st <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- ${_st##*) }
  # One that has ended and that nobody has fetched is not there any more.
  [ "$1" != Z ] && STARTED=${20}
}
uptime_s() { read -r UP _ </proc/uptime && UP=${UP%%.*}; }
have() { command -v "$1" >/dev/null 2>&1; }

# What the driver cannot do without, in the words of a command line; nothing is begun where one of them is missing.
floor() {
  _fm=
  for _t in awk cat chmod chown cp cut dd env grep id ln ls mkdir mkfifo mv od readlink rm rmdir sed setsid sha256sum sleep \
    sort stat tr uname wc; do
    have "$_t" || _fm="$_fm $_t"
  done
  [ -r /proc/self/stat ] || _fm="$_fm /proc"
  [ -z "$_fm" ] && return 0
  fr X 0 "${_fm# }" missing
  exit 0
}
# What the hello says stands in lines: a value that is several could pass itself off for other facts.
one_line() {
  case $HOME in /*) ;; *) fr X 0 "HOME of the login is \"$HOME\", which is no absolute path" environment; exit 0 ;; esac
  for _v in HOME PATH XDG_RUNTIME_DIR; do
    eval "_w=\${$_v:-}"
    case $_w in *"$NL"*) fr X 0 "$_v of the login holds a line break" environment; exit 0 ;; esac
  done
}
hello() {
  floor
  one_line
  _uid=$(id -u) _gid=$(id -g) _user=$(id -un 2>/dev/null || echo "$_uid")
  _pw=$(getent passwd "$_uid" 2>/dev/null || grep "^$_user:" /etc/passwd 2>/dev/null)
  _ls=${_pw##*:} _host= _boot= _p1= _os= _glibc=
  read -r _host </proc/sys/kernel/hostname
  read -r _boot </proc/sys/kernel/random/boot_id
  read -r _p1 </proc/1/comm
  # Where process 1 is hidden or called otherwise, the manager itself says whether it is there.
  [ "$_p1" = systemd ] || { have systemctl && case $(systemctl is-system-running 2>/dev/null 3<&- 5>&-) in
    '' | offline | unknown) ;; *) _p1=systemd ;; esac; }
  [ -r /etc/os-release ] && _os=$(cat /etc/os-release)
  have getconf && _glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null)
  uptime_s
  _tl=
  for _t in bash sudo flock setsid mkfifo stat sha256sum awk systemctl curl wget tar gzip xz zstd unzip apt-get dpkg \
    dnf rpm pacman setcap getcap sysctl useradd groupadd loginctl runuser setpriv systemd-run zsh fish gpg podman sync; do
    have "$_t" && _tl="$_tl $_t"
  done
  UID_=$_uid GID_=$_gid USER_=$_user LOGIN_SHELL=${_ls:-/bin/sh} XPATH=$PATH
  case $_uid in 0) CWD=/ ;; *) CWD=$HOME ;; esac
  fr H 0 "uid=$_uid
gid=$_gid
user=$_user
home=$HOME
shell=$LOGIN_SHELL
host=$_host
boot=$_boot
uptime=$UP
pid1=$_p1
machine=$(uname -m)
glibc=$_glibc
path=$PATH
runtime=${XDG_RUNTIME_DIR:-}
pid=$$
tools=$_tl
os-release:
$_os"
}

# Which store this shell serves. The user's store lives under the directory whose .lock the Go tool takes as well.
store_at() {
  case $1 in
  root) STORE=${SYSTEM_STORE:-/var/lib/opencharly} LOCK=$STORE/.lock ;;
  *) GO=$HOME/.config/opencharly/installed STORE=$GO/engine LOCK=$GO/.lock ;;
  esac
}
# The place of the lock, without which nobody may touch the store. What this driver itself made for it is remembered: another one
# may be at it in this very moment, and each knows its own only. MADE: directories, shallowest first; LMADE: the lock file.
MADE= LMADE=
lock_place() {
  _up=${LOCK%/*} _mk=
  while [ -n "$_up" ] && [ ! -d "$_up" ]; do _mk="$_up$NL$_mk" _up=${_up%/*}; done
  _IFS=$IFS IFS=$NL
  set -f
  for _d in $_mk; do
    # A user's directories are anybody's to look at, as the Go tool makes them; root's are not.
    if (case $LV in root) ;; *) umask 022 ;; esac; mkdir -- "$_d") 2>/dev/null; then MADE="$MADE$_d$NL"; elif [ ! -d "$_d" ]; then
      IFS=$_IFS
      set +f
      return 1
    fi
  done
  IFS=$_IFS
  set +f
}
# A place that was of no use (full, read-only) goes again, where it is empty.
lock_unplace() {
  [ -z "$LMADE" ] || rm -f "$LOCK"
  [ -z "${LOCKDIR:-}" ] || { rm -f "$LOCK.d/owner" && rmdir "$LOCK.d" && LOCKDIR=; }
  _mk=$MADE MADE= LMADE=
  made_remove
}
# Makes the store, under its lock, and writes down which directories that took: they go with the store's last deploy.
store_make() {
  if [ -d "$STORE" ] && [ -s "$STORE/salt" ] && [ -s "$STORE/target.json" ]; then
    [ -n "$MADE$LMADE" ] || return 0
    # Somebody else filled it, and we made its place.
    { cat "$STORE/made" && printf '%s' "$MADE"; } | awk '!seen[$0]++' >"$STORE/made.new" && mv "$STORE/made.new" "$STORE/made" || return 1
    [ -z "$LMADE" ] || { grep -vx .lock "$STORE/had" >"$STORE/had.new"; mv "$STORE/had.new" "$STORE/had"; } || return 1
    MADE= LMADE=
    return 0
  fi
  _new=
  [ -e "$STORE/made" ] || _new=1
  store_fill && { MADE= LMADE=; return 0; }
  # A half of a store (full disk) is nobody's: what was made goes again, or a later one would not know that it was.
  [ -z "$_new" ] || { rm -rf "$STORE"; lock_unplace; }
  return 1
}
store_fill() {
  _had=
  [ -z "$GO" ] || _had=$(ls -A "$GO" 2>/dev/null | grep -vx -e engine -e .lock.d)
  [ -z "$LMADE" ] || _had=$(printf '%s\n' "$_had" | grep -vx .lock)
  [ -d "$STORE" ] || { mkdir "$STORE" && MADE="$MADE$STORE$NL"; } || return 1
  mkdir -p "$STORE/runs" "$STORE/done" "$STORE/prior" "$STORE/ledger" "$STORE/content" "$STORE/stage" "$STORE/kept" && chmod 700 "$STORE" || return 1
  [ -e "$STORE/made" ] || printf '%s\n' "$_had" >"$STORE/had" || return 1
  [ -e "$STORE/made" ] || { printf '%s' "$MADE" >"$STORE/made.new" && mv "$STORE/made.new" "$STORE/made"; } || return 1
  [ -s "$STORE/target.json" ] || { random16 && printf '{"target_id":"%s","schema":1}\n' "$R16" >"$STORE/target.json.new" &&
    mv "$STORE/target.json.new" "$STORE/target.json"; } || return 1
  [ -s "$STORE/salt" ] || { random16 && _id=$R16 && random16 && printf '%s\n' "$_id$R16" >"$STORE/salt.new" &&
    mv "$STORE/salt.new" "$STORE/salt"; } || return 1
}
# Nothing of ours is left: the store itself goes, and the directories it took, where they are empty.
store_remove() {
  _mk=$(cat "$STORE/made" 2>/dev/null)
  exec 6>&- >/dev/null 2>&1
  RD=
  rm -f "$STORE/holder"
  [ -z "${LOCKDIR:-}" ] || { rm -f "$LOCK.d/owner" && rmdir "$LOCK.d" && LOCKDIR=; }
  _lg=1
  if [ -n "$GO" ]; then
    # The Go tool may have been here before us: what it had stays.
    for _d in deploys layers; do grep -qx "$_d" "$STORE/had" 2>/dev/null || empty_gone "$GO/$_d"; done
    ! grep -qx .lock "$STORE/had" 2>/dev/null || _lg=
  fi
  rm -rf "$STORE"
  [ -z "$_lg" ] || rm -f "$LOCK"
  made_remove
}
# A directory, where it is empty. Nothing remembers it any more: what failed for once is tried once more.
empty_gone() { rmdir -- "$1" 2>/dev/null || rmdir -- "$1" 2>/dev/null; }
# The directories in $_mk, deepest first (several drivers may have made them), where they are empty.
made_remove() {
  printf '%s\n' "$_mk" | sort -r | while IFS= read -r _d; do [ -z "$_d" ] || empty_gone "$_d"; done
}
# 128 bits as hex, in R16.
random16() { R16=$(dd if=/dev/urandom bs=16 count=1 2>/dev/null | od -An -tx1 | tr -d ' \n') && [ "${#R16}" -eq 32 ]; }

# packed FUNCTION: what it sends, as one frame, packed where a network lies in between and the tools are there.
packed() {
  if [ -n "${PACKS:-}" ] && have base64; then
    fr Y 0 "$("$1" 5>&1 | gzip -c | base64)"
  else
    "$1"
  fi
}
# Everything the operator needs of a store, in one go. Nothing is written.
store_read() {
  for _f in "$STORE"/ledger/*.json "$STORE"/runs/*; do
    [ ! -e "$_f" ] || { packed store_tell; return; }
  done
  store_tell
}
store_tell() {
  fr C store "$STORE" "$([ -d "$STORE" ] && echo there || echo absent)"
  for _f in "$STORE" "$STORE/ledger" "$STORE/runs"; do
    [ ! -d "$_f" ] || { [ -r "$_f" ] && [ -x "$_f" ]; } || fr C store "$_f" unreadable
  done
  for _f in target.json salt counter resources.json; do show "$_f" "$STORE/$_f"; done
  for _f in "$STORE"/ledger/*.json; do show "ledger/${_f##*/}" "$_f"; done
  for _f in "$STORE"/runs/*/; do
    [ -d "$_f" ] || continue
    _r=${_f%/} _r=${_r##*/}
    fr C "run/$_r" ""
    show "run/$_r/intent.json" "$_f/intent.json"
    show "run/$_r/journal" "$_f/journal"
    show "run/$_r/cur" "$_f/cur"
    [ ! -d "$_f/guard" ] || guard_show "run/$_r/guard" "$_f/guard"
  done
  [ -n "$GO" ] || return 0
  for _f in "$GO"/deploys/*.json "$GO"/layers/*.json; do
    _r=${_f%/*}
    show "go/${_r##*/}/${_f##*/}" "$_f"
  done
}

# Whether the watcher of a guarded run is there: its process, of this boot.
guard_alive() { # guard's directory
  _gp= _gs= _gb=
  { read -r _gp _gs _gb <"$1/armed" && read -r _boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
  [ -n "$_gp" ] && [ "$_gb" = "$_boot" ] && started "$_gp" && [ "$STARTED" = "$_gs" ]
}
# How a guarded run stands, as key=value lines. A level that only holds its share of the way back has no phase.
guard_show() { # name, guard's directory
  _ga=0 _gph= _gat= _gt= _gde= _go=
  guard_alive "$2" && _ga=1
  { read -r _gph _gat <"$2/phase"; read -r _gt _ <"$2/times"; read -r _gde <"$2/deploy"; read -r _go _ <"$2/outcome"; } 2>/dev/null
  uptime_s
  fr C "$1" "alive=$_ga
phase=$_gph
at=$_gat
seconds=$_gt
deploy=$_gde
decision=$(readlink -- "$2/decision" 2>/dev/null)
outcome=$_go
uptime=$UP
"
}

# The runs that are folded already and still kept, for repairs.
done_read() {
  for _f in "$STORE"/done/*/; do
    [ -d "$_f" ] || continue
    _r=${_f%/} _r=${_r##*/}
    show "done/$_r/intent.json" "$_f/intent.json"
    show "done/$_r/journal" "$_f/journal"
  done
}

# Takes the lock: $1 seconds to wait, $2 who we are (encoded). The holder is named before we wait.
lock() {
  lock_place || { lock_unplace; fr X 0 "cannot write the store at $STORE" store; return 1; }
  if have flock; then
    [ -e "$LOCK" ] || { (set -C; : >"$LOCK") 2>/dev/null && LMADE=1; }
    # Without `command` a redirection that fails would end the whole shell.
    if ! command exec 7>>"$LOCK"; then
      # Whoever took the store away may have taken the directory from under us: once more.
      if [ ! -d "${LOCK%/*}" ] && [ "${_lr:=0}" -lt 5 ]; then
        _lr=$((_lr + 1))
        lock "$@"
        return
      fi
      lock_unplace
      fr X 0 "cannot open $LOCK" store
      return 1
    fi
    if ! flock -n 7; then
      _h=$(cat "$STORE/holder" 2>/dev/null)
      fr L 0 "$_h" busy
      flock -w "$1" 7 || { exec 7>&-; fr L 0 "$_h" held; return 1; }
    fi
    # The last deploy may have taken the store with it while we waited: then this lock is nobody's.
    if ! [ "$LOCK" -ef /proc/self/fd/7 ]; then
      exec 7>&-
      lock "$@"
      return
    fi
  else
    lock_dir "$1" || return 1
  fi
  LOCKED=1
  store_make || { unlock; fr X 0 "cannot write the store at $STORE" store; return 1; }
  lock_alive "$1" || return 1
  started $$
  printf '%s %s %s %s\n' "$2" "$RUN" $$ "$STARTED" >"$STORE/holder"
  _c=0
  [ -s "$STORE/counter" ] && read -r _c <"$STORE/counter"
  fr L 0 "" taken "$_c"
}
# An act of a run whose shells were all killed may still be alive: the lock is ours only when it has ended.
lock_alive() {
  _w=0
  for _f in "$STORE"/runs/*/cur; do
    _n= _op= _os=
    { read -r _n _op _os _ <"$_f"; } 2>/dev/null
    [ -n "$_op" ] || continue
    while started "$_op" && [ "$STARTED" = "$_os" ]; do
      [ "$_w" -eq 0 ] && fr L 0 "act $_n of a cut run" busy
      [ "$_w" -ge "$1" ] && { fr L 0 "act $_n of a cut run, process $_op" held; unlock; return 1; }
      sleep 1
      _w=$((_w + 1))
    done
  done
  return 0
}
# Without flock: a directory that holds its owner's boot, pid and start time; an owner that is gone loses it.
lock_dir() {
  _w=0
  read -r _b </proc/sys/kernel/random/boot_id
  started $$
  while ! mkdir "$LOCK.d" 2>/dev/null; do
    # Nobody holds it, and it cannot be made: read-only, or full. (A holder may go between two looks, but not twice at once; the
    # last one takes the directory along.)
    if [ ! -d "$LOCK.d" ]; then
      lock_place
      mkdir "$LOCK.d" 2>/dev/null && break
      [ -d "$LOCK.d" ] || { lock_unplace; fr X 0 "cannot make $LOCK.d" store; return 1; }
    fi
    _o= _ob= _op= _os=
    { read -r _ob _op _os <"$LOCK.d/owner"; } 2>/dev/null
    if owner_gone && mkdir "$LOCK.d/taking" 2>/dev/null; then
      # Once more, now that nobody else takes it: another waiter may have, and its owner is alive.
      { read -r _ob _op _os <"$LOCK.d/owner"; } 2>/dev/null
      owner_gone && rm -f "$LOCK.d/owner"
      rmdir "$LOCK.d/taking" && rmdir "$LOCK.d" 2>/dev/null && continue
    fi
    [ "$_w" -eq 0 ] && fr L 0 "$(cat "$STORE/holder" 2>/dev/null)" busy
    [ "$_w" -ge "$1" ] && { fr L 0 "$(cat "$STORE/holder" 2>/dev/null)" held; return 1; }
    sleep 1
    _w=$((_w + 1))
  done
  started $$
  printf '%s %s %s\n' "$_b" $$ "$STARTED" >"$LOCK.d/owner"
  LOCKDIR=1
}
owner_gone() { [ -n "$_op" ] && { [ "$_ob" != "$_b" ] || ! started "$_op" || [ "$STARTED" != "$_os" ]; }; }
unlock() {
  [ -n "$LOCKED" ] || return 0
  warden_end # it holds the lock as well
  [ -d "$STORE" ] && rm -f "$STORE/holder"
  [ -n "${LOCKDIR:-}" ] && rm -f "$LOCK.d/owner" && rmdir "$LOCK.d"
  exec 7>&-
  LOCKED= LOCKDIR=
}

# Scratch of this shell: FIFOs, bodies, flags. On tmpfs where there is one, because bodies may hold secrets.
scratch() {
  [ -n "$RT" ] && [ -d "$RT" ] && return 0
  for _d in "${XDG_RUNTIME_DIR:-/nonexistent}" /dev/shm "$STORE/stage" "${TMPDIR:-/tmp}"; do
    [ -d "$_d" ] && [ -w "$_d" ] && mkdir -m 700 "$_d/.charly-$$-$MT" 2>/dev/null && RT=$_d/.charly-$$-$MT && return 0
  done
  fr X 0 "no directory for scratch files can be written" scratch
  return 1
}

# Opens the run: directory, stage, journal.
run_open() {
  RD=$STORE/runs/$RUN BL=$STORE/stage/$RUN
  mkdir -p "$RD" "$BL" || return 1
  [ -e "$RD/reserve" ] || dd if=/dev/zero of="$RD/reserve" bs=65536 count=1 2>/dev/null || return 1
  [ -s "$RD/journal" ] && JPRE=$NL # a torn tail spoils only itself
  command exec 6>>"$RD/journal" || return 1
  command exec 2>>"$RD/stderr" >&2 || return 1
}
# Lock, directories and warden of a run, in one: $1 seconds to wait, $2 who we are.
hold() {
  lock "$1" "$2" || return 1
  RD=$STORE/runs/$RUN BL=$STORE/stage/$RUN
  # A warden that began before us (to watch over a guard) does not hold the lock.
  warden_end
  mkdir -p "$RD" "$BL" && warden && return 0
  fr X 0 "cannot write the store at $STORE" store
  return 1
}
# A record. A failed write (full disk) halts the run before the act; the next record starts a line of its own.
j() {
  SEQ=$((SEQ + 1))
  _jl=$SEQ
  for _ja; do _jl=$_jl$TAB$_ja; done
  jw "$_jl$TAB.$NL"
}
# Records that are whole already; they have taken their numbers.
jw() {
  if printf '%s%s' "$JPRE" "$1" >&6; then
    JPRE=
  else
    JPRE=$NL HALT=${HALT:-journal}
    return 1
  fi
}
jsync() {
  sync -d "$RD/journal" 2>/dev/null || dd if=/dev/null of="$RD/journal" conv=notrunc,fsync 2>/dev/null || {
    HALT=${HALT:-journal}
    return 1
  }
}
# Closes a batch: reason; a full disk gives back the reserve first.
jend() {
  [ -n "$JPRE" ] && rm -f "$RD/reserve"
  j Z "$1"
  jsync
}
# Without cksum (Debian's BusyBox) there is no seal; the numbers of the records still tell what is missing.
seal() { have cksum || return 0; j K "$(wc -c <"$RD/journal" | tr -d ' ')" "$(cksum <"$RD/journal" | cut -d' ' -f1)"; }

# stage NAME TEXT: a text beside the blobs
stage() { printf %s "$2" >"$BL/$1"; }
# The stage's "intent" is the run's, synced, before anything else of it.
intent_put() {
  sync -d "$BL/intent" 2>/dev/null
  mv -f -- "$BL/intent" "$RD/intent.json"
}
# commit NAME … : what the operator folded becomes the ledger (ledger/NAME or NAME, in the stage by its last part), then the run is
# closed and what nothing refers to any more is swept. A cut before the end is harmless: folding again gives the same ledger.
commit() {
  _cl= _cs= _ci=0
  for _f; do
    _ci=$((_ci + 1))
    case $_f in ledger/*) _cl="$_cl \"\$BL/\${$_ci#*/}\"" ;; *) _cs="$_cs \"\$BL/\${$_ci}\"" ;; esac
  done
  eval "sync -d$_cl$_cs" 2>/dev/null
  if [ -n "$_cl" ]; then
    { [ -d "$STORE/ledger" ] || mkdir -p "$STORE/ledger"; } && eval "mv -f --$_cl \"\$STORE/ledger/\"" || { HALT=commit; return 1; }
  fi
  eval "mv -f --$_cs \"\$STORE/\"" || { HALT=commit; return 1; }
  j D
  jsync
}
# go_put NAME BLOB: a record in the Go tool's tree, as that tool leaves it. It is derived: a failure costs nothing but a warning.
go_put() {
  { [ -d "$GO/${1%/*}" ] || (umask 022 && mkdir -- "$GO/${1%/*}"); } && chmod 644 "$BL/$2" &&
    mv -f -- "$BL/$2" "$GO/$1.new" && mv -f -- "$GO/$1.new" "$GO/$1" || warn 0 "cannot write $GO/$1"
}
# litter RUN N PATH: temporary names that an act of a killed run may have left beside PATH
litter() {
  _lt=$3
  [ ! -L "$3" ] || { _lt=$(readlink -f -- "$3" 2>/dev/null && echo .) && _lt=${_lt%"$NL."}; } || _lt=$3
  for _l in "${3%/*}/.charly-$1-$2" "${_lt%/*}/.charly-$1-$2"; do
    for _l in "$_l" "$_l".*; do
      { [ -e "$_l" ] || [ -L "$_l" ]; } && rm -rf -- "$_l"
    done
  done
}
# orphan RUN N PATH: an original that no record tells of (a damaged journal), and that stands nowhere else any more, is the user's.
orphan() {
  _or=$STORE/prior/$1.$2
  if [ -L "$_or" ]; then
    if [ -L "$3" ] && [ "$(readlink -- "$_or" && echo .)" = "$(readlink -- "$3" && echo .)" ]; then return 0; fi
  elif [ ! -f "$_or" ] || [ "$_or" -ef "$3" ] || cmp -s -- "$_or" "$3"; then
    return 0
  fi
  mkdir -p "$STORE/kept/$1" && mv -- "$_or" "$STORE/kept/$1/$2" &&
    warn 0 "the journal of run $1 does not tell what was at $3 before: that is kept at $STORE/kept/$1/$2"
}
# litter_tree RUN N REF…: the same beside every member of these manifests
litter_tree() {
  _lr=$1 _ln=$2
  shift 2
  for _l; do
    [ ! -f "$STORE/prior/$_l" ] || awk -F'\t' '{ sub(/\/[^\/]*$/, "", $2); if (!seen[$2]++) print $2 }' "$STORE/prior/$_l" |
      while IFS= read -r _lt; do rm -f -- "$_lt/.charly-$_lr-$_ln"; done
  done
}
sweep() { # blobs "referenced" and "contents" list what is still needed
  { ! any "$STORE/content"; } || (cd "$STORE/content" && ls -A) | grep -vxF -f "$BL/contents" | gone "$STORE/content"
  for _f in "$STORE"/runs/*/; do
    [ -d "$_f" ] || continue
    _r=${_f%/}
    rm -f "$_r/reserve" "$_r/cur" "$_r"/guard/program "$_r"/guard/seg.*
    mv -f -- "$_r" "$STORE/done/" 2>/dev/null || rm -rf -- "$_r"
  done
  exec 6>&- >/dev/null 2>&1
  RD=
  # A ref keeps what is named after it, too: <ref>.after, <ref>.old/, …
  { ! any "$STORE/prior"; } || (cd "$STORE/prior" && ls -A) | REFS=$BL/referenced awk '
    BEGIN { while ((getline r < ENVIRON["REFS"]) > 0) need[r] = 1 }
    { k = $0; while (!(k in need) && sub(/\.[^.]*$/, "", k)); if (!(k in need)) print }' | gone "$STORE/prior"
  rm -rf -- "$STORE"/stage/*
  # Their names sort by age; twenty stay.
  set -- "$STORE"/done/*
  while [ $# -gt 20 ]; do
    rm -rf -- "$1"
    shift
  done
}
# Whether anything is in a directory of ours.
any() {
  for _f in "$1"/* "$1"/.[!.]*; do
    [ ! -e "$_f" ] && [ ! -L "$_f" ] || return 0
  done
  return 1
}
# The names that come in, one a line, go from directory $1: many with one rm. They are names of ours, without line breaks.
gone() {
  (
    cd "$1" || exit
    set -f
    _all=$(cat)
    IFS=$NL
    set -- $_all
    while [ $# -gt 0 ]; do
      _n=0 _gl=
      while [ "$_n" -lt 100 ] && [ $# -gt "$_n" ]; do
        _n=$((_n + 1))
        _gl="$_gl \"\${$_n}\""
      done
      eval "rm -rf --$_gl"
      shift "$_n"
    done
  )
}
