# shellcheck shell=bash
# shellcheck disable=SC2034  # what is set here is read by the scripts that source this
# The ground that every script stands on: strict mode, sentences, options, and `run`, which makes every change.
set -euo pipefail
((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || { echo "error: bash 4.4 or later is needed" >&2; exit 1; }
shopt -s inherit_errexit

BIN=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROOT=$(dirname "$BIN")
export CLOUDSDK_CORE_DISABLE_PROMPTS=1 # nothing is prompted, whoever calls

say() { printf '%s\n' "$*" >&2; }

# Says what has been done; a dry run has done nothing.
say_done() { ((DRY_RUN)) || say "$*"; }

die() {
  say "error: $*"
  exit 1
}

# Prints the comment that opens the script.
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

usage_error() {
  say "error: $*"
  usage >&2
  exit 2
}

# Reads the options that all scripts share into DRY_RUN, YES and PROJECT_ID, and the rest into ARGUMENTS.
# EXTRA_OPTION is the name of the one further switch that a script has, if any; IS_EXTRA says whether it was given.
parse_options() {
  DRY_RUN=0 YES=0 IS_EXTRA=0 ARGUMENTS=()
  while (($#)); do
    case $1 in
      --dry-run) DRY_RUN=1 ;;
      --yes) YES=1 ;;
      --help | -h) usage; exit 0 ;;
      --project=?*) PROJECT_ID=${1#*=} ;;
      --project)
        [[ -n ${2:-} ]] || usage_error "--project needs a value"
        PROJECT_ID=$2
        shift
        ;;
      "${EXTRA_OPTION:-}") IS_EXTRA=1 ;;
      -*) usage_error "unknown option $1" ;;
      *) ARGUMENTS+=("$1") ;;
    esac
    shift
  done
}

# Ends the script unless it was given between LEAST and MOST arguments.
expect_arguments() { # LEAST MOST NAMES
  ((${#ARGUMENTS[@]} >= $1)) || usage_error "missing argument: $3"
  ((${#ARGUMENTS[@]} <= $2)) || usage_error "too many arguments: ${ARGUMENTS[*]}"
}

# Ends the script unless its destruction was agreed to; a dry run destroys nothing.
require_yes() { # SENTENCE
  ((YES || DRY_RUN)) || usage_error "$1; say --yes if you mean it"
}

# Ends the script unless the URL is one of a service: https, a host, and nothing behind it.
require_service_url() { # NAME URL
  if ((DRY_RUN)) && [[ $2 == "@$1@" ]]; then return; fi
  [[ $2 =~ ^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] ||
    usage_error "$1 must look like https://host, without a slash or a path behind it, and is: $2"
}

require_commands() {
  local name
  if ((DRY_RUN)); then return; fi
  for name in "$@"; do
    command -v "$name" >/dev/null || die "the command $name is not installed"
  done
}

# Makes one change, and shows it as a line that can be pasted into a shell; a dry run only shows it.
run() {
  if ((DRY_RUN)); then
    as_shell_line "$@"
  else
    say "+ $(as_shell_line "$@")"
    "$@" >&2
  fi
}

# Prints a command quoted for a shell; @NAME@ stands for a value that an earlier line of a dry run reads.
as_shell_line() {
  local word quote line=''
  for word in "$@"; do
    quote=''
    if [[ ! $word =~ ^[A-Za-z0-9_./:=@,+%-]+$ ]]; then word=${word@Q} quote="'"; fi
    while [[ $word =~ @([A-Z][A-Z_]+)@ ]]; do
      word=${word/"${BASH_REMATCH[0]}"/"$quote\"\$${BASH_REMATCH[1]}\"$quote"}
    done
    line+="$word "
  done
  printf '%s\n' "${line% }"
}
