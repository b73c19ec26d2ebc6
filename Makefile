# Short names for the `classroom` command. Paths are relative because the folder's own path may contain spaces.

.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON ?= python3
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
# With this variable the scorecard shows commands as make targets.
CLASSROOM := CLASSROOM_MAKE=1 $(BIN)/classroom

# These would change how Python or pytest behave, so they are not passed on; the setup says so once.
STRAY := PYTHONPATH PYTHONHOME PYTHONOPTIMIZE PYTHONINSPECT PYTEST_ADDOPTS PYTEST_PLUGINS \
  PYTEST_DISABLE_PLUGIN_AUTOLOAD
LEFT_OUT := $(foreach name,$(STRAY),$(if $($(name)),--left-out=$(name)))
unexport $(STRAY)

# The first Python that starts; prepare.py looks for another one where this one is too old.
PREPARE = for python in $(BIN)/python "$(PYTHON)" /usr/bin/python3 python; do \
	  "$$python" -I -S -c 0 2>/dev/null && exec "$$python" -I -S shared/prepare.py $(LEFT_OUT) $(1); \
	done; echo "No Python was found. Install 3.11 or newer, for example from https://www.python.org/downloads/" >&2; exit 2

# An option that is given as in make run PORT=8001; a variable of the environment with that name is something else.
OPTION = $(if $(filter command,$(word 1,$(origin $(1)))),$(2) "$($(1))")

# Red tasks (1) and Ctrl-C (130) are not errors to make; any other status is.
CALM = || { status=$$?; [ $$status -eq 1 ] || [ $$status -eq 130 ] || exit $$status; }

##@ Work on a week, or on an extra exercise: WEEK=routers

.PHONY: week1
week1: ready ## Check week 1: a first API
	@$(CLASSROOM) check 1 $(CALM)

.PHONY: week2
week2: ready ## Check week 2: validation
	@$(CLASSROOM) check 2 $(CALM)

.PHONY: week3
week3: ready ## Check week 3: PostgreSQL and SQL
	@$(CLASSROOM) check 3 $(CALM)

.PHONY: week4
week4: ready ## Check week 4: SQLAlchemy
	@$(CLASSROOM) check 4 $(CALM)

.PHONY: week5
week5: ready ## Check week 5: system design
	@$(CLASSROOM) check 5 $(CALM)

# Weeks without a target above, such as week6 for the folder week6-queues.
NAMED := week1 week2 week3 week4 week5
FOUND := $(foreach file,$(wildcard week*-*/assignment.toml),$(firstword $(subst -, ,$(file))))
MORE := $(filter-out $(NAMED),$(sort $(FOUND)))

.PHONY: $(MORE)
$(MORE): week%: ready
	@$(CLASSROOM) check $* $(CALM)

week%:
	@echo "There is no $@. Type: make week1, up to week5$(if $(MORE),; or: $(MORE))" >&2; exit 2

.PHONY: check
check: week-is-named ready ## Check one week, or one task of it: make check WEEK=1 TASK=3
	@$(CLASSROOM) check "$(WEEK)" $(if $(TASK),--task "$(TASK)") $(CALM)

.PHONY: extra
extra: extra-is-named ready ## Check an extra exercise: make extra NAME=routers
	@$(CLASSROOM) check "$(NAME)" $(if $(TASK),--task "$(TASK)") $(CALM)

.PHONY: watch
watch: week-is-named ready ## Check again on every save: make watch WEEK=1
	@$(CLASSROOM) check "$(WEEK)" --watch $(CALM)

.PHONY: hint
hint: week-is-named task-is-named ready ## Show the next hint: make hint WEEK=1 TASK=3
	@$(CLASSROOM) hint "$(WEEK)" "$(TASK)"

.PHONY: run
run: week-is-named ready ## Start the app and see it in the browser: make run WEEK=1
	@$(CLASSROOM) run "$(WEEK)" $(call OPTION,PORT,--port) $(call OPTION,STORAGE_PORT,--storage-port) $(call OPTION,WORKERS,--workers) $(CALM)

.PHONY: load
load: week-is-named ready ## Send requests to week 5's site and measure it: make load WEEK=5
	@$(CLASSROOM) load "$(WEEK)" $(call OPTION,RATE,--rate) $(call OPTION,SECONDS,--seconds) $(call OPTION,WRITERS,--writers) \
	  $(call OPTION,WORKERS,--workers) $(call OPTION,LAG,--lag) $(call OPTION,WITHOUT,--without) $(if $(call OPTION,JSON,yes),--json) $(CALM)

.PHONY: learn
learn: ready ## Show lesson, live scorecard and app in the browser: make learn WEEK=1
	@$(CLASSROOM) learn $(if $(WEEK),"$(WEEK)") $(call OPTION,PORT,--port) $(CALM)

.PHONY: progress
progress: ready ## Show all weeks and extras at a glance
	@$(CLASSROOM) progress $(CALM)

##@ The database of make run

.PHONY: psql
psql: week-is-named ready ## Open an SQL prompt: make psql WEEK=3
	@$(CLASSROOM) psql "$(WEEK)" $(call OPTION,APP,--app)

.PHONY: reset
reset: week-is-named ready ## Delete its tables and data: make reset WEEK=3
	@$(CLASSROOM) reset "$(WEEK)"

##@ This folder

.PHONY: setup
setup: ## Create .venv with the packages and the classroom command
	@$(call PREPARE,--say)

.PHONY: clean
clean: ## Delete .venv and the caches of the tools
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .coverage

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## "; print "Usage: make <target>" } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-zA-Z0-9_-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 } \
	  /^week5:/ { n = split("$(MORE)", more, " "); for (i = 1; i <= n; i++) printf "  %-16s Check week %s\n", more[i], substr(more[i], 5) }' \
	  $(MAKEFILE_LIST)

.PHONY: ready
ready:
	@$(call PREPARE)

.PHONY: week-is-named
week-is-named:
	@[ -n "$(WEEK)" ] || { echo "Which week? Type: make $(MAKECMDGOALS) WEEK=$(if $(filter load,$(MAKECMDGOALS)),5,1)$(if $(TASK), TASK=$(TASK),$(if $(filter hint,$(MAKECMDGOALS)), TASK=3))" >&2; exit 2; }

# By their folders, such as week1-hello-api/extra/routers.
EXTRAS := $(foreach file,$(wildcard week*-*/extra/*/assignment.toml),$(notdir $(patsubst %/,%,$(dir $(file)))))

.PHONY: extra-is-named
extra-is-named:
	@[ -n "$(NAME)" ] || { echo "Which extra? $(if $(EXTRAS),Type: make extra NAME=$(firstword $(EXTRAS)); there are: $(EXTRAS),This course has none.)" >&2; exit 2; }

.PHONY: task-is-named
task-is-named:
	@[ -n "$(TASK)" ] || { echo "Which task? Type: make $(MAKECMDGOALS) WEEK=$(WEEK) TASK=3" >&2; exit 2; }

# The instructor's half is not in the student edition.
-include .ci/instructor.mk
