#!/bin/sh
# systemctl for tests: keeps the state of units in files and answers as systemd 252 does. STATE is set by the rig.
STATE=@STATE@
manager=system now= quiet= value= props= type=
printf '%s' "$(id -un)" >>"$STATE/log.$$"
for word; do printf ' %s' "$word" >>"$STATE/log.$$"; done
echo >>"$STATE/log.$$"
cat "$STATE/log.$$" >>"$STATE/log" # one write per call: calls at once do not mix
rm -f "$STATE/log.$$"

verb= units=
while [ $# -gt 0 ]; do
  case $1 in
  --user) manager=user ;;
  --system | --no-pager | --no-block | --no-ask-password | --no-reload | --force | --full | --all | --no-legend | --plain | -l | -a | -f) ;;
  --now) now=1 ;;
  --quiet | -q) quiet=1 ;;
  --value) value=1 ;;
  -p | --property) shift; props="$props $(printf %s "$1" | tr , ' ')" ;;
  --property=*) props="$props $(printf %s "${1#*=}" | tr , ' ')" ;;
  -p?*) props="$props $(printf %s "${1#-p}" | tr , ' ')" ;;
  --type=* | --state=* | --lines=* | --output=*) ;;
  -t | -n | -o) shift ;;
  --) ;;
  -*) echo "systemctl: unrecognized option '$1'" >&2; exit 1 ;;
  *) if [ -z "$verb" ]; then verb=$1; else
    case $1 in *.service | *.socket | *.timer | *.target | *.path | *.mount | *.slice) units="$units $1" ;; *) units="$units $1.service" ;; esac
  fi ;;
  esac
  shift
done

if [ "$manager" = user ]; then
  home=$STATE/user-$(id -u)
  if [ -z "${XDG_RUNTIME_DIR:-}" ]; then
    echo "Failed to connect to bus: \$DBUS_SESSION_BUS_ADDRESS and \$XDG_RUNTIME_DIR not defined" >&2
    exit 1
  fi
  dirs="$HOME/.config/systemd/user /etc/systemd/user /usr/local/lib/systemd/user /usr/lib/systemd/user"
else
  home=$STATE/system
  dirs="/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /lib/systemd/system /usr/lib/systemd/system"
  case $verb in
  is-* | show | status | cat | list-* | get-default) ;;
  *) if [ "$(id -u)" != 0 ]; then
    echo "Failed to ${verb:-connect}: Interactive authentication required." >&2
    exit 1
  fi ;;
  esac
fi
mkdir -p "$home"

fragment() { # unit → where its file is
  for dir in $dirs; do
    if [ -f "$dir/$1" ]; then echo "$dir/$1"; return 0; fi
    case $1 in *@*.*) if [ -f "$dir/${1%%@*}@.${1##*.}" ]; then echo "$dir/${1%%@*}@.${1##*.}"; return 0; fi ;; esac
  done
  [ -e "$home/$1.known" ]
}
is() { [ -e "$home/$1.$2" ]; }
set_() { : >"$home/$1.$2"; }
unset_() { rm -f "$home/$1.$2"; }
file_state() { # unit → what is-enabled says
  if is "$1" masked; then echo masked; return; fi
  path=$(fragment "$1") || return 1
  if is "$1" enabled; then echo enabled; return; fi
  if [ -n "$path" ] && ! grep -q '^\[Install\]' "$path"; then echo static; return; fi
  echo disabled
}
not_found() { echo "Failed to $verb $1: Unit $1 not found." >&2; }
start() {
  if is "$1" masked; then echo "Failed to $verb $1: Unit $1 is masked." >&2; return 1; fi
  fragment "$1" >/dev/null || { not_found "$1"; return 5; }
  if is "$1" broken; then
    set_ "$1" failed
    echo "Job for $1 failed because the control process exited with error code." >&2
    return 1
  fi
  unset_ "$1" failed
  set_ "$1" active
  echo x >>"$home/$1.starts"
}
stop() {
  is "$1" active || fragment "$1" >/dev/null || { not_found "$1"; return 5; }
  unset_ "$1" active
}
property() { # unit name
  case $2 in
  Id) echo "$1" ;;
  LoadState) if is "$1" masked; then echo masked; elif fragment "$1" >/dev/null; then echo loaded; else echo not-found; fi ;;
  ActiveState) if is "$1" active; then echo active; elif is "$1" failed; then echo failed; else echo inactive; fi ;;
  SubState) if is "$1" active; then echo running; elif is "$1" failed; then echo failed; else echo dead; fi ;;
  UnitFileState) file_state "$1" ;;
  FragmentPath) fragment "$1" ;;
  NRestarts) echo 0 ;;
  *) return 0 ;;
  esac
}

