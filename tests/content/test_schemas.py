"""The JSON Schemas say what the loaders say: the same examples pass, the same mistakes are refused by both."""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "end_to_end"))
from program import BINARY, ROOT  # noqa: E402

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}


def complaints(schema, value, at=""):
    """The keywords that our schemas use; others are a mistake of the schema."""
    known = {"$schema", "$id", "title", "description", "type", "required", "properties", "additionalProperties", "items", "enum", "pattern", "minLength", "minimum",
             "oneOf", "anyOf", "default", "minItems", "uniqueItems", "propertyNames", "$defs", "$ref", "const", "not", "minProperties", "format", "examples"}
    assert set(schema) <= known, set(schema) - known
    if "oneOf" in schema and sum(not complaints(one, value, at) for one in schema["oneOf"]) != 1:
        yield_ = [f"{at}: matches none or several of oneOf"]
        return yield_
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (kind in ("integer", "number") and isinstance(value, bool))):
        return [f"{at}: is no {kind}"]
    out = []
    if "enum" in schema and value not in schema["enum"]:
        out.append(f"{at}: {value!r} is not allowed")
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            out.append(f"{at}: {value!r} is not of the form")
        if len(value) < schema.get("minLength", 0):
            out.append(f"{at}: is empty")
    if isinstance(value, int) and value < schema.get("minimum", value):
        out.append(f"{at}: is too small")
    if isinstance(value, list):
        for i, item in enumerate(value):
            out += complaints(schema.get("items", {}), item, f"{at}/{i}")
    if isinstance(value, dict):
        out += [f"{at}: lacks {name}" for name in schema.get("required", []) if name not in value]
        extra = schema.get("additionalProperties", {})
        for name, item in value.items():
            inner = schema.get("properties", {}).get(name, extra)
            if inner is False:
                out.append(f"{at}: {name} is unknown")
            elif inner is not True:
                out += complaints(inner, item, f"{at}/{name}")
    return out


class Loader(yaml.SafeLoader):
    """As our own reader: YAML 1.2, where days and on/off are text."""


Loader.yaml_implicit_resolvers = {k: [(tag, pattern) for tag, pattern in v if not tag.endswith((":timestamp", ":bool"))] for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def lint(name, value):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "setpoint.yaml") if name == "setpoint" else pathlib.Path(folder, "automations/a.yaml")
        path.parent.mkdir(exist_ok=True)
        value = copy.deepcopy(value)
        if name == "setpoint" and isinstance(value.get("content"), list):
            value["content"] = [str(ROOT / "content")]
        path.write_text(json.dumps(value))
        return subprocess.run([BINARY, "lint", str(path)], capture_output=True, text=True)


MISTAKES = {
    "setpoint": [("accounts", [{"account": "12", "regions": ["x"]}]), ("accounts", [{"account": "111122223333"}]), ("acounts", []), ("oversight", {"approval_valid": "soon"}),
                 ("runbook", {"sandbox": "perhaps"}), ("serve", {"pol": "5m"}), ("profiles", [{"when": {}}]), ("profiles", [{"profile": "x", "whem": {}}]),
                 ("exceptions", [{"exception": "x"}]), ("oversight", {"approvals_required": 0}), ("profiles", {}), ("units", [])],
    "automation": [("autonomy", "always"), ("owner", None), ("limits", {"per_hours": 1}), ("windows", [{"days": ["sunday"]}]), ("windows", [{"from": "9"}]),
                   ("escalate", [{"after": "15m"}]), ("review", "soon"), ("whem", {}), ("limits", {"share_of_fleet": "half"}), ("limits", {"per_hour": -1})],
}


class Schemas(unittest.TestCase):
    def schema(self, name):
        return json.loads((ROOT / f"content/schemas/{name}.schema.json").read_text())

    def example(self, name):
        return yaml.load((ROOT / f"tests/golden/schemas/{name}.yaml").read_text(), Loader)

    def test_examples_pass_both(self):
        for name in MISTAKES:
            with self.subTest(name):
                self.assertEqual(complaints(self.schema(name), self.example(name)), [])
                done = lint(name, self.example(name))
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_an_example_holds_every_field(self):
        for name in MISTAKES:
            self.assertEqual(set(self.schema(name)["properties"]), set(self.example(name)))

    def test_mistakes_are_refused_by_both(self):
        for name, mistakes in MISTAKES.items():
            for key, value in mistakes:
                example = self.example(name)
                example[key] = value
                if value is None:
                    del example[key]
                with self.subTest(f"{name}: {key} = {value}"):
                    self.assertNotEqual(complaints(self.schema(name), example), [])
                    self.assertEqual(lint(name, example).returncode, 2)

    def test_controls_cases_profiles_and_exceptions_keep_theirs(self):
        for path in sorted((ROOT / "content/standards/aws").glob("*/control.yaml"))[:40]:
            self.assertEqual(complaints(self.schema("control"), yaml.load(path.read_text(), Loader)), [], path)


if __name__ == "__main__":
    unittest.main()
