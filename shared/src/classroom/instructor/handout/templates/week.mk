# Short names for the commands in README.md.

.DEFAULT_GOAL := help

# The first suitable Python on this machine, unless PYTHON is set.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
FOUND = $(shell for name in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	  $$name -I -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$name && break; done)
PYTHON ?= $(or $(FOUND),python3)
PIP := .venv/bin/python -m pip install --quiet --disable-pip-version-check --retries 2
UNFINISHED := echo "The setup did not finish: the lines above say why. It needs a network, only this once." >&2
INSTALL := Install one from python.org/downloads and type

# These would change which packages are found, or where they are installed, so they are not passed on.
unexport PYTHONPATH PYTHONHOME PYTHONOPTIMIZE PYTHONINSPECT PIP_TARGET PIP_PREFIX PIP_USER

# An extra exercise of this week, in place of the week: make hint WEEK=routers TASK=3. Variables of the environment do not count.
EXTRAS := $(patsubst extra/%/assignment.toml,%,$(wildcard extra/*/assignment.toml))
GIVEN := $(sort $(foreach name,WEEK NAME,$(if $(filter command,$(firstword $(origin $(name)))),$($(name)))))
EXTRA := $(filter $(EXTRAS),$(GIVEN))
# The names of this folder itself, such as week2-validation and 2.
OWN = $(shell awk -F'"' '/^name = / { print $$2; sub(/^week0*/, "", $$2); sub(/-.*/, "", $$2); print $$2; exit }' assignment.toml)

# With this variable the scorecard shows commands as make targets.
CLASSROOM := CLASSROOM_MAKE=$(if $(EXTRA),1,week) .venv/bin/python -m classroom
# An option that is given as in make run PORT=8001; a variable of the environment with that name is something else.
OPTION = $(if $(filter command,$(word 1,$(origin $(1)))),$(2) "$($(1))")
# Red tasks (1) and Ctrl-C (130) are not errors to make; any other status is.
CALM = || { status=$$?; [ $$status -eq 1 ] || [ $$status -eq 130 ] || exit $$status; }

.PHONY: check
check: ready ## Check the tasks and show the scorecard: make check, or make check TASK=3
	@$(CLASSROOM) check $(EXTRA) $(call OPTION,TASK,--task) $(CALM)

.PHONY: watch
watch: ready ## Check again after each save
	@$(CLASSROOM) check $(EXTRA) --watch $(CALM)

.PHONY: learn
learn: ready ## Show lesson, live scorecard and app in the browser
	@$(CLASSROOM) learn $(EXTRA)

.PHONY: run
run: ready ## Start the app, to see it in the browser: make run, or make run PORT=8001
	@$(CLASSROOM) run $(EXTRA) $(call OPTION,PORT,--port) $(call OPTION,STORAGE_PORT,--storage-port)

.PHONY: hint
hint: ready ## Show the next hint: make hint TASK=3
	@[ -n "$(TASK)" ] || { echo "Which task? Type: make hint$(if $(EXTRA), WEEK=$(EXTRA)) TASK=3" >&2; exit 2; }
	@$(CLASSROOM) hint $(EXTRA) "$(TASK)"

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## "; print "Usage: make <target>\n" } /^[a-z-]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: known
known:
	@[ -z "$(word 2,$(GIVEN))" ] || { echo "Give one name, not $(GIVEN)." >&2; exit 2; }
	@[ -z "$(filter-out $(EXTRAS) $(if $(GIVEN),$(OWN)),$(GIVEN))" ] || { \
	  echo "There is no $(GIVEN) here.$(if $(EXTRAS), The extra exercises of this week are: $(EXTRAS).)" >&2; exit 2; }

.PHONY: ready
ready: known .venv/ready $(EXTRA:%=.venv/ready-%)
	@[ -x .venv/bin/python ] || { echo "The Python in .venv is gone. Type: rm -rf .venv; make $(MAKECMDGOALS)" >&2; exit 2; }

.venv/ready: requirements.txt
	@$(PYTHON) -I -c '$(NEW_ENOUGH)' 2>/dev/null || { \
	  version=$$($(PYTHON) -I -c 'import sys; print(sys.version.split()[0])' 2>/dev/null || echo missing); \
	  echo "Python 3.11 or newer is needed, but $(PYTHON) is $$version. $(if $(FOUND),Type: make PYTHON=$(FOUND),$(INSTALL): make) $(MAKECMDGOALS)" >&2; \
	  exit 2; }
	@echo "Setting up .venv: this takes a minute."
	@$(PYTHON) -I -m venv .venv && $(PIP) -r requirements.txt && touch .venv/ready || { \
	  $(UNFINISHED); echo "Type: make $(MAKECMDGOALS)" >&2; exit 2; }

# The path of the kit in the requirements is relative to their folder, where pip has to be.
.venv/ready-%: extra/%/requirements.txt .venv/ready
	@echo "Installing the packages of $*."
	@cd extra/$* && ../../$(PIP) -r requirements.txt && touch ../../$@ || { \
	  $(UNFINISHED); echo "Type: make $(MAKECMDGOALS) WEEK=$*" >&2; exit 2; }
