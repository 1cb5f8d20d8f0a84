#!/bin/sh
# Makes the secrets that docker-compose.yml mounts into its services; one that is there already stays as it is.
# The folder is closed to the other users of this machine. The files are not, because a container's user, who is
# not the one who runs this, has to read them where they are mounted.
set -eu
cd "$(dirname "$0")/.."
mkdir -p secrets
chmod 700 secrets
for name in postgres_password ray_token dashboard_password; do
    if [ ! -s "secrets/$name" ]; then
        # Written beside and renamed: an empty one may be closed to writing, and none is ever half there.
        rm -f "secrets/.$name"
        od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"secrets/.$name"
        chmod 444 "secrets/.$name"
        mv -f "secrets/.$name" "secrets/$name"
    fi
done
echo "the dashboard's password is in secrets/dashboard_password; any user name will do"
