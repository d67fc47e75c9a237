# shellcheck shell=bash
# Reading the platform: only "not found" is absence; a refusal, or anything else that goes wrong, ends the script.

ABSENT=4 # exit code of a reading that found nothing
readonly ABSENT
# What gcloud and bq say about a thing that does not exist; a project that cannot be seen is not an absent thing.
ABSENT_TEXT='NOT_FOUND|Cannot find service \[|Image not found|Not found: (Dataset|Table)'
NO_PROJECT_TEXT='[Pp]roject .*(not found|does not have access)|Not found: Project'

# Prints the JSON that a command answers with; returns ABSENT if the thing does not exist.
read_json() { # COMMAND...
  local errors answer
  local -a command=("$@" --format=json)
  if [[ $1 == bq ]]; then command=(bq --format=json "${@:2}"); fi # it takes no flag behind a name
  errors=$(mktemp)
  if answer=$("${command[@]}" 2>"$errors"); then
    rm -f "$errors"
    printf '%s' "$answer"
    return
  fi
  answer+=$'\n'$(<"$errors") # bq says what is wrong on standard output
  rm -f "$errors"
  if grep -qE "$ABSENT_TEXT" <<<"$answer" && ! grep -qE "$NO_PROJECT_TEXT" <<<"$answer"; then return "$ABSENT"; fi
  die "$(as_shell_line "$@") did not work: $(grep -m1 -E 'ERROR|rror in' <<<"$answer" || tail -n1 <<<"$answer")"
}

# Reads into FOUND; false if the thing does not exist. A dry run reads nothing, and so finds nothing.
exists() { # COMMAND...
  local code=0
  if ((DRY_RUN)); then return 1; fi
  FOUND=$(read_json "$@") || code=$?
  ((code == 0 || code == ABSENT)) || exit "$code"
  return "$code"
}

# Reads into FOUND what must exist, or ends the script with the sentence.
require_found() { # SENTENCE COMMAND...
  exists "${@:2}" || die "$1"
}

# Prints fields of a JSON text, one a line.
fields() { # JSON PATH...
  python3 -IS "$BIN/lib/fields.py" "${@:2}" <<<"$1"
}

# Reads one value into the variable NAME; a dry run prints the line that reads it and goes on with @NAME@.
look_up() { # NAME FIELD COMMAND...
  if ((DRY_RUN)); then
    printf "%s=\$(%s)\n" "$1" "$(as_shell_line "${@:3}" --format="value($2)")"
    printf -v "$1" '@%s@' "$1"
    return
  fi
  require_found "there is nothing to read $1 from: $(as_shell_line "${@:3}")" "${@:3}"
  printf -v "$1" '%s' "$(fields "$FOUND" "$2")"
  [[ -n ${!1} ]] || die "no $1 in the answer of: $(as_shell_line "${@:3}")"
}
