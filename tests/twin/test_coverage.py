"""Every operation in docs/twin.md is called by some test here, through boto3 or the command line."""
import glob
import os
import re
import unittest

from botocore import xform_name

HERE = os.path.dirname(os.path.abspath(__file__))


class Coverage(unittest.TestCase):
    maxDiff = None

    def test_every_operation_is_driven(self):
        text = "".join(open(path, encoding="utf-8").read() for path in glob.glob(os.path.join(HERE, "test_*.py")))
        with open(os.path.join(HERE, "..", "..", "docs", "twin.md"), encoding="utf-8") as file:
            rows = re.findall(r"^\| ([a-z0-9]+) \| \d+ \| (.*?) \| (.*?) \|$", file.read(), re.M)
        self.assertGreater(len(rows), 15)
        missing = []
        for service, reads, writes in rows:
            for operation in filter(None, f"{reads}, {writes}".split(", ")):
                name = xform_name(operation)
                if name + "(" not in text and "." + name + "," not in text and f'"{name}"' not in text and name.replace("_", "-") not in text and f'newer("{operation}"' not in text:
                    missing.append(f"{service}:{operation}")
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
