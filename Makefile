# Makefile - `make install` puts the program and what it needs in place; building and testing are SwiftPM's.
# SPDX-License-Identifier: Apache-2.0
#
#   make install [PREFIX=/usr/local] [DESTDIR=]      bin/lmpt, share/lmpt/Fixtures, manual page, completions
#   make uninstall [PREFIX=/usr/local]
PREFIX ?= /usr/local
SWIFT_FLAGS ?=
bin = $(DESTDIR)$(PREFIX)/bin
share = $(DESTDIR)$(PREFIX)/share
lmpt ?= .build/release/lmpt

.PHONY: build install uninstall
build:
	swift build -c release --product lmpt $(SWIFT_FLAGS)

install: build
	install -d "$(bin)" "$(share)/lmpt" "$(share)/man/man1" "$(share)/bash-completion/completions" \
	  "$(share)/zsh/site-functions" "$(share)/fish/vendor_completions.d"
	install -m 755 $(lmpt) "$(bin)/lmpt"
	rm -rf "$(share)/lmpt/Fixtures" && cp -R Fixtures "$(share)/lmpt/Fixtures"
	rm -rf "$(share)/lmpt/Fixtures/generators"
	cp LICENSE NOTICE "$(share)/lmpt/"
	git rev-parse HEAD > "$(share)/lmpt/COMMIT" 2>/dev/null || rm -f "$(share)/lmpt/COMMIT"
	$(lmpt) man > "$(share)/man/man1/lmpt.1"
	$(lmpt) completions bash > "$(share)/bash-completion/completions/lmpt"
	$(lmpt) completions zsh > "$(share)/zsh/site-functions/_lmpt"
	$(lmpt) completions fish > "$(share)/fish/vendor_completions.d/lmpt.fish"
	@case ":$$PATH:" in *":$(PREFIX)/bin:"*) ;; *) [ -n "$(DESTDIR)" ] || \
	  echo "lmpt is in $(PREFIX)/bin, which is not in PATH: export PATH=\"$(PREFIX)/bin:\$$PATH\"" ;; esac

uninstall:
	rm -rf "$(bin)/lmpt" "$(share)/lmpt" "$(share)/man/man1/lmpt.1" \
	  "$(share)/bash-completion/completions/lmpt" "$(share)/zsh/site-functions/_lmpt" \
	  "$(share)/fish/vendor_completions.d/lmpt.fish"
