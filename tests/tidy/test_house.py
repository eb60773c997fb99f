"""The house rules that a machine can read: folders without circles, permissions, sizes, names."""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(os.environ.get("SETPOINT_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
SRC = ROOT / "src"
OPEN_TO_ALL = {"base", "model"}
# The design's arrows: what a folder may use besides base and model. None = anything below it (engine and outwards).
ALLOWED = {
    "base": set(), "model": set(), "intake": set(), "inventory": set(), "pattern": set(), "guard": set(), "sigma": set(),
    "standards": {"guard"}, "detection": {"sigma", "pattern"}, "findings": {"pattern"}, "routing": {"pattern"},
    "runbook": set(), "cloud": set(), "twin": {"cloud"}, "oversight": set(), "journal": set(),
    "response": {"runbook", "oversight", "cloud", "journal", "twin"}, "verification": {"standards", "cloud", "journal", "guard"},
    "notify": set(), "store": {"journal", "inventory", "findings", "response", "notify", "pattern"},
}
FORBIDDEN_WORDS = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
LINES_MAX = 600
FUNCTION_LINES_MAX = 70
CODE = {".cpp", ".h", ".py", ".sh", ".ts", ".tsx", ".css"}


def sources(suffixes, *folders):
    for folder in folders or ("src", "tests", "tools", "bench", "fuzz", "web", "content", "cmake"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in suffixes and "node_modules" not in path.parts and "dist" not in path.parts:
                yield path


def include_graph():
    graph = {}
    for path in sources({".cpp", ".h"}, "src"):
        folder = path.relative_to(SRC).parts[0]
        uses = graph.setdefault(folder, {})
        for line in path.read_text().splitlines():
            found = re.match(r'#include "([a-z_]+)/', line)
            if found and found[1] != folder and (SRC / found[1]).is_dir():
                if not path.name.endswith("_test.cpp"):
                    uses.setdefault(found[1], path)
    return graph


def function_lengths(text):
    """Lengths of brace-bodied functions in clang-formatted code: an opening line at any indent that ends in ') {' and the like,
    and the closing brace at the same indent."""
    lines = text.splitlines()
    opening = re.compile(r"^(\s*)(?!if\b|for\b|while\b|switch\b|else\b|do\b|catch\b|namespace\b|struct\b|class\b|enum\b|union\b|case\b|extern\b|return\b|\})"
                         r"[^#/].*\)(?: const| noexcept| override| final| mutable|\s*->\s*[\w:<>&*, ]+|\s*:.*)*\s*\{$")
    for number, line in enumerate(lines):
        found = opening.match(line)
        lambda_body = re.search(r"\[[^\]]*\]\s*\(", line)  # counted with the function around it
        if not found or "TEST" in line or lambda_body:
            continue
        first = number  # of the signature, which may go over several lines
        while first > 0 and (lines[first - 1].rstrip().endswith(("(", ",")) or lines[first].lstrip().startswith(":")):
            first -= 1
        closing = re.match(r"\s*", lines[first])[0] + "}"
        for end in range(number + 1, len(lines)):
            if lines[end].startswith(closing) and (len(lines[end]) == len(closing) or lines[end][len(closing)] in ";,)"):
                yield number + 1, end - number - 1
                break


class House(unittest.TestCase):
    def test_folders_use_only_what_the_design_permits(self):
        for folder, uses in include_graph().items():
            allowed = ALLOWED.get(folder)
            for used, where in uses.items():
                if allowed is not None and used not in OPEN_TO_ALL | allowed:
                    self.fail(f"{where.relative_to(ROOT)} includes {used}/, which src/{folder} may not use")

    def test_folder_graph_has_no_circle(self):
        graph = include_graph()
        done, path = set(), []

        def visit(folder):
            self.assertNotIn(folder, path, "circle: " + " -> ".join(path + [folder]))
            if folder in done:
                return
            path.append(folder)
            for used in graph.get(folder, {}):
                visit(used)
            path.pop()
            done.add(folder)

        for folder in graph:
            visit(folder)

    def test_verification_cannot_see_an_actuator(self):
        for path in sources({".cpp", ".h"}, "src"):
            if path.relative_to(SRC).parts[0] == "verification":
                self.assertNotIn("Actuator&", path.read_text(), path)

    def test_files_are_short(self):
        for path in sources(CODE):
            self.assertLessEqual(len(path.read_text().splitlines()), LINES_MAX, f"{path.relative_to(ROOT)} is too long")

    def test_functions_are_short(self):
        lengths = []
        for path in sources({".cpp", ".h"}, "src"):
            if path.name.endswith("_test.cpp"):
                continue
            for line, length in function_lengths(path.read_text()):
                self.assertLessEqual(length, FUNCTION_LINES_MAX, f"{path.relative_to(ROOT)}:{line}: a function of {length} lines")
                lengths.append(length)
        lengths.sort()
        self.assertGreater(len(lengths), 50, "the reader of function lengths has gone blind")
        self.assertLessEqual(lengths[len(lengths) * 9 // 10], 30, "nine in ten functions must be under 30 lines")

    @unittest.skipUnless(shutil.which("clang-format"), "clang-format is not installed here")
    def test_sources_are_formatted(self):
        paths = [str(path) for path in sources({".cpp", ".h"})]
        said = subprocess.run(["clang-format", "--dry-run", "-Werror", *paths], capture_output=True, text=True).stderr
        places = [line for line in said.splitlines() if ": error:" in line]
        self.assertEqual(places, [], "run clang-format -i on them")

    def test_names_carry_no_forbidden_words(self):
        for path in sources(CODE | {".txt", ".md", ".yaml"}):
            for part in path.relative_to(ROOT).parts:
                words = set(re.split(r"[._\-]", part.lower()))
                self.assertFalse(words & FORBIDDEN_WORDS, path)

    def test_every_folder_of_src_has_a_readme(self):
        for folder in sorted(p for p in SRC.iterdir() if p.is_dir()):
            self.assertTrue((folder / "README.md").exists(), f"src/{folder.name} has no README.md")

    def test_dependencies_page_names_every_package(self):
        page = (ROOT / "docs" / "dependencies.md").read_text()
        bootstrap = (ROOT / "tools" / "bootstrap.sh").read_text()
        for block in re.findall(r"_PACKAGES=\(([^)]*)\)", bootstrap):
            for package in block.split():
                self.assertIn(f"`{package}`", page, f"docs/dependencies.md has no line for {package}")


if __name__ == "__main__":
    unittest.main()
