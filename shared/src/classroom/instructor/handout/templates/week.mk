# Short names for the commands in README.md.

.DEFAULT_GOAL := help

# The first suitable Python on this machine, unless PYTHON is set.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
FOUND = $(shell for name in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	  $$name -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$name && break; done)
PYTHON ?= $(or $(FOUND),python3)
INSTALL := Install one from python.org/downloads and type

.PHONY: check
check: ready ## Check the tasks and show the scorecard
	@.venv/bin/python -m classroom check || [ $$? -eq 1 ]

.PHONY: watch
watch: ready ## Check again after each save
	@.venv/bin/python -m classroom check --watch

.PHONY: learn
learn: ready ## Show lesson, live scorecard and app in the browser
	@.venv/bin/python -m classroom learn

.PHONY: run
run: ready ## Start the app, to see it in the browser
	@.venv/bin/python -m classroom run

.PHONY: hint
hint: ready ## Show the next hint: make hint TASK=3
	@[ -n "$(TASK)" ] || { echo "Which task? Type: make hint TASK=3" >&2; exit 2; }
	@.venv/bin/python -m classroom hint "$(TASK)"

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## "; print "Usage: make <target>\n" } /^[a-z-]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: ready
ready: .venv/ready

.venv/ready: requirements.txt
	@$(PYTHON) -c '$(NEW_ENOUGH)' 2>/dev/null || { \
	  version=$$($(PYTHON) -c 'import sys; print(sys.version.split()[0])' 2>/dev/null || echo missing); \
	  echo "Python 3.11 or newer is needed, but $(PYTHON) is $$version. $(if $(FOUND),Type: make PYTHON=$(FOUND),$(INSTALL): make) $(MAKECMDGOALS)" >&2; \
	  exit 2; }
	@echo "Setting up .venv: this takes a minute."
	@$(PYTHON) -m venv .venv && .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt && touch .venv/ready
