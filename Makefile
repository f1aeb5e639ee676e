# The commands of this project. Nothing is needed but git, make and a Python of at least 3.12.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
SERVES := .venv-run/.installed
ARTICLES ?= 10000
# More workers than cores, for some wait; whole files, so that what a file shares is built once.
WORKERS := -n 4 --dist loadfile --no-loadscope-reorder
POSTGRES ?= postgresql://helpcenter:helpcenter@127.0.0.1:5432/helpcenter

.PHONY: run restart test lint format budget lighthouse editor export messages observatory requirements backup restore replicate readonly writable torture restore-drill sbom secrets vulnerabilities drill-restart hostile-markdown scan bench bench-archive bench-compare bench-growth bench-overload bench-questions bench-search plans

run: $(RUN)
	@exec $(VENV)/bin/python manage.py serve

# The server that runs on PORT gets a new worker with the code as it is now; nobody who reads notices.
restart: $(RUN)
	@$(VENV)/bin/python manage.py serve --again

editor: $(RUN)
	@$(VENV)/bin/python manage.py migrate --verbosity 0
	@$(VENV)/bin/python manage.py createsuperuser

# The reader side as files for any file server: make export FOLDER=/srv/standby ORIGIN=https://guide.example
export: $(RUN)
	@$(VENV)/bin/python manage.py export_site "$(FOLDER)" --origin "$(ORIGIN)"

# The database as one file that was looked through: make backup FOLDER=/mnt/other KEEP=30
backup: $(RUN)
	@$(VENV)/bin/python manage.py backup $(FOLDER) --keep $(or $(KEEP),14)

# A backup or a replica into an empty DATA_DIR or database: make restore FROM=/mnt/other/….sqlite3
restore: $(RUN)
	@$(VENV)/bin/python manage.py restore "$(FROM)"

# Every change of the SQLite database within a second, until it is ended: make replicate TO=/mnt/other/replica
replicate: $(RUN)
	@exec $(VENV)/bin/python manage.py replicate "$(TO)"

# Readers go on, nothing is written: make readonly MINUTES=30; make writable
readonly: $(RUN)
	@$(VENV)/bin/python manage.py readonly on --minutes $(or $(MINUTES),30)

writable: $(RUN)
	@$(VENV)/bin/python manage.py readonly off

# Everything on SQLite, then what writes to the database once more on PostgreSQL.
test: $(DEV) $(SERVES)
	$(VENV)/bin/python -m pytest $(WORKERS)
	DATABASE_URL=$(POSTGRES) $(VENV)/bin/python -m pytest $(WORKERS)

lint: $(DEV) secrets
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/djlint templates --lint --quiet
	HTTPS=1 $(VENV)/bin/python manage.py check --deploy --fail-level WARNING
	$(VENV)/bin/python manage.py makemigrations --check --dry-run

# Keys, tokens and passwords that were written into a file. What is none is in .secrets.baseline, by its hash:
# detect-secrets scan --baseline .secrets.baseline, then git diff.
secrets: $(DEV)
	git ls-files -z | xargs -0 $(VENV)/bin/detect-secrets-hook --baseline .secrets.baseline

# What is known of our dependencies' holes, at PyPI's service; one that it does not know is a failure, too.
vulnerabilities: $(DEV)
	$(VENV)/bin/pip-audit --strict --disable-pip --require-hashes -r requirements/dev.txt

# What is installed to serve, by name and version, for whoever looks for holes in it: var/sbom.json (CycloneDX).
sbom: $(DEV) $(SERVES)
	@mkdir -p var
	$(VENV)/bin/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml \
		--output-file var/sbom.json .venv-run/bin/python

# Writers are killed at random moments; on SQLite and, if TORTURE_DATABASE_URL names a PostgreSQL server on which
# databases may be made, there. Exit code 1 if anything acknowledged is lost, anything is there by half or damaged.
torture: $(DEV)
	@failed=0; for database in "" $(TORTURE_DATABASE_URL); do \
		$(VENV)/bin/python -m tests.operations.torture $(or $(KILLS),1000) $$database || failed=1; done; exit $$failed

# The site dies while people write, and comes back from its replica: exit code 1 if more than a second is lost, it takes
# more than a minute, or a page is another than before.
restore-drill: $(DEV)
	$(VENV)/bin/python -m tests.operations.restoring

