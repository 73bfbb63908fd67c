#!/bin/sh
# Does the work of `make install` and `make uninstall`; the Makefile says what the variables mean. Run in the
# artifact's folder. What was installed is written to SYSCONFDIR/appnet/installed, so that uninstall needs no
# memory of the options.
#
# Order: types before the rules that name them. On a running system
#   1. the new module goes into the store, and beside it, where the former one had types that go, a module
#      NAME_transition that keeps them: live connections keep their labels, the former rules stay loadable;
#   2. the rules are replaced;
#   3. connections that carry a label that goes are ended (where there is a conntrack program);
#   4. NAME_transition goes.
# A failure at 2 stops there: the former rules stay in force and valid. Files are copied last, `make install`
# again goes on.
set -u
umask 022
export LC_ALL=C

: "${NAME:?run this with make}" "${PREFIX:?}" "${SYSCONFDIR:?}" "${UNITDIR:?}" "${PRIORITY:?}"
DESTDIR=${DESTDIR-} BACKENDS=${BACKENDS-} BACKEND=${BACKEND-} SELINUXTYPE=${SELINUXTYPE-}
FORCE=${FORCE-} INSTALL_MODULE=${INSTALL_MODULE-}
SEMODULE=${SEMODULE:-semodule}
SYSTEMCTL=${SYSTEMCTL:-systemctl}
SELINUXFS=${SELINUXFS:-/sys/fs/selinux}
SYSTEMD_RUN=${SYSTEMD_RUN:-/run/systemd/system}
PATH=$PATH:/usr/sbin:/sbin

state=$DESTDIR$SYSCONFDIR/appnet/installed

