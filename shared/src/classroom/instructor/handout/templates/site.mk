
.PHONY: load
load: ready ## Send requests to the site and measure it: make load RATE=50 SECONDS=10
	@$(CLASSROOM) load $(EXTRA) $(call OPTION,RATE,--rate) $(call OPTION,SECONDS,--seconds) $(call OPTION,WRITERS,--writers) \
	  $(call OPTION,WORKERS,--workers) $(call OPTION,LAG,--lag) $(call OPTION,WITHOUT,--without)
