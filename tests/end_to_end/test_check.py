"""`setpoint check`: templates and plans under tests/golden/blueprint give the verdicts that stand beside them.

Each folder holds one template or plan and `verdicts.txt`: control, verdict, resource, line, of everything that is not
COMPLIANT or NOT_APPLICABLE. SETPOINT_UPDATE_GOLDEN=1 writes them anew; then read the difference.
"""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from program import BINARY, ROOT

GOLDEN = ROOT / "tests/golden/blueprint"


def run(*arguments):
    return subprocess.run([BINARY, "--content", str(ROOT / "content"), "check", *map(str, arguments)], capture_output=True, text=True)


def results(*arguments):
    done = run(*arguments, "--output", "json")
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)["results"]


def line_of(result):
    evidence = result.get("evidence")
    return (evidence[0] if evidence else result)["place"]["line"]


class Check(unittest.TestCase):
    def verdicts(self, file, *arguments):
        return {(r["control"], r["resource"]["id"]): r["verdict"] for r in results(file, *arguments)}

    def test_golden(self):
        for folder in sorted(GOLDEN.iterdir()):
            file = next(p for p in folder.iterdir() if p.suffix in (".yaml", ".json"))
            lines = sorted(f"{r['resource']['id']} {r['control']} {r['verdict']} line {line_of(r)}" + (f": {r['because']}" if "because" in r else "")
                           for r in results(file) if r["verdict"] in ("NON_COMPLIANT", "UNKNOWN"))
            wanted = folder / "verdicts.txt"
            if os.environ.get("SETPOINT_UPDATE_GOLDEN"):
                wanted.write_text("\n".join(lines) + "\n")
            with self.subTest(folder.name):
                self.assertEqual(lines, wanted.read_text().splitlines())

    def test_what_hangs_on_a_parameter_is_unknown_until_it_is_given(self):
        file = GOLDEN / "unknown/template.yaml"
        self.assertEqual(self.verdicts(file)["EC2.13", "Group"], "UNKNOWN")
        self.assertEqual(self.verdicts(file, "--parameter", "Cidr=10.0.0.0/8")["EC2.13", "Group"], "COMPLIANT")
        self.assertEqual(self.verdicts(file, "--parameter-defaults")["EC2.13", "Group"], "NON_COMPLIANT")
        self.assertEqual(self.verdicts(file)["EC2.13", "Mixed"], "NON_COMPLIANT", "what is known to be open is, whatever else is unknown")
        production = self.verdicts(file, "--parameter", "Environment=production")
        self.assertEqual((production["RDS.8", "Database"], production["RDS.5", "Database"]), ("COMPLIANT", "COMPLIANT"))

    def test_sarif_names_file_and_line(self):
        file = GOLDEN / "network/template.json"
        sarif = json.loads(run(file, "--output", "sarif").stdout)["runs"][0]["results"]
        ssh = next(r for r in sarif if r["ruleId"] == "EC2.13" and "Open" in json.dumps(r["locations"]))
        place = ssh["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"]["uri"], str(file))
        self.assertEqual(place["region"]["startLine"], 13)
        self.assertIn("0.0.0.0/0", file.read_text().splitlines()[12])
        self.assertIn("SecurityGroupIngress/1", ssh["locations"][0]["logicalLocations"][0]["fullyQualifiedName"])

    def test_exit_codes(self):
        self.assertEqual(run(GOLDEN / "storage/template.yaml").returncode, 1)
        with tempfile.TemporaryDirectory() as folder:
            clean = pathlib.Path(folder, "t.yaml")
            clean.write_text("Resources: {S: {Type: 'AWS::EC2::Subnet', Properties: {MapPublicIpOnLaunch: !Ref P}}}\nParameters: {P: {Type: String}}\n")
            self.assertEqual(run(clean).returncode, 0)
            self.assertEqual(run(clean, "--strict").returncode, 12)
            self.assertEqual(run(clean, "--parameter", "P=true", "--fail-on", "critical").returncode, 0)
            self.assertEqual(run(clean, "--parameter", "P=true").returncode, 1)
            for text in ("Resources: [", "just text", "{}", '{"terraform_version": "1", "x": }'):
                clean.write_text(text)
                done = run(clean)
                self.assertEqual(done.returncode, 2, text)
                self.assertIn("t.yaml:1:", done.stderr)
        self.assertEqual(run("no/such/file").returncode, 3)
        self.assertEqual(run().returncode, 2)

    def test_every_translated_type_has_controls(self):
        types = json.loads(run("--types", "--json").stdout)["cloudformation"]
        listed = json.loads(subprocess.run([BINARY, "check", "--types", "--json"], capture_output=True, text=True, cwd=ROOT).stdout)
        self.assertEqual(listed["cloudformation"], types)
        judged = set()
        for path in (ROOT / "content/standards/aws").glob("*/control.yaml"):
            line = next(l for l in path.read_text().splitlines() if l.startswith("resources:"))
            judged |= set(line.split("[")[1].rstrip("]").split(", "))
        self.assertEqual([t for t in types if t not in judged], [])


if __name__ == "__main__":
    unittest.main()
