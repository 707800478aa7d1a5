PYTHON ?= python3
BIN := .venv/bin

.PHONY: install install-dev demo test check fix cases killed real real-logs sigma-agreement pii linkage pdfa fuzz scan-1g people-100m bench clean

install: $(BIN)/.runtime            ## .venv/bin/kyumei
install-dev: $(BIN)/.dev

$(BIN)/python:
	$(PYTHON) -m venv .venv

$(BIN)/.runtime: requirements/runtime.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m kyumei.readers.windows.columnar.warm
	$(BIN)/python -m kyumei.readers.warm
	$(BIN)/python -m kyumei.scope.scan.warm
	$(BIN)/python -m kyumei.detect.sigma.warm
	touch $@

$(BIN)/.dev: requirements/dev.txt $(BIN)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

demo: install                       ## write a replay, triage it, show the first diagnosis
	rm -rf build/demo
	$(BIN)/kyumei replay sophia-2024 --out build/demo/sophia-2024
	$(BIN)/kyumei triage build/demo/sophia-2024/evidence --case build/demo/case \
	  --aware "$$(cat build/demo/sophia-2024/aware.txt)"
	@echo "HTML: build/demo/case/reports/first-diagnosis.ja.html"

test: install-dev                   ## what CI runs
	KYUMEI_BIN=$(BIN) tools/check
	tools/offline $(BIN)/pytest -q -n 2 --dist loadgroup

check: install-dev                  ## format, lint, types, imports, budgets
	KYUMEI_BIN=$(BIN) tools/check

fix: install-dev
	KYUMEI_BIN=$(BIN) tools/check --fix

clean:
	rm -rf .venv build

cases: install-dev                  ## 20 seeds of each replay against its truth
	$(BIN)/python -m tests.cases.seeds --seeds 20

killed: install-dev                 ## kill triage 50 times at random instants; compare the bytes
	$(BIN)/python -m tests.case.killed 50

real: install-dev                   ## triage of ../shared/data: docs/reference/real-evidence.md
	$(BIN)/python -m tests.real.report

real-logs: install-dev              ## readers against published answers: docs/reference/logs.md
	$(BIN)/python -m tests.real.logs

sigma-agreement: install-dev         ## rules beside pySigma's SQLite backend: docs/reference/sigma-agreement.md
	$(BIN)/python -m tests.real.sigma_agreement

pii: install-dev                    ## names, addresses, false hits: docs/reference/pii.md
	$(BIN)/python -m tests.real.pii

pdfa: install-dev                   ## every document as PDF/A-2a and PDF/UA-1 by veraPDF: needs Java, and Maven or PDFA_CLASSPATH=jars
	$(BIN)/python -m tests.reports.archival $(if $(PDFA_CLASSPATH),--classpath "$(PDFA_CLASSPATH)")

linkage: install-dev                ## records of other authors linked: docs/reference/linkage.md
	$(BIN)/python -m tests.real.linkage

fuzz: install-dev                   ## each reader for 20 s with atheris
	$(BIN)/python -m tests.fuzz.readers --seconds 20
	$(BIN)/python -m tests.fuzz.evtx_kernels --seconds 300
	NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=build/numba-checked $(BIN)/python -m tests.fuzz.evtx_kernels --seconds 300

scan-1g: install-dev                 ## scan 1 GB of text and 1 GB of CSV beside other tools: 3 GB of memory; bench/scan-1g.log
	$(BIN)/python bench/bench_scan.py --gigabyte 2>&1 | tee bench/scan-1g.log

people-100m: install-dev             ## link 100,000,000 records: 8 GB of memory, 30 GB of disk; bench/people-100m.log
	$(BIN)/python bench/bench_linkage.py 100000000 2>&1 | tee bench/people-100m.log

bench: install-dev                  ## named workloads, ratios and peak memory
	for b in bench/bench_*.py; do $(BIN)/python $$b; done
