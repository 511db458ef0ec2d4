#!/bin/sh
# Makes the secrets of compose.yaml in the folder secrets beside this file. Leaves those that exist.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
# The container's user is another than yours, so the folder alone keeps others out.
keep() { [ -s "secrets/$1" ] || { printf '%s\n' "$2" >"secrets/$1"; chmod 644 "secrets/$1"; }; }
keep auth_secret "$(openssl rand -base64 33)"
keep encryption_keys "k1:$(openssl rand -base64 32)"
keep database_password "$(openssl rand -hex 24)"
keep database_url "postgres://vehaas:$(cat secrets/database_password)@database:5432/vehaas"
echo "The secrets are in $(pwd)/secrets. Back them up apart from the data."
