#!/bin/sh
# Sets the environment variables of a veHaaS access token for a command, or writes them to a file (docs/session-context.md).
# Needs curl. The secret and the values appear in no argument, message or trace, and in no file except FILE.
{ set +aeuvx; } 2>/dev/null
[ -z "${ZSH_VERSION-}" ] || emulate sh

vehaas_forget() {
  unset vehaas_url vehaas_token_file vehaas_output vehaas_format vehaas_retries vehaas_secret vehaas_part vehaas_type \
    vehaas_answer vehaas_line vehaas_length vehaas_curl vehaas_status vehaas_pause vehaas_wait vehaas_attempt \
    vehaas_newline vehaas_host
}

# In mksh printf is an external command: it only gets messages, never the secret or a value.
vehaas_fail() {
  printf 'session-env: %s\n' "$2" >&2
  exit "$1"
}

vehaas_usage() {
  cat <<'END'
usage: session-env.sh [--url URL] [--token-file FILE] -- COMMAND [ARGUMENT...]
       session-env.sh [--url URL] [--token-file FILE] --output FILE [--format shell|dotenv]
The URL is VEHAAS_URL where it isn't given; the secret is in the file, in VEHAAS_TOKEN, or in the file VEHAAS_TOKEN_FILE.
END
}

vehaas_read_secret() {
  if [ -n "$vehaas_token_file" ]; then
    [ -r "$vehaas_token_file" ] || vehaas_fail 78 "the token file $vehaas_token_file can't be read"
    case $vehaas_token_file in -*) vehaas_token_file=./$vehaas_token_file ;; esac
    case $(ls -ldL "$vehaas_token_file") in
      ?????-?---*) ;;
      *) vehaas_fail 78 "the token file $vehaas_token_file is open to others: chmod 600 it" ;;
    esac
    read -r vehaas_secret <"$vehaas_token_file"
    vehaas_secret=${vehaas_secret%"$(printf '\r')"}
  fi
  [ -n "$vehaas_secret" ] || vehaas_fail 78 "no secret: set VEHAAS_TOKEN_FILE, --token-file or VEHAAS_TOKEN"
  case $vehaas_secret in
    *[!0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_]*) ;;
    vh[goj]_*) [ ${#vehaas_secret} -ne 53 ] || return 0 ;;
  esac
  vehaas_fail 78 "the secret isn't one of veHaaS: vhg_, vho_ or vhj_, and 49 letters and digits"
}

vehaas_warn_of_clear_text() {
  vehaas_host=${vehaas_url#http://}
  [ "$vehaas_host" != "$vehaas_url" ] || return 0
  vehaas_host=${vehaas_host%%[/?#]*}
  vehaas_host=${vehaas_host##*@}
  case $vehaas_host in
    127.*[!0-9.:]*) ;;
    localhost | localhost:* | 127.* | '[::1]' | '[::1]:'*) return ;;
  esac
  printf 'session-env: warning: the secret goes to %s in the clear: use https://\n' "$vehaas_host" >&2
}

# echo is built into every shell, so its arguments appear in no process list. curl appends a comment with Retry-After
# (since curl 7.84), and a line with the content type and the status.
vehaas_ask() {
  vehaas_answer=$(
    echo "header = \"private-token: $vehaas_secret\"" |
      curl --disable --config - --silent --globoff --proto '=http,https' --connect-timeout 10 --max-time 60 \
        --header "accept: $vehaas_type" --output "${vehaas_part:--}" --url "$vehaas_url/api/v2.0/session-context" \
        --write-out '\n# %header{retry-after}\n%{content_type} %{http_code}'
  )
  vehaas_curl=$?
}

# Returns once vehaas_answer is the context. Temporary failures are retried.
vehaas_fetch() {
  vehaas_attempt=0
  vehaas_wait=1
  while vehaas_ask; do
    vehaas_pause=$vehaas_wait
    case $vehaas_curl in
      0)
        vehaas_take && return
        vehaas_judge
        ;;
      1 | 3) vehaas_fail 64 "$vehaas_url isn't a URL that curl can ask" ;;
      2 | 4) vehaas_fail 78 "this curl can't be used (its exit code is $vehaas_curl)" ;;
      23) vehaas_fail 73 "$vehaas_output can't be written" ;;
      60 | 77) vehaas_fail 69 "the certificate of $vehaas_url isn't trusted" ;;
      *)
        [ "$vehaas_attempt" -lt "$vehaas_retries" ] ||
          vehaas_fail 69 "$vehaas_url can't be reached ($(vehaas_curl_says), tried $((vehaas_attempt + 1)) times)"
        ;;
    esac
    sleep "$vehaas_pause"
    vehaas_attempt=$((vehaas_attempt + 1))
    vehaas_wait=$((vehaas_wait * 2))
  done
}

# Removes the last line from the answer; fails if it isn't the context. A pattern with * would take zsh minutes.
vehaas_take() {
  for vehaas_line in "$vehaas_type; charset=utf-8 200" "$vehaas_type 200"; do
    vehaas_line=$vehaas_newline$vehaas_line
    vehaas_length=${#vehaas_answer}
    vehaas_answer=${vehaas_answer%"$vehaas_line"}
    [ ${#vehaas_answer} -eq "$vehaas_length" ] || return 0
  done
  return 1
}

# Returns if a retry makes sense, else exits.
vehaas_judge() {
  vehaas_status=${vehaas_answer##* }
  case $vehaas_status in
    401) vehaas_fail 77 "veHaaS doesn't accept the access token: it is unknown, revoked, expired or deleted" ;;
    404) vehaas_fail 65 "there is no session context at $vehaas_url (404)" ;;
    406) vehaas_fail 65 "a variable can't be represented in the format that was asked for (406)$(vehaas_reason)" ;;
    408 | 429 | 5??) ;;
    4??) vehaas_fail 65 "veHaaS refused the request ($vehaas_status)$(vehaas_reason)" ;;
    *) vehaas_fail 65 "what answers at $vehaas_url isn't veHaaS" ;;
  esac
  [ "$vehaas_attempt" -lt "$vehaas_retries" ] ||
    vehaas_fail 75 "veHaaS is unavailable for the moment ($vehaas_status, asked $((vehaas_attempt + 1)) times)"
  vehaas_line=${vehaas_answer##*"$vehaas_newline# "}
  vehaas_pause=$(vehaas_pause_of "${vehaas_line%%"$vehaas_newline"*}")
}