# 200 requests a second for a minute, while the worker is replaced four times; exit code 1 if one fails.
drill-restart: $(DEV)
	$(VENV)/bin/python -m tests.operations.restarting

# So many generated texts that mean harm, as readers would get them: exit code 1 if anything survives that must not.
hostile-markdown: $(DEV)
	$(VENV)/bin/python -m tests.articles.hostile $(or $(TEXTS),100000) $(if $(SEED),--seed $(SEED))

# 1,000 articles of 5 versions leave and come back; exit code 1 if a letter differs.
bench-archive: $(DEV)
	$(VENV)/bin/python -m tests.archive.bench

# Two texts of 20,000 words against each other; exit code 1 if an editor would wait longer than a second.
bench-compare: $(DEV)
	$(VENV)/bin/python -m tests.publishing.bench

# What each kind of page costs among 10, 100, 1,000 and 10,000 articles; SIZES="10 100000" for others.
bench-growth: $(DEV)
	$(VENV)/bin/python -m tests.delivery.growth $(SIZES) --plot docs/growth.svg

# Which indexes each page uses, in the database that DATABASE_URL names.
plans: $(DEV)
	@$(VENV)/bin/python -m tests.delivery.plans

# Four times as many requests as can be sustained; exit code 1 if what is accepted or sent away takes longer than promised.
bench-overload: $(DEV)
	$(VENV)/bin/python -m tests.delivery.overload

# Real questions against the bundled articles; exit code 1 below nine in ten first, or one not in the first three.
bench-questions: $(DEV)
	$(VENV)/bin/python -m tests.search.quality

# Searches among so many generated articles of each language, on SQLite and, if BENCH_DATABASE_URL names an empty
# PostgreSQL database, there; beside LIKE and a library's index. Exit code 1 if slower than promised.
bench-search: $(DEV)
	@failed=0; for database in "" $(BENCH_DATABASE_URL); do \
		$(VENV)/bin/python -m tests.search.bench $(ARTICLES) $$database || failed=1; done; exit $$failed

# An article beside nginx, Wagtail and Django's page cache, by wrk; exit code 1 if a ratio is not as promised.
bench: $(DEV) .venv-bench/.installed
	$(VENV)/bin/python -m tests.delivery.bench

# What a visit costs in bytes and requests, in Chromium by HTTPS (needs openssl); exit code 1 if an article costs more
# than promised.
budget: $(DEV)
	$(VENV)/bin/python -m tests.browser.budget

# What Lighthouse says of every kind of page, on a phone and on a desk; needs node. Exit code 1 below 100 anywhere.
lighthouse: $(DEV)
	$(VENV)/bin/python -m tests.browser.lighthouse

# What Mozilla's Observatory says of the headers of twelve kinds of page by https; needs npm, nginx and openssl.
# Exit code 1 below A+ anywhere.
observatory: $(DEV)
	$(VENV)/bin/python -m tests.browser.observatory

# What wapiti finds on the site as it runs by https, as a reader and at the desk; needs nginx and openssl. Exit code 1 if
# anything but what tests/browser/scan.py says why not to mind.
scan: $(DEV) .venv-scan/.installed
	$(VENV)/bin/python -m tests.browser.scan $(SIDES)

format: $(DEV)
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

# Collects the interface's texts and compiles them. gettext's programs are not needed.
messages: $(DEV)
	$(VENV)/bin/python tests/messages.py

# Pins every dependency with its hashes; the files name no index.
requirements: $(DEV)
	for set in run dev bench scan; do $(VENV)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header \
		--no-emit-index-url --python-version 3.12 requirements/$$set.in --output-file requirements/$$set.txt; done

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12) and "Python 3.12 or newer is needed, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)

.venv-%/.installed: requirements/%.txt
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Alone what serves, as in the image: nothing of the tests, not even pip.
$(SERVES): requirements/run.txt | $(VENV)/bin/python
	$(PYTHON) -m venv --clear --without-pip .venv-run
	$(VENV)/bin/python -m pip --python .venv-run/bin/python install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(RUN): requirements/run.txt | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(DEV): requirements/dev.txt | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@ $(RUN)