each() { # command: over all units; the worst exit code counts
  code=0
  for unit in $units; do "$1" "$unit" || code=$?; done
  return "$code"
}
enable_one() {
  if is "$1" masked; then echo "Failed to enable unit: Unit file $home/$1 is masked." >&2; return 1; fi
  state=$(file_state "$1") || { echo "Failed to enable unit: Unit file $1 does not exist." >&2; return 1; }
  if [ "$state" = static ]; then
    echo "The unit files have no installation config (WantedBy=, RequiredBy=, Also=, Alias= settings in the [Install] section)." >&2
  elif [ "$state" != enabled ]; then
    set_ "$1" enabled
    echo "Created symlink for $1." >&2
  fi
  if [ -n "$now" ]; then start "$1"; fi
}
disable_one() {
  fragment "$1" >/dev/null || is "$1" enabled || { echo "Failed to disable unit: Unit file $1 does not exist." >&2; return 1; }
  if is "$1" enabled; then unset_ "$1" enabled; echo "Removed \"$1\"." >&2; fi
  if [ -n "$now" ]; then unset_ "$1" active; fi
}
mask_one() { set_ "$1" masked; unset_ "$1" enabled; if [ -n "$now" ]; then unset_ "$1" active; fi; }
unmask_one() { unset_ "$1" masked; }
restart_one() { unset_ "$1" active; start "$1"; }
try_restart_one() { if is "$1" active; then restart_one "$1"; fi; }
reload_one() { is "$1" active || { echo "$1 is not active, cannot reload." >&2; return 1; }; }
reset_one() { unset_ "$1" failed; }
enabled_one() {
  state=$(file_state "$1") || { [ -n "$quiet" ] || echo "Failed to get unit file state for $1: No such file or directory" >&2; return 1; }
  [ -n "$quiet" ] || echo "$state"
  case $state in enabled | static) ;; *) return 1 ;; esac
}
active_one() {
  state=$(property "$1" ActiveState)
  [ -n "$quiet" ] || echo "$state"
  [ "$state" = active ] || return 3
}
failed_one() { [ -n "$quiet" ] || property "$1" ActiveState; is "$1" failed; }
show_one() {
  for name in ${props:-Id LoadState ActiveState SubState UnitFileState FragmentPath}; do
    if [ -n "$value" ]; then property "$1" "$name"; else echo "$name=$(property "$1" "$name")"; fi
  done
}
cat_one() { path=$(fragment "$1") || { echo "No files found for $1." >&2; return 1; }; echo "# $path"; cat "$path"; }
status_one() { fragment "$1" >/dev/null || { echo "Unit $1 could not be found." >&2; return 4; }; echo "$1"; echo "     Active: $(property "$1" ActiveState)"; is "$1" active || return 3; }

case $verb in
enable) each enable_one ;;
reenable) each disable_one && each enable_one ;;
disable) each disable_one ;;
mask) each mask_one ;;
unmask) each unmask_one ;;
start) each start ;;
stop) each stop ;;
restart | reload-or-restart) each restart_one ;;
try-restart | condrestart | try-reload-or-restart) each try_restart_one ;;
reload) each reload_one ;;
reset-failed) each reset_one ;;
is-enabled) each enabled_one ;;
is-active) # 0 when any is active
  code=3
  for unit in $units; do if active_one "$unit"; then code=0; fi; done
  exit "$code" ;;
is-failed) each failed_one ;;
show) each show_one ;;
cat) each cat_one ;;
status) each status_one ;;
daemon-reload | daemon-reexec) ;;
is-system-running) [ -n "$quiet" ] || echo running ;;
list-unit-files) for unit in $units; do state=$(file_state "$unit") && echo "$unit $state"; done ;;
list-units | "") ;;
*) echo "Unknown command verb '$verb'." >&2; exit 1 ;;
esac