# The problem's detail after a colon, reduced to printable ASCII.
vehaas_reason() {
  case ${vehaas_answer##*"$vehaas_newline"} in application/problem+json*) ;; *) return ;; esac
  vehaas_line=${vehaas_answer%"$vehaas_newline# "*}
  if [ -n "$vehaas_part" ]; then
    vehaas_line=$(vehaas_detail <"$vehaas_part")
  else
    # Not echo, which interprets backslashes in some shells.
    vehaas_line=$(
      vehaas_detail <<END
$vehaas_line
END
    )
  fi
  case $vehaas_line in *"$vehaas_secret"*) ;; *) printf '%s\n' "$vehaas_line" | cut -c 1-300 ;; esac
}

vehaas_detail() {
  { LC_ALL=C tr -cd ' -~' && echo; } | sed -nE 's/.*"detail":"(([^"\]|\\["\/])*)".*/: \1/p' | sed 's/\\\(.\)/\1/g' |
    cut -c 1-1000
}

# The seconds of Retry-After, at most a minute.
vehaas_pause_of() {
  case $1 in
    '' | *[!0-9]*) echo "$vehaas_wait" ;;
    ? | [1-5]?) echo "$1" ;;
    *) echo 60 ;;
  esac
}

vehaas_curl_says() {
  case $vehaas_curl in
    5 | 6) echo "its name isn't known" ;;
    7) echo "no connection" ;;
    28) echo "no answer in time" ;;
    18 | 52 | 56) echo "the answer broke off" ;;
    *) echo "curl's exit code is $vehaas_curl" ;;
  esac
}

# Writes to a file beside the target, so that the target is never incomplete.
vehaas_begin_file() {
  case $vehaas_output in -*) vehaas_output=./$vehaas_output ;; esac
  [ ! -d "$vehaas_output" ] || vehaas_fail 73 "$vehaas_output is a folder"
  vehaas_part=$vehaas_output.$$.part
  rm -f "$vehaas_part"
  (umask 077 && set -C && : >"$vehaas_part") 2>/dev/null || vehaas_fail 73 "$vehaas_output can't be written"
}

vehaas_forget
vehaas_url=${VEHAAS_URL-}
vehaas_secret=${VEHAAS_TOKEN-}
vehaas_retries=${VEHAAS_RETRIES:-5}
vehaas_newline='
'
unset VEHAAS_TOKEN
[ -n "$vehaas_secret" ] || vehaas_token_file=${VEHAAS_TOKEN_FILE-}

while [ $# -gt 0 ]; do
  case $1 in
    --help) vehaas_usage && exit 0 ;;
    --) break ;;
    --url | --token-file | --output | --format)
      [ -n "${2-}" ] || vehaas_fail 64 "$1 needs a value (see --help)"
      case $1 in
        --url) vehaas_url=$2 ;;
        --token-file) vehaas_token_file=$2 ;;
        --output) vehaas_output=$2 ;;
        --format) vehaas_format=$2 ;;
      esac
      shift 2
      ;;
    *) vehaas_fail 64 "not an option: $1 (see --help)" ;;
  esac
done

if [ -n "$vehaas_output" ]; then
  [ $# -eq 0 ] || vehaas_fail 64 "give either --output or a command"
else
  [ "${1-}" = -- ] && [ $# -gt 1 ] || vehaas_fail 64 "give a command after --, or --output FILE (see --help)"
  [ -z "$vehaas_format" ] || vehaas_fail 64 "--format goes with --output"
  shift
  case $1 in '' | -*) vehaas_fail 64 "not a command: $1" ;; esac
fi
case ${vehaas_format:-shell} in
  shell) vehaas_type=text/x-shellscript ;;
  dotenv) vehaas_type=text/x-dotenv ;;
  *) vehaas_fail 64 "--format is shell or dotenv" ;;
esac
case $vehaas_url in
  http://?* | https://?*) ;;
  '') vehaas_fail 64 "no address: set VEHAAS_URL or --url" ;;
  *) vehaas_fail 64 "the address has to begin with https:// or http://" ;;
esac
vehaas_url=${vehaas_url%/}
vehaas_url=${vehaas_url%/api/v2.0}
case $vehaas_retries in *[!0-9]* | ???*) vehaas_fail 64 "VEHAAS_RETRIES is a number from 0 to 99" ;; esac
command -v curl >/dev/null || vehaas_fail 78 "curl is missing: install it"
vehaas_read_secret
vehaas_warn_of_clear_text

if [ -n "$vehaas_output" ]; then
  trap 'rm -f "$vehaas_part"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  vehaas_begin_file
  vehaas_fetch
  mv -f "$vehaas_part" "$vehaas_output" || vehaas_fail 73 "$vehaas_output can't be written"
  exit 0
fi
vehaas_fetch
eval "$vehaas_answer" || vehaas_fail 70 "this shell can't set one of the variables"
vehaas_forget
exec "$@"
