# The half of the Makefile that is not in the student edition.

##@ For instructors

.PHONY: grade
grade: week-is-named ready ## Grade submissions: make grade WEEK=1 SUBMISSIONS=folder OUT=folder
	@[ -n "$(SUBMISSIONS)" ] || { echo "Which folder? Type: make grade WEEK=$(WEEK) SUBMISSIONS=folder OUT=grades" >&2; exit 2; }
	@$(CLASSROOM) grade "$(WEEK)" --submissions "$(SUBMISSIONS)" --out "$(or $(OUT),grades)" $(ARGS)

.PHONY: publish
publish: week-is-named ready ## Publish a week or the whole course: make publish WEEK=1 TO=folder-or-remote
	@[ -n "$(TO)" ] || { echo "Where to? Type: make publish WEEK=$(WEEK) TO=folder-or-remote" >&2; exit 2; }
	@$(CLASSROOM) publish "$(WEEK)" --to "$(TO)" $(ARGS)

.PHONY: open
open: ready ## Create a classroom in a folder: make open DIR=folder ROSTER=roster.csv WEEKS=1,2
	@[ -n "$(DIR)" ] && [ -n "$(WEEKS)" ] || { echo "Where, and what? Type: make open DIR=folder ROSTER=roster.csv WEEKS=1" >&2; exit 2; }
	@$(CLASSROOM) open "$(DIR)" $(if $(ROSTER),--roster "$(ROSTER)") --weeks "$(WEEKS)" $(ARGS)

.PHONY: serve
serve: ready ## Grade what is pushed to a classroom: make serve DIR=folder
	@[ -n "$(DIR)" ] || { echo "Which folder? Type: make serve DIR=folder" >&2; exit 2; }
	@$(CLASSROOM) serve "$(DIR)" $(ARGS)

.PHONY: collect
collect: ready ## Copy the submissions out of a classroom: make collect DIR=folder TO=handed-in
	@[ -n "$(DIR)" ] || { echo "Which folder? Type: make collect DIR=folder TO=handed-in" >&2; exit 2; }
	@$(CLASSROOM) collect "$(DIR)" --to "$(or $(TO),handed-in)" $(ARGS)

.PHONY: feedback
feedback: ready ## Push graded feedback to each student: make feedback DIR=folder GRADES=grades
	@[ -n "$(DIR)" ] || { echo "Which folder? Type: make feedback DIR=folder GRADES=grades" >&2; exit 2; }
	@$(CLASSROOM) feedback "$(DIR)" --grades "$(or $(GRADES),grades)" $(ARGS)

.PHONY: demo
demo: ready ## Grade a sample cohort and print the path of its report
	@$(CLASSROOM) demo $(ARGS)

.PHONY: verify
verify: ready ## Prove weeks and extras solvable and fair: make verify, or make verify WEEK=1
	@$(CLASSROOM) verify $(if $(WEEK),"$(WEEK)") $(ARGS)

##@ For maintainers

.PHONY: test
test: ready ## Run the project's checks, or some: make test STEPS="lint verify"
	@$(BIN)/python .ci/test.py $(STEPS)

.PHONY: quick
quick: lint types imports ## Lint, check types and run the tests that start no process: about 20 seconds
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -q -p no:cacheprovider --no-processes -n 2 -m "not long" shared/tests/unit shared/tests/repository \
	  $(foreach folder,services apps/sandbox instructor/site instructor/github student/load,--ignore shared/tests/unit/$(folder)) \
	  $(foreach name,page site similar* allow_list new_task new_week inspection watching,--ignore-glob '*/test_$(name).py')

.PHONY: lint
lint: ready ## Lint, and check the formatting
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .

.PHONY: types
types: ready ## Check the types of the kit
	@$(BIN)/mypy

.PHONY: imports
imports: ready ## Check that no import points upward
	@$(BIN)/lint-imports --no-cache

.PHONY: coverage
coverage: ready ## Measure which lines of the kit the tests run: make coverage TESTS=folder
	@$(BIN)/coverage erase
	-@export COVERAGE_PROCESS_START=pyproject.toml; $(if $(TESTS),$(BIN)/pytest -q -p no:cacheprovider $(TESTS),$(BIN)/python .ci/test.py verify tests)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

.PHONY: bench
bench: ready ## Measure checks and grading against plain pytest
	@$(BIN)/python shared/bench/bench.py $(ARGS)

.PHONY: soak
soak: ready ## Run the long tests: many rounds, mutants, kills, hundreds of submissions
	@$(BIN)/python shared/bench/soak.py $(ARGS)

.PHONY: lock
lock: ready ## Pin the packages again, from shared/pyproject.toml and shared/*.in
	@.ci/lock $(ARGS)

.PHONY: diagrams
diagrams: ready ## Draw the lessons' Mermaid diagrams that have changed (needs npm and a browser)
	@$(BIN)/python .ci/diagrams.py $(ARGS)

.PHONY: system-packages
system-packages: ## Install bubblewrap and git; ALL=1: also what tests use (root, Debian, Ubuntu)
	@.ci/system-packages $(if $(ALL),all)
