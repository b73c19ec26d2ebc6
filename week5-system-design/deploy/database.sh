#!/bin/sh
# Creates the database at the first start, then runs it: one role writes, and one only reads what the first has created.
set -eu
PATH="$(ls -d /usr/lib/postgresql/*/bin | tail -n 1):$PATH"

if [ ! -s /data/PG_VERSION ]; then
    initdb -D /data -A scram-sha-256 --pwfile=/dev/stdin -U keeper --locale=C.UTF-8 <<EOF
$KEEPER_PASSWORD
EOF
    echo "host all all all scram-sha-256" >> /data/pg_hba.conf
    pg_ctl -D /data -w -o "-c listen_addresses= -k /tmp" start
    PGPASSWORD="$KEEPER_PASSWORD" psql -v ON_ERROR_STOP=1 -h /tmp -U keeper -d postgres \
        -v writer="$WRITER_PASSWORD" -v reader="$READER_PASSWORD" <<'EOF'
CREATE ROLE writer LOGIN PASSWORD :'writer';
CREATE ROLE reader LOGIN PASSWORD :'reader';
ALTER ROLE reader SET default_transaction_read_only = on;
CREATE DATABASE videos OWNER writer;
\connect videos
ALTER DEFAULT PRIVILEGES FOR ROLE writer GRANT SELECT ON TABLES TO reader;
EOF
    pg_ctl -D /data -w -m fast stop
fi
exec postgres -D /data -k /tmp -c listen_addresses='*'
