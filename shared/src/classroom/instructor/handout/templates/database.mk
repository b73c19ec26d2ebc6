
.PHONY: psql
psql: ready ## Open an SQL prompt on the database of make run
	@$(CLASSROOM) psql $(EXTRA) $(call OPTION,APP,--app)

.PHONY: reset
reset: ready ## Delete all tables and data of make run
	@$(CLASSROOM) reset $(EXTRA)
