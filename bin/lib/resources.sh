# shellcheck shell=bash
# Create or update from one declaration. A declaration says each flag once, with the field that `describe` shows it in;
# creating, updating, and comparing all read it.

# Starts the declaration of one thing.
declare_nothing() { CREATE=() UPDATE=() FIELDS=() SHOWN=() FIXED=(); }

# A setting of both branches; SHOWN_AS is for values that are shown otherwise than they are given.
setting() { # FLAG VALUE FIELD [SHOWN_AS]
  CREATE+=("$1=$2")
  UPDATE+=("$1=$2")
  expect "$3" "${4-$2}"
}

# A setting that can only be given on creation.
fixed_setting() { # FLAG VALUE FIELD [SHOWN_AS]
  CREATE+=("$1=$2")
  FIXED+=("$3")
  expect "$3" "${4-$2}"
}

# Something that must not be there; FLAG removes it.
no_setting() { # FLAG FIELD
  UPDATE+=("$1")
  expect "$2" ''
}

expect() { # FIELD SHOWN_AS
  FIELDS+=("$1")
  SHOWN+=("$2")
}

# Prints one line for each field of what was found that is not as it was declared.
differences() { # JSON
  local text i
  local -a shown
  text=$(fields "$1" "${FIELDS[@]}")
  mapfile -t shown <<<"$text"
  for i in "${!FIELDS[@]}"; do
    [[ ${shown[i]:-} == "${SHOWN[i]}" ]] ||
      printf '%s is %s and should be %s\n' "${FIELDS[i]}" "${shown[i]:-not set}" "${SHOWN[i]:-not set}"
  done
}

# Sets SCOPE to the flags that say where a group of things lives.
set_scope() { # GROUP
  SCOPE=("--project=$PROJECT_ID")
  case $1 in
    run* | 'beta iap web') SCOPE+=("--region=$REGION") ;;
    scheduler* | artifacts*) SCOPE+=("--location=$REGION") ;;
  esac
}

# Makes NAME as it was declared: created, updated if it differs, or left alone. KIND is the verb's second word, if any.
ensure() { # GROUP NAME [KIND]
  local drift field
  local -a group kind
  read -ra group <<<"$1"
  read -ra kind <<<"${3:-}"
  set_scope "$1"
  if ! exists gcloud "${group[@]}" describe "$2" "${SCOPE[@]}"; then
    run_settled gcloud "${group[@]}" create "${kind[@]}" "$2" "${SCOPE[@]}" "${CREATE[@]}"
    return
  fi
  if ((${#FIELDS[@]} == 0)); then return; fi
  drift=$(differences "$FOUND")
  [[ -n $drift ]] || return 0
  for field in "${FIXED[@]}"; do
    if grep -q "^$field is" <<<"$drift"; then
      die "$2 cannot be mended by an update; delete and create it by hand: $(grep "^$field is" <<<"$drift")"
    fi
  done
  say "$2 differs: ${drift//$'\n'/; }"
  run_settled gcloud "${group[@]}" update "${kind[@]}" "$2" "${SCOPE[@]}" "${UPDATE[@]}"
}

# Like `run`, and again while a service account that is seconds old is not known everywhere.
run_settled() { # COMMAND...
  local answer _
  if ((DRY_RUN)); then run "$@"; return; fi
  say "+ $(as_shell_line "$@")"
  for _ in 1 2 3 4 5 6; do
    if answer=$("$@" 2>&1); then return; fi
    grep -qiE 'service account.* does not exist' <<<"$answer" || break
    sleep "$SETTLE_SECONDS"
  done
  die "$(as_shell_line "$@") did not work: $(grep -m1 ERROR <<<"$answer" || tail -n1 <<<"$answer")"
}
