# charly driver, part 6: questions. Nothing here writes; every answer is a V frame, the operator judges.

v() { fr V "$1" "$3" "$2"; } # n verdict facts
# What looks found for these ids, one line each: id type mode owner links size digest. It is forgotten here: a shell with
# many thousand variables takes its time to find each of them.
looked() {
  _all=
  for _id; do
    eval "_all=\"\${_all}$_id \$T_$_id \${P_$_id:--} \${O_$_id:--} \$N_$_id \$Z_$_id \$S_$_id$NL\""
    unset "T_$_id" "P_$_id" "O_$_id" "N_$_id" "Z_$_id" "S_$_id" "I_$_id" "W_$_id"
  done
  fr V 0 "$_all" looks
}
v_link() { # n path
  # A target may end in line breaks of its own.
  if [ -L "$2" ]; then _vl=$(readlink -- "$2" && echo .) && v "$1" link "${_vl%"$NL."}"; elif [ -e "$2" ]; then v "$1" other; else v "$1" absent; fi
}
v_block() { # n path begin end
  if [ ! -f "$2" ]; then v "$1" absent; return; fi
  if [ ! -r "$2" ]; then v "$1" unreadable; return; fi
  if ! grep -qF -- "$3" "$2"; then v "$1" absent; return; fi
  _vb=$(block_body "$2" "$3" "$4" && echo .)
  v "$1" block "${_vb%.}"
}
v_packages() { # n format name…
  _vn=$1 _vf=$2 _vm=
  shift 2
  for _k; do pkg_has "$_vf" "$_k" || _vm="$_vm $_k"; done
  v "$_vn" packages "$_vm"
}
v_unit() { # n manager unit
  have systemctl || { v "$1" absent; return; }
  unit_state "$2" "$3"
  v "$1" unit "$UE,$UA"
}
v_cap() { # n path wanted
  have getcap || { v "$1" absent; return; }
  if [ -f "$2" ] && have setcap && cap_is "$2" "$3"; then v "$1" cap "$3"; return; fi
  _c=$(getcap -- "$2" 2>/dev/null)
  case $_c in *' '*) _c=${_c##* } ;; *) _c= ;; esac
  [ -f "$2" ] && v "$1" cap "$_c" || v "$1" absent
}
v_sysctl() { # n key
  _sp=/proc/sys/$(printf %s "$2" | tr . /)
  [ -r "$_sp" ] && v "$1" sysctl "$(cat "$_sp" | tr '\t' ' ')" || v "$1" absent
}
v_account() { # n user|group name
  case $2 in group) _o=$(getent group "$3") ;; *) _o=$(getent passwd "$3") ;; esac && v "$1" account "$_o" || v "$1" absent
}
v_tool() { have "$2" && v "$1" tool || v "$1" absent; }
v_exists() { { [ -e "$2" ] || [ -L "$2" ]; } && v "$1" exists || v "$1" absent; }
# v_guard N SHELL: UNLESS holds the text; run with its output thrown away
v_guard() {
  BODY=$UNLESS
  ask "$1" "$2" 60
  v "$1" guard "$CODE"
}