say() { printf 'appnet: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
recorded() { [ ! -r "$state" ] || sed -n "s/^$1=//p" "$state"; }

# --- what is asked for, what is there

selinux_type() {
  [ -z "$SELINUXTYPE" ] || return 0
  SELINUXTYPE=$(recorded type)
  for config in "$DESTDIR/etc/selinux/config" /etc/selinux/config; do
    [ -z "$SELINUXTYPE" ] || return 0
    [ ! -r "$config" ] ||
      SELINUXTYPE=$(sed -n 's/^ *SELINUXTYPE= *\([^ ]*\).*/\1/p' "$config" | tail -n 1)
  done
  [ -n "$SELINUXTYPE" ] || fail 'which policy store? give SELINUXTYPE=, for example SELINUXTYPE=default'
}

check_request() {
  case " $BACKENDS " in
  *" $BACKEND "*) ;;
  *) fail "this artifact has no rules for BACKEND=$BACKEND, it was built for: $BACKENDS" ;;
  esac
  case $DESTDIR in '' | /*) ;; *) fail "DESTDIR must be an absolute path: $DESTDIR" ;; esac
  case $PREFIX$SYSCONFDIR$UNITDIR in
  *[!A-Za-z0-9._/+~@-]*) fail 'PREFIX, SYSCONFDIR and UNITDIR: plain characters only' ;;
  esac
  old_name=$(recorded name)
  if [ -n "$old_name" ] && [ "$old_name" != "$NAME" ] && [ "$FORCE" != 1 ]; then
    fail "the policy $old_name is installed; FORCE=1 $1"
  fi
}

# With DESTDIR the store is touched only when asked; without, always.
wants_module() { [ -z "$DESTDIR" ] || [ "$INSTALL_MODULE" = 1 ]; }

semodule_here() { # ARGUMENT...; into the store of the target
  if [ -n "$DESTDIR" ]; then
    "$SEMODULE" -n -p "$DESTDIR" -s "$SELINUXTYPE" "$@"
  else
    "$SEMODULE" -s "$SELINUXTYPE" "$@"
  fi
}

holds_module() { # NAME PRIORITY
  semodule_here -lfull | awk -v name="$1" -v priority="$2" '
    $1 == priority && $2 == name { found = 1 } END { exit !found }'
}

# A module hides those of its name with a lower priority: replacing one of the distribution's must not happen
# by accident.
check_store() {
  have "$SEMODULE" || fail "no $SEMODULE program: install policycoreutils"
  ours=
  if [ "$old_name" = "$NAME" ] && [ "$(recorded module)" = yes ]; then ours=$(recorded priority); fi
  taken=$(semodule_here -lfull | awk -v name="$NAME" -v asked="$PRIORITY" -v ours="$ours" '
    $2 == name && $1 != asked && $1 != ours { print $1; exit }')
  [ -z "$taken" ] || [ "$FORCE" = 1 ] ||
    fail "the policy store has a module named $NAME already, with priority $taken; rename the policy, or FORCE=1"
}

selinux_runs() { [ -e "$SELINUXFS/enforce" ]; }
systemd_runs() { [ -z "$DESTDIR" ] && [ -d "$SYSTEMD_RUN" ] && have "$SYSTEMCTL"; }

# --- files

put() { # MODE SOURCE TARGET
  put_text "$3" "$1" <"$2"
}

put_text() { # TARGET [MODE]; the text on standard input
  {
    mkdir -p "$DESTDIR${1%/*}" && cat >"$DESTDIR$1.new" && chmod "${2:-644}" "$DESTDIR$1.new" &&
      mv -f "$DESTDIR$1.new" "$DESTDIR$1"
  } || fail "cannot write $DESTDIR$1"
  files="$files$1
"
}

put_files() {
  files=
  case $BACKEND in
  nft) put 644 "$NAME.nft" "$library/$NAME.nft" ;;
  iptables)
    put 644 "$NAME.rules.v4" "$library/$NAME.rules.v4"
    put 644 "$NAME.rules.v6" "$library/$NAME.rules.v6" ;;
  esac
  put 644 manifest.json "$library/manifest.json"
  put 755 appnet-rules "$PREFIX/sbin/appnet-rules"
  put 644 "$NAME.cil" "$modules/$NAME.cil"
  put_text "$PREFIX/lib/modules-load.d/appnet.conf" <<END
$(awk -v want="$BACKEND" '/^# backend / { on = ($3 == want); next } on || /^#/' modules-load.conf)
END
  put_text "$UNITDIR/appnet.service" <<END
$(sed "/^Exec/{
s,/usr/sbin/appnet-rules,$PREFIX/sbin/appnet-rules,
s,load nft /usr/lib/appnet,load $BACKEND $library,
}" appnet.service)
END
  put 644 nftables-drop-in.conf "$UNITDIR/nftables.service.d/appnet.conf"
}

wanted_link() { echo "$SYSCONFDIR/systemd/system/sysinit.target.wants/appnet.service"; }

enable_unit() {
  link=$(wanted_link)
  { mkdir -p "$DESTDIR${link%/*}" && ln -sf "$UNITDIR/appnet.service" "$DESTDIR$link"; } ||
    fail "cannot make $DESTDIR$link"
  files="$files$link
"
}

write_state() {
  mkdir -p "${state%/*}" || fail "cannot write $state"
  {
    printf 'name=%s\nbackend=%s\nmodule=%s\n' "$NAME" "$BACKEND" "$in_store"
    printf 'type=%s\npriority=%s\n' "$SELINUXTYPE" "$PRIORITY"
    printf '%s' "$files" | sed 's/^/file=/'
  } >"$state.new" || fail "cannot write $state"
  mv -f "$state.new" "$state" || fail "cannot write $state"
}

# Files of $1 (one a line) that are not in $2, then the folders that are left empty and that nobody else
# makes.
remove_files() {
  printf '%s\n' "$1" | while read -r file; do
    [ -n "$file" ] || continue
    case "
$2" in *"
$file
"*) continue ;; esac
    rm -f "$DESTDIR$file"
    case ${file%/*} in
    */appnet | */nftables.service.d | */sysinit.target.wants) rmdir "$DESTDIR${file%/*}" 2>/dev/null ;;
    esac
  done
}

# --- the steps on a running system

# Sets `transition` to a module file and `going` to the types, both empty where no type goes.
plan_transition() {
  transition='' going='' scratch=''
  old_module=$(recorded file | grep '\.cil$')
  [ -n "$old_module" ] && [ "$(recorded module)" = yes ] && [ -r "$old_module" ] || return 0
  going=$(awk -v list=1 -f transition.awk "$NAME.cil" "$old_module") || fail "cannot read $old_module"
  [ -n "$going" ] || return 0
  scratch=$(mktemp -d) || fail 'cannot make a temporary folder'
  trap 'rm -rf "$scratch"' EXIT
  transition=$scratch/${NAME}_transition.cil
  awk -f transition.awk "$NAME.cil" "$old_module" >"$transition" || fail "cannot write $transition"
}

