
.PHONY: psql
psql: ready ## Open an SQL prompt on the database of make run
	@.venv/bin/python -m classroom psql

.PHONY: reset
reset: ready ## Delete all tables and data of make run
	@.venv/bin/python -m classroom reset
