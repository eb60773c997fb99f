#!/usr/bin/env python3
"""Writes case_table.cpp from Python's Unicode database: python3 make_case_table.py > case_table.cpp

Simple one-to-one mappings become runs {first, last, step, delta}; the hundred or so that grow into several characters
("ß" -> "SS") stand as text. Asserts what letter_case.cpp relies on: no two spellings of one letter begin or end alike.
"""
import unicodedata

POINTS = [c for c in range(0x80, 0x110000) if not 0xD800 <= c <= 0xDFFF]


def runs(change):
    out = []
    for c in POINTS:
        to = change(chr(c))
        if len(to) != 1 or ord(to) == c:
            continue
        delta = ord(to) - c
        if out and out[-1][3] == delta:
            first, last, step, _ = out[-1]
            if first == last and c - first <= 2:
                out[-1] = (first, c, c - first, delta)
                continue
            if first != last and c - last == step:
                out[-1] = (first, c, step, delta)
                continue
        out.append((c, c, 1, delta))
    return out


def table(name, rows):
    cells = ["{0x%x, 0x%x, %d, %d}" % r for r in rows]
    body = ",\n".join("    " + ", ".join(cells[i:i + 4]) for i in range(0, len(cells), 4))
    return "extern const CaseRun %s[%d] = {\n%s};\n" % (name, len(rows), body)


def escaped(text):
    return '"' + "".join("\\x%02x" % b for b in text.encode()) + '"'


def expansions():
    rows = []
    for c in POINTS:
        lower, upper = chr(c).lower(), chr(c).upper()
        spellings = {chr(c), lower, upper}
        assert len({s[0] for s in spellings}) == len({s[-1] for s in spellings}) == len(spellings), hex(c)
        for mapped, kind in ((lower, "true"), (upper, "false")):
            if len(mapped) > 1:
                rows.append("{0x%x, %s, %s}" % (c, kind, escaped(mapped)))
    body = ",\n".join("    " + ", ".join(rows[i:i + 2]) for i in range(0, len(rows), 2))
    return "extern const CaseExpansion kCaseExpansions[%d] = {\n%s};\n" % (len(rows), body)


lower, upper, grown = runs(str.lower), runs(str.upper), expansions()
print("// Written by make_case_table.py from Unicode %s; do not edit." % unicodedata.unidata_version)
print('#include "pattern/case_table.h"\n\n// clang-format off\nnamespace setpoint::pattern {\n')
print(table("kLowerRuns", lower))
print(table("kUpperRuns", upper))
print(grown)
print("}  // namespace setpoint::pattern\n// clang-format on")
