#!/bin/sh
# Brings the database of an installation up to date, past its pooler: migrations hold a lock for as long as their session lives.
# Needs az, signed in as somebody who may read the secret POSTGRES-CONNECTION, and VAULT_NAME.
set -eu
cd "$(dirname "$0")/.."

connection="$(az keyvault secret show --vault-name "${VAULT_NAME:?}" --name POSTGRES-CONNECTION --query value --output tsv)"
POSTGRES_CONNECTION="$(printf '%s' "$connection" | sed 's/;Port=6432;/;Port=5432;/')" \
  FunctionsHost=Local dotnet run --configuration Release --project Zoniq.Functions -- migrate