install_module() {
  set -- -X "$PRIORITY"
  old_store=$(recorded type) old_priority=$(recorded priority)
  if [ "$(recorded module)" = yes ] && [ "$old_store" = "$SELINUXTYPE" ] &&
    [ "$old_name $old_priority" != "$NAME $PRIORITY" ] && holds_module "$old_name" "$old_priority"; then
    # In the same transaction: two modules of ours don't link together, both declare our attribute.
    set -- -X "$old_priority" -r "$old_name" "$@"
  fi
  if [ -z "$transition" ] || ! semodule_here "$@" -i "$NAME.cil" -i "$transition"; then
    [ -z "$transition" ] || say 'the former types cannot be kept meanwhile: their connections count as unlabelled at once'
    transition=
    semodule_here "$@" -i "$NAME.cil" || fail 'the module was not installed; nothing has changed'
  fi
  if [ "$(recorded module)" = yes ] && [ "$old_store" != "$SELINUXTYPE" ]; then
    remove_module "$old_name" "$old_priority" "$old_store" || exit 1
  fi
}

remove_module() ( # NAME PRIORITY STORE
  SELINUXTYPE=$3
  ! holds_module "$1" "$2" || semodule_here -X "$2" -r "$1" || fail "the module $1 is still in the store $3"
)

load_rules() {
  if ! selinux_runs; then
    say 'SELinux is not running: the rules are loaded at the next boot that has it'
    return 0
  fi
  sh ./appnet-rules load "$BACKEND" . "$NAME" || {
    [ -z "$transition" ] || say "the module ${NAME}_transition keeps the former labels valid until make install succeeds"
    fail 'the module is installed, the rules are not'
  }
  old_backend=$(recorded backend)
  if [ -n "$old_backend" ] && [ "$old_backend" != "$BACKEND" ]; then
    sh ./appnet-rules unload "$old_backend" || fail "the rules of the backend $old_backend are still loaded"
  fi
}

end_transition() {
  if [ -n "$going" ] && selinux_runs; then
    # Type names hold no blanks.
    # shellcheck disable=SC2086
    sh ./appnet-rules drop $going
  fi
  [ -z "$transition" ] || semodule_here -X "$PRIORITY" -r "${NAME}_transition" ||
    fail "the module ${NAME}_transition is still in the store"
}

start_unit() {
  systemd_runs || return 0
  "$SYSTEMCTL" daemon-reload
  # The rules are there already: this makes systemd know it.
  "$SYSTEMCTL" start appnet.service || fail 'appnet.service does not start'
}

do_install() {
  check_request 'replaces it'
  library=$PREFIX/lib/appnet
  modules=$PREFIX/share/selinux/packages/appnet
  old_files=$(recorded file)
  in_store=no transition='' going=''
  if wants_module; then
    selinux_type
    check_store
    if [ -z "$DESTDIR" ]; then plan_transition; fi
    install_module
    in_store=yes
  elif [ -n "$old_name" ] && [ "$old_name" != "$NAME" ] && [ "$(recorded module)" = yes ]; then
    fail "the store under $DESTDIR holds the module $old_name: give INSTALL_MODULE=1 to replace it there"
  else
    if [ "$(recorded module)" = yes ]; then # an earlier build's, which uninstall must still find
      in_store=yes SELINUXTYPE=$(recorded type) PRIORITY=$(recorded priority)
    fi
    say "$modules/$NAME.cil is copied, but not put into the policy store of the image: INSTALL_MODULE=1 does that"
  fi
  if [ -z "$DESTDIR" ]; then
    load_rules
    end_transition
  fi
  put_files
  enable_unit
  write_state
  remove_files "$old_files" "$files"
  start_unit
}

do_uninstall() {
  if [ ! -r "$state" ]; then
    say 'nothing is installed'
    return 0
  fi
  check_request 'removes it'
  if systemd_runs; then "$SYSTEMCTL" stop appnet.service || fail 'appnet.service does not stop'; fi
  if [ -z "$DESTDIR" ]; then sh ./appnet-rules unload all || fail 'the rules are still loaded; nothing was removed'; fi
  if [ "$(recorded module)" = yes ]; then
    remove_module "$old_name" "$(recorded priority)" "$(recorded type)" || exit 1
  fi
  remove_files "$(recorded file)" ''
  rm -f "$state"
  rmdir "${state%/*}" 2>/dev/null
  if systemd_runs; then "$SYSTEMCTL" daemon-reload; fi
  return 0
}

case ${1-} in
install) do_install ;;
uninstall) do_uninstall ;;
*) fail 'usage: make install, make uninstall' ;;
esac
