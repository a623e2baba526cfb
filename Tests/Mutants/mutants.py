# mutants - reads the lists of this folder, checks them, and builds all of them into one copy.
# SPDX-License-Identifier: Apache-2.0
"""Lists of small mistakes, and the switch that turns one of them on at run time.

A list is a text file for people: `== name` opens an entry, `- ` lines hold the original text, which
stands exactly once in the entry's file (or: `after` stands once, and the next original behind it is
meant), `+ ` lines what a slip of the hand makes of it. In the copy
an expression becomes `(isMutant(7) ? (mistake) : (original))` and statements an `if`, so that one
build holds every mistake and the environment's LMPT_MUTANT chooses; 0 is the program as it is.
"""

import pathlib
import re
import zlib

FIELDS = {"file", "kind", "after", "why", "test", "equivalent"}
KINDS = {"expression", "statements", "alone"}

SWITCH_HEADER = """// mutant - which mistake is switched on.
#include <stdbool.h>
extern int lmpt_mutant_number;
static inline bool isMutant(int number) { return lmpt_mutant_number == number; }
"""
SWITCH_SOURCE = """#include "mutant.h"
#include <stdlib.h>
int lmpt_mutant_number;
__attribute__((constructor)) static void choose(void) {
  const char *text = getenv("LMPT_MUTANT");
  lmpt_mutant_number = text ? atoi(text) : 0;
}
"""
SWITCH_PACKAGE = """
package.targets.append(.target(name: "Mutant", path: "Mutant"))
for target in package.targets where target.name != "Mutant" { target.dependencies.append("Mutant") }
"""


class ListError(Exception):
    pass


class Mutant:
    def __init__(self, module, name, wide):
        self.module, self.name, self.wide = module, name, wide
        self.kind, self.number = "expression", 0
        self.file = self.after = self.why = self.test = self.equivalent = ""
        self.old, self.new = [], []

    original = property(lambda self: "\n".join(self.old))
    mistake = property(lambda self: "\n".join(self.new))

    def place(self, text):
        """Where the original begins."""
        start = text.index(self.after) + len(self.after) if self.after else 0
        return text.index(self.original, start)

    def fault(self, text):
        """Why the entry does not apply to its file, or None."""
        unique = self.after or self.original
        if text.count(unique) != 1:
            return f"'{unique}' stands {text.count(unique)} times in {self.file}"
        if self.after and self.original not in text[text.index(self.after) + len(self.after):]:
            return f"its original does not follow '{self.after}' in {self.file}"
        return None


def read(folder):
    """All entries of all lists."""
    mutants, names = [], set()
    for path in sorted(pathlib.Path(folder).glob("*.txt")):
        wide, entry = "", None
        for number, line in enumerate(path.read_text().split("\n"), 1):
            place = f"{path.name}:{number}"
            if line.startswith("== "):
                entry = Mutant(path.stem, line[3:].strip(), wide)
                if entry.name in names:
                    raise ListError(f"{place}: the name {entry.name} stands twice")
                names.add(entry.name)
                mutants.append(entry)
            elif entry and (line.startswith("- ") or line == "-"):
                entry.old.append(line[2:])
            elif entry and (line.startswith("+ ") or line == "+"):
                entry.new.append(line[2:])
            elif line.startswith("tests: ") and not entry:
                wide = line[7:].strip()
            elif line and not line.startswith("#"):
                key, _, value = line.partition(": ")
                if entry is None or key not in FIELDS or not value.strip():
                    raise ListError(f"{place}: '{line}' is no field of an entry")
                setattr(entry, key, value.strip())
    # By the name, so that a new entry does not change the copy of every file.
    for mutant in mutants:
        mutant.number = zlib.crc32(mutant.name.encode()) & 0x7FFF_FFFF
    if len({mutant.number for mutant in mutants}) < len(mutants):
        raise ListError("two names have one number: change one of them")
    return mutants


def check(mutants, root):
    """What is wrong with the entries, one line each."""
    wrong, texts, suites = [], {}, suite_names(root)
    for mutant in mutants:
        path = pathlib.Path(root) / mutant.file
        missing = [key for key in ("file", "why", "test", "old") if not getattr(mutant, key)]
        if missing or mutant.kind not in KINDS or not mutant.wide:
            wrong.append(f"{mutant.name}: without {missing or 'a known kind, or tests of the list'}")
        elif mutant.original == mutant.mistake or not path.is_file():
            wrong.append(f"{mutant.name}: {mutant.file} is missing, or nothing is changed")
        else:
            fault = mutant.fault(texts.setdefault(mutant.file, path.read_text()))
            if fault:
                wrong.append(f"{mutant.name}: {fault}")
        for name in mutant.test.split("|"):
            if name.split("/")[0].split(".")[-1] not in suites:
                wrong.append(f"{mutant.name}: no suite is called {name}")
    return wrong


def suite_names(root):
    """Every type of the tests, extensions of it included."""
    files = pathlib.Path(root, "Tests").rglob("*.swift")
    return {name for path in files
            for name in re.findall(r"(?:struct|enum|extension|class) (?:\w+\.)?(\w+)", path.read_text())}


def rewrite(text, mutants):
    """A file's text with its mutants behind their switch, and the lines that each of them has."""
    spans = sorted((m.place(text), -m.place(text) - len(m.original), m.number, m) for m in mutants)
    out, lines = [], []

    def emit(piece):
        out.append(piece)

    def line():
        return "".join(out).count("\n") + 1

    def region(start, end, rest):
        """Emits text[start:end], in which the mutants `rest` stand, outermost first."""
        position = start
        while rest:
            begin, minus, _, mutant = rest.pop(0)
            finish = -minus
            if begin < position or finish > end:
                raise ListError(f"{mutant.name} overlaps another mutant: make it 'alone'")
            inside = []
            while rest and rest[0][0] < finish:
                inside.append(rest.pop(0))
            emit(text[position:begin])
            first = line()
            if mutant.kind == "statements":
                emit(f"if isMutant({mutant.number}) {{\n{mutant.mistake}\n}} else {{\n")
                own = line()
                region(begin, finish, inside)
                emit("\n}")
            else:
                emit(f"(isMutant({mutant.number}) ? ({mutant.mistake}) : (")
                own = line()
                region(begin, finish, inside)
                emit("))")
            lines.append((first, line(), own, mutant))
            position = finish
        emit(text[position:end])

    region(0, len(text), list(spans))
    head = re.match(r"(?:#![^\n]*\n|//[^\n]*\n|\n)*", "".join(out)).end()
    return "".join(out)[:head] + "import Mutant\n" + "".join(out)[head:], [
        (first + 1, last + 1, mutant) for first, last, _, mutant in lines]


def blamed(log, root, lines):
    """The mutants on whose lines the compiler found errors, the innermost of each place."""
    found = set()
    for path, number in re.findall(r"^(\S+?\.swift):(\d+):\d+: error:", log, re.M):
        # The other kernel targets link to the same files.
        name = str((pathlib.Path(root) / path).resolve())
        owners = [
            (last - first, mutant.number) for file, entries in lines.items()
            if str((pathlib.Path(root) / file).resolve()) == name
            for first, last, mutant in entries if first <= int(number) <= last]
        if owners:
            found.add(min(owners)[1])
    return found
