
.PHONY: extra
extra: extra-is-named check ## Check an extra exercise: make extra NAME=routers

.PHONY: extra-is-named
extra-is-named: known
	@[ -n "$(EXTRA)" ] || { echo "Which extra? Type: make extra NAME=$(firstword $(EXTRAS)); there are: $(EXTRAS)" >&2; exit 2; }

.PHONY: progress
progress: ready ## Show the week and its extra exercises at a glance
	@$(CLASSROOM) progress $(CALM)
